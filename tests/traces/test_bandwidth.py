"""Both kinds of trace against their contract, a rational reference and mahimahi's own queue."""

from __future__ import annotations

import csv
import json
import pickle
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.foundation.errors import InputError
from traces import BandwidthTrace, OpportunityTrace, RateTrace, TraceAbout, doubts, rates_on_grid

if TYPE_CHECKING:
    from pathlib import Path

    from traces.about import After, Direction, Measures

ABOUT = TraceAbout(name="made up")
S = 10**9


def steps(starts: list[int], rates: list[int], period_ns: int, after: After = "loop") -> RateTrace:
    return RateTrace.from_steps(starts, rates, period_ns=period_ns, after=after, about=ABOUT)


def stamps(
    at: list[int],
    after: After = "loop",
    *,
    period_ns: int | None = None,
    bytes_each: int = 1504,
) -> OpportunityTrace:
    return OpportunityTrace.from_stamps(
        at, period_ns=period_ns, bytes_each=bytes_each, after=after, about=ABOUT
    )


@st.composite
def rate_traces(draw: st.DrawFn) -> RateTrace:
    widths = draw(st.lists(st.integers(1, 10**10), min_size=1, max_size=8))
    rates = draw(st.lists(st.integers(0, 10**9), min_size=len(widths), max_size=len(widths)))
    if not any(rates):
        rates[draw(st.integers(0, len(rates) - 1))] = draw(st.integers(1, 10**9))
    after: After = draw(st.sampled_from(["loop", "hold", "stop"]))
    return steps([sum(widths[:i]) for i in range(len(widths))], rates, sum(widths), after)


@st.composite
def opportunity_traces(draw: st.DrawFn) -> OpportunityTrace:
    at = sorted(draw(st.lists(st.integers(0, 10**10), max_size=12)))
    at.append((at[-1] if at else 0) + draw(st.integers(1, 10**9)))
    after: After = draw(st.sampled_from(["loop", "stop"]))
    silence = draw(st.integers(0, 10**9))
    each = draw(st.integers(1, 3000))
    return stamps(at, after, period_ns=at[-1] + silence, bytes_each=each)


@st.composite
def altered(draw: st.DrawFn) -> BandwidthTrace:
    trace: BandwidthTrace = draw(st.one_of(rate_traces(), opportunity_traces()))
    if draw(st.booleans()):
        ratio = st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=10**4)
        trace = trace.scaled(draw(ratio))
    if draw(st.booleans()):
        try:
            trace = trace.shifted(draw(st.integers(0, trace.period_ns)))
        except InputError:
            assert not trace.loops
    return trace


@settings(deadline=None)
@given(altered(), st.integers(1, 10**24), st.integers(0, 6))
def test_instant_is_the_first_moment_by_which_the_capacity_was_offered(
    trace: BandwidthTrace, wanted: int, turns: int
) -> None:
    units = wanted % (trace.capacity(trace.period_ns * (turns + 1)) + 1) + 1
    at = trace.instant(units)
    if at is None:
        assert not trace.loops
        assert trace.capacity(10**30) < units
    else:
        assert at > 0
        assert trace.capacity(at) >= units
        assert trace.capacity(at - 1) < units


@settings(deadline=None)
@given(altered(), st.lists(st.integers(0, 10**11), min_size=2))
def test_capacity_never_falls_and_begins_at_nothing(
    trace: BandwidthTrace, moments: list[int]
) -> None:
    assert trace.capacity(0) == trace.capacity(-5) == 0
    assert trace.instant(0) == trace.instant(-5) == 0
    offered = [trace.capacity(t) for t in sorted(moments)]
    assert offered == sorted(offered)


def reference_rate(trace: RateTrace, t_ns: int) -> Fraction:
    """Bytes offered in (0, t], summed step by step in rationals."""
    total = Fraction(0)
    turn = 0
    while turn * trace.period_ns < t_ns:
        last = trace.after != "loop" and turn == 1
        for start, end, rate in zip(trace._starts, trace._starts[1:], trace._rates, strict=False):
            begin = start + turn * trace.period_ns
            finish = end + turn * trace.period_ns
            if last:
                begin, finish = trace.period_ns, t_ns
                rate = trace._rates[-1] if trace.after == "hold" else 0  # noqa: PLW2901
            total += Fraction(rate * max(0, min(t_ns, finish) - begin), 8 * 10**9)
            if last:
                return total
        turn += 1
    return total


