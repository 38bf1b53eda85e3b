from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.foundation.instants import FOREVER_NS
from simulator.links.fair import FairLink
from simulator.links.fifo import FifoLink
from simulator.links.queueing import NEVER_NS, Settled
from tests.simulator.links.carrying import MS, Sending, Step, at_once, lumps, steps
from tests.simulator.links.processor_sharing import ProcessorSharing
from traces import RateTrace

if TYPE_CHECKING:
    from simulator.links.queueing import Flow
    from traces.bandwidth import BandwidthTrace

WEIGHTS: dict[Flow, int] = {"a": 1, "b": 3, "c": 7}
RATES = st.lists(st.integers(0, 40_000_000), min_size=1, max_size=5).filter(any)
SENDINGS = st.lists(
    st.tuples(
        st.integers(0, 9 * MS),
        st.sampled_from("abc"),
        st.lists(st.integers(1, 1500), min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=25,
)


def ends(found: list[Settled[int]]) -> list[int]:
    """When each parcel had left, in the order of sending."""
    return [settled.end_ns for settled in sorted(found)]


def test_a_flow_has_the_link_to_itself_before_and_after_another() -> None:
    sendings: list[Sending] = [(0, "a", [1500] * 3 + [500]), (1 * MS, "b", [1000])]
    # a: 1 ms alone, 2 ms at half the rate, 3 ms alone.
    assert at_once(FairLink(steps(8_000_000)), sendings) == [
        Settled(1, MS, 3 * MS, 0, 0),
        Settled(0, 0, 6 * MS, 0, 0),
    ]


def test_parcels_of_one_flow_go_one_after_another() -> None:
    sendings: list[Sending] = [(0, "a", [1000]), (0, "a", [1000]), (0, "b", [1000])]
    assert at_once(FairLink(steps(8_000_000)), sendings) == [
        Settled(0, 0, 2 * MS, 0, 0),
        Settled(2, 0, 2 * MS, 0, 0),
        Settled(1, 2 * MS, 3 * MS, 0, 0),
    ]


def test_a_flow_of_twice_the_weight_is_twice_as_fast() -> None:
    sendings: list[Sending] = [(0, "a", [3000]), (0, "b", [3000])]
    # b: 3000 bytes at 2/3 of 1 byte/us; a has had 1500 by then.
    assert ends(at_once(FairLink(steps(8_000_000), {"b": 2}), sendings)) == [6 * MS, 4_500_000]


def test_what_a_stopped_trace_never_delivers_never_leaves() -> None:
    link: FairLink[int] = FairLink(steps(8_000_000, loop=False))
    assert at_once(link, [(9 * MS, "a", [500]), (0, "b", [5000])]) == [
        Settled(0, 9 * MS, 10 * MS, 0, 0)
    ]
    assert link.next_ns == FOREVER_NS


def test_packets_beyond_the_limit_are_dropped_and_the_rest_still_occupy_the_link() -> None:
    link: FairLink[str] = FairLink(steps(8_000_000), limit_bytes=3000)
    link.send(0, "a", "first", [1000] * 3)
    link.send(1 * MS, "b", "second", [1200, 400, 500, 200])  # 2000 are left: room for 1000
    link.send(1 * MS, "b", "third", [200])
    assert link.next_ns == 1 * MS
    assert link.settle(1 * MS) == [Settled("third", NEVER_NS, NEVER_NS, 1, 0, MS)]
    assert link.settle(9 * MS) == [
        Settled("second", MS, 2_800_000, 2, 0, MS),  # 900 bytes at half the rate
        Settled("first", 0, 3_900_000, 0, 0),
    ]


def test_a_limit_in_packets_counts_those_that_have_not_left() -> None:
    link: FairLink[str] = FairLink(steps(8_000_000), limit_packets=3)
    link.send(0, "a", "first", [1000] * 3)
    link.send(999_999, "b", "second", [100])
    link.send(1 * MS, "b", "third", [100, 100])  # one packet has left
    assert link.settle(9 * MS) == [
        Settled("second", NEVER_NS, NEVER_NS, 1, 0, 999_999),
        Settled("third", MS, 1_200_000, 1, 0, MS),
        Settled("first", 0, 3_100_000, 0, 0),
    ]


def test_without_a_limit_a_gigabyte_may_wait() -> None:
    sendings: list[Sending] = [(0, "a", [10**9]), (0, "b", [1000])]
    assert at_once(FairLink(steps(8_000_000)), sendings) == [
        Settled(1, 0, 2 * MS, 0, 0),
        Settled(0, 0, 1_000_001 * MS, 0, 0),
    ]


def test_packets_of_which_nothing_was_served_are_cancelled() -> None:
    link: FairLink[str] = FairLink(steps(8_000_000), limit_bytes=5000)
    link.send(0, "a", "first", [1000] * 3)
    link.send(0, "a", "second", [1000])
    link.send(0, "b", "third", [500])  # served by 1 ms
    assert link.cancel(2_000_000, "first") == 1  # 1500 bytes served
    assert link.cancel(2_000_000, "second") == 1
    link.send(2_000_000, "b", "fourth", [4500, 1])  # 500 bytes are left
    assert link.settle(20 * MS) == [
        Settled("third", 0, 1 * MS, 0, 0),
        Settled("second", NEVER_NS, NEVER_NS, 0, 1),
        Settled("first", 0, 3 * MS, 0, 1),
        Settled("fourth", 2 * MS, 7 * MS, 1, 0, 2 * MS),
    ]
    assert link.cancel(20 * MS, "first") == 0


def test_a_parcel_between_two_packets_has_left_once_the_rest_is_cancelled() -> None:
    link: FairLink[str] = FairLink(steps(8_000_000))
    link.send(0, "a", "first", [1000] * 2)
    assert link.cancel(1 * MS, "first") == 1
    assert link.next_ns == 1 * MS
    assert link.settle(1 * MS) == [Settled("first", 0, 1 * MS, 0, 1)]
    assert link.next_ns == FOREVER_NS


def test_what_waits_out_an_outage_is_cancelled_whole_and_the_next_goes_in_its_place() -> None:
    link: FairLink[str] = FairLink(steps(0, 8_000_000))
    link.send(0, "a", "first", [1000])
    link.send(0, "b", "second", [1000])
    link.send(0, "a", "third", [500])
    assert link.cancel(9 * MS, "first") == 1
    assert link.settle(20 * MS) == [
        Settled("first", NEVER_NS, NEVER_NS, 0, 1),
        Settled("third", 0, 11 * MS, 0, 0),
        Settled("second", 0, 11_500_000, 0, 0),
    ]


def test_nothing_is_remembered_of_what_has_left() -> None:
    link: FairLink[int] = FairLink(steps(8_000_000))
    for number in range(1000):
        link.send(number * 4 * MS, number % 7, number, [1000] * 3)
        assert len(link._sent) == len(link._heap) == len(link._backlogs) == 1
        assert len(link.settle(number * 4 * MS)) == min(number, 1)


@settings(deadline=None)
@given(rates=RATES, sendings=SENDINGS, weight=st.integers(1, 1000))
def test_one_flow_alone_is_first_in_first_out(
    rates: list[int], sendings: list[Sending], weight: int
) -> None:
    trace = steps(*rates)
    fifo = FifoLink(trace)
    now, expected = 0, []
    for number, (gap, _, sizes) in enumerate(sendings):
        now += gap
        end = fifo.send(now, sum(sizes))
        expected.append(Settled(number, fifo.begin_ns or 0, end or 0, 0, 0))
    fair: FairLink[int] = FairLink(trace, {"a": weight, "b": 13})
    assert at_once(fair, [(gap, "a", sizes) for gap, _, sizes in sendings]) == expected


@settings(deadline=None)
@given(each=st.integers(1, 3000), sendings=SENDINGS)
def test_it_is_never_idle_while_anything_waits(each: int, sendings: list[Sending]) -> None:
    trace = lumps(each)
    fifo = FifoLink(trace)
    now, busy_until = 0, []
    for gap, _, sizes in sendings:
        now += gap
        busy_until.append((now, fifo.send(now, sum(sizes))))
    last = [
        end for (_, end), (start, _) in pairwise(busy_until) if end is not None and end <= start
    ]
    found = ends(at_once(FairLink(trace, WEIGHTS), sendings))
    # Whoever it serves, a busy period ends when that of the link first in, first out does.
    assert {*last, busy_until[-1][1]} <= {*found}
    assert max(found) == busy_until[-1][1]


@settings(deadline=None, max_examples=300)
@given(
    trace=st.one_of(RATES.map(lambda rates: steps(*rates)), st.integers(1, 3000).map(lumps)),
    work=st.lists(
        st.tuples(
            st.sampled_from([0, 1, MS, 2 * MS, 9 * MS]) | st.integers(0, 9 * MS),
            st.sampled_from("abc"),
            st.lists(st.sampled_from([100, 1000]) | st.integers(1, 1500), min_size=1, max_size=4)
            | st.integers(0, 20),  # sizes, or the number of a parcel to cancel
        ),
        min_size=1,
        max_size=25,
    ),
    weights=st.sampled_from([WEIGHTS, dict.fromkeys(WEIGHTS, 1)]),
    room=st.none() | st.integers(1500, 9000),
    places=st.none() | st.integers(1, 9),
)
def test_it_agrees_with_exact_ratios(
    trace: BandwidthTrace,
    work: list[Step],
    weights: dict[Flow, int],
    room: int | None,
    places: int | None,
) -> None:
    fair: FairLink[int] = FairLink(trace, weights, limit_bytes=room, limit_packets=places)
    known = ProcessorSharing(trace, weights, limit_bytes=room, limit_packets=places)
    now = 0
    for number, (gap, flow, what) in enumerate(work):
        now += gap
        if isinstance(what, int):
            assert fair.cancel(now, what) == known.cancel(now, what)
        else:
            fair.send(now, flow, number, what)
            known.send(now, flow, number, what)
    last = now + 10**12
    assert fair.settle(last) == known.settle(last)


@pytest.mark.parametrize("flows", [3, 7])
def test_rounding_never_adds_up_however_long_the_link_is_busy(flows: int) -> None:
    trace = lumps(997)
    link: FairLink[int] = FairLink(trace)
    total = 0
    for number in range(3000):
        link.send(number * MS, number % flows, number, [1000])  # ever more waits
        total += 1000
    assert max(ends(link.settle(FOREVER_NS - 1))) == -(-total // 997) * MS


@settings(deadline=None, max_examples=20)
@given(weights=st.lists(st.integers(1, 1000), min_size=2, max_size=5))
def test_backlogged_flows_have_shares_in_proportion_to_their_weights(weights: list[int]) -> None:
    link: FairLink[tuple[int, int]] = FairLink(steps(80_000_000), dict(enumerate(weights)))
    for flow in range(len(weights)):
        for packet in range(2000):
            link.send(0, flow, (flow, packet), [100])
    through = [settled.parcel[0] for settled in link.settle(9 * MS)]  # 90,000 bytes
    for flow, weight in enumerate(weights):
        share = 900 * weight / sum(weights)
        assert share - 1 <= through.count(flow) <= share


def test_weights_that_share_no_factor_are_exact_too() -> None:
    trace = RateTrace.from_steps([0], [8_000_000], period_ns=MS, about=steps(1).about)
    link: FairLink[int] = FairLink(trace, {"a": 997, "b": 991})
    found = at_once(link, [(0, "a", [997_000]), (0, "b", [991_000])])
    assert found == [Settled(0, 0, 1988 * MS, 0, 0), Settled(1, 0, 1988 * MS, 0, 0)]
