from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.foundation.instants import FOREVER_NS
from simulator.links.fifo import FifoLink
from traces import OpportunityTrace, RateTrace, TraceAbout

if TYPE_CHECKING:
    from pathlib import Path

MS = 1_000_000
INFINITE = [
    "a1_vzlte_up_inf",
    "a3_umts_down_inf",
    "a4_const12_small",
    "a5_att_wrap7s",
    "a6_step_inf",
]
ABOUT = TraceAbout(name="test")


def steps(*rates_bps: int, after: Literal["loop", "stop"] = "loop") -> RateTrace:
    starts = [k * 10 * MS for k in range(len(rates_bps))]
    return RateTrace.from_steps(
        starts, rates_bps, period_ns=len(rates_bps) * 10 * MS, after=after, about=ABOUT
    )


def test_a_frame_on_an_idle_link_takes_its_size_over_the_rate() -> None:
    link = FifoLink(steps(8_000_000))
    assert link.send(5 * MS, 1000) == 6 * MS
    assert link.begin_ns == 5 * MS


def test_a_second_frame_waits_for_the_first() -> None:
    link = FifoLink(steps(8_000_000))
    link.send(0, 3000)
    assert link.send(1 * MS, 1000) == 4 * MS
    assert link.begin_ns == 3 * MS


def test_a_rate_of_zero_is_waited_out() -> None:
    link = FifoLink(steps(8_000_000, 0))
    # 10,000 bytes until 10 ms, nothing until 20 ms, the last 1000 by 21 ms.
    assert link.send(0, 11_000) == 21 * MS


def test_a_frame_sent_while_nothing_is_delivered_begins_at_once_and_ends_later() -> None:
    link = FifoLink(steps(8_000_000, 0))
    assert link.send(12 * MS, 500) == 20 * MS + MS // 2
    assert link.begin_ns == 12 * MS


def test_an_end_between_two_nanoseconds_is_rounded_up() -> None:
    assert FifoLink(steps(3_000_000_000)).send(0, 1) == 3  # 2.67 ns


def test_what_a_stopped_trace_never_delivers_waits_for_ever_with_all_behind_it() -> None:
    link = FifoLink(steps(8_000_000, after="stop"))
    assert link.send(9 * MS, 2000) == FOREVER_NS
    assert link.begin_ns == 9 * MS
    assert link.send(9 * MS, 1) == FOREVER_NS
    assert link.begin_ns is None


@pytest.mark.parametrize("now_ns", [10 * MS, 11 * MS])
def test_what_is_sent_when_the_link_has_ended_never_begins(now_ns: int) -> None:
    link = FifoLink(steps(8_000_000, after="stop"))
    assert link.send(now_ns, 1) == FOREVER_NS
    assert link.begin_ns is None


def test_an_opportunity_serves_only_what_came_before_it_and_loses_what_is_not_used() -> None:
    link = FifoLink(OpportunityTrace.from_stamps([MS], bytes_each=1000, about=ABOUT))
    assert link.send(1 * MS, 1500) == 3 * MS  # not the one at 1 ms; 500 bytes of the one at 3
    assert link.send(1 * MS, 500) == 3 * MS  # the rest of it
    assert link.send(3 * MS, 1) == 4 * MS  # that at 3 ms is gone


@pytest.mark.parametrize("name", INFINITE)
def test_every_frame_leaves_in_the_same_millisecond_as_from_mahimahi(
    shared: Path, name: str
) -> None:
    assert leave_as_from_mahimahi(shared / "groundtruth" / "mahimahi" / name) >= 450


@pytest.mark.parametrize("name", ["a4_const12_small", "a6_step_inf"])
def test_the_first_frames_leave_in_the_same_millisecond_as_from_mahimahi(
    root: Path, name: str
) -> None:
    assert leave_as_from_mahimahi(root / "tests/simulator/replay/fixtures" / name) >= 140


def leave_as_from_mahimahi(folder: Path) -> int:
    """Compare all frames of a run, and return how many there were."""
    stamps = [int(line) * MS for line in (folder / "trace.txt").read_text().split()]
    link = FifoLink(OpportunityTrace.from_stamps(stamps, about=ABOUT))
    with (folder / "arrivals.csv").open() as file:
        frames = list(csv.DictReader(file))
    ends = [
        link.send(round(float(f["t_send_ms"]) * MS), int(f["bytes"]) + 32 * int(f["n_pkts"]))
        for f in frames
    ]
    assert ends == [int(f["t_out_last_ms"]) * MS for f in frames]
    return len(frames)


SENDINGS = st.lists(st.tuples(st.integers(0, 30 * MS), st.integers(1, 30_000)), max_size=40)
RATES = st.lists(st.integers(0, 40_000_000), min_size=1, max_size=6).filter(any)


@settings(deadline=None)
@given(rates=RATES, sendings=SENDINGS)
def test_order_is_kept_work_is_conserved_and_no_byte_is_gained(
    rates: list[int], sendings: list[tuple[int, int]]
) -> None:
    trace = steps(*rates)
    link = FifoLink(trace)
    now, last_end, position = 0, 0, 0
    for gap, size in sendings:
        now += gap
        end = link.send(now, size)
        assert end is not None
        assert end >= max(now, last_end)
        # Never idle while something waits: each frame takes exactly its own share of capacity,
        # counted from the moment when it was there and the one before it was gone.
        position = max(position, trace.capacity(now)) + size * trace.units_per_byte
        assert trace.capacity(end) >= position > trace.capacity(end - 1)
        last_end = end
