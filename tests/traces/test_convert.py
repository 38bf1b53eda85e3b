"""Traces written as files say the same, or what they lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.foundation.errors import InputError
from traces import READERS, Conditions, OpportunityTrace, RateTrace, TraceAbout, read, synthesise
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
    # 7 packets of 1504 bytes in 10 ms are 8.4224 Mbit/s.
    assert lost[1:] == ("its mean: the file's is 1.053 times as high",)
    held = RateTrace.from_steps(
        [0, MS], [12_032_000, 0], period_ns=3 * MS, after="stop", about=ABOUT
    )
    text, lost = to_mahimahi(held)
    assert text == "3\n"
    assert lost[1:] == (
        (
            "when its last packet is due: 1 ms become 3 ms, where the trace ends, as the last line "
            "is the period"
        ),
        "what follows the end, `stop`: mahimahi loops",
    )


def test_a_trace_that_ends_in_silence_keeps_its_length_and_its_mean(tmp_path: Path) -> None:
    # 1 s of one packet of 1504 bytes a ms, then 9 s of nothing: 1000 packets in 10 s.
    (tmp_path / "tail.csv").write_text("t_s,mbps\n0,12.032\n1,0\n10,0\n")
    trace = read(tmp_path / "tail.csv")
    text, lost = to_mahimahi(trace)
    assert text.split()[-2:] == ["999", "10000"]
    assert "1000 ms become 10000 ms" in lost[1]
    (tmp_path / "tail.up").write_text(text)
    again = read(tmp_path / "tail.up")
    assert again.period_ns == trace.period_ns == 10 * S
    assert again.mean_bps == trace.mean_bps == 1.2032e6
    # Never more than the trace has: only the last packet comes later.
    for t_ns in range(0, 10 * S, 13 * MS):
        assert again.capacity(t_ns) * trace.units_per_byte <= trace.capacity(t_ns)


def test_a_length_that_is_no_whole_millisecond_and_a_mean_of_half_a_packet_are_said() -> None:
    trace = RateTrace.from_steps([0], [10**6], period_ns=4 * MS + 400_000, about=ABOUT)
    text, lost = to_mahimahi(trace)  # 550 bytes in 4.4 ms
    assert text == "4\n"
    # 1504 bytes in 4 ms are 3.008 Mbit/s.
    assert lost[1:] == (
        "its end: 0.0044 s become 0.004 s",
        "its mean: the file's is 3.008 times as high",
    )


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 3000), st.integers(0, 40)), min_size=1, max_size=6),
    st.integers(0, 999_999),
)
def test_whatever_the_trace_mahimahi_keeps_its_length_and_mean_or_says_the_ratio(
    pieces: list[tuple[int, int]], more_ns: int
) -> None:
    rates = [mbps * 10**6 for _, mbps in pieces]
    marks = [sum(ms for ms, _ in pieces[:k]) * MS for k in range(len(pieces) + 1)]
    if not any(rates):
        return
    trace = RateTrace.from_steps(marks[:-1], rates, period_ns=marks[-1] + more_ns, about=ABOUT)
    text, lost = to_mahimahi(trace)
    again = READERS["mahimahi"].read(text.encode(), "again", {})
    assert abs(again.period_ns - trace.period_ns) <= MS // 2
    ratio = again.mean_bps / trace.mean_bps
    assert abs(ratio - 1) <= 1e-3 or any(f"{ratio:.4g} times" in what for what in lost)


def test_odd_opportunities_are_rounded_and_that_is_told() -> None:
    trace = OpportunityTrace.from_stamps([1_500_000, 3 * MS], bytes_each=1504, about=ABOUT)
    text, lost = to_mahimahi(trace)
    assert text == "2\n3\n"
    assert "time below 1 ms" in lost[0]


def test_what_would_be_too_long_a_file_is_refused() -> None:
    trace = RateTrace.from_steps([0], [10**12], period_ns=100 * S, about=ABOUT)
    with pytest.raises(InputError, match="lines must be at most 5000000"):
        to_mahimahi(trace)
