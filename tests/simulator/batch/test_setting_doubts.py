"""Settings that can be simulated and say next to nothing, by hand from the tiny profile.

Its device unit takes 7 ms, the others 5 ms on the device and 4.5 ms on the server; the way there
and back is 40 ms. So a frame that is sent takes 49.5 ms, without a byte sent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.profile import save, sealed
from simulator.batch.cases import run_specs
from simulator.batch.check import check
from simulator.scenario import Scenario
from tests.models.profiles import tiny_profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def doubts(document: Mapping[str, Any], folder: Path | str = ".") -> list[str]:
    scenario = Scenario.from_dict(document, folder)
    return [doubt.text for doubt in check(scenario, run_specs(scenario))]


def cameras(document: dict[str, Any], **changes: object) -> dict[str, Any]:
    document["streams"]["cameras"] |= changes
    return document


def test_a_sound_scenario_raises_no_doubt(document: dict[str, Any]) -> None:
    assert doubts(document) == []


@pytest.mark.parametrize(
    ("deadline", "said"),
    [
        ("49.6 ms", None),
        ("49.4 ms", "49.4 ms is too short for a frame that is sent"),
        ("7.1 ms", "7.1 ms is too short for a frame that is sent"),
        ("6.9 ms", "6.9 ms is too short for a frame: device, propagation and service alone take"),
    ],
)
def test_a_deadline_that_nothing_keeps_is_doubtful(
    document: dict[str, Any], deadline: str, said: str | None
) -> None:
    found = doubts(cameras(document, deadline=deadline))
    assert len(found) == (said is not None)
    if said:
        assert said in found[0]
        assert found[0].startswith("streams.cameras.deadline: ")
        assert found[0].endswith("; allow more time, or make device, path or server quicker")


def test_so_is_that_of_a_further_task(document: dict[str, Any]) -> None:
    (found,) = doubts(cameras(document, tasks={"box_iou": "10 ms", "mask_iou": "1 s"}))
    assert found.startswith("streams.cameras.tasks.box_iou: 10 ms is too short for a frame that")


def test_a_unit_slower_than_the_camera_is_doubtful(document: dict[str, Any]) -> None:
    assert doubts(cameras(document, fps=140)) == []
    (found,) = doubts(cameras(document, fps=150))
    assert found == (
        "streams.cameras.fps: 150 captures every 6.667 ms, and the device takes longer with device "
        "(7 ms): frames are replaced at the camera where it is used; lower fps, raise "
        "device.speed, or leave it out of `units`"
    )
    (found,) = doubts(cameras(document, fps=250, waiting="queue"))
    assert "with device (7 ms), unit-1 (5 ms), unit-2 (5 ms): frames wait longer" in found
    assert doubts(cameras(document, fps=150, units=["unit-1"])) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fps": 0.4}, "duration: 2 s leaves streams.cameras 2 s, in which a stream captures 0.8"),
        ({"start": "1.95 s"}, "streams.cameras.start: 1.95 s leaves streams.cameras 50 ms"),
        ({"start": "1 s", "stop": "1.05 s"}, "streams.cameras.stop: 1.05 s leaves"),
    ],
)
def test_a_time_without_a_capture_is_doubtful(
    document: dict[str, Any], changes: dict[str, Any], said: str
) -> None:
    (found,) = doubts(cameras(document, **changes))
    assert found.startswith(said)
    assert found.endswith("; let captures last for several frames")


@pytest.mark.parametrize(("duration", "captures"), [("0.4 s", False), ("0.6 s", True)])
def test_so_is_that_of_a_log_whose_streams_begin_later(
    document: dict[str, Any],
    tmp_path: Path,
    duration: str,
    captures: bool,  # noqa: FBT001
) -> None:
    rows = [f"{t},{s},100,1,1,1" for s, t in (("a", 0), ("a", 0.1), ("b", 0.5), ("b", 0.9))]
    header = "t_capture_s,stream,bytes,device_ms,server_ms,score"
    (tmp_path / "log.csv").write_text("\n".join([header, *rows, ""]))
    group = {"workload": "log.csv", "deadline": "100 ms", "policy": "fixed"}
    found = doubts(document | {"duration": duration, "streams": {"logged": group}}, tmp_path)
    said = "duration: 400 ms leaves streams.logged 400 ms, in which a stream captures no frame"
    assert [text.startswith(said) for text in found] == ([] if captures else [True])


@pytest.mark.parametrize(
    ("right", "chance", "doubtful"),
    [(0.5, 0.5, True), (0.55, 0.5, True), (1.0, 0.5, False), (0.0, None, True), (0.1, None, False)],
)
def test_a_network_that_guesses_is_doubtful(
    document: dict[str, Any],
    tmp_path: Path,
    right: float,
    chance: float | None,
    doubtful: bool,  # noqa: FBT001
) -> None:
    profile = tiny_profile(clips=8, frames=20)
    scores = np.zeros((8, 20), np.float32)
    scores[:, : round(20 * right)] = 1
    scores[::2] = scores[::2, ::-1]
    info = dict(profile.info) | ({} if chance is None else {"data": {"chance": {"top1": chance}}})
    clean = dict(profile.clean_scores) | {"top1": scores}
    if right == 0.55:  # as many clips above chance as below it
        clean["top1"][:, :] = 0
        clean["top1"][::2, :20] = 1
        clean["top1"][1, :2] = 1
    save(sealed(replace(profile, info=info, clean_scores=clean, sha256="")), tmp_path / "mine")
    found = doubts(cameras(document, profile=str(tmp_path / "mine")))
    assert [text.startswith("streams.cameras.profile: tiny holds a network") for text in found] == (
        [True] if doubtful else []
    )


def test_a_load_that_grows_with_the_sweep_is_doubtful(document: dict[str, Any]) -> None:
    document["network"]["uplink"][0]["load"] = 0.5
    document["sweep"] = {
        "streams.cameras.count": [2, 4],
        "streams.cameras.deadline": ["100 ms", "150 ms"],
        "streams.cameras.policy": ["fixed", "deadline"],
    }
    (found,) = doubts(document)
    assert found.startswith(
        "network.uplink.0.load: 0.5 scales the link with its streams: the sweep over "
        "streams.cameras.count changes its mean, "
    )
    assert found.endswith("write load: {rho: 1, for: 8} or trace: {rate: 20 Mbit/s}")
    document["network"]["uplink"][0]["load"] = {"rho": 0.5, "for": 2}
    assert doubts(document) == []
    document["network"]["uplink"][0] |= {"load": 0.5, "each": "stream"}
    assert doubts(document) == []  # each stream's own link stays as it is
    document["sweep"]["streams.cameras.fps"] = [5, 10]
    assert "sweep over streams.cameras.fps changes" in doubts(document)[0]


@pytest.mark.parametrize(
    "sweep",
    [
        {"streams.cameras.units": [["unit-1"], ["unit-2"]]},
        {"zip": {"streams.cameras.count": [1, 2], "streams.cameras.fps": [5, 10]}},
    ],
)
def test_so_is_one_over_units_or_in_lock_step(
    document: dict[str, Any], sweep: dict[str, Any]
) -> None:
    document["network"]["uplink"][0]["load"] = 0.5
    (found,) = doubts(document | {"sweep": sweep})
    for path in sweep.get("zip", sweep):
        assert path in found


def test_a_sweep_that_leaves_the_offer_alone_raises_no_doubt(document: dict[str, Any]) -> None:
    document["network"]["uplink"][0]["load"] = 0.5
    sweep = {"network.uplink.0.load": [0.5, 1], "server.speed": [1, 2]}
    assert doubts(document | {"sweep": sweep}) == []


def test_many_points_of_a_sweep_make_one_doubt(document: dict[str, Any]) -> None:
    sweep = {"streams.cameras.deadline": ["1 ms", "2 ms", "3 ms", "4 ms", "1 s"]}
    (found,) = doubts(document | {"sweep": sweep})
    assert found.startswith(
        "streams.cameras.deadline: each of 1 ms, 2 ms and 2 more is too short for a frame: "
    )
    assert "(at 4 of 5 settings: deadline=1 ms; deadline=2 ms; 2 more); allow" in found
