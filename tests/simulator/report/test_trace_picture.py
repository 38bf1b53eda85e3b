"""A trace's picture shows its length, its seconds, its outages and its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.report.svg import render
from simulator.report.trace_picture import trace_picture
from traces import OpportunityTrace, RateTrace, TraceAbout, synthesise

if TYPE_CHECKING:
    from traces.about import After

S = 10**9


def test_a_picture_says_what_is_drawn() -> None:
    words = render(trace_picture(synthesise("nyc-3g-up", 3, 120 * S)))
    for said in ("nyc-3g-up/3", "outages", "of the time", "capacity, uplink", "33 ms a cell"):
        assert said in words


@pytest.mark.parametrize("after", ["loop", "stop"])
@pytest.mark.parametrize("period_ns", [10**6, S // 2, 3 * S, 11 * S, 3600 * S, 30 * 86_400 * S])
def test_traces_of_any_length_can_be_drawn(period_ns: int, after: After) -> None:
    about = TraceAbout(name="a $name$ & <more>")
    rates = RateTrace.from_steps(
        [0, period_ns // 3], [10**6, 0], period_ns=period_ns, after=after, about=about
    )
    assert len(trace_picture(rates).axes) == 4
    packets = OpportunityTrace.from_stamps([period_ns], after=after, about=about)
    assert len(trace_picture(packets).axes) == 4
