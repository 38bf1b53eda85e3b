from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.links.fair import FairLink
from simulator.links.fifo import FifoLink
from simulator.links.packets import NEVER_NS
from traces import RateTrace, TraceAbout

if TYPE_CHECKING:
    from traces.about import After

MS = 1_000_000
ABOUT = TraceAbout(name="test")


def steps(*rates_bps: int, loop: bool = True) -> RateTrace:
    starts = [k * 10 * MS for k in range(len(rates_bps))]
    period_ns = len(rates_bps) * 10 * MS
    after: After = "loop" if loop else "stop"
    return RateTrace.from_steps(starts, rates_bps, period_ns=period_ns, after=after, about=ABOUT)


def test_a_flow_has_the_link_to_itself_before_and_after_another() -> None:
    link = FairLink(steps(8_000_000))
    link.send(0, "a", 5000)
    link.send(1 * MS, "b", 1000)
    link.finish()
    # a: 1 ms alone, 2 ms at half the rate, 3 ms alone.
    assert link.left_ns == [6 * MS, 3 * MS]


def test_frames_of_one_flow_go_one_after_another() -> None:
    link = FairLink(steps(8_000_000))
    link.send(0, "a", 1000)
    link.send(0, "a", 1000)
    link.send(0, "b", 1000)
    link.finish()
    assert link.left_ns == [2 * MS, 3 * MS, 2 * MS]


def test_what_a_stopped_trace_never_delivers_never_leaves() -> None:
    link = FairLink(steps(8_000_000, loop=False))
    link.send(9 * MS, "a", 500)
    link.send(9 * MS, "b", 5000)
    link.finish()
    assert link.left_ns == [10 * MS, NEVER_NS]


SENDINGS = st.lists(
    st.tuples(st.integers(0, 9 * MS), st.sampled_from("abc"), st.integers(1, 9000)),
    min_size=1,
    max_size=25,
)


@settings(deadline=None)
@given(rates=st.lists(st.integers(0, 40_000_000), min_size=1, max_size=5).filter(any), s=SENDINGS)
def test_one_flow_alone_is_first_in_first_out(
    rates: list[int], s: list[tuple[int, str, int]]
) -> None:
    trace = steps(*rates)
    fair, fifo = FairLink(trace), FifoLink(trace)
    now, ends = 0, []
    for gap, _, size in s:
        now += gap
        fair.send(now, "a", size)
        ends.append(fifo.send(now, size))
    fair.finish()
    assert all(abs(a - (b or 0)) <= 1 for a, b in zip(fair.left_ns, ends, strict=True))


def exact(sendings: list[tuple[int, str, int]]) -> list[Fraction]:
    """Processor sharing at 8 Mbit/s (1000 ns a byte) in exact ratios, interval by interval."""
    queues: dict[str, list[tuple[int, Fraction]]] = {name: [] for name in "abc"}
    ends = [Fraction(-1)] * len(sendings)
    clock = Fraction(0)

    def run(until: Fraction | None) -> None:
        nonlocal clock
        while active := [queue for queue in queues.values() if queue]:
            least = min(queue[0][1] for queue in active) * len(active)
            span = least if until is None else min(least, until - clock)
            clock += span
            for queue in active:
                frame, left = queue.pop(0)
                if left > span / len(active):
                    queue.insert(0, (frame, left - span / len(active)))
                else:
                    ends[frame] = clock
            if until is not None and clock >= until:
                return
        clock = clock if until is None else until

    for k, (gap, flow, size) in enumerate(sendings):
        run(clock + gap)
        queues[flow].append((k, Fraction(1000 * size)))
    run(None)
    return ends


@settings(deadline=None)
@given(s=SENDINGS)
def test_it_agrees_with_exact_ratios(s: list[tuple[int, str, int]]) -> None:
    link = FairLink(steps(8_000_000))
    now = 0
    for gap, flow, size in s:
        now += gap
        link.send(now, flow, size)
    link.finish()
    assert all(abs(a - b) <= 1 for a, b in zip(link.left_ns, exact(s), strict=True))
