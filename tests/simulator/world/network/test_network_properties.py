"""What holds on every path, with every feature on."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.fixed import Fixed
from policies.throughput import Throughput
from simulator.foundation.keyed import key_of
from simulator.framelog import Outcome, Reason
from simulator.links.loss import Bernoulli, GilbertElliott
from simulator.links.queues import UNLIMITED, QueueLimit
from simulator.world import simulate
from simulator.world.plan import ChainPlan, CrossPlan, JitterPlan, LayerPlan, LinkPlan
from tests.simulator.world.network.nets import link, net
from tests.simulator.world.small import MS, camera
from traces import RateTrace, TraceAbout
from traces.conditions import Conditions

if TYPE_CHECKING:
    from simulator.world.plan import StreamPlan, WorldPlan

STAGES = (
    *("captured_ns", "chosen_ns", "sent_ns", "uplink_start_ns", "uplink_end_ns", "arrived_ns"),
    *("service_start_ns", "served_ns", "done_ns"),
)
RATES = (0, 300_000, 1_000_000, 3_333_333, 8_000_000, 20_000_000)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


@st.composite
def losses(draw: st.DrawFn) -> object:
    key = key_of(draw(st.integers(0, 9)), "loss")
    if draw(st.booleans()):
        return Bernoulli(draw(st.floats(0, 1)))
    return GilbertElliott(
        draw(st.integers(1, 99)) * MS, draw(st.integers(1, 99)) * MS, 0.01, 0.6, key
    )


@st.composite
def crossing(draw: st.DrawFn, name: str) -> CrossPlan:
    gaps = draw(st.lists(st.integers(0, 9 * MS), min_size=1, max_size=40))
    sizes = draw(st.lists(st.integers(1, 1000), min_size=len(gaps), max_size=len(gaps)))
    return CrossPlan(
        name=name,
        sent_ns=np.array(list(accumulate(gaps))),
        wire_bytes=np.array(sizes),
        weight=draw(st.integers(1, 4)),
    )


@st.composite
def links(draw: st.DrawFn, number: int) -> LinkPlan:
    rates = draw(st.lists(st.sampled_from(RATES), min_size=1, max_size=4).filter(any))
    trace = RateTrace.from_steps(
        [k * 20 * MS for k in range(len(rates))],
        rates,
        period_ns=len(rates) * 20 * MS,
        after=draw(st.sampled_from(["loop", "loop", "stop"])),
        about=TraceAbout(name="random"),
    )
    sharing: Any = draw(st.sampled_from(["fifo", "fair", "drr"]))
    delays = Conditions.from_steps([0, 30 * MS], delay_ns=[MS, 9 * MS], period_ns=50 * MS)
    jitter = JitterPlan(
        mean_ns=draw(st.integers(0, 20 * MS)),
        distribution=draw(st.sampled_from(["uniform", "exponential"])),
        reorders=draw(st.booleans()),
    )
    return LinkPlan(
        trace=trace,
        delay_ns=draw(st.integers(0, 20)) * MS,
        delays=delays if draw(st.booleans()) else None,
        jitter=draw(st.sampled_from([None, jitter])),
        loss=draw(maybe(losses())),
        sharing=sharing,
        accuracy="frame" if sharing == "fair" else draw(st.sampled_from(["frame", "packet"])),
        queue=QueueLimit(
            whole_bytes=draw(maybe(st.integers(1000, 20_000))),
            packets=draw(maybe(st.integers(1, 20))),
        ),
        drop="tail" if sharing == "fair" else draw(st.sampled_from(["tail", "head"])),
        quantum_bytes=draw(st.integers(100, 2000)),
        grant_ns=draw(st.sampled_from([0, 0, 7 * MS])),
        cross=tuple(draw(crossing(f"others/{k}")) for k in range(draw(st.integers(0, 2)))),
        key=key_of(number, "link"),
    )


@st.composite
def streams(draw: st.DrawFn, index: int) -> StreamPlan:
    frames = draw(st.integers(1, 15))
    gaps = draw(st.lists(st.integers(1, 40), min_size=frames, max_size=frames))
    sizes = [draw(st.integers(1, 9000)) for _ in range(2)]
    plan = camera(
        np.cumsum(gaps).tolist(),
        policy=Fixed(unit=draw(st.integers(0, 1))),
        sizes=sizes,
        device_ms=[draw(st.integers(0, 30)) for _ in sizes],
        deadline_ms=draw(st.integers(1, 150)),
        name=f"cameras/{index}",
    )
    layers = LayerPlan(
        payload_bytes=np.full((2, frames), [[sizes[1]], [700]]),
        entropy_decode_ns=np.full((2, frames), MS),
        score=np.full((2, frames), 0.5, np.float32),
        confidence=np.full((2, frames), 0.5, np.float32),
    )
    return replace(
        plan,
        payload_bytes=plan.payload_bytes + np.array([[0], [700]]),
        layers=(None, layers),
        decode_by_ns=draw(st.integers(0, 100)) * MS,
        weight=draw(st.integers(1, 3)),
        transport=draw(st.sampled_from(["datagram", "retransmit"])),
        cancel=draw(st.sampled_from(["never", "too-late", "superseded"])),
        result_bytes=draw(st.integers(1, 3000)),
    )


@st.composite
def chained(draw: st.DrawFn, index: int) -> StreamPlan:
    plan = draw(streams(index))
    chain = ChainPlan(
        refresh=draw(st.integers(1, 6)),
        intra_bytes=np.full(len(plan.captured_ns), draw(st.integers(1, 9000))),
        intra_mean_bytes=3000.0,
        predicted_mean_bytes=1000.0,
    )
    return replace(plan, chains=(draw(maybe(st.just(chain))), None), asks_intra=draw(st.booleans()))


@st.composite
def nets(draw: st.DrawFn) -> WorldPlan:
    cameras = [draw(chained(k)) for k in range(draw(st.integers(1, 3)))]
    numbers = iter(range(100))

    def hop() -> tuple[LinkPlan, ...]:
        count = len(cameras) if draw(st.booleans()) else 1
        return tuple(draw(links(next(numbers))) for _ in range(count))

    up = [hop() for _ in range(draw(st.integers(1, 2)))]
    down = [hop() for _ in range(draw(st.integers(0, 1)))]
    return net(*cameras, up=up, down=down, down_ms=draw(st.integers(0, 9)))


@given(plan=nets())
@settings(max_examples=150)
def test_every_frame_ends_once_for_one_reason_and_its_stages_are_in_order(plan: WorldPlan) -> None:
    log = simulate(plan)
    assert sum(log.counts().values()) == sum(len(s.captured_ns) for s in plan.streams)
    for row in log.structured():
        passed = [x for x in (int(row[name]) for name in STAGES) if x >= 0]
        assert passed == sorted(passed)
        ends = Reason(row["reason"]).outcome
        assert ends in (None, row["outcome"])
        assert (ends is None) == (row["done_ns"] >= 0)
        assert row["transmissions"] >= (row["sent_ns"] >= 0)
        if row["arrived_ns"] >= 0:
            assert row["uplink_end_ns"] >= row["uplink_start_ns"] >= 0
            assert row["layers"] >= (row["served_ns"] >= 0)


@given(plan=nets())
@settings(max_examples=40)
def test_the_same_plan_gives_the_same_bytes(plan: WorldPlan) -> None:
    assert simulate(plan).to_bytes() == simulate(plan).to_bytes()


@given(plan=streams(0), up=links(0))
@settings(max_examples=60)
def test_frames_of_a_stream_leave_and_arrive_in_the_order_of_sending(
    plan: StreamPlan, up: LinkPlan
) -> None:
    lone = replace(plan, transport="datagram", cancel="never", layers=())
    log = simulate(net(lone, up=[replace(up, loss=None, jitter=None, delays=None)]))
    for name in ("uplink_end_ns", "arrived_ns"):
        assert (np.diff(log[name][log[name] >= 0]) >= 0).all()


@given(plans=st.lists(streams(0), min_size=1, max_size=3), rate_ms=st.sampled_from([1, 2, 5]))
@settings(max_examples=60)
def test_a_second_link_like_the_first_adds_the_time_of_one_packet(
    plans: list[StreamPlan], rate_ms: int
) -> None:
    # All packets are full ones, so none catches up with the one before it.
    cameras = [
        replace(
            plan,
            transport="datagram",
            cancel="never",
            layers=(),
            waiting="queue",
            payload_bytes=-(-plan.payload_bytes // 1000) * 1000,
            name=str(k),
        )
        for k, plan in enumerate(plans)
    ]
    one, two = (simulate(net(*cameras, up=[link(rate_ms)] * hops)) for hops in (1, 2))
    assert (two["uplink_end_ns"] - one["uplink_end_ns"] == rate_ms * MS).all()


@given(data=st.data())
@settings(max_examples=60)
def test_a_link_carries_what_it_is_offered_and_no_more(data: st.DataObject) -> None:
    cameras = [replace(data.draw(streams(k)), transport="datagram", layers=()) for k in range(3)]
    cameras = [replace(s, cancel="never") for s in cameras]
    up = data.draw(links(0))
    up = replace(up, loss=None, queue=UNLIMITED, accuracy="frame", cross=())
    log = simulate(net(*cameras, up=[up]))
    left = log["uplink_end_ns"] >= 0
    units = up.trace.units_per_byte
    for end_ns in log["uplink_end_ns"][left].tolist():
        carried = int(log["wire_bytes"][left & (log["uplink_end_ns"] <= end_ns)].sum())
        begin_ns = int(log["sent_ns"][log["sent_ns"] >= 0].min())
        offered = up.trace.capacity(end_ns) - up.trace.capacity(begin_ns)
        assert carried * units <= offered
    if up.trace.loops:
        assert (left == (log["sent_ns"] >= 0)).all()


@given(plans=st.lists(streams(0), min_size=1, max_size=3), up=links(0))
@settings(max_examples=60)
def test_the_lane_does_what_the_general_path_does(plans: list[StreamPlan], up: LinkPlan) -> None:
    cameras = [
        replace(plan, transport="datagram", cancel="never", layers=(), name=str(k))
        for k, plan in enumerate(plans)
    ]
    lane = LinkPlan(
        trace=up.trace,
        delay_ns=up.delay_ns,
        queue=up.queue,
    )
    general = replace(lane, loss=Bernoulli(0.0))  # so that each packet goes its own way
    by_lane, by_parcels = (simulate(net(*cameras, up=[way])) for way in (lane, general))
    assert by_lane.to_bytes() == by_parcels.to_bytes()


@given(data=st.data(), reorders=st.booleans())
@settings(max_examples=60)
def test_jitter_reorders_only_where_it_may(data: st.DataObject, reorders: bool) -> None:  # noqa: FBT001
    plan = data.draw(streams(0))
    lone = replace(plan, transport="datagram", cancel="never", layers=())
    jitter = JitterPlan(mean_ns=50 * MS, reorders=reorders)
    log = simulate(net(lone, up=[link(0.01, jitter=jitter, key=key_of(3, "j"))]))
    sent = log["sent_ns"] >= 0
    arrived = log["arrived_ns"][sent]
    if not reorders:
        assert (np.diff(arrived) >= 0).all()
    assert (arrived >= log["uplink_end_ns"][sent]).all()


@given(plan=nets())
@settings(max_examples=40)
def test_a_second_link_that_takes_no_time_changes_nothing(plan: WorldPlan) -> None:
    first = replace(plan.uplink[0][0], sharing="fifo", drop="tail")
    # Split into packets from the start, so that their luck is drawn alike.
    first = replace(first, loss=first.loss or Bernoulli(0.0))
    instant = RateTrace.from_steps(
        [0], [8 * 10**11], period_ns=10**9, about=TraceAbout(name="instant")
    )
    second = LinkPlan(trace=instant, delay_ns=0)
    # Nor does the server ask for anything: what a device hears a nanosecond later may be too late.
    streams = tuple(replace(s, decode_by_ns=10**12, asks_intra=False) for s in plan.streams)
    one = simulate(replace(plan, streams=streams, uplink=((first,),)))
    two = simulate(replace(plan, streams=streams, uplink=((first,), (second,))))
    there = one["arrived_ns"] >= 0
    assert (there == (two["arrived_ns"] >= 0)).all()
    late = (two["arrived_ns"] - one["arrived_ns"])[there]
    packets = int(one["wire_bytes"].sum()) // 1000 + 2 * len(one)
    assert ((late >= 0) & (late <= 10 * packets)).all()  # 10 ns a packet


@given(plan=nets())
@settings(max_examples=40)
def test_where_nothing_is_shared_a_camera_is_the_same_among_many(plan: WorldPlan) -> None:
    number = iter(range(10))
    cameras = plan.streams
    access = tuple(replace(plan.uplink[0][0], key=key_of(next(number), "access")) for _ in cameras)
    free = replace(plan.server, workers=plan.server.workers * 99, max_batch=1)
    whole = replace(plan, uplink=(access,), downlink=(), server=free)
    log = simulate(whole)
    rows = np.cumsum([0, *(len(s.captured_ns) for s in cameras)])
    alone = simulate(replace(whole, streams=cameras[:1], uplink=((access[0],),)))
    for name in set(log) - {"worker"}:
        assert np.array_equal(
            log[name][: rows[1]], alone[name], equal_nan=log[name].dtype.kind == "f"
        )


@given(plan=nets(), unit=st.integers(0, 1))
@settings(max_examples=40)
def test_first_tries_share_their_luck_under_two_policies(plan: WorldPlan, unit: int) -> None:
    # Packets that leave an empty, fast link: only luck decides.
    up = link(0.0001, loss=Bernoulli(0.3), key=key_of(1, "luck"))
    plan = replace(plan, downlink=())
    streams = tuple(
        replace(s, layers=(), chains=(), transport="datagram", cancel="never", waiting="queue")
        for s in plan.streams
    )
    same = np.broadcast_to(np.array([[1500], [2000]]), (2, 1))
    streams = tuple(replace(s, payload_bytes=np.tile(same, len(s.captured_ns))) for s in streams)
    one, two = (
        simulate(
            replace(plan, streams=tuple(replace(s, policy=p) for s in streams), uplink=((up,),))
        )
        for p in (Fixed(unit=unit), Throughput())
    )
    both = (one["sent_ns"] >= 0) & (two["sent_ns"] >= 0)
    lost = Reason.CORRUPTED
    assert ((one["reason"] == lost) == (two["reason"] == lost))[both].all()
    assert set(one["outcome"].tolist()) <= set(map(int, Outcome))
