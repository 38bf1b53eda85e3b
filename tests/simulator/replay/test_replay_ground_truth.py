from __future__ import annotations

import csv
import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from simulator.foundation.quantities import duration_ns
from simulator.links.queues import QueueLimit
from simulator.replay import LinkChoice, read_frames, replay
from simulator.replay.capacity import read_capacity
from simulator.replay.clock import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.links.kinds import Drop
    from simulator.replay import FrameTable
    from traces import BandwidthTrace

COMMITTED = {
    "mahimahi": ["a4_const12_small", "a6_step_inf"],
    "ns3_one_flow": ["b1_step_inf", "b3_random_inf", "b4_step_drop", "b6_const10"],
    "ns3_two_flows": ["c1_fifo", "c2_fifo_drop", "c3_fqdrr"],
}
OURS = ["c4_fqdrr_idle"]
FIXTURES = "tests/simulator/replay/fixtures"
FLUID = ["b1_step_inf", "b3_random_inf", "b6_const10", "c1_fifo"]
ELSEWHERE = {
    "mahimahi": ["a1_vzlte_up_inf", "a2_vzlte_up_droptail", "a3_umts_down_inf", "a5_att_wrap7s"],
    "ns3_one_flow": ["b7_cell_inf"],
}
WHOLE = [
    f"{kind}/{name}"
    for sets in (COMMITTED, ELSEWHERE, {"mahimahi": ["a11_vzlte_drophead"]})
    for kind, names in sets.items()
    for name in names
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthSet:
    """A run of mahimahi or ns-3, and the same link of ours."""

    folder: Path
    frames: FrameTable
    trace: BandwidthTrace
    choice: LinkChoice


def truth(folder: Path) -> TruthSet:
    meta = json.loads((folder / "meta.json").read_text())
    header = {"mtu_payload_bytes": 1472, "header_bytes": meta["packet_overhead_bytes"]}
    if "mahimahi_commit" in meta:
        queue = QueueLimit(packets=40 if "packets=40" in meta["queue"] else None)
        drop: Drop = "head" if "drophead" in meta["queue"] else "tail"
        choice = LinkChoice(**header, queue=queue, drop=drop, clock_ns=10**6)
        trace = read_capacity(folder / "trace.txt", "mahimahi")
    else:
        packets = int(meta["device_queue"].split()[1].removesuffix("p"))
        drr = meta["qdisc"] == "fqdrr"
        choice = LinkChoice(
            **header,
            queue=QueueLimit(packets=None if drr else packets),
            sharing="drr" if drr else "fifo",
            delay_ns=duration_ns(meta["one_way_delay"]),
        )
        trace = read_capacity(folder / "rate.csv", "csv")
    return TruthSet(
        folder=folder, frames=read_frames(folder / "frames.csv"), trace=trace, choice=choice
    )


def arrivals(folder: Path) -> Iterator[tuple[int, int, int]]:
    """Packets, packets lost and arrival of the last one of each frame, as the program said."""
    with (folder / "arrivals.csv").open() as file:
        for row in csv.DictReader(file):
            lost = row.get("n_lost") or row["n_dropped"]
            unit_ns = 10**9 if "t_last_recv_s" in row else 10**6
            last = row.get("t_last_recv_s", row.get("t_out_last_ms"))
            yield int(row["n_pkts"]), int(lost), nanoseconds(last, unit_ns) if last else -1


def packet_arrivals(folder: Path) -> Iterator[int]:
    """Arrival of each packet in nanoseconds, -1 for a dropped one."""
    with gzip.open(folder / "packets.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if "t_recv_ns" in row:
                yield int(row["t_recv_ns"]) if row["fate"] == "ok" else -1
            else:
                yield -1 if row["dropped"] == "1" else int(row["t_out_ms"]) * 10**6


def assert_frames_fare_as_told(known: TruthSet) -> None:
    fates = replay(known.frames, known.trace, known.choice)
    ours = list(zip(fates.packets, fates.lost, fates.arrived_ns, strict=True))
    assert ours == list(arrivals(known.folder))
    assert len(ours) >= 60


@pytest.mark.parametrize("name", [*OURS, *(name for names in COMMITTED.values() for name in names)])
def test_the_beginning_of_a_run_is_that_of_the_other_program_to_the_nanosecond(
    root: Path, name: str
) -> None:
    assert_frames_fare_as_told(truth(root / FIXTURES / name))


@pytest.mark.parametrize("name", WHOLE)
def test_every_frame_of_a_whole_run_fares_as_in_the_other_program(shared: Path, name: str) -> None:
    assert_frames_fare_as_told(truth(shared / "groundtruth" / name))


@pytest.mark.parametrize("name", ["a4_const12_small", "b4_step_drop", *OURS])
def test_every_packet_of_a_beginning_fares_as_in_the_other_program(root: Path, name: str) -> None:
    assert_packets_fare_as_told(truth(root / FIXTURES / name))


@pytest.mark.parametrize("name", WHOLE)
def test_every_packet_of_a_whole_run_fares_as_in_the_other_program(shared: Path, name: str) -> None:
    assert_packets_fare_as_told(truth(shared / "groundtruth" / name))


def assert_packets_fare_as_told(known: TruthSet) -> None:
    fates = replay(known.frames, known.trace, known.choice)
    keys = [
        (known.frames.flow[k], int(known.frames.frame_id[k]), idx)
        for k, count in enumerate(fates.packets)
        for idx in range(count)
    ]
    ours = [end for _, end in sorted(zip(keys, fates.packet_arrived_ns, strict=True))]
    with gzip.open(known.folder / "packets.csv.gz", "rt") as file:
        named = [
            (row.get("flow", "0"), int(row["frame_id"]), int(row["idx"]))
            for row in csv.DictReader(file)
        ]
    theirs = [end for _, end in sorted(zip(named, packet_arrivals(known.folder), strict=True))]
    assert ours == theirs


@pytest.mark.parametrize("name", FLUID)
def test_at_first_the_fluid_link_is_within_one_packet_s_time(root: Path, name: str) -> None:
    assert_fluid_within_a_packet(truth(root / FIXTURES / name))


@pytest.mark.parametrize("name", [*FLUID, "b7_cell_inf"])
def test_the_fluid_link_is_within_one_packet_s_time_of_the_packets(shared: Path, name: str) -> None:
    kind = "ns3_two_flows" if name.startswith("c") else "ns3_one_flow"
    assert_fluid_within_a_packet(truth(shared / "groundtruth" / kind / name))


def assert_fluid_within_a_packet(known: TruthSet) -> None:
    choice = LinkChoice(header_bytes=30, accuracy="frame", delay_ns=known.choice.delay_ns)
    fluid = replay(known.frames, known.trace, choice).arrived_ns
    theirs = [last for _, _, last in arrivals(known.folder)]
    with (known.folder / "rate.csv").open() as file:
        slowest_mbps = min(float(row["mbps"]) for row in csv.DictReader(file))
    packet_ns = 1502 * 8000 / slowest_mbps
    assert max(abs(a - b) for a, b in zip(fluid, theirs, strict=True)) <= packet_ns + 1000


@pytest.mark.parametrize("name", ["a4_const12_small", "a6_step_inf"])
def test_on_the_first_opportunities_both_accuracies_are_the_same(root: Path, name: str) -> None:
    assert_accuracies_are_the_same(truth(root / FIXTURES / name))


@pytest.mark.parametrize("name", ["a2_vzlte_up_droptail", "a11_vzlte_drophead", "a6_step_inf"])
def test_on_opportunities_both_accuracies_are_the_same(shared: Path, name: str) -> None:
    assert_accuracies_are_the_same(truth(shared / "groundtruth" / "mahimahi" / name))


def assert_accuracies_are_the_same(known: TruthSet) -> None:
    frame = LinkChoice(queue=known.choice.queue, drop=known.choice.drop, accuracy="frame")
    fates = replay(known.frames, known.trace, frame)
    ours = list(zip(fates.packets, fates.lost, fates.arrived_ns, strict=True))
    assert ours == list(arrivals(known.folder))


def test_fluid_fair_sharing_is_within_two_milliseconds_of_round_robin(root: Path) -> None:
    known = truth(root / FIXTURES / "c3_fqdrr")
    choice = LinkChoice(
        header_bytes=30, sharing="fair", accuracy="frame", delay_ns=known.choice.delay_ns
    )
    fluid = replay(known.frames, known.trace, choice).arrived_ns
    theirs = [last for _, _, last in arrivals(known.folder)]
    assert max(abs(a - b) for a, b in zip(fluid, theirs, strict=True)) <= 2_000_000


def test_whole_fluid_fair_run_is_within_two_milliseconds_of_round_robin(shared: Path) -> None:
    known = truth(shared / "groundtruth/ns3_two_flows/c3_fqdrr")
    choice = LinkChoice(
        header_bytes=30, sharing="fair", accuracy="frame", delay_ns=known.choice.delay_ns
    )
    fluid = replay(known.frames, known.trace, choice).arrived_ns
    theirs = [last for _, _, last in arrivals(known.folder)]
    assert max(abs(a - b) for a, b in zip(fluid, theirs, strict=True)) <= 2_000_000
