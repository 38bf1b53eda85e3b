from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.framelog import NEVER, Outcome
from simulator.report.timeline import MOST_DOTS, Timeline, draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure


def made(outcomes: Sequence[int], *, streams: int = 1, **other: Any) -> Timeline:  # noqa: ANN401
    n = len(outcomes)
    outcome = np.array(outcomes, dtype=np.int64)
    answered = outcome <= Outcome.LATE
    latency = np.where(outcome == Outcome.ON_TIME, 80.0, 200.0)
    fields: dict[str, Any] = {
        "policy": "fixed",
        "colour": "#0072b2",
        "span_s": (0.0, 10.0),
        "capacity_t_s": np.array([0.0, 5.0]),
        "capacity_bps": np.array([2e6, 1e6]),
        "streams": [f"cameras/{k}" for k in range(streams)],
        "units": ["device", "unit-1", "unit-2"],
        "on_device": ["device"],
        "deadline_ms": 150.0,
        "stream": np.arange(n) % streams,
        "captured_s": np.linspace(0, 9.9, n),
        "sent_s": np.where(outcome <= Outcome.LOST, np.linspace(0, 9.9, n), np.nan),
        "wire_bytes": np.full(n, 1000),
        "unit": np.where(outcome <= Outcome.LOST, 1, NEVER),
        "outcome": outcome,
        "latency_ms": np.where(answered, latency, np.nan),
    }
    return Timeline(**{**fields, **other})


def words(figure: Figure, panel: int) -> list[str]:
    return [text.get_text() for text in figure.axes[panel].texts]


def test_three_panels_share_the_time_axis_and_name_their_units() -> None:
    figure = draw(made([0, 0, 1]), most_bps=3e6)
    link, ladder, latency = figure.axes
    assert [axes.get_ylabel() for axes in figure.axes] == ["Mbit/s", "unit chosen", "latency [ms]"]
    assert latency.get_xlabel() == "time of capture [s]"
    assert link.get_xlim() == ladder.get_xlim() == latency.get_xlim() == (0.0, 10.0)
    assert link.get_ylim()[1] == pytest.approx(3.18)


def test_every_outcome_is_counted_beside_its_marks() -> None:
    told = words(draw(made([0, 0, 0, 1, 2, 3, 4, 4]), most_bps=1e6), panel=2)
    assert told == ["on time 3", "late 1", "lost 1", "dropped 2", "skipped 1", "deadline 150"]


def test_offered_rate_conserves_the_bytes_that_were_sent() -> None:
    edges, rate = made([0, 1, 2, 3, 4]).offered_bps()
    assert (rate * np.diff(edges)).sum() / 8 == pytest.approx(3000)


def test_mean_capacity_conserves_what_the_steps_offer() -> None:
    edges, mean = made([0]).mean_capacity_bps()
    assert (mean * np.diff(edges)).sum() == pytest.approx(5 * 2e6 + 5 * 1e6)
    assert mean[0] == pytest.approx(2e6)


def test_one_streams_choices_stand_on_the_rows_of_the_ladder() -> None:
    ladder = draw(made([0, 0, 4]), most_bps=1e6).axes[1]
    assert [label.get_text() for label in ladder.get_yticklabels()] == [
        "device",
        "unit-1",
        "unit-2",
    ]
    (marks,) = ladder.lines
    assert set(np.asarray(marks.get_ydata())[[0, 1, 3, 4]]) == {1.0}


def test_many_streams_choices_are_a_raster_with_a_row_each() -> None:
    figure = draw(made([0, 0, 4, 0] * 30, streams=4), most_bps=1e6)
    (image,) = figure.axes[1].images
    cells = image.get_array()
    assert cells is not None
    assert cells.shape == (4, 15, 4)
    assert cells[0, :, 3].min() == 1.0
    assert cells[2, :, 3].max() == 0.0  # nothing chosen, nothing drawn


def test_a_hundred_streams_name_ten_of_their_rows() -> None:
    ladder = draw(made([0] * 200, streams=100), most_bps=1e6).axes[1]
    assert len(ladder.get_yticks()) == 10


def test_very_late_answers_are_drawn_at_the_edge_and_the_tick_says_so() -> None:
    data = made([0, 1], latency_ms=np.array([80.0, 5000.0]))
    latency = draw(data, most_bps=1e6).axes[2]
    assert latency.get_yticklabels()[-1].get_text() == "≥ 375"
    assert max(np.nanmax(np.asarray(line.get_ydata())) for line in latency.lines) == 375.0


def test_a_long_run_draws_at_most_so_many_dots_of_an_outcome() -> None:
    latency = draw(made([0] * (3 * MOST_DOTS)), most_bps=1e6).axes[2]
    assert np.asarray(latency.lines[0].get_xdata()).size <= 3 * MOST_DOTS


def test_no_answered_frame_and_no_capacity_can_be_drawn() -> None:
    empty = np.empty(0)
    figure = draw(made([4, 4], capacity_t_s=empty, capacity_bps=empty), most_bps=0.0)
    assert words(figure, panel=2)[0] == "on time 0"
