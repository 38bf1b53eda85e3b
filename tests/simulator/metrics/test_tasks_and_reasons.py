"""Why frames did not make it, further tasks, transmissions and layers, worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.framelog import Outcome, Reason
from simulator.metrics import METRICS, REASONS, measure, metrics_in
from simulator.metrics.summary import case_records, comparisons
from simulator.report.fates import Fate
from simulator.report.reasons import told
from simulator.world import simulate
from simulator.world.plan import Outage, TaskPlan, Worker
from tests.simulator.metrics.logs import MS, frame, log_of, on_device, plan_of
from tests.simulator.world.network.nets import During, link, net
from tests.simulator.world.test_chains import video

ANSWERED = [0, 5, 15, 15, 20, 30, 50, 52, 60, 80]


def later(by_ms: int) -> list[int]:
    return [t + by_ms for t in ANSWERED]


def stopped(reason: Reason, at_ms: int) -> dict[str, Any]:
    assert reason.outcome is not None
    return frame(reason.outcome, [at_ms, at_ms, at_ms, at_ms], reason=reason, worker=0)


def test_the_reasons_add_up_to_what_was_lost_and_dropped() -> None:
    rows = [stopped(reason, 10 * reason) for reason in REASONS.values()]
    rows += [stopped(Reason.OVERFLOW, 110), frame(Outcome.ON_TIME, later(200))]
    plan = plan_of("cameras", frames=12)
    crash = Worker(outages=(Outage(begin_ns=0, end_ns=MS, crash=True),))
    plan = replace(plan, server=replace(plan.server, workers=(crash,)))
    found = measure(log_of(rows), plan).run
    assert (found["lost"], found["dropped"]) == (pytest.approx(6 / 12), pytest.approx(5 / 12))
    assert found["overflow"] == pytest.approx(2 / 12)
    assert [found[name] for name in REASONS if name != "overflow"] == [pytest.approx(1 / 12)] * 9
    assert sum(found[name] for name in REASONS) == pytest.approx(found["lost"] + found["dropped"])


def test_what_a_lost_frame_spoils_is_a_share_of_its_own() -> None:
    camera = video()  # an intra frame every 4 frames, 8 in all
    plan = net(camera, up=[link(loss=During((11, 11)))])  # the second is lost
    found = measure(simulate(plan), plan).run
    assert (found["lost"], found["corrupted"], found["undecodable"]) == (3 / 8, 1 / 8, 2 / 8)
    assert found["on_time"] == 5 / 8
    assert told(Outcome.LOST, found.get) == ["12.5 packet lost", "25.0 undecodable"]
    assert Fate(Outcome.LOST, Reason.UNDECODABLE).name == "lost: undecodable by a loss before"


def test_a_run_in_which_everything_was_dropped_is_told_in_numbers() -> None:
    rows = [frame(Outcome.DROPPED, [10 * k], reason=Reason.REPLACED) for k in range(5)]
    found = measure(log_of(rows), plan_of("cameras", frames=5)).run
    assert (found["dropped"], found["replaced"], found["on_time"]) == (1.0, 1.0, 0.0)
    assert found["overload"] == ""
    silent = {name for name, value in found.items() if value != value}  # noqa: PLR0124  # NaN
    # Means and percentiles of what never happened are told to be insufficient, and nothing else.
    kinds = ("_ms", "_mean", "_bytes")
    assert {n for n in silent if not n.endswith(kinds)} == {
        "answered_score",
        "switches",
        "forecast_coverage",
        "on_time_settled",  # all were captured in the warm-up
        "timely_accuracy_settled",
    }
    assert not [name for name, value in found.items() if value in (math.inf, -math.inf)]


def test_a_task_is_on_time_by_its_own_deadline_and_scored_by_its_own_score() -> None:
    plan = plan_of("doors", "gates", frames=3)
    score = np.array([[0.0, 0.0, 0.5], [0.25, 0.5, 0.0]], np.float32)
    box = TaskPlan(name="box", deadline_ns=150 * MS, score=score)
    mask = TaskPlan(name="mask", deadline_ns=50 * MS, score=score)
    doors = replace(plan.streams[0], tasks=(box, mask))
    late = [*ANSWERED[:-1], 140]  # after the primary task's 100 ms, before 150
    rows = [
        frame(Outcome.LATE, late) | {"frame": 0},
        stopped(Reason.CORRUPTED, 200) | {"frame": 1},
        on_device([300, 301, 340]) | {"frame": 2},
        frame(Outcome.ON_TIME, ANSWERED, stream=1),
    ]
    found = measure(log_of(rows), replace(plan, streams=(doors, plan.streams[1])))
    assert found.run["on_time"] == 0.5  # the third and the fourth
    assert found.run["on_time_box"] == pytest.approx(2 / 3)  # of the frames of doors
    assert found.run["timely_accuracy_box"] == pytest.approx((0.25 + 0.5) / 3)
    assert found.run["on_time_mask"] == pytest.approx(1 / 3)
    assert found.run["timely_accuracy_mask"] == pytest.approx(0.5 / 3)
    doors_row, gates_row = found.groups
    assert doors_row["on_time_box"] == found.run["on_time_box"]
    assert np.isnan(gates_row["on_time_box"])
    assert list(found.run) == [metric.name for metric in metrics_in([found.run])]
    assert len(found.run) == len(METRICS) + 4


def test_tries_are_those_of_sent_frames_and_layers_those_of_served_ones() -> None:
    rows = [
        frame(Outcome.ON_TIME, ANSWERED, transmissions=3, layers=2),
        frame(Outcome.ON_TIME, later(100)),
        stopped(Reason.GIVEN_UP, 200) | {"transmissions": 5},
        on_device([300, 301, 310]),
    ]
    found = measure(log_of(rows), plan_of("cameras", frames=4)).run
    assert found["transmissions_mean"] == (3 + 1 + 5) / 3
    assert found["layers_mean"] == 1.5


def row(policy: str, trace: str, **values: float) -> dict[str, Any]:
    case = {"a": 0, "b": 1}[policy]
    names = dict.fromkeys((metric.name for metric in METRICS), 0.0)
    place = {"case": case, "policy": policy, "setting": "", "trace": trace, "seed": 1}
    return names | place | {"overload": "", "frames": 1, "group": "doors"} | values


def test_summaries_hold_the_tasks_of_the_scenario_and_need_them_in_no_run() -> None:
    rows = [
        row("a", "t/1", on_time_box=0.25, timely_accuracy_box=0.125),
        row("b", "t/1", on_time_box=0.75, timely_accuracy_box=0.5),
        row("a", "t/2"),
    ]
    case = case_records(rows, rows)[0]
    assert case["metrics"]["on_time_box"]["by_trace"] == {"t/1": 0.25, "t/2": None}
    assert case["groups"]["doors"]["timely_accuracy_box"]["mean"] == 0.125
    (found,) = comparisons(rows)
    assert found["metrics"]["on_time_box"]["mean"] == 0.5


def test_every_reason_has_its_metric_in_words() -> None:
    meanings = {metric.name: metric.meaning for metric in METRICS}
    assert meanings["refused"].endswith("refused by the server, where too many waited")
    assert len(REASONS) == len(Reason) - 1
