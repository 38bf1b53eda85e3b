"""Traces written as files say the same, or what they lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.foundation.errors import InputError
from traces import Conditions, OpportunityTrace, RateTrace, TraceAbout, read, synthesise
from traces.convert import to_csv, to_mahimahi

if TYPE_CHECKING:
    from pathlib import Path

    from traces.about import After

S = 10**9
MS = 10**6
ABOUT = TraceAbout(name="x")


def steps(*rates: int, after: After = "loop") -> RateTrace:
    starts = [k * S + k for k in range(len(rates))]
    return RateTrace.from_steps(
        starts, rates, period_ns=len(rates) * S + 7, after=after, about=ABOUT
    )


def test_rates_survive_a_table_exactly(tmp_path: Path) -> None:
    trace = steps(1, 0, 12_345_678, 10**9)
    text, lost = to_csv(trace)
    assert lost == ()
    (tmp_path / "x").write_text(text)
    again = read(tmp_path / "x")
    assert isinstance(again, RateTrace)
    assert list(again.steps()) == list(trace.steps())
    assert again.period_ns == trace.period_ns


def test_loss_and_delay_survive_a_table_exactly(tmp_path: Path) -> None:
    poor = Conditions.from_steps(
        [0, S, 2 * S + 5, 3 * S],
        loss=[0, 1 / 3, 1e-7, 1],
        delay_ns=[0, 60 * S, 20_500_001, 20_500_001],
        period_ns=4 * S,
    )
    trace = RateTrace.from_steps(
        [0, 2 * S], [8_000_000, 4_000_000], period_ns=4 * S, about=ABOUT, conditions=poor
    )
    text, lost = to_csv(trace.shifted(S))
    assert lost == ()
    assert text.splitlines() == [
        "t_s,mbps,loss,delay_ms",
        "0,8,0,0",
        "1,8,0.3333333333333333,60000",
        "2,4,0.3333333333333333,60000",
        "2.000000005,4,1e-07,20.500001",
        "3,4,1,20.500001",
        "4,0,1,20.500001",
    ]
    (tmp_path / "x").write_text(text)
    again = read(tmp_path / "x")
    assert again.conditions == poor
    assert all(again.capacity(t) == trace.capacity(t) for t in range(0, 9 * S, S // 7))
    stopped = read(tmp_path / "x", after="stop")
    (tmp_path / "y").write_text(to_csv(stopped)[0])
    assert read(tmp_path / "y", after="stop").conditions == stopped.conditions


def test_a_column_that_is_not_there_is_not_written() -> None:
    poor = Conditions.from_steps([0], loss=[0.1], period_ns=S, after="hold")
    trace = RateTrace.from_steps(
        [0], [8_000_000], period_ns=S, after="hold", about=ABOUT, conditions=poor
    )
    assert to_csv(trace)[0] == "t_s,mbps,loss\n0,8,0.1\n1,8,0.1\n"


def test_mahimahi_has_no_room_for_loss_and_delay() -> None:
    poor = Conditions.from_steps([0], loss=[0.1], period_ns=MS)
    trace = RateTrace.from_steps([0], [12_032_000], period_ns=MS, about=ABOUT, conditions=poor)
    text, lost = to_mahimahi(trace)
    assert text == "1\n"
    assert lost[-1] == "loss and delay, which mahimahi's files cannot say: they are left out"


def test_a_held_rate_survives_if_the_reader_is_told(tmp_path: Path) -> None:
    trace = steps(8_000_000, 16_000_000, after="hold")
    text, lost = to_csv(trace)
    assert lost == ("what follows the end: read it with `after: hold`",)
    (tmp_path / "x").write_text(text)
    again = read(tmp_path / "x", after="hold")
    assert again.capacity(9 * S) == trace.capacity(9 * S)


def test_opportunities_survive_a_mahimahi_file_exactly(tmp_path: Path) -> None:
    trace = OpportunityTrace.from_stamps([0, 2 * MS, 2 * MS, 9 * MS], about=ABOUT)
    assert to_mahimahi(trace) == ("0\n2\n2\n9\n", ())
    made = synthesise("nyc-3g-up", 3, 20 * S)
    text, _ = to_mahimahi(made)
    (tmp_path / "x").write_text(text)
    again = read(tmp_path / "x")
    assert all(again.capacity(k * MS) == made.capacity(k * MS) for k in range(0, 19_000, 7))


def test_opportunities_in_a_table_are_on_time_at_each_instant(tmp_path: Path) -> None:
    trace = OpportunityTrace.from_stamps([0, 2 * MS, 2 * MS, 9 * MS], period_ns=S, about=ABOUT)
    text, lost = to_csv(trace)
    assert "bursts" in lost[0]
    (tmp_path / "x").write_text(text)
    again = read(tmp_path / "x")
    # The one at 0, which counts from the second turn on, is spread with the next two.
    for at, packets in ((2 * MS, 3), (9 * MS, 4), (S, 4), (S + 2 * MS, 7)):
        assert again.capacity(at) / again.units_per_byte == pytest.approx(1504 * packets, abs=1)


def test_rates_become_packets_when_enough_was_offered() -> None:
    # 1504 bytes at 8 Mbit/s take 1.504 ms; 10 ms hold 6.6 packets, and the last ends the trace.
    trace = RateTrace.from_steps([0], [8 * 10**6], period_ns=10 * MS, about=ABOUT)
    text, lost = to_mahimahi(trace)
    assert text == "2\n4\n5\n7\n8\n10\n10\n"
    assert len(lost) == 1
    held = RateTrace.from_steps(
        [0, MS], [12_032_000, 0], period_ns=3 * MS, after="stop", about=ABOUT
    )
    text, lost = to_mahimahi(held)
    assert text == "1\n"
    assert lost[1:] == (
        "its end: 0.003 s become 0.001 s",
        "what follows the end, `stop`: mahimahi loops",
    )


def test_odd_opportunities_are_rounded_and_that_is_told() -> None:
    trace = OpportunityTrace.from_stamps([1_500_000, 3 * MS], bytes_each=1504, about=ABOUT)
    text, lost = to_mahimahi(trace)
    assert text == "2\n3\n"
    assert "time below 1 ms" in lost[0]


def test_what_would_be_too_long_a_file_is_refused() -> None:
    trace = RateTrace.from_steps([0], [10**12], period_ns=100 * S, about=ABOUT)
    with pytest.raises(InputError, match="lines must be at most 5000000"):
        to_mahimahi(trace)
