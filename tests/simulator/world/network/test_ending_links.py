"""When a frame's turn comes on a link that ends: by hand, and against one that goes on."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.links.queues import QueueLimit
from simulator.world import simulate
from simulator.world.plan import CrossPlan, LinkPlan
from tests.simulator.links.described import KINDS, kinds
from tests.simulator.world.network.nets import link, net, reasons
from tests.simulator.world.network.test_kinds import described
from tests.simulator.world.small import MS, camera, ms, steady
from traces import OpportunityTrace, RateTrace, TraceAbout

if TYPE_CHECKING:
    from simulator.world.plan import StreamPlan
    from traces import BandwidthTrace
    from traces.about import After

ABOUT = TraceAbout(name="ends")


def options_of(name: str) -> dict[str, Any]:
    sharing, accuracy = name.split()
    return {"sharing": sharing, "accuracy": accuracy}


every_kind = pytest.mark.parametrize("name", KINDS)


@every_kind
@pytest.mark.parametrize("hops", [1, 2])
def test_a_frame_that_has_begun_before_the_end_has_its_turn_and_the_next_has_none(
    name: str, hops: int
) -> None:
    # The link ends at 1000. Frame 1 begins when frame 0 has left, at 998.5; its last packet, frame
    # 2 and frame 3 never do.
    ends = link(trace=steady(after="stop"), **options_of(name))
    lone = camera([997, 997.5, 999, 1000.5], sizes=[[1500, 3000, 1000, 1000]], waiting="queue")
    log = simulate(net(lone, up=[ends, link()][:hops]))
    assert reasons(log) == ["NONE", "UNDELIVERED", "UNDELIVERED", "UNDELIVERED"]
    assert ms(log, "uplink_start_ns") == [997, 998.5, -1, -1]


@every_kind
@pytest.mark.parametrize("limit", [QueueLimit(), QueueLimit(packets=50)])
def test_what_is_sent_at_the_very_end_or_after_it_has_no_turn(name: str, limit: QueueLimit) -> None:
    ends = link(trace=steady(after="stop"), **options_of(name))
    for sent_ms in (1000, 1000.000001, 1500):
        log = simulate(net(camera([sent_ms]), up=[replace(ends, queue=limit)]))
        assert ms(log, "uplink_start_ns") == [-1]
    log = simulate(net(camera([999.999999]), up=[replace(ends, queue=limit)]))
    assert log["uplink_start_ns"].tolist() == [1000 * MS - 1]


@every_kind
@pytest.mark.parametrize("limit", [QueueLimit(), QueueLimit(packets=50)])
def test_the_last_opportunity_is_the_turn_of_those_that_it_carries_a_byte_of(
    name: str, limit: QueueLimit
) -> None:
    last = OpportunityTrace.from_stamps([MS], bytes_each=1504, after="stop", about=ABOUT)
    up = LinkPlan(trace=last, delay_ns=0, queue=limit, **options_of(name))
    log = simulate(net(camera([0, 0.1, 0.2], waiting="queue"), up=[up]))
    # 1000 bytes of the first, 504 of the second.
    assert ms(log, "uplink_start_ns") == [0, 1, -1]
    assert reasons(log) == ["NONE", "UNDELIVERED", "UNDELIVERED"]


def test_a_rate_that_stays_at_nothing_is_an_end() -> None:
    gone = RateTrace.from_steps(
        [0, 2 * MS], [8_000_000, 0], period_ns=9 * MS, after="stop", about=ABOUT
    )
    for name in KINDS:
        up = LinkPlan(trace=gone, delay_ns=0, **options_of(name))
        log = simulate(net(camera([1.5, 1.7, 5], waiting="queue"), up=[up]))
        # Store and forward sends the first one whole, until 2.5, and then nothing more.
        assert ms(log, "uplink_start_ns") == [1.5, -1, -1]


@st.composite
def steady_steps(draw: st.DrawFn) -> tuple[list[int], list[int], int]:
    """Rates at which every byte takes whole nanoseconds, and the end.

    They do not fall: a packet stored before would lead them, and leave nothing for one after it.
    """
    lengths = draw(st.lists(st.integers(1, 9 * MS), min_size=1, max_size=4))
    speeds = sorted(draw(st.sampled_from([4_000_000, 8_000_000, 16_000_000])) for _ in lengths)
    ends = list(accumulate(lengths))
    return [0, *ends[:-1]], speeds, ends[-1]


@every_kind
@settings(deadline=None, max_examples=40)
@given(data=st.data(), steps=steady_steps())
def test_until_it_ends_a_link_does_what_one_that_goes_on_does(
    name: str, steps: tuple[list[int], list[int], int], data: st.DataObject
) -> None:
    starts, speeds, end_ns = steps

    def capacity(after: After) -> BandwidthTrace:
        return RateTrace.from_steps(starts, speeds, period_ns=end_ns, after=after, about=ABOUT)

    gaps = st.sampled_from([1, 100_000, MS, 3 * MS])
    frames = st.lists(st.tuples(gaps, st.integers(1, 4000)), min_size=1, max_size=8)
    cameras: list[StreamPlan] = []
    for k in range(data.draw(st.integers(1, 2))):
        work = data.draw(frames)
        captured = [t_ns / MS for t_ns in accumulate(gap for gap, _ in work)]
        sizes = [[size for _, size in work]]
        plan = camera(captured, sizes=sizes, waiting="queue", name=f"cameras/{k}", deadline_ms=7.3)
        cancel: Any = data.draw(st.sampled_from(["never", "too-late"]))
        cameras.append(replace(plan, cancel=cancel))
    others = CrossPlan(name="others", sent_ns=np.arange(3) * MS, wire_bytes=np.full(3, 400))
    kind = described(data.draw(kinds(name))) | {
        "delay_ns": 0,
        "cross": (others,) if data.draw(st.booleans()) else (),
        "grant_ns": data.draw(st.sampled_from([0, 0, MS])),
    }
    ends = simulate(net(*cameras, up=[LinkPlan(trace=capacity("stop"), **kind)]))
    goes_on = simulate(net(*cameras, up=[LinkPlan(trace=capacity("hold"), **kind)]))
    expected = goes_on["uplink_start_ns"]
    assert ends["uplink_start_ns"].tolist() == np.where(expected < end_ns, expected, -1).tolist()
