from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.baselines.video import VideoCodec
from models.comparing.opponents import StretchPlan
from models.measuring.stretches import collect_videos, measure_videos, streamed, stretches
from models.scenes import render
from models.subjects.opening import open_ladder, open_network
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path

CODEC = VideoCodec(codec="h264", sampling="444", quantiser=36, preset="veryfast", refresh=4)


def test_a_stretch_is_a_run_of_frames_of_which_some_are_scored() -> None:
    over = stretches(seed=1, kind="busy", clips=40, frames=30, scored=5)
    assert [len(block.clips) for block in over.scored] == [32, 8]
    scored = [clip for block in over.scored for clip in block.clips]
    for whole, looked_at in zip(over.whole, scored, strict=True):
        (clip,) = whole.clips
        assert np.diff(clip.instants).tolist() == [1] * 29
        assert clip.instants[-1] < 150
        assert len(looked_at.instants) == 5
        assert set(looked_at.instants) < set(clip.instants)
        assert (clip.clip, clip.split) == (looked_at.clip, "test")
    assert len({block.clips[0].instants[0] for block in over.whole}) > 20


def test_more_clips_leave_those_before_as_they_were() -> None:
    few, more = (
        stretches(seed=1, kind="standard", clips=n, frames=8, scored=2).whole for n in (3, 5)
    )
    assert more[:3] == few


def test_stretches_added_to_the_first_ones_leave_their_blocks_as_they_were() -> None:
    before, now = StretchPlan(standard=60, busy=30).drawn(), StretchPlan().drawn()
    assert now.whole[:60] == before.whole[:60]
    assert now.whole[200:230] == before.whole[60:]
    assert [len(block.clips) for block in before.scored] == [32, 28, 30]
    assert now.scored[:2] == before.scored[:2]
    assert before.scored[2] in now.scored
    assert [len(block.clips) for block in now.scored] == [32, 28] + 4 * [32] + [12, 30, 32, 32, 6]
    scored = [clip for block in now.scored for clip in block.clips]
    assert [clip.clip for clip in scored] == [block.clips[0].clip for block in now.whole]


def test_the_shipped_plan_has_the_test_clips_shares_and_whole_refreshes() -> None:
    plan = StretchPlan()
    over = plan.drawn()
    kinds = [block.clips[0].kind for block in over.whole]
    assert kinds.count("standard") == 2 * kinds.count("busy")
    assert (
        plan.frames % VideoCodec(codec="h264", sampling="444", quantiser=1, preset="").refresh == 0
    )


def test_frames_stream_one_by_one_with_their_times() -> None:
    images = np.stack([render(seed=4, split="training", clip=2, t=t).image for t in range(5)])
    decoded, columns = streamed(CODEC, images)
    assert len(decoded) == 5
    assert (columns["payload_bytes"] > 20).all()
    assert (columns["encode_ns"] > 0).all()
    assert (columns["decode_ns"] > 0).all()


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return untrained_weights(tmp_path_factory.mktemp("weights"), (2,))


def test_bytes_are_of_every_frame_and_scores_of_the_scored_ones(
    weights: Path, tmp_path: Path
) -> None:
    over = stretches(seed=5, kind="busy", clips=2, frames=8, scored=3)
    network, digest = partial(open_network, weights, ()), open_ladder(weights).digest
    told: list[str] = []
    measure_videos(network, [CODEC], over, tmp_path, digest=digest, tell=told.append)
    found = collect_videos(CODEC, over, tmp_path, digest=digest)
    assert found.answers.payload_bytes.shape == (2, 8)
    assert found.answers.scores["box_iou"].shape == (2, 3)
    assert found.encode_ns.shape == found.decode_ns.shape == (2, 8)
    assert told == ["video: 2 of 2 done"]
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npz")}
    assert len(before) == 2
    measure_videos(network, [CODEC], over, tmp_path, digest=digest)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npz")} == before
