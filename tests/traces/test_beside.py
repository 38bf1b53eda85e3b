"""Losses and delays from a table of their own, beside the capacity of any trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simulator.assembly.sources import trace
from simulator.foundation.errors import InputError
from simulator.scenario.trace_sources import ConstantTrace, FamilyTrace, FileTrace
from traces import Conditions, doubts, read
from traces.beside import beside_table

if TYPE_CHECKING:
    from pathlib import Path

S = 10**9
MS = 10**6
POOR = "t_s,loss,delay_ms\n0,0,20\n1,0.5,40\n"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def steps(found: Conditions | None) -> list[tuple[float, float | None, float | None]]:
    """Seconds, shares and milliseconds."""
    assert found is not None
    loss = found.loss or [None] * len(found.starts_ns)
    delay = [ns / MS for ns in found.delay_ns] if found.delay_ns else [None] * len(loss)
    return [(t / S, p, d) for t, p, d in zip(found.starts_ns, loss, delay, strict=True)]


def test_a_table_is_joined_to_opportunities_and_shifts_with_them(tmp_path: Path) -> None:
    path = write(tmp_path, "x.up", "1000\n3000\n")
    joined = read(path, conditions=write(tmp_path, "poor.csv", POOR))
    assert steps(joined.conditions) == [(0, 0, 20), (1, 0.5, 40)]
    assert joined.conditions is not None
    assert (joined.conditions.period_ns, joined.conditions.after) == (3 * S, "loop")
    later = joined.shifted(2 * S).conditions
    assert later is not None
    assert [later.loss_at(t) for t in (0, S - 1, S, 2 * S)] == [0.5, 0.5, 0, 0.5]
    assert read(path).conditions is None
    assert joined.mean_bps == read(path).mean_bps


def test_a_table_adds_to_what_the_trace_itself_says(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "t_s,mbps,loss\n0,1,0.1\n2,1,0.2\n4,1,0\n")
    late = write(tmp_path, "late.csv", "t_s,delay_ms\n0,5\n1,6\n3,7\n")
    found = read(path, conditions=late).conditions
    assert steps(found) == [(0, 0.1, 5), (1, 0.1, 6), (2, 0.2, 6), (3, 0.2, 7)]
    with pytest.raises(InputError, match=r"x\.csv file: loss also gives loss, as .*poor\.csv does"):
        read(path, conditions=write(tmp_path, "poor.csv", POOR))
    delayed = write(tmp_path, "y.csv", "t_s,mbps,delay_ms\n0,1,5\n4,1,5\n")
    lossy = write(tmp_path, "lossy.csv", "t_s,loss_pct\n2,5\n3,10\n")
    assert steps(read(delayed, conditions=lossy).conditions) == [(0, 0.05, 5), (3, 0.1, 5)]


def test_rows_beyond_the_trace_and_a_trace_beyond_the_rows_are_said(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "t_s,mbps\n0,1\n2,1\n")
    long = write(tmp_path, "long.csv", "t_s,delay_ms\n0,1\n1,2\n2,3\n3,4\n")
    joined = read(path, conditions=long)
    assert steps(joined.conditions) == [(0, None, 1), (1, None, 2)]
    assert doubts(joined) == (f"x.csv ends before 1 rows of {long}, which are not used",)
    path = write(tmp_path, "x.csv", "t_s,mbps\n0,1\n60,1\n")
    short = write(tmp_path, "short.csv", "t_s,delay_ms\n0,1\n1,2\n")
    assert "goes on for 59 s after the last row of" in doubts(read(path, conditions=short))[0]
    assert doubts(read(path, conditions=write(tmp_path, "one.csv", "t_s,delay_ms\n0,1\n"))) == ()


def test_dates_count_from_the_first_row_and_round_trips_are_halved() -> None:
    table = beside_table(
        b"when utc time;rtt_ms\n2024-01-02T12:00:00Z;40,5\n2024-01-02T12:00:01Z;-\n", "x"
    )
    assert table.starts_ns.tolist() == [0, S]
    assert table.delay_ns is not None
    assert table.delay_ns.tolist() == [20_250_000, 20_250_000]  # nothing known keeps the last
    assert table.doubts == ("has half of `rtt_ms` as its delay",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "t_s,mbps\n0,1\n",
            "x:1 header: t_s,mbps names no time, or neither loss nor delay; name it",
        ),
        ("seq,rtt_ms\n1,37\n", "x:1 header: seq,rtt_ms names no time"),
        ("0,1\n1,2\n", "x:1 header: (none) names no time"),
        ("t_s,delay\n0,1\n", "x:1 header: delay states no unit of `delay`; name its columns like"),
        ("t_s,loss\n0,2\n", "x:2 loss: 2 must be a probability from 0 to 1"),
        ("t_s,loss\n1,0\n0,0\n", "x:3 time: 0 after 1 must not decrease"),
        ("t_s,loss\n-1,0\n0,0\n", "x:2 t_s: -1 must be 0 or more"),
        ("t_s,loss\n0,0\n1e300,0\n", "x:3 t_s: 1e+300 must be within 31622400 s of the trace's"),
        ("t_s,loss\n-1e300,0\n1,0\n", "x:2 t_s: -1e+300 must be 0 or more"),
        ("t_s,loss\n0,-\n", "x:2 rows: no number must be a loss or a delay somewhere"),
        ("t_s,loss\n", "x rows: none below the header"),
    ],
)
def test_tables_that_say_nothing_are_refused(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        beside_table(text.encode(), "x")
    assert str(caught.value).startswith(said)


def test_any_trace_of_a_scenario_may_have_a_table_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "poor.csv", POOR + "2,0,20\n")
    write(tmp_path, "x.up", "1000\n2000\n")
    beside: dict[str, Any] = {"conditions": "poor.csv"}
    constant = ConstantTrace.model_validate({"rate": "1 Mbit/s", **beside})
    for source in (
        FileTrace.model_validate({"file": "x.up", **beside}),
        FamilyTrace.model_validate({"family": "us-lte-up", **beside}),
        constant,
    ):
        found = trace(source, tmp_path, S).conditions
        assert found is not None
        assert [found.loss_at(t * S) for t in (0, 1)] == [0, 0.5]
    # The table's last row ends it, and a constant rate has no other end.
    assert trace(constant, tmp_path, S).period_ns == 2 * S
    late = FileTrace.model_validate({"file": "x.up", "offset": "1 s", **beside})
    shifted = trace(late, tmp_path, S).conditions
    assert shifted is not None
    assert shifted.loss_at(0) == 0.5
    write(tmp_path, "poor.csv", POOR.replace("0.5", "0.25"))
    changed = trace(late, tmp_path, S).conditions
    assert changed is not None
    assert changed.loss_at(0) == 0.25