@settings(deadline=None)
@given(rate_traces(), st.integers(0, 3 * 10**10), st.fractions(Fraction(1, 99), 99))
def test_rate_capacity_equals_a_sum_in_rationals(
    trace: RateTrace, t_ns: int, factor: Fraction
) -> None:
    t_ns %= 4 * trace.period_ns
    expected = reference_rate(trace, t_ns)
    assert Fraction(trace.capacity(t_ns), trace.units_per_byte) == expected
    scaled = trace.scaled(factor)
    assert Fraction(scaled.capacity(t_ns), scaled.units_per_byte) == expected * factor
    assert scaled.mean_bps == pytest.approx(trace.mean_bps * float(factor))


@settings(deadline=None)
@given(opportunity_traces(), st.integers(0, 10**11))
def test_opportunity_capacity_equals_a_count_of_stamps(trace: OpportunityTrace, t_ns: int) -> None:
    t_ns %= 4 * trace.period_ns
    counts = [b - a for a, b in zip(trace._sums, trace._sums[1:], strict=False)]
    lumps = list(zip(trace._stamps[1:], counts, strict=True))
    turns = 5 if trace.loops else 1
    expected = sum(
        size
        for turn in range(turns)
        for stamp, size in lumps
        if 0 < stamp + turn * trace.period_ns <= t_ns
    )
    assert trace.capacity(t_ns) == expected


@settings(deadline=None)
@given(altered(), st.integers(0, 10**10), st.integers(0, 10**10))
def test_a_shifted_trace_offers_what_the_trace_offers_later(
    trace: BandwidthTrace, offset: int, t_ns: int
) -> None:
    try:
        later = trace.shifted(offset)
    except InputError:
        assert not trace.loops
        return
    assert later.capacity(t_ns) == trace.capacity(offset + t_ns) - trace.capacity(offset)


@settings(deadline=None)
@given(altered(), st.lists(st.integers(-5, 10**11), min_size=1))
def test_offered_bytes_are_the_capacity_of_many_instants(
    trace: BandwidthTrace, moments: list[int]
) -> None:
    exact = [trace.capacity(t) / trace.units_per_byte for t in moments]
    # Floats are differences of sums from the trace's own beginning on, which may be far larger.
    whole = trace.capacity(trace.period_ns)
    assert isinstance(trace, RateTrace | OpportunityTrace)
    tolerance = max(1e-6 * whole, 1e-15 * trace._before) / trace.units_per_byte
    assert trace.offered_bytes(np.array(moments)).tolist() == pytest.approx(
        exact, rel=1e-9, abs=tolerance
    )


def test_a_rate_of_zero_is_crossed() -> None:
    trace = steps([0, S, 5 * S], [8000, 0, 16000], 6 * S)
    assert trace.instant(1000 * trace.units_per_byte) == S
    assert trace.instant(1001 * trace.units_per_byte) == 5 * S + S // 2000
    assert trace.mean_bps == 4000


def test_the_inverse_is_rounded_up_to_the_nanosecond() -> None:
    trace = steps([0], [3 * 8 * S], S)  # 3 bytes a ns
    assert [trace.instant(n * trace.units_per_byte) for n in (1, 3, 4)] == [1, 1, 2]


