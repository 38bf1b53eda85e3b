from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.framelog import NEVER, Outcome, Reason
from simulator.report.fates import occurring
from simulator.report.timeline import Hop, Timeline, draw
from simulator.report.timeline.latencies import MOST_DOTS
from simulator.results.facts import Away

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure


def hop(**other: Any) -> Hop:  # noqa: ANN401
    fields: dict[str, Any] = {
        "name": "",
        "links": 1,
        "uplink": True,
        "end_s": 10.0,
        "t_s": np.array([0.0, 5.0]),
        "capacity_bps": np.array([2e6, 1e6]),
        "least_bps": np.empty(0),
        "cross_bps": np.empty(0),
        "loss": np.empty(0),
    }
    return Hop(**{**fields, **other})


def made(outcomes: Sequence[int], *, streams: int = 1, **other: Any) -> Timeline:  # noqa: ANN401
    n = len(outcomes)
    outcome = np.array(outcomes, dtype=np.int64)
    answered = outcome <= Outcome.LATE
    latency = np.where(outcome == Outcome.ON_TIME, 80.0, 200.0)
    reason = np.asarray(other.pop("reason", np.zeros(n)), dtype=np.int64)
    fields: dict[str, Any] = {
        "policy": "fixed",
        "colour": "#0072b2",
        "span_s": (0.0, 10.0),
        "hops": [hop()],
        "away": [],
        "streams": [f"cameras/{k}" for k in range(streams)],
        "units": ["device", "unit-1", "unit-2"],
        "on_device": ["device"],
        "deadlines_ms": (150.0,),
        "stream": np.arange(n) % streams,
        "captured_s": np.linspace(0, 9.9, n),
        "sent_s": np.where(outcome <= Outcome.LOST, np.linspace(0, 9.9, n), np.nan),
        "wire_bytes": np.full(n, 1000),
        "unit": np.where(outcome <= Outcome.LOST, 1, NEVER),
        "outcome": outcome,
        "reason": reason,
        "fates": occurring([(outcome, reason)]),
        "again": np.zeros(n, dtype=bool),
        "partly": np.zeros(n, dtype=bool),
        "latency_ms": np.where(answered, latency, np.nan),
    }
    return Timeline(**{**fields, **other})


def words(figure: Figure, panel: int) -> list[str]:
    return [text.get_text() for text in figure.axes[panel].texts]


def test_three_panels_share_the_time_axis_and_name_their_units() -> None:
    figure = draw(made([0, 0, 1]), most_bps=[3e6])
    link, ladder, latency = figure.axes
    assert [axes.get_ylabel() for axes in figure.axes] == ["Mbit/s", "unit chosen", "latency [ms]"]
    assert latency.get_xlabel() == "time of capture [s]"
    assert link.get_xlim() == ladder.get_xlim() == latency.get_xlim() == (0.0, 10.0)
    assert link.get_ylim()[1] == pytest.approx(3.18)


def test_every_outcome_is_counted_beside_its_marks() -> None:
    told = words(draw(made([0, 0, 0, 1, 2, 3, 4, 4]), most_bps=[1e6]), panel=2)
    assert told == ["skipped 1", "dropped 2", "lost 1", "on time 3", "late 1", "deadline 150"]


def test_lost_and_dropped_frames_have_a_row_a_reason() -> None:
    reason = [0, Reason.OVERFLOW, Reason.CORRUPTED, Reason.CORRUPTED, Reason.EXPIRED]
    figure = draw(made([0, 2, 2, 2, 4], reason=reason), most_bps=[1e6])
    assert words(figure, panel=2) == [
        "skipped 0",
        "expired 1",
        "queue full 1",
        "packet lost 2",
        "on time 1",
        "late 0",
        "deadline 150",
    ]
    plain_one = draw(made([0, 2, 4]), most_bps=[1e6])
    assert figure.get_figheight() > plain_one.get_figheight()


def test_sent_rate_conserves_the_bytes_that_were_sent() -> None:
    sent = made([0, 1, 2, 3, 4]).sent()
    assert (sent.bps * np.diff(sent.edges_s)).sum() / 8 == pytest.approx(3000)


def test_what_others_send_lies_under_what_is_sent() -> None:
    crossed = hop(cross_bps=np.array([3e5, 1e5]))
    data = made([4, 4], hops=[crossed])
    over = data.sent().over(crossed)
    assert over[0] == pytest.approx(3e5)
    assert over[-1] == pytest.approx(1e5)
    link = draw(data, most_bps=[1e6]).axes[0]
    legend = link.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "link capacity", "traffic of others", "its mean over 0.5 s", "sent under fixed, on top",
    ]  # fmt: skip


def test_mean_capacity_conserves_what_the_steps_offer() -> None:
    edges = made([0]).sent().edges_s
    mean = hop().means(hop().capacity_bps, edges)
    assert (mean * np.diff(edges)).sum() == pytest.approx(5 * 2e6 + 5 * 1e6)
    assert mean[0] == pytest.approx(2e6)


def test_every_hop_has_a_panel_and_one_whose_loss_changes_a_strip() -> None:
    hops = [
        hop(name="wifi", links=4, loss=np.array([0.0, 0.25])),
        hop(name="backhaul", loss=np.array([0.02, 0.02])),
        hop(name="back", uplink=False),
    ]
    figure = draw(made([0, 0], hops=hops), most_bps=[1e6, 2e6, 3e6])
    assert [axes.get_ylabel() for axes in figure.axes] == [
        "Mbit/s", "loss", "Mbit/s", "Mbit/s", "unit chosen", "latency [ms]",
    ]  # fmt: skip
    assert figure.axes[1].get_yticklabels()[0].get_text() == "25 %"
    labels = [hop.label for hop in hops]
    assert labels == [
        "wifi: capacity of 4 links together",
        "backhaul: capacity, 2 % of packets lost",
        "back: capacity",
    ]
    # Capacity, its mean, and what was sent; nothing of ours is sent on the way back.
    assert [len(figure.axes[k].patches) for k in (0, 2, 3)] == [3, 3, 2]


