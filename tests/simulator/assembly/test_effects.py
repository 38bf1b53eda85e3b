"""Every option of a scenario changes what is simulated: no dead keys."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.assembly import assemble
from simulator.framelog import FrameLog, Reason
from simulator.scenario import Scenario
from simulator.world import simulate
from tests.simulator.workload.test_reader import LAYERS

if TYPE_CHECKING:
    from pathlib import Path

TRACE = "t_s,mbps,loss,delay_ms\n0,0.4,0.2,5\n1,0.2,0.4,30\n2,0,0,0\n"
LATE = {"trace": {"rate": "1 Mbit/s", "conditions": "5.csv"}, "delay": "trace"}
FIXED = {"name": "fixed", "unit": "unit-2"}


@pytest.fixture
def busy(document: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    """Return a scenario whose link and server are under strain."""
    (tmp_path / "wifi.csv").write_text(TRACE)
    for delay_ms in (5, 9):
        (tmp_path / f"{delay_ms}.csv").write_text(f"t_s,delay_ms\n0,{delay_ms}\n")
    document["streams"]["cameras"] |= {"policy": FIXED, "count": 4, "waiting": "queue"}
    document["network"] = {
        "uplink": [{"trace": {"file": "wifi.csv"}, "queue": "6 kB"}],
        "downlink": {"trace": {"family": "us-lte-down"}},
    }
    document["server"] = {"speed": 0.1, "batching": {"max": 2}}
    return document


def log_of(document: dict[str, Any], folder: Path) -> FrameLog:
    return simulate(assemble(Scenario.from_dict(document, folder).record, 5, folder).plan)


def merged(document: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a document with some keys of it, its only group, hop and server replaced."""
    changed: dict[str, Any] = deepcopy(document) | changes.get("scenario", {})
    changed["streams"]["cameras"] |= changes.get("stream", {})
    changed["network"]["uplink"][0] |= changes.get("hop", {})
    changed["network"] |= changes.get("network", {})
    changed["server"] |= changes.get("server", {})
    return changed


def differ(first: FrameLog, second: FrameLog) -> bool:
    if len(first["frame"]) != len(second["frame"]):
        return True
    names = ("uplink_end_ns", "arrived_ns", "service_start_ns", "served_ns", "done_ns", "outcome")
    return any((first[name] != second[name]).any() for name in names)


SLOWER = {"batching": {"kind": "form", "max": 2, "max_wait": "90 ms"}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"scenario": {"content_by": "same"}}),
        ({}, {"stream": {"start": "500 ms"}}),
        ({}, {"stream": {"stop": "1 s"}}),
        ({}, {"stream": {"result": "900 B"}}),
        ({}, {"stream": {"cancel": "too-late"}}),
        ({"hop": {"loss": 0.3}}, {"hop": {"loss": 0.3}, "stream": {"transport": "retransmit"}}),
        ({}, {"network": {"packets": {"header": "60 B", "payload": "600 B"}}}),
        ({"hop": LATE}, {"hop": {**LATE, "trace": {"rate": "1 Mbit/s", "conditions": "9.csv"}}}),
        ({}, {"hop": {"each": "stream"}}),
        ({}, {"hop": {"load": 3}}),
        ({}, {"hop": {"sharing": "fair"}}),
        ({}, {"hop": {"sharing": "drr"}}),
        ({"hop": {"sharing": "drr"}}, {"hop": {"sharing": "drr", "quantum": "200 B"}}),
        ({}, {"hop": {"accuracy": "packet"}}),
        ({}, {"hop": {"queue": "2 packets"}}),
        ({}, {"hop": {"queue": "unlimited"}}),
        ({}, {"hop": {"drop": "head"}}),
        ({}, {"hop": {"delay": "30 ms"}}),
        ({}, {"hop": {"delay": "trace"}}),
        ({}, {"hop": {"jitter": "9 ms"}}),
        ({"hop": {"jitter": "9 ms"}}, {"hop": {"jitter": {"mean": "9 ms", "reordering": True}}}),
        (
            {"hop": {"jitter": "9 ms"}},
            {"hop": {"jitter": {"mean": "9 ms", "distribution": "uniform"}}},
        ),
        ({}, {"hop": {"loss": "10 %"}}),
        ({}, {"hop": {"loss": "trace"}}),
        ({}, {"hop": {"loss": {"good": "300 ms", "bad": "300 ms"}}}),
        ({}, {"hop": {"grant": "10 ms"}}),
        ({}, {"hop": {"cross": [{"rate": "200 kbit/s"}]}}),
        (
            {"hop": {"sharing": "fair", "cross": [{"rate": "200 kbit/s"}]}},
            {"hop": {"sharing": "fair", "cross": [{"rate": "200 kbit/s", "weight": 9}]}},
        ),
        ({}, {"network": {"downlink": {"delay": "3 ms"}}}),
        ({}, {"network": {"downlink": {"trace": {"family": "us-3g-down"}}}}),
        ({}, {"server": {"workers": 2}}),
        ({}, {"server": {"order": "edf"}, "stream": {"jitter": "99 ms"}}),
        ({}, {"server": SLOWER}),
        ({"server": SLOWER}, {"server": {"batching": SLOWER["batching"] | {"max_wait": "9 ms"}}}),
        ({}, {"server": {"places": 1}}),
        ({}, {"server": {"drop_expired": True}}),
        ({}, {"server": {"outages": [{"worker": 0, "at": "1 s", "for": "200 ms"}]}}),
        (
            {"server": {"outages": [{"worker": 0, "at": "1 s", "for": "200 ms"}]}},
            {"server": {"outages": [{"worker": 0, "at": "1 s", "for": "200 ms", "crash": True}]}},
        ),
        ({}, {"server": {"outages": {"every": "500 ms", "lasting": "200 ms"}}}),
    ],
)
def test_every_option_changes_what_happens(
    before: dict[str, Any], after: dict[str, Any], busy: dict[str, Any], tmp_path: Path
) -> None:
    logs = [log_of(merged(busy, changes), tmp_path) for changes in (before, after)]
    assert differ(*logs)


