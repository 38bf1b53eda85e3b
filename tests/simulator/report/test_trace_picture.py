"""A trace's picture shows its length, its seconds, its outages and its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.report.svg import render
from simulator.report.trace_picture import trace_picture
from traces import Conditions, OpportunityTrace, RateTrace, TraceAbout, synthesise

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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


@pytest.mark.parametrize("period_ns", [10**6, 3 * S, 3600 * S])
def test_loss_and_delay_have_panels_of_their_own_if_they_are_there(period_ns: int) -> None:
    def picture(loss: list[float], delay_ns: list[int] | None = None) -> Figure:
        conditions = Conditions.from_steps(
            [0, period_ns // 2], loss=loss, delay_ns=delay_ns, period_ns=period_ns
        )
        about = TraceAbout(name="x")
        return trace_picture(
            RateTrace.from_steps(
                [0], [10**6], period_ns=period_ns, about=about, conditions=conditions
            )
        )

    both = picture(loss=[0, 0.25], delay_ns=[10**7, 3 * 10**7])
    words = render(both)
    assert len(both.axes) == 6
    for said in ("loss 12.5%", "delay 20 ms", "loss, %", "delay, ms"):
        assert said in words
    assert both.axes[2].get_xlim() == both.axes[3].get_xlim() == both.axes[0].get_xlim()
    only = picture(loss=[0, 0])
    assert len(only.axes) == 5
    assert "delay, ms" not in render(only)