def test_workers_that_were_away_have_a_row_each_and_shade_the_latencies() -> None:
    away = [
        Away(worker="gpu/10", begin_s=2.0, end_s=4.0),
        Away(worker="gpu/2", begin_s=1.0, end_s=3.0),
        Away(worker="gpu/2", begin_s=6.0, end_s=12.0),
    ]
    figure = draw(made([0, 0], away=away), most_bps=[1e6])
    panel = figure.axes[2]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["gpu/2", "gpu/10"]
    assert panel.get_ylabel() == "away"
    assert panel.get_xlim() == (0.0, 10.0)
    assert len(figure.axes[3].patches) == 3


def test_frames_sent_again_have_rims_and_frames_in_part_have_cores() -> None:
    data = made(
        [0, 0, 2],
        again=np.array([True, False, True]),
        partly=np.array([True, True, False]),
    )
    latency = draw(data, most_bps=[1e6]).axes[2]
    legend = latency.get_legend()
    assert legend is not None
    told = [text.get_text() for text in legend.get_texts()]
    assert told == ["packets sent again 1", "some layers only 2"]
    assert draw(made([0]), most_bps=[1e6]).axes[2].get_legend() is None


def test_one_streams_choices_stand_on_the_rows_of_the_ladder() -> None:
    ladder = draw(made([0, 0, 4]), most_bps=[1e6]).axes[1]
    assert [label.get_text() for label in ladder.get_yticklabels()] == [
        "device",
        "unit-1",
        "unit-2",
    ]
    (marks,) = ladder.lines
    assert set(np.asarray(marks.get_ydata())[[0, 1, 3, 4]]) == {1.0}


def test_many_streams_choices_are_a_raster_with_a_row_each() -> None:
    figure = draw(made([0, 0, 4, 0] * 30, streams=4), most_bps=[1e6])
    (image,) = figure.axes[1].images
    cells = image.get_array()
    assert cells is not None
    assert cells.shape == (4, 15, 4)
    assert cells[0, :, 3].min() == 1.0
    assert cells[2, :, 3].max() == 0.0  # nothing chosen, nothing drawn


def test_a_hundred_streams_name_ten_of_their_rows() -> None:
    ladder = draw(made([0] * 200, streams=100), most_bps=[1e6]).axes[1]
    assert len(ladder.get_yticks()) == 10


def test_very_late_answers_are_drawn_at_the_edge_and_the_tick_says_so() -> None:
    data = made([0, 1], latency_ms=np.array([80.0, 5000.0]))
    latency = draw(data, most_bps=[1e6]).axes[2]
    assert latency.get_yticklabels()[-1].get_text() == "≥ 375"
    assert max(np.nanmax(np.asarray(line.get_ydata())) for line in latency.lines) == 375.0


def test_a_long_run_draws_at_most_so_many_dots_of_an_outcome() -> None:
    latency = draw(made([0] * (3 * MOST_DOTS)), most_bps=[1e6]).axes[2]
    assert np.asarray(latency.lines[0].get_xdata()).size <= 3 * MOST_DOTS


def test_no_answered_frame_and_no_capacity_can_be_drawn() -> None:
    empty = np.empty(0)
    none = hop(t_s=empty, capacity_bps=empty)
    figure = draw(made([4, 4], hops=[none]), most_bps=[0.0])
    assert "on time 0" in words(figure, panel=2)


def test_each_deadline_has_a_line_and_labels_keep_apart() -> None:
    latency = draw(made([0, 1], deadlines_ms=(100.0, 120.0, 400.0)), most_bps=[1e6]).axes[2]
    told = [text.get_text() for text in latency.texts]
    assert told[-3:] == ["deadline 100", "deadline 120", "deadline 400"]
    heights = sorted(text.xy[1] for text in latency.texts)  # type: ignore[attr-defined]
    assert np.diff(heights).min() >= 0.09 * 1000 - 1e-6
    assert latency.get_yticks()[-1] == 1000


def test_the_poorest_of_several_links_is_drawn() -> None:
    hops = [hop(name="access", links=4, least_bps=np.array([4e5, 2e5]))]
    link = draw(made([0, 0], hops=hops), most_bps=[3e6]).axes[0]
    legend = link.get_legend()
    assert legend is not None
    assert "4 times the poorest link" in [text.get_text() for text in legend.get_texts()]
    assert len(link.patches) == 4


def test_very_many_outages_shade_nothing() -> None:
    away = [Away(worker="0", begin_s=k / 10, end_s=k / 10 + 0.05) for k in range(99)]
    figure = draw(made([0, 0], away=away), most_bps=[1e6])
    assert len(figure.axes[2].collections) == 1
    assert not figure.axes[3].patches


def test_a_legend_that_is_too_long_goes_on_in_a_second_line() -> None:
    wide = hop(
        name="access", links=4, least_bps=np.array([4e5, 2e5]), cross_bps=np.array([1e5, 1e5])
    )
    legend = draw(made([0, 0], hops=[wide]), most_bps=[3e6]).axes[0].get_legend()
    assert legend is not None
    assert len(legend.get_texts()) == 5
    assert legend._ncols < 5  # type: ignore[attr-defined]
