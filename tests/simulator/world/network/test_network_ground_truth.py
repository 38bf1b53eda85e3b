"""Whole worlds against mahimahi and ns-3: frames are captured when they were sent, at no cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.foundation.instants import FOREVER_NS
from simulator.framelog import Outcome
from simulator.world import simulate
from simulator.world.plan import LinkPlan, PacketPlan, WorldPlan
from tests.simulator.replay.test_replay_ground_truth import arrivals, truth
from tests.simulator.world.small import MS, camera, served, world

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulator.replay.test_replay_ground_truth import TruthSet

HERE = ["a6_step_inf", "b4_step_drop", "c2_fifo_drop", "c3_fqdrr", "c4_fqdrr_idle"]
WHOLE = [
    "mahimahi/a1_vzlte_up_inf",
    "mahimahi/a2_vzlte_up_droptail",
    "mahimahi/a11_vzlte_drophead",
    "ns3_one_flow/b3_random_inf",
    "ns3_one_flow/b4_step_drop",
    "ns3_two_flows/c1_fifo",
    "ns3_two_flows/c2_fifo_drop",
    "ns3_two_flows/c3_fqdrr",
]


def as_world(known: TruthSet) -> WorldPlan:
    """Return the same link with a camera for each flow."""
    frames, choice = known.frames, known.choice
    cameras = []
    for name in dict.fromkeys(frames.flow):
        rows = [k for k, flow in enumerate(frames.flow) if flow == name]
        sent_ms = [frames.sent_ns[k] // choice.clock_ns * choice.clock_ns / MS for k in rows]
        sizes = [frames.payload_bytes[k] for k in rows]
        cameras.append(camera(sent_ms, sizes=[sizes], waiting="queue", name=name))
    link = LinkPlan(
        trace=known.trace,
        sharing=choice.sharing,
        delay_ns=choice.delay_ns,
        accuracy="frame" if choice.clock_ns == MS else "packet",  # mahimahi counts in ms
        queue=choice.queue,
        drop=choice.drop,
    )
    plan = world(*cameras, models=[served()])
    return WorldPlan(
        streams=plan.streams,
        uplink=((link,),),
        packets=PacketPlan(
            header_bytes=choice.header_bytes, mtu_payload_bytes=choice.mtu_payload_bytes
        ),
        server=plan.server,
        duration_ns=FOREVER_NS,
    )


def assert_frames_arrive_as_told(folder: Path) -> None:
    known = truth(folder)
    log = simulate(as_world(known))
    flows, told = known.frames.flow, list(arrivals(folder))
    by_camera = sorted(range(len(told)), key=lambda k: flows.index(flows[k]))
    packets_lost, arrived_ns = zip(*((told[k][1], told[k][2]) for k in by_camera), strict=True)
    assert log["arrived_ns"].tolist() == np.where(packets_lost, -1, arrived_ns).tolist()
    assert ((log["outcome"] == Outcome.LOST) == (log["arrived_ns"] < 0)).all()
    assert len(log) >= 60


@pytest.mark.parametrize("name", HERE)
def test_the_beginning_of_a_run_is_that_of_the_other_program(root: Path, name: str) -> None:
    assert_frames_arrive_as_told(root / "tests/simulator/replay/fixtures" / name)


@pytest.mark.parametrize("name", WHOLE)
def test_every_frame_of_a_whole_run_arrives_as_in_the_other_program(
    shared: Path, name: str
) -> None:
    assert_frames_arrive_as_told(shared / "groundtruth" / name)