def test_the_end_loops_holds_or_stops_as_said() -> None:
    starts, rates = [0, S], [8000, 16000]
    byte = steps(starts, rates, 2 * S).units_per_byte
    loop, hold, stop = (steps(starts, rates, 2 * S, after) for after in ("loop", "hold", "stop"))
    assert [t.capacity(4 * S) // byte for t in (loop, hold, stop)] == [6000, 7000, 3000]
    assert [t.instant(5000 * byte) for t in (loop, hold, stop)] == [7 * S // 2, 3 * S, None]
    assert [t.loops for t in (loop, hold, stop)] == [True, False, False]


def test_holding_a_last_rate_of_zero_never_delivers_again() -> None:
    trace = steps([0, S], [8000, 0], 2 * S, "hold")
    assert trace.instant(1000 * trace.units_per_byte) == S
    assert trace.instant(1001 * trace.units_per_byte) is None


def test_a_packet_at_an_opportunity_waits_for_the_next_one() -> None:
    trace = stamps([S // 1000, 2 * S // 1000])
    assert trace.instant(trace.capacity(S // 1000) + 1504) == 2 * S // 1000
    assert trace.instant(trace.capacity(S // 1000 - 1) + 1504) == S // 1000


def test_a_stamp_at_zero_serves_nothing_until_the_trace_comes_round() -> None:
    trace = stamps([0, 0, 5 * S])
    assert trace.instant(1) == 5 * S
    assert trace.capacity(5 * S) == 3 * 1504  # its own stamp and the two of the next turn
    assert trace.capacity(10 * S) == 6 * 1504
    assert trace.mean_bps == 3 * 1504 * 8 / 5


def test_a_stopped_opportunity_trace_answers_none_after_its_end() -> None:
    trace = stamps([1, 2], "stop")
    assert trace.instant(2 * 1504) == 2
    assert trace.instant(2 * 1504 + 1) is None
    assert trace.capacity(10**20) == 2 * 1504


@pytest.mark.parametrize("kind", ["rate", "opportunity"])
def test_a_trace_survives_pickling_and_cannot_be_changed(kind: str) -> None:
    trace: BandwidthTrace = steps([0], [8], S) if kind == "rate" else stamps([5])
    assert pickle.loads(pickle.dumps(trace)) == trace  # noqa: S301
    with pytest.raises(AttributeError):
        trace.about = ABOUT  # type: ignore[misc]


@pytest.mark.parametrize("kind", ["rate", "opportunity"])
def test_a_factor_that_is_not_positive_is_refused(kind: str) -> None:
    trace: BandwidthTrace = steps([0], [8], S) if kind == "rate" else stamps([5])
    with pytest.raises(ValueError, match="factor must be > 0, got 0"):
        trace.scaled(Fraction(0))


@pytest.mark.parametrize(
    ("trace", "offset"),
    [
        (steps([0, S], [8, 0], 2 * S, "stop"), S),
        (steps([0, S], [8, 0], 2 * S, "hold"), S),
        (steps([0], [8], S, "stop"), -1),
        (stamps([S], "stop"), S),
        (stamps([S], "stop"), -1),
    ],
)
def test_an_offset_behind_the_last_delivery_is_refused(trace: BandwidthTrace, offset: int) -> None:
    with pytest.raises(InputError, match=r"offset: .* must leave some capacity"):
        trace.shifted(offset)


@pytest.mark.parametrize(
    ("starts", "rates", "period_ns", "said"),
    [
        ([], [], S, "one rate per start"),
        ([0, 1], [1], S, "one rate per start"),
        ([0.0], [1], S, "must be integers"),
        ([0], [0.5], S, "must be integers"),
        ([1], [1], S, "begin at 0 and increase"),
        ([0, 5, 5], [1, 1, 1], S, "begin at 0 and increase"),
        ([0, S], [1, 1], S, "after the last step's start"),
        ([0], [1], 10**19, "after the last step's start"),
        ([0], [-5], S, "-5 to -5 bit/s must be within 0"),
        ([0], [10**16], S, "must be within 0"),
        ([0, 5], [0, 0], S, "must be above 0 somewhere"),
    ],
)
def test_steps_that_make_no_sense_are_refused(
    starts: list[int], rates: list[int], period_ns: int, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        steps(starts, rates, period_ns)


@pytest.mark.parametrize(
    ("at", "how", "said"),
    [
        ([], {}, "must be integers in ns, at least one"),
        ([1.5], {}, "must be integers in ns"),
        ([-1, 5], {}, "never decrease"),
        ([5, 4], {}, "never decrease"),
        ([0, 0], {}, "needs an opportunity after instant 0"),
        ([7], {"period_ns": 6}, "not before the last stamp"),
        ([10**18 + 1], {}, "at most"),
        ([7], {"bytes_each": 0}, "at least 1 byte"),
    ],
)
def test_stamps_that_make_no_sense_are_refused(
    at: list[int], how: dict[str, int], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        stamps(at, period_ns=how.get("period_ns"), bytes_each=how.get("bytes_each", 1504))


def test_opportunities_have_no_last_rate_to_hold() -> None:
    with pytest.raises(InputError, match="use `loop` or `stop`"):
        stamps([5], "hold")


def test_the_grid_shows_the_mean_rate_of_each_cell() -> None:
    begin, rates = rates_on_grid(stamps([S // 2, S, S], bytes_each=1000), S // 2, 2 * S)
    assert begin.tolist() == [0, 0.5, 1, 1.5]
    assert rates.tolist() == [16000, 32000, 16000, 32000]


@pytest.mark.parametrize(
    ("measures", "direction", "use", "said"),
    [
        ("capacity", "downlink", "downlink", None),
        ("capacity", "downlink", "unknown", None),
        ("capacity", "unknown", "downlink", None),
        ("capacity", "uplink", "downlink", "an uplink: real downlink capacity may differ"),
        ("capacity", "downlink", "uplink", "a downlink: real uplink capacity may differ"),
        ("flow-rate", "downlink", "downlink", "a flow rate: real downlink capacity may differ"),
        ("flow-rate", "uplink", "unknown", "a flow rate: real link capacity may differ"),
        ("flow-rate", "uplink", "downlink", "a flow rate on an uplink: real downlink capacity m"),
    ],
)
def test_a_trace_is_doubted_where_it_is_used_as_something_else(
    measures: Measures, direction: Direction, use: Direction, said: str | None
) -> None:
    about = TraceAbout(name="x", measures=measures, direction=direction)
    found = about.warning(use)
    assert (found is None) if said is None else str(found).startswith(f"x measures {said}")
    trace = RateTrace.from_steps([0], [10**7], period_ns=S, about=about)
    assert doubts(trace, use) == (() if found is None else (found,))
    assert about.warning() == about.warning("uplink")


def test_a_saturated_uplink_in_common_units_raises_no_doubts() -> None:
    about = TraceAbout(name="good", measures="capacity", direction="uplink")
    good = RateTrace.from_steps([0], [10**7], period_ns=S, about=about)
    assert doubts(good) == ()
    assert doubts(good.scaled(Fraction(1000))) == (
        "good has a mean of 1e+04 Mbit/s: check the unit of its rates",
    )
    flow = TraceAbout(name="x", measures="flow-rate", direction="downlink")
    assert doubts(RateTrace.from_steps([0], [10**7], period_ns=S, about=flow)) == (
        "x measures a flow rate on a downlink: real uplink capacity may differ",
    )


@pytest.mark.parametrize(
    "name",
    ["a1_vzlte_up_inf", "a3_umts_down_inf", "a4_const12_small", "a5_att_wrap7s", "a6_step_inf"],
)
def test_frames_leave_exactly_when_mahimahi_lets_them_go(shared: Path, name: str) -> None:
    assert_frames_leave_as_told(shared / "groundtruth" / "mahimahi" / name)


@pytest.mark.parametrize("name", ["a4_const12_small", "a6_step_inf"])
def test_the_first_frames_leave_exactly_when_mahimahi_lets_them_go(root: Path, name: str) -> None:
    assert_frames_leave_as_told(root / "tests/simulator/replay/fixtures" / name)


def assert_frames_leave_as_told(folder: Path) -> None:
    meta = json.loads((folder / "meta.json").read_text())
    at_ms = [int(line) for line in (folder / "trace.txt").read_text().split()]
    trace = stamps([ms * 10**6 for ms in at_ms], bytes_each=meta["opportunity_bytes"])
    with (folder / "frames.csv").open() as stream:
        frames = list(csv.DictReader(stream))
    with (folder / "arrivals.csv").open() as stream:
        arrivals = {row["frame_id"]: row for row in csv.DictReader(stream)}
    position = 0
    for frame in frames:
        size = int(frame["bytes"])
        wire = size + meta["packet_overhead_bytes"] * -(-size // meta["max_udp_payload"])
        sent_ns = round(float(frame["t_send_ms"]) * 1e6)
        position = max(position, trace.capacity(sent_ns)) + wire
        assert trace.instant(position) == int(arrivals[frame["frame_id"]]["t_out_last_ms"]) * 10**6
