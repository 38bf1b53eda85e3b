"""Scenarios of a few frames on one link, as files, with what becomes of each frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simulator.assembly import assemble
from simulator.framelog import Reason
from simulator.scenario import Scenario
from simulator.world import simulate

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.framelog import FrameLog

LOG = "stream,t_capture_ms,bytes,device_ms,server_ms\n"
FAST = "t_s,mbps\n0,1000\n1,1000\n"
ONE_LINK = [
    {},
    {"accuracy": "packet"},
    {"sharing": "fair", "accuracy": "frame"},
    {"sharing": "drr", "accuracy": "frame"},
    {"sharing": "drr", "accuracy": "packet"},
]

every_sharing = pytest.mark.parametrize("hop", ONE_LINK)
hops = pytest.mark.parametrize("hops", [1, 2])


def ends(document: dict[str, Any], folder: Path) -> tuple[FrameLog, list[str]]:
    """Return the log of a scenario, and the reason of each frame."""
    plan = assemble(Scenario.from_dict(document, folder).record, 0, folder).plan
    log = simulate(plan)
    return log, [Reason(reason).name for reason in log["reason"]]


def scenario(folder: Path, hops: int, **hop: object) -> dict[str, Any]:
    (folder / "fast.csv").write_text(FAST)
    fast = {"trace": {"file": "fast.csv"}, "queue": "unlimited", "delay": "0 ms"}
    return {
        "name": "case",
        "duration": "1 s",
        "streams": {"g": {"workload": "log.csv", "policy": "fixed", "deadline": "100 ms"}},
        "network": {"uplink": [hop, fast][:hops], "downlink": {"delay": "0 ms"}},
    }


@every_sharing
@hops
def test_a_frame_that_overflowed_and_is_taken_back_later_overflowed(
    tmp_path: Path, hop: dict[str, Any], hops: int
) -> None:
    (tmp_path / "t.csv").write_text("t_s,mbps\n0,0.08\n1,0.08\n")
    (tmp_path / "log.csv").write_text(f"{LOG}a,0,14720,0,1\na,500,14720,0,1\n")
    document = scenario(tmp_path, hops, trace={"file": "t.csv"}, queue="5 kB", delay="0 ms", **hop)
    document["streams"]["g"]["cancel"] = "too-late"
    assert ends(document, tmp_path)[1] == ["OVERFLOW", "OVERFLOW"]


@every_sharing
@hops
def test_a_frame_of_which_a_packet_leaves_before_the_end_has_begun(
    tmp_path: Path, hop: dict[str, Any], hops: int
) -> None:
    (tmp_path / "t.csv").write_text("t_s,mbps\n0,8\n0.1,8\n")
    (tmp_path / "log.csv").write_text(f"{LOG}a,0,972,0,1\na,98.5,2944,0,1\na,99,10,0,1\n")
    trace = {"file": "t.csv", "after": "stop"}
    document = scenario(tmp_path, hops, trace=trace, queue="unlimited", delay="5 ms", **hop)
    document["streams"]["g"]["waiting"] = "queue"
    log, reasons = ends(document, tmp_path)
    assert reasons == ["NONE", "UNDELIVERED", "UNDELIVERED"]
    assert log["uplink_start_ns"].tolist() == [0, 98_500_000, -1]


@every_sharing
def test_packets_of_a_file_of_opportunities_wait_for_their_bytes(
    tmp_path: Path, hop: dict[str, Any]
) -> None:
    (tmp_path / "t.up").write_text("1\n2\n")
    rows = "".join(f"a,{k},1472,0,0\n" for k in range(4))
    (tmp_path / "log.csv").write_text(LOG + rows)
    trace = {"file": "t.up", "format": "mahimahi", "opportunity": "500 B"}
    document = scenario(tmp_path, 1, trace=trace, queue="unlimited", delay="0 ms", **hop)
    document["network"]["packets"] = {"header": "32 B"}
    document["streams"]["g"]["waiting"] = "queue"
    log, _ = ends(document, tmp_path)
    # 1504 bytes are there with the 4th opportunity of 500, and so on.
    assert log["uplink_end_ns"].tolist() == [4_000_000, 7_000_000, 10_000_000, 13_000_000]


@every_sharing
@pytest.mark.parametrize("name", ["two-outcomes", "link-end"])
def test_cases_of_others_end_as_they_say(shared: Path, name: str, hop: dict[str, Any]) -> None:
    folder = shared / "cases" / "network" / name
    settings = [f"network.uplink.0.{key}={value}" for key, value in hop.items()]
    scenario = Scenario.from_file(folder / "s.yaml", settings)
    log = simulate(assemble(scenario.record, 0, folder).plan)
    if name == "link-end":
        assert log["uplink_start_ns"].tolist() == [0, 98_500_000]
    else:
        assert log["reason"][0] == Reason.OVERFLOW
