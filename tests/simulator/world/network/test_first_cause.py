"""The first thing that destroys a frame is its end, worked out by hand: a packet takes 1 ms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.framelog import Reason
from simulator.links.queues import UNLIMITED
from simulator.world import simulate
from simulator.world.ledger import Ledger
from simulator.world.plan import LinkPlan
from tests.simulator.world.network.nets import During, in_layers, link, net, reasons
from tests.simulator.world.network.test_network_properties import chained, links, nets
from tests.simulator.world.small import MS, camera, ms, steady, world
from traces import RateTrace, TraceAbout

if TYPE_CHECKING:
    from simulator.framelog import FrameLog
    from simulator.world.plan import StreamPlan, WorldPlan

SHARINGS: list[dict[str, Any]] = [
    {},
    {"accuracy": "packet"},
    {"sharing": "fair"},
    {"sharing": "drr"},
    {"sharing": "drr", "accuracy": "packet"},
]
FAST = RateTrace.from_steps([0], [8 * 10**11], period_ns=10**9, about=TraceAbout(name="fast"))

every_sharing = pytest.mark.parametrize("options", SHARINGS)
hops = pytest.mark.parametrize("hops", [1, 2, 3])


def eager(*args: Any, deadline_ms: float = 5.5, **options: Any) -> StreamPlan:  # noqa: ANN401
    return replace(camera(*args, deadline_ms=deadline_ms, **options), cancel="too-late")


def path(first: LinkPlan, hops: int) -> list[LinkPlan]:
    return [first, *[LinkPlan(trace=FAST, delay_ns=0)] * (hops - 1)]


@every_sharing
@hops
def test_a_full_queue_comes_before_the_senders_change_of_mind(
    options: dict[str, Any], hops: int
) -> None:
    # Of 10 packets most find no place at 0. At 5.5 what waits is taken back.
    lone = eager([0, 20], sizes=[10_000])
    log = simulate(net(lone, up=path(link(queue_bytes=7000, **options), hops)))
    assert reasons(log) == ["OVERFLOW", "OVERFLOW"]


@every_sharing
@hops
def test_a_full_queue_comes_before_the_end_of_the_link(options: dict[str, Any], hops: int) -> None:
    # The link ends at 1000: from 999 on it carries one packet more, or two.
    ends = link(trace=steady(after="stop"), queue_packets=4, **options)
    frames = camera([999, 1000.1, 1001, 1002], sizes=[[3000, 1000, 9000, 500]], deadline_ms=5000)
    log = simulate(net(frames, up=path(ends, hops)))
    assert reasons(log)[0] == "UNDELIVERED"
    assert reasons(log)[2] == "OVERFLOW"


@every_sharing
@hops
def test_a_link_that_ended_destroys_nothing_so_that_what_waits_can_be_taken_back(
    options: dict[str, Any], hops: int
) -> None:
    ends = link(trace=steady(after="stop"), **options)
    cancels: list[tuple[Any, str]] = [("never", "UNDELIVERED"), ("too-late", "CANCELLED")]
    for cancel, reason in cancels:
        lone = replace(eager([998, 1001], sizes=[[9000, 500]]), cancel=cancel)
        log = simulate(net(lone, up=path(ends, hops)))
        assert reasons(log) == [reason, reason]
        assert ms(log, "uplink_start_ns") == [998, -1]


@pytest.mark.parametrize("options", SHARINGS)
def test_what_a_packet_meets_after_the_rest_was_taken_back_comes_too_late(
    options: dict[str, Any],
) -> None:
    # Taken back at 5.5; the packet then on the link is destroyed at 6.
    lone = eager([0], sizes=[9000])
    log = simulate(net(lone, up=[link(loss=During((6, 6)), **options)]))
    assert reasons(log) == ["CANCELLED"]
    log = simulate(net(lone, up=[link(loss=During((5, 5)), **options)]))
    assert reasons(log) == ["CORRUPTED"]


def test_a_loss_known_beforehand_does_not_come_before_it_happens() -> None:
    # The first link destroys the third packet at 3. The second one, on which a packet takes 10 ms,
    # has no place for the second packet at 2, or has.
    lone = camera([0], sizes=[3000])
    up = link(loss=During((3, 3)))
    for places, reason in ((0, "OVERFLOW"), (1, "CORRUPTED")):
        second = link(10, queue_bytes=999 if places == 0 else 1000)
        assert reasons(simulate(net(lone, up=[up, second]))) == [reason]


def test_a_packet_given_up_comes_before_what_is_taken_back_after_it() -> None:
    # No delay: a packet lost at 5 would come again at 6, after the deadline at 5.5, when the rest
    # is taken back.
    lone = replace(eager([0], sizes=[9000]), transport="retransmit")
    log = simulate(net(lone, up=[link(loss=During((5, 5)))]))
    assert reasons(log) == ["GIVEN_UP"]


def test_what_upper_layers_lose_is_no_end() -> None:
    lone = in_layers(eager([0]), 1000, 9000, decode_by_ms=3)
    log = simulate(net(lone, up=[link(loss=During((2, 3)), queue_packets=6)]))
    assert reasons(log) == ["NONE"]
    assert log["layers"].tolist() == [1]


@pytest.mark.parametrize(
    ("heard", "counts"),
    [
        ([(Reason.OVERFLOW, 7), (Reason.CORRUPTED, 5)], Reason.CORRUPTED),
        ([(Reason.OVERFLOW, 5), (Reason.CORRUPTED, 7)], Reason.OVERFLOW),
        ([(Reason.OVERFLOW, 5), (Reason.CANCELLED, 5)], Reason.OVERFLOW),
        ([(Reason.CANCELLED, 5), (Reason.OVERFLOW, 5)], Reason.OVERFLOW),
        ([(Reason.CANCELLED, 5), (Reason.OVERFLOW, 6)], Reason.CANCELLED),
        ([(Reason.OVERFLOW, 0), (Reason.CORRUPTED, 0)], Reason.OVERFLOW),
    ],
)
def test_of_several_causes_the_first_counts_and_at_one_instant_that_of_a_link(
    heard: list[tuple[Reason, int]], counts: Reason
) -> None:
    ledger = Ledger(world(camera([0])))
    for reason, at_ns in heard:
        ledger.destroyed(0, reason, at_ns)
    assert ledger.reason[0] == counts


def same(first: FrameLog, second: FrameLog, *names: str) -> None:
    for name in names:
        assert np.array_equal(first[name], second[name], equal_nan=first[name].dtype.kind == "f")


@given(plan=nets(), sharings=st.lists(st.sampled_from(["fifo", "fair", "drr"]), max_size=3))
@settings(max_examples=40, deadline=None)
def test_links_that_take_no_time_behind_the_first_change_no_end(
    plan: WorldPlan, sharings: list[Any]
) -> None:
    # What packets of a frame meet each for itself would differ where one link follows them as one.
    first = tuple(
        x if x.loss is not None else replace(x, jitter=None, delays=None) for x in plan.uplink[0]
    )
    # Nothing that those nanoseconds decide: ties at deadlines, or the order at the server.
    streams = tuple(
        replace(
            s,
            deadline_ns=s.deadline_ns + MS // 2,
            decode_by_ns=s.decode_by_ns + MS // 4,
            asks_intra=False,
        )
        for s in plan.streams
    )
    server = replace(plan.server, workers=plan.server.workers * 99, max_batch=1)
    plain = replace(plan, streams=streams, uplink=(first,), downlink=(), server=server)
    behind = tuple((LinkPlan(trace=FAST, delay_ns=0, sharing=sharing),) for sharing in sharings)
    names = ("outcome", "reason", "uplink_start_ns", "transmissions", "layers")
    same(simulate(plain), simulate(replace(plain, uplink=(first, *behind))), *names)


@given(stream=chained(0), up=links(0), sharing=st.sampled_from(["fair", "drr"]))
@settings(max_examples=40, deadline=None)
def test_alone_on_a_link_a_stream_fares_alike_however_it_is_shared(
    stream: StreamPlan,
    up: LinkPlan,
    sharing: Any,  # noqa: ANN401  # drawn
) -> None:
    # Limits do not count the same things.
    alone = replace(up, cross=(), queue=UNLIMITED, drop="tail", accuracy="frame", sharing="fifo")
    one = simulate(net(stream, up=[alone]))
    other = simulate(net(stream, up=[replace(alone, sharing=sharing)]))
    same(one, other, *one)