def test_workers_of_kinds_serve_at_their_speeds(busy: dict[str, Any], tmp_path: Path) -> None:
    busy["network"]["uplink"][0]["load"] = 0.1
    busy["server"] = {"kinds": [{"name": "slow", "speed": 0.05}, {"name": "fast", "speed": 0.2}]}
    log = log_of(busy, tmp_path)
    time = log["served_ns"] - log["service_start_ns"]
    slow, fast = (float(np.median(time[log["worker"] == worker])) for worker in (0, 1))
    assert slow / fast == pytest.approx(4, rel=0.2)


def test_weights_divide_a_fair_link(busy: dict[str, Any], tmp_path: Path) -> None:
    busy["network"]["uplink"][0] |= {"sharing": "fair", "queue": "unlimited"}
    heavy = busy["streams"].pop("cameras")
    busy["streams"] = {"heavy": heavy | {"weight": 9}, "light": dict(heavy)}
    log = log_of(busy, tmp_path)
    took = (log["uplink_end_ns"] - log["sent_ns"]) / 1e9
    assert took[log["stream"] < 4].mean() < took[log["stream"] >= 4].mean() / 2


def test_memory_that_holds_one_of_two_tails_costs_loading(
    busy: dict[str, Any], tmp_path: Path
) -> None:
    camera = busy["streams"]["cameras"] | {"profile": "shapes-224"}
    busy["streams"] = {
        name: camera | {"policy": {"name": "fixed", "unit": name}} for name in ("unit-1", "unit-3")
    }
    busy["network"]["uplink"][0]["load"] = 0.2
    served = {}
    for tails in ("shared", "per-unit", "copies"):
        busy["server"] = {"memory": {"size": "6 MB", "tails": tails, "load": "2 Gbit/s"}}
        log = log_of(busy, tmp_path)
        done = log["served_ns"] >= 0
        served[tails] = float((log["served_ns"] - log["service_start_ns"])[done].mean())
    assert served["shared"] < served["per-unit"] / 2
    assert served["copies"] == pytest.approx(served["per-unit"], rel=0.3)
    warm = busy["server"]["memory"] | {"tails": "shared", "holds": ["tail"]}
    cold = log_of(busy | {"server": {"memory": warm | {"holds": []}}}, tmp_path)
    held = log_of(busy | {"server": {"memory": warm}}, tmp_path)
    assert differ(cold, held)


def test_layers_are_left_behind_where_the_link_is_slow(
    busy: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "layers.csv").write_text(LAYERS)
    lidar = {
        "workload": "layers.csv",
        "deadline": "200 ms",
        "policy": {"name": "fixed", "unit": "scalable"},
    }
    busy["network"]["uplink"][0] |= {"queue": "unlimited", "load": 0.4}
    busy["duration"] = "30 s"
    decoded = []
    for decode_by in ("90 ms", "190 ms"):
        busy["streams"] = {"lidar": lidar | {"decode_by": decode_by}}
        decoded.append(log_of(busy, tmp_path)["layers"])
    assert set(decoded[0].tolist()) >= {1}
    assert decoded[1].sum() > decoded[0].sum()


def test_frames_without_a_place_are_refused_and_expired_ones_leave(
    busy: dict[str, Any], tmp_path: Path
) -> None:
    busy["network"]["uplink"][0]["load"] = 0.1
    refused = log_of(merged(busy, {"server": {"places": 1}}), tmp_path)
    assert (refused["reason"] == Reason.REFUSED).any()
    expired = log_of(merged(busy, {"server": {"drop_expired": True}}), tmp_path)
    assert (expired["reason"] == Reason.EXPIRED).any()
