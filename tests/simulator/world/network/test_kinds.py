"""Links of every kind, in worlds and in replayed tables, which get them from one place."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.links.kinds import LinkKind
from simulator.replay import FrameTable, LinkChoice, replay
from simulator.world import simulate
from simulator.world.plan import LinkPlan, PacketPlan
from tests.simulator.links.carrying import lumps
from tests.simulator.links.described import KINDS, assert_within_capacity, kinds, traces
from tests.simulator.world.network.nets import net
from tests.simulator.world.small import MS, camera, ms

if TYPE_CHECKING:
    from traces import BandwidthTrace

PACKETS = PacketPlan(header_bytes=32, mtu_payload_bytes=1472)


def described(kind: LinkKind) -> dict[str, Any]:
    return {field.name: getattr(kind, field.name) for field in fields(LinkKind)}


@pytest.mark.parametrize("name", ["fifo packet", "fifo frame", "drr packet", "drr frame"])
def test_packets_wait_for_opportunities_at_either_accuracy(name: str) -> None:
    sharing: Any
    accuracy: Any
    sharing, accuracy = name.split()
    up = LinkPlan(trace=lumps(500), delay_ns=0, sharing=sharing, accuracy=accuracy)
    lone = camera([0, 0.1, 0.2, 0.3], sizes=[1504], waiting="queue")
    plan = net(lone, up=[up])
    assert ms(simulate(plan), "uplink_end_ns") == [4, 7, 10, 13]


@pytest.mark.parametrize("name", KINDS)
@settings(deadline=None, max_examples=40)
@given(data=st.data(), trace=traces())
def test_a_world_and_a_table_have_the_same_link_which_keeps_to_its_trace(
    name: str, trace: BandwidthTrace, data: st.DataObject
) -> None:
    kind = data.draw(kinds(name))
    gaps_ns = st.sampled_from([1, MS // 3, 2 * MS, 9 * MS])
    frames = st.lists(st.tuples(gaps_ns, st.integers(1, 6000)), min_size=1, max_size=8)
    work = [data.draw(frames) for _ in range(data.draw(st.integers(1, 2)))]
    sent_ns = [list(accumulate(gap_ns for gap_ns, _ in flow)) for flow in work]
    cameras = [
        camera(
            [t_ns / MS for t_ns in sent],
            sizes=[[size for _, size in flow]],
            waiting="queue",
            name=f"cameras/{k}",
        )
        for k, (flow, sent) in enumerate(zip(work, sent_ns, strict=True))
    ]
    up = LinkPlan(trace=trace, delay_ns=0, **described(kind))
    plan = net(*cameras, up=[up])
    log = simulate(replace(plan, packets=PACKETS))

    rows = sorted(range(len(log)), key=lambda row: (log["sent_ns"][row], row))
    table = FrameTable(
        flow=[str(log["stream"][row]) for row in rows],
        frame_id=[str(row) for row in rows],
        sent_ns=log["sent_ns"][rows].tolist(),
        payload_bytes=log["bytes"][rows].tolist(),
    )
    fates = replay(table, trace, LinkChoice(**described(kind)))
    whole = np.array(fates.lost) == 0
    assert log["uplink_end_ns"][rows].tolist() == np.where(whole, fates.arrived_ns, -1).tolist()

    there = log["uplink_end_ns"] >= 0
    left = zip(log["uplink_end_ns"][there].tolist(), log["wire_bytes"][there].tolist(), strict=True)
    first_ns = min(table.sent_ns)
    assert_within_capacity(trace, kind, left, first_ns=first_ns, packet_bytes=1504)
    if fates.packet_arrived_ns:
        ends = iter(fates.packet_arrived_ns)
        packets = [
            (next(ends), min(1472, size - 1472 * k) + 32)
            for size, count in zip(table.payload_bytes, fates.packets, strict=True)
            for k in range(count)
        ]
        arrived = [(end_ns, size) for end_ns, size in packets if end_ns >= 0]
        assert_within_capacity(trace, kind, arrived, first_ns=first_ns, packet_bytes=1504)
