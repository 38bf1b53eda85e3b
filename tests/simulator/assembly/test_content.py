from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.assembly.content import capture_instants, clip_pool, replayed_frames
from simulator.foundation.errors import InputError
from simulator.scenario.streams import ProfileGroup
from tests.models.profiles import tiny_profile

if TYPE_CHECKING:
    from numpy.typing import NDArray

SECOND = 10**9


def group(**changes: object) -> ProfileGroup:
    fields = {"profile": "tiny", "fps": 10, "deadline": "150 ms", "policy": "fixed"}
    return ProfileGroup.model_validate(fields | changes)


def shown(
    of: ProfileGroup, stream: str = "cameras/0", frames: int = 60, seed: int = 1
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    profile = tiny_profile(clips=8, frames=20)
    pool = clip_pool(profile, None, "clips")
    return replayed_frames(
        of, pool, profile, frames=frames, seed=seed, stream=stream, family="cameras"
    )


def test_captures_are_an_interval_apart_from_a_drawn_phase() -> None:
    instants = capture_instants(group(fps=8), 2 * SECOND, 1, "cameras/0")
    assert len(instants) == 16
    assert 0 <= instants[0] < SECOND / 8
    assert set(np.diff(instants)) <= {125_000_000, 125_000_001, 124_999_999}


def test_streams_have_phases_of_their_own() -> None:
    first, second = (capture_instants(group(), SECOND, 1, f"cameras/{k}")[0] for k in (0, 1))
    assert first != second


@given(st.floats(0.5, 1000), st.floats(0, 1), st.integers(0, 9))
def test_captures_rise_strictly_and_end_before_the_run_does(
    fps: float, jitter: float, seed: int
) -> None:
    of = group(fps=fps)
    jittered = of.model_copy(update={"jitter_ns": int(jitter * of.interval_ns)})
    instants = capture_instants(jittered, SECOND // 2, seed, "cameras/0")
    assert (np.diff(instants) > 0).all()
    assert not len(instants) or (instants[0] >= 0 and instants[-1] < SECOND // 2)


def test_a_longer_run_begins_with_a_shorter_one() -> None:
    of = group(jitter="50 ms")
    long, short = (capture_instants(of, n * SECOND, 1, "cameras/0") for n in (4, 2))
    np.testing.assert_array_equal(long[: len(short)], short)


def test_at_the_clips_own_rate_every_frame_is_shown_in_order() -> None:
    clips, frames = shown(group(fps=15))
    assert frames.tolist() == list(range(20)) * 3
    assert len(set(clips[:20].tolist())) == 1


def test_at_a_third_of_the_rate_every_third_frame_is_shown() -> None:
    _, frames = shown(group(fps=5), frames=6)
    assert frames.tolist() == [0, 3, 6, 9, 12, 15]


def test_at_twice_the_rate_every_frame_is_shown_twice() -> None:
    _, frames = shown(group(fps=30), frames=6)
    assert frames.tolist() == [0, 0, 1, 1, 2, 2]


def test_only_replay_clips_are_shown_whole_and_wrapping_among_themselves() -> None:
    clips, _ = shown(group(fps=15), frames=100)
    order = clips[::20].tolist()
    assert set(order) == {4, 5, 6, 7}
    assert all((b - a) % 4 == 1 for a, b in pairwise(order))


def test_independent_cameras_start_at_clips_of_their_own() -> None:
    starts = {int(shown(group(), f"cameras/{k}")[0][0]) for k in range(20)}
    assert starts == {4, 5, 6, 7}


def test_the_same_content_is_the_same_for_all() -> None:
    first, second = (shown(group(content="same"), f"cameras/{k}") for k in (0, 1))
    np.testing.assert_array_equal(first, second)


def test_correlated_cameras_see_the_same_at_most_a_clip_later() -> None:
    length = 20
    positions = []
    for k in range(10):
        clips, frames = shown(group(content="correlated", fps=15), f"cameras/{k}")
        positions.append((int(clips[0]) - 4) * length + int(frames[0]))
    reference = shown(group(content="same", fps=15))
    first = (int(reference[0][0]) - 4) * length
    lags = [(first - position) % (4 * length) for position in positions]
    assert max(lags) < length
    assert len(set(lags)) > 1


def test_sets_of_clips_can_be_chosen() -> None:
    profile = tiny_profile(clips=8, frames=20)
    assert clip_pool(profile, ("busy",), "clips").tolist() == [5, 7]
    with pytest.raises(InputError, match="busyy must be a set of clips to replay; did you mean"):
        clip_pool(profile, ("busyy",), "clips")
