from __future__ import annotations

from simulator.report.paired import draw_differences, draw_traces
from simulator.results.documents import Measured

COLOURS = {"fixed": "#0072b2", "_mine": "#d55e00"}


def test_traces_stand_in_rows_with_the_easiest_on_top() -> None:
    values = {"fixed": {"hard": 0.2, "easy": 0.8}, "_mine": {"hard": 0.3, "easy": 0.9}}
    figure = draw_traces(values, COLOURS, label="timely accuracy [%]")
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["easy", "hard"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["fixed", "_mine"]


def test_policies_need_not_share_every_trace() -> None:
    axes = draw_traces({"fixed": {"a": 0.2}, "_mine": {"b": 0.3}}, COLOURS, label="x").axes[0]
    assert len(axes.get_yticks()) == 2


def test_more_than_forty_traces_are_thinned_evenly() -> None:
    values = {"fixed": {f"t{k:03d}": k / 200 for k in range(200)}}
    axes = draw_traces(values, COLOURS, label="x").axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert len(names) == 40
    assert (names[0], names[-1]) == ("t199", "t000")


def test_a_difference_is_written_with_its_sign_and_interval() -> None:
    measured = Measured(mean=0.083, low=-0.01, high=0.12, by_trace={"a": 0.08, "b": 0.086})
    axes = draw_differences([("_mine", "fixed", measured)], COLOURS, label="x [points]").axes[0]
    assert [text.get_text() for text in axes.texts] == ["+8.3  [−1.0, +12.0]"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["_mine − fixed"]


def test_a_difference_of_one_trace_has_no_interval_and_an_unmeasured_one_no_value() -> None:
    rows = [("_mine", "fixed", Measured(mean=0.1)), ("_mine", "fixed", Measured())]
    axes = draw_differences(rows, COLOURS, label="x").axes[0]
    assert [text.get_text() for text in axes.texts] == ["+10.0", "insufficient data"]
