from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.baselines.jpeg import Jpeg
from models.baselines.webp import WebP
from models.coding.wire import HEADER_BYTES
from models.measure import ContentPlan, TimingPlan, measure
from models.measuring.answers import measure_blocks
from models.profile import DEVICE_STAGES, Profile, load
from models.show import render
from models.subjects.opening import open_ladder, open_network
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_reduced, untrained_weights

if TYPE_CHECKING:
    from pathlib import Path

JPEGS = (Jpeg("444", 20), Jpeg("444", 80))
CONTENT = ContentPlan(seed=5, frames=3, calibration={"standard": 1}, replay={"busy": 1})
TIMING = TimingPlan(batch_sizes=(1, 2), rounds=4, server_rounds=3, warm_up=1, loads=2)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return untrained_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def measured(
    weights: Path, cache: Path, told: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Profile:
    out = tmp_path_factory.mktemp("profiles") / "small"
    profile = measure(
        weights, out, content=CONTENT, timing=TIMING, codecs=JPEGS, cache=cache, tell=told.append
    )
    assert load(out).sha256 == profile.sha256
    return profile


def test_the_profile_holds_every_unit_in_order_of_bytes(measured: Profile) -> None:
    assert measured.name == "small"
    answers = {"answer-class", "answer-box", "answer-mask"}
    sent = {"unit-1", "unit-2", "jpeg444-q20", "jpeg444-q80"}
    assert set(measured.unit_names) == {"device", *answers, *sent}
    assert measured.unit_names[0] == "device"
    assert measured.clip_half.tolist() == ["calibration", "replay"]
    assert measured.clip_set.tolist() == ["standard", "busy"]
    assert measured.frames_per_clip == 3


def test_the_device_answers_as_the_uncompressed_network(measured: Profile) -> None:
    device = measured.units[0]
    for task, scores in measured.clean_scores.items():
        np.testing.assert_array_equal(device.scores[task], scores)


def test_payloads_are_longer_than_their_header(measured: Profile) -> None:
    for unit in measured.units[1:]:
        assert unit.payload_bytes.min() > HEADER_BYTES


@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("device", ["prep", "head", "tail"]),
        ("unit-1", ["prep", "head", "encode", "entropy_encode"]),
        ("jpeg444-q20", ["prep", "entropy_encode"]),
        ("answer-box", ["prep", "head", "entropy_encode", "tail"]),
    ],
)
def test_each_kind_runs_its_own_stages(measured: Profile, name: str, stages: list[str]) -> None:
    rows = measured.units[measured.index(name)].device_rows_ns
    assert rows.shape == (4, 5)
    assert [s for s, times in zip(DEVICE_STAGES, rows.T, strict=True) if times.any()] == stages


def test_server_times_are_there_by_batch_size(measured: Profile) -> None:
    assert measured.tail_ns.shape == (2, 3)
    for unit in measured.units[1:]:
        assert unit.decode_ns.shape == (2, 3)
        assert unit.decode_ns.min() > 0
        assert len(unit.entropy_decode_ns) == 4


def test_costs_of_units_are_their_own(measured: Profile) -> None:
    device, unit = measured.units[0], measured.units[measured.index("unit-2")]
    jpeg = measured.units[measured.index("jpeg444-q20")]
    assert unit.memory_bytes == pytest.approx(4 * unit.parameters, rel=0.05)
    assert unit.storage_bytes < 0.1 * device.storage_bytes
    assert (jpeg.parameters, jpeg.storage_bytes) == (0, 0)
    assert unit.switch_ns > jpeg.switch_ns


def test_facts_say_where_the_numbers_come_from(measured: Profile) -> None:
    assert measured.info["threads"] == 1
    assert set(measured.info) >= {"machine", "versions", "digests", "wall_ms"}
    assert str(measured.info["clock"]).startswith("CPU time of one thread")


