"""What becomes of chains on any path, against a few lines that follow them by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.scripted import Scripted
from simulator.framelog import Reason
from simulator.links.queues import UNLIMITED
from simulator.world import simulate
from simulator.world.plan import ChainPlan
from tests.simulator.world.network.nets import net
from tests.simulator.world.network.test_network_properties import links
from tests.simulator.world.small import camera

if TYPE_CHECKING:
    from simulator.framelog import FrameLog
    from simulator.world.plan import LinkPlan, StreamPlan

NEVER = 10**30


@st.composite
def videos(draw: st.DrawFn, index: int) -> StreamPlan:
    """A camera with a chain, a unit without, one on the device, and a second chain."""
    frames = draw(st.integers(1, 25))
    gaps = draw(st.lists(st.integers(1, 40), min_size=frames, max_size=frames))
    choices = st.sampled_from([0, 0, 0, 0, 0, 1, 2, 3, 3, 3, None])
    plan = camera(
        np.cumsum(gaps).tolist(),
        policy=Scripted(plan=draw(st.lists(choices, min_size=frames, max_size=frames))),
        sizes=[draw(st.integers(1, 3000)) if k != 1 else 0 for k in range(4)],
        device_ms=[draw(st.integers(0, 30))] * 4,
        deadline_ms=draw(st.integers(1, 150)),
        waiting=draw(st.sampled_from(["newest", "queue"])),
        name=f"cameras/{index}",
    )
    chain = ChainPlan(
        refresh=draw(st.integers(1, 8)),
        intra_bytes=np.full(frames, draw(st.integers(3001, 9000))),
        intra_mean_bytes=5000.0,
        predicted_mean_bytes=1000.0,
    )
    other = replace(chain, refresh=draw(st.integers(1, 8)))
    return replace(
        plan,
        chains=(chain, None, None, other),
        transport=draw(st.sampled_from(["datagram", "retransmit"])),
        cancel=draw(st.sampled_from(["never", "too-late"])),
    )


def followed(plan: StreamPlan, log: FrameLog, rows: range) -> list[tuple[bool, int]]:
    """Return of each frame whether it is intra, and from when on it can be decoded."""
    found, last, position, ready = [], None, 0, NEVER
    for row in rows:
        unit, arrived = int(log["unit"][row]), int(log["arrived_ns"][row])
        there = arrived if arrived >= 0 else NEVER
        chain = plan.chains[unit] if unit >= 0 else None
        if unit >= 0 and unit != last:
            last, position = unit, 0
        if chain is None:
            found.append((False, there))
        else:
            intra = position % chain.refresh == 0
            ready = there if intra else max(there, ready)
            position += 1
            found.append((intra, ready))
    return found


@given(data=st.data())
@settings(max_examples=120)
def test_a_frame_is_served_from_when_all_is_there_that_it_is_predicted_from(
    data: st.DataObject,
) -> None:
    cameras = [data.draw(videos(k)) for k in range(data.draw(st.integers(1, 2)))]
    up = [data.draw(links(k)) for k in range(data.draw(st.integers(1, 2)))]
    plan = net(*cameras, up=up, workers=99)  # so that nobody waits for a worker
    log = simulate(plan)
    first = 0
    for stream in plan.streams:
        rows = range(first, first + len(stream.captured_ns))
        first = rows.stop
        for row, (intra, ready) in zip(rows, followed(stream, log, rows), strict=True):
            unit = int(log["unit"][row])
            if unit < 0 or stream.ladder.on_device[unit]:
                continue
            assert (log["bytes"][row] > 3000) == intra
            assert log["service_start_ns"][row] == (ready if ready < NEVER else -1)
            undecodable = log["reason"][row] == Reason.UNDECODABLE
            assert undecodable == (ready == NEVER and log["arrived_ns"][row] >= 0)


@given(plan=videos(0), up=links(0))
@settings(max_examples=60)
def test_asking_for_intra_frames_changes_nothing_where_nothing_is_lost(
    plan: StreamPlan, up: LinkPlan
) -> None:
    calm = replace(up, loss=None, jitter=None, queue=UNLIMITED)
    plan = replace(plan, cancel="never", transport="datagram")
    asked, unasked = (
        simulate(net(replace(plan, asks_intra=asks), up=[calm], workers=9))
        for asks in (True, False)
    )
    assert asked.to_bytes() == unasked.to_bytes()
