"""Video codecs in a profile: sizes of predicted and intra frames, scores, times."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.baselines.jpeg import Jpeg
from models.baselines.video import STREAMED, VideoCodec
from models.measure import AWARE, CODECS, ContentPlan, TimingPlan, measure
from models.measuring.chained import coded, collect_chain, measure_chains
from models.profile import DEVICE_STAGES, combined, load
from models.scenes import render
from models.subjects.opening import open_ladder, open_network
from simulator.assembly.memory import tails_of
from tests.models.untrained import untrained_weights
from tests.models.untrained_images import untrained_aware

if TYPE_CHECKING:
    from pathlib import Path

    from models.profile import Profile

CODEC = VideoCodec(codec="h264", sampling="444", quantiser=36, preset="veryfast", refresh=4)
CONTENT = ContentPlan(seed=5, frames=6, calibration={"standard": 1}, replay={"busy": 1})
TIMING = TimingPlan(batch_sizes=(1, 2), rounds=5, server_rounds=3, warm_up=2, loads=2)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return untrained_weights(tmp_path_factory.mktemp("weights"), (2,))


@pytest.fixture(scope="module")
def measured(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Profile:
    folder = tmp_path_factory.mktemp("filmed")
    measure(
        weights,
        folder / "filmed",
        content=CONTENT,
        timing=TIMING,
        codecs=(),
        videos=(CODEC,),
        cache=folder / "cache",
    )
    return load(folder / "filmed")


def test_every_frame_has_a_size_as_predicted_and_one_as_intra_frame() -> None:
    images = np.stack([render(seed=4, split="training", clip=2, t=t).image for t in range(9)])
    decoded, predicted, intra = coded(CODEC, images)
    assert len(decoded) == 9
    # Frames 4 and 8 are intra frames in the stream, and yet small as predicted ones.
    assert intra.min() > 2 * predicted[1:].max()
    assert predicted[0] == intra[0]  # a cut
    with CODEC.encoder() as encoder:
        stream = [len(encoder.encode(image)) for image in images]
    rows = [1, 2, 3, 5, 6, 7]
    assert predicted[rows].tolist() == [stream[row] for row in rows]
    assert np.abs(intra[[4, 8]] - np.array(stream)[[4, 8]]).max() < 20


def test_a_clip_shorter_than_a_refresh_period_is_predicted_but_for_its_first_frame() -> None:
    images = np.stack([render(seed=4, split="training", clip=2, t=t).image for t in range(3)])
    _, predicted, intra = coded(CODEC, images)
    assert predicted[0] == intra[0]
    assert (predicted[1:] < intra[1:]).all()


def test_clips_are_coded_once(weights: Path, tmp_path: Path) -> None:
    blocks = [block for _, _, block in CONTENT.blocks()]
    digest, told = open_ladder(weights).digest, list[str]()
    run = partial(measure_chains, partial(open_network, weights, ()), (CODEC,), blocks, tmp_path)
    run(digest=digest, tell=told.append)
    assert told == ["chains: 2 of 2 done"]
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npy")}
    assert len(before) == 2
    run(digest=digest)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npy")} == before
    found = collect_chain(CODEC, blocks, tmp_path, digest=digest)
    assert found.intra_bytes.shape == found.answers.payload_bytes.shape == (2, 6)
    assert found.answers.scores["mask_iou"].shape == (2, 6)


def test_a_profile_holds_a_video_codec_as_any_unit(measured: Profile) -> None:
    unit = measured.units[measured.index("h264_444-qp36")]
    assert unit.kind == "video-codec"
    assert unit.chain is not None
    assert unit.chain.refresh == 4
    assert unit.chain.intra_bytes.shape == unit.payload_bytes.shape == (2, 6)
    assert unit.payload_bytes[:, 1:].mean() < 0.5 * unit.chain.intra_bytes[:, 1:].mean()
    rows = unit.device_rows_ns
    assert rows.shape == (5, 5)
    assert [s for s, times in zip(DEVICE_STAGES, rows.T, strict=True) if times.any()] == [
        "entropy_encode"
    ]
    assert unit.decode_ns.shape == (2, 3)
    assert len(unit.entropy_decode_ns) == 5
    assert unit.switch_ns > 0
    assert (unit.parameters, unit.memory_bytes, unit.storage_bytes) == (0, 0, 0)


def test_facts_tell_of_video_codecs_too(measured: Profile) -> None:
    info: Any = measured.info
    assert info["clock"].endswith("of video codecs the CPU time of all threads")
    assert "av" in info["versions"]
    assert set(info["wall_ms"]["units"]["h264_444-qp36"]) == {"device", "entropy_decode", "decode"}
    sent = {name for name in info["digests"] if not name.startswith("answer-")}
    assert sent == {"device", "unit-1", "h264_444-qp36"}
    assert combined(measured, measured, "both").unit_names == measured.unit_names


@pytest.fixture(scope="module")
def aware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = untrained_weights(tmp_path_factory.mktemp("aware") / "weights", (2,))
    untrained_aware(folder)
    return folder


@pytest.mark.parametrize("images", [(), (Jpeg("444", 35), Jpeg("444", 50))], ids=["film", "both"])
def test_a_profile_holds_settings_that_the_aware_backbone_answers_as_a_network_of_its_own(
    aware: Path, tmp_path: Path, images: tuple[Jpeg, ...]
) -> None:
    measure(
        aware,
        tmp_path / "aware",
        content=CONTENT,
        timing=TIMING,
        codecs=images,
        videos=(CODEC,),
        cache=tmp_path / "cache",
    )
    profile = load(tmp_path / "aware")
    answered = [unit for unit in profile.units if unit.tail and unit.tail.name == "aware"]
    names = ["h264_444-qp36-aware", "jpeg444-q35-aware"]
    assert sorted(unit.name for unit in answered) == names[: 2 if images else 1]
    (tail,) = (tail for tail in profile.tails if tail.name == "aware")
    assert tail.times_ns.shape == (2, 3)
    plain, film = (profile.units[profile.index(f"h264_444-qp36{end}")] for end in ("", "-aware"))
    np.testing.assert_array_equal(plain.payload_bytes, film.payload_bytes)
    assert plain.chain is not None
    assert film.chain is not None
    np.testing.assert_array_equal(plain.chain.intra_bytes, film.chain.intra_bytes)
    assert (plain.module, film.module) == ("h264_444-qp36", "h264_444-qp36")
    assert plain.memory_bytes == 0 < tail.memory_bytes < film.memory_bytes
    info: Any = profile.info
    assert len({info["digests"][name] for name in (plain.name, film.name)}) == 2
    found = open_network(aware, (), aware=["h264_444-qp36"]).aware
    assert found is not None
    blocks, cache = [block for _, _, block in CONTENT.blocks()], tmp_path / "cache"
    first, second = (
        collect_chain(CODEC, blocks, cache, digest=digest).answers.confidence
        for digest in (open_ladder(aware).digest, found.digest)
    )
    assert not np.array_equal(first, second)
    numbers = dict(zip(profile.unit_names, tails_of(profile, None), strict=True))
    (number,) = {numbers[unit.name] for unit in answered}
    assert number not in (0, numbers["answer-class"])
    assert numbers["unit-1"] == numbers[plain.name] == 0


def test_profiles_hold_settings_of_the_ladder() -> None:
    assert set(AWARE) <= {*(codec.name for codec in CODECS), *(film.name for film in STREAMED)}
    assert [codec.name for codec in STREAMED] == ["h264_444-qp36", "hevc_444-qp36"]