def test_wall_time_stands_beside_the_threads_time(measured: Profile) -> None:
    wall: Any = measured.info["wall_ms"]
    assert set(wall["tail"]) == {"1", "2"}
    assert set(wall["units"]["device"]) == {"device"}  # the server does nothing for it
    unit = wall["units"]["unit-1"]
    assert list(unit["device"]) == ["prep", "head", "encode", "entropy_encode", "total"]
    assert set(unit["decode"]) == {"1", "2"}
    for time in (unit["entropy_decode"], *unit["device"].values(), *unit["decode"].values()):
        assert 0 < time["median"] <= time["p95"]
    text = render(measured)
    assert "wall time of the same samples, ms: median (p95)" in text
    assert "wall_ms:" not in text


def test_progress_is_told(measured: Profile, told: list[str]) -> None:
    assert measured.name == "small"
    assert told[0] == "blocks: 2 of 2 done"


def test_a_second_run_measures_nothing_again(
    measured: Profile, weights: Path, cache: Path, tmp_path: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in cache.rglob("*.npy")}
    assert len(before) == len(measured.units) * 2  # a file a subject and block
    again = measure(
        weights, tmp_path / "small", content=CONTENT, timing=TIMING, codecs=JPEGS, cache=cache
    )
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*.npy")} == before
    for first, second in zip(measured.units, again.units, strict=True):
        np.testing.assert_array_equal(first.payload_bytes, second.payload_bytes)
        np.testing.assert_array_equal(first.scores["box_iou"], second.scores["box_iou"])


@pytest.mark.slow
def test_two_workers_measure_what_one_does(
    measured: Profile, weights: Path, tmp_path: Path
) -> None:
    again = measure(
        weights,
        tmp_path / "small",
        content=CONTENT,
        timing=TIMING,
        codecs=JPEGS,
        cache=tmp_path / "cache",
        workers=2,
    )
    for first, second in zip(measured.units, again.units, strict=True):
        np.testing.assert_array_equal(first.payload_bytes, second.payload_bytes)


def test_a_unit_that_decodes_to_other_symbols_stops_the_run(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = open_network(weights, ())
    unit = network.subjects[1]
    received = unit.receive
    monkeypatch.setattr(unit, "receive", lambda payload: received(payload) + 1)
    blocks = [block for _, _, block in CONTENT.blocks()]
    with pytest.raises(RuntimeError, match="unit-1: a payload decodes to other symbols"):
        measure_blocks(lambda: network, blocks, tmp_path)


def test_weights_are_found_by_path_or_by_name(weights: Path) -> None:
    assert open_ladder(str(weights)).folder == weights
    assert open_ladder("shapes-224").folder.name == "shapes-224"


def test_baselines_stand_in_a_profile_as_any_unit(tmp_path: Path) -> None:
    folder = untrained_weights(tmp_path / "weights", (2,))
    untrained_reduced(folder, ((4, 2),))
    profile = measure(
        folder,
        tmp_path / "all",
        content=CONTENT,
        timing=TIMING,
        codecs=(WebP(50),),
        baselines=True,
        cache=tmp_path / "cache",
    )
    kinds = {unit.name: unit.kind for unit in load(tmp_path / "all").units}
    assert kinds == {
        **dict.fromkeys(("answer-class", "answer-box", "answer-mask"), "answer"),
        "device": "on-device",
        "unit-1": "bottleneck",
        "crbq-coded-4c2b": "feature-codec",
        "crbq-packed-4c2b": "feature-codec",
        "server-png": "image-codec",
        "webp-q50": "image-codec",
        "zlib-8b": "feature-codec",
    }
    packed = profile.units[profile.index("crbq-packed-4c2b")]
    assert set(packed.payload_bytes.ravel().tolist()) == {HEADER_BYTES + 4 * 196 * 2 // 8}
    rows = profile.units[profile.index("zlib-8b")].device_rows_ns
    assert [s for s, times in zip(DEVICE_STAGES, rows.T, strict=True) if times.any()] == [
        "prep",
        "head",
        "entropy_encode",
    ]


def test_missing_weights_write_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        measure(tmp_path / "none", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_shipped_plan_has_over_300_clips_in_disjoint_halves() -> None:
    parts = ContentPlan().blocks()
    assert len(parts) == 360
    assert {half for half, kind, _ in parts if kind == "shifted"} == {"replay"}
    splits = {(half, block.clips[0].split) for half, _, block in parts}
    assert splits == {("calibration", "calibration"), ("replay", "replay")}
    assert {block.frames for _, _, block in parts} == {64}
