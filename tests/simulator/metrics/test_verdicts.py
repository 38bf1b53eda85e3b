"""Objectives, judged over every captured frame; the right verdicts were worked out by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.framelog import Outcome
from simulator.metrics import measure
from simulator.metrics.judged import extended_percentile, judged, number
from simulator.metrics.selection import everything
from simulator.metrics.verdicts import judge, verdict
from simulator.scenario import Scenario
from tests.simulator.metrics.logs import frame, log_of, on_device, plan_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.scenario.objectives import Objective


def rules(**written: str) -> tuple[Objective, ...]:
    """Return objectives as a scenario has them."""
    document = {
        "name": "x",
        "duration": "1 s",
        "streams": {
            "cameras": {"profile": "p", "fps": 1, "deadline": "1 s", "policy": "fixed", "count": 1}
        },
        "network": {"uplink": [{"trace": {"family": "us-lte-up", "seed": 1}}]},
        "slo": written,
    }
    return Scenario.from_dict(document).record.slo


def rows_of(latencies_ms: Sequence[int], unanswered: int, *of: Objective) -> list[dict[str, Any]]:
    """Return what objectives are judged by in a run of such frames."""
    answered = [on_device([0, 1, latency]) for latency in latencies_ms]
    rows = answered + [frame(Outcome.LOST, [0, 1, 2, 2]) for _ in range(unanswered)]
    log, plan = log_of(rows), plan_of("cameras", frames=len(rows))
    shares = measure(log, plan).groups[0]
    return list(judged("cameras", everything(log, plan), shares, of))


def judge_traces(*runs: list[dict[str, Any]], of: Objective) -> dict[str, Any]:
    """Return the record of an objective over runs, each on a trace of its own."""
    rows = [{"case": 0, "trace": f"t/{k}"} | row for k, found in enumerate(runs) for row in found]
    return judge({0: [of]}, rows)[0]


def judged_once(latencies_ms: Sequence[int], unanswered: int, **rule: str) -> dict[str, Any]:
    (found,) = rules(**rule)
    return judge_traces(rows_of(latencies_ms, unanswered, found), of=found)


@pytest.mark.parametrize(
    ("at_least", "found", "expected"),
    [
        (True, (0.97, 0.96, 0.98), "met"),
        (True, (0.96, 0.94, 0.98), "inconclusive"),
        (True, (0.90, 0.85, 0.94), "failed"),
        (True, (0.96, None, None), "met"),
        (True, (0.94, None, None), "failed"),
        (True, (None, None, None), "inconclusive"),
        (False, (0.90, 0.85, 0.94), "met"),
        (False, (0.95, 0.94, 0.96), "inconclusive"),
        (False, (0.97, 0.96, 0.98), "failed"),
        (False, ("inf", None, None), "failed"),
        (True, ("inf", None, None), "met"),
    ],
)
def test_an_objective_is_met_only_if_the_whole_interval_meets_it(
    at_least: bool,  # noqa: FBT001
    found: tuple[float | str | None, float | None, float | None],
    expected: str,
) -> None:
    (rule,) = rules(on_time=">= 0.95" if at_least else "<= 0.95")
    interval = dict(zip(("mean", "low", "high"), found, strict=True))
    assert verdict(rule, interval, interval) == expected


def test_frames_that_were_not_answered_count_as_beyond_every_bound() -> None:
    # Of 400 frames 20 are not answered: rank 379.05 of 0..399 lies between the 380th and them.
    assert judged_once([65] * 380, 20, latency_p95="<= 100 ms")["verdict"] == "failed"
    found = judged_once([65] * 380, 20, latency_p95="<= 100 ms")
    assert (found["value"], found["frames"], found["answered"]) == ("inf", 400, 380)
    # Of 381 and 19 it is the 380th and 381st.
    found = judged_once([65] * 381, 19, latency_p95="<= 100 ms")
    assert (found["verdict"], found["value"]) == ("met", 65.0)
    # p99 of 1000 reads rank 989.01, which is within as long as fewer than ten are beyond.
    assert judged_once([65] * 991, 9, latency_p99="<= 100 ms")["verdict"] == "met"
    assert judged_once([65] * 990, 10, latency_p99="<= 100 ms")["verdict"] == "failed"


def test_late_frames_count_with_their_latency() -> None:
    late = [50] * 150 + [300] * 50
    assert judged_once(late, 0, latency_p50="<= 100 ms")["value"] == 50.0
    assert judged_once(late, 0, latency_p95="<= 1 s")["value"] == 300.0


def test_a_mean_fails_with_any_frame_that_was_not_answered() -> None:
    assert judged_once([10] * 999, 1, latency_mean="<= 1000 s")["verdict"] == "failed"
    assert judged_once([10, 20], 0, latency_mean="<= 15 ms")["verdict"] == "met"
    assert judged_once([10, 21], 0, latency_mean="<= 15 ms")["value"] == 15.5


@pytest.mark.parametrize("kin", ["mean", "p50", "p95", "p99"])
def test_answered_latencies_leave_such_frames_out(kin: str) -> None:
    found = judged_once([65] * 1000, 5000, **{f"answered_latency_{kin}": "<= 65 ms"})
    assert (found["verdict"], found["value"], found["answered"]) == ("met", 65.0, 1000)
    assert judged_once([65] * 1000, 5000, **{f"latency_{kin}": "<= 1 h"})["verdict"] == "failed"


def test_too_little_data_says_how_much_is_needed() -> None:
    found = judged_once([65] * 100, 0, latency_p95="<= 100 ms")
    assert (found["verdict"], found["value"]) == ("inconclusive", None)
    assert found["note"] == "p95 needs 200 captured frames and there are 100"
    found = judged_once([65] * 100, 400, answered_latency_p95="<= 100 ms")
    assert found["note"] == "p95 needs 200 answered frames and there are 100"
    (rule,) = rules(latency_p95="<= 100 ms")
    few, enough = rows_of([65] * 120, 0, rule), rows_of([65] * 200, 0, rule)
    found = judge_traces(few, enough, rows_of([65] * 90, 0, rule), of=rule)
    assert (found["verdict"], found["value"], found["traces"]) == ("inconclusive", 65.0, 3)
    assert found["note"] == "p95 needs 200 captured frames in every run and 2 of 3 have 90 to 120"
    assert judge_traces(few, few, of=rule)["note"].endswith("in every run and each has 120")


@pytest.mark.parametrize("metric", ["on_time", "latency_mean", "timely_accuracy"])
def test_nothing_captured_decides_nothing(metric: str) -> None:
    found = judged_once([], 0, **{metric: "<= 1 s" if metric == "latency_mean" else ">= 0.5"})
    assert (found["verdict"], found["value"]) == ("inconclusive", None)
    assert found["note"].endswith("needs 1 captured frame and there are 0")


def test_a_bound_that_every_share_keeps_is_met_without_a_frame() -> None:
    assert judged_once([], 0, on_time=">= 0")["verdict"] == "met"


def test_what_no_further_frames_could_change_is_decided() -> None:
    # p50 needs 20 frames. Of 19, 11 are too slow: the mean of ranks 9 and 10 is, too, whatever the
    # twentieth does. With 10 too slow a fast twentieth makes it that of 10 and 500 ms.
    slow = [10] * 9 + [500] * 10
    assert judged_once([500, *slow[1:]], 0, latency_p50="<= 499 ms")["verdict"] == "failed"
    assert judged_once(slow, 0, latency_p50="<= 254 ms")["verdict"] == "failed"
    assert judged_once(slow, 0, latency_p50="<= 255 ms")["verdict"] == "inconclusive"
    # Of 100 frames 11 unanswered fill the ranks from 189 on that p95 of 200 reads; 10 do not.
    assert judged_once([65] * 89, 11, latency_p95="<= 100 ms")["verdict"] == "failed"
    # Of 10 unanswered the last rank that it reads is one.
    assert judged_once([65] * 90, 10, latency_p95="<= 100 ms")["verdict"] == "failed"
    assert judged_once([65] * 91, 9, latency_p95="<= 100 ms")["verdict"] == "inconclusive"
    # 191 of 200 are within whatever the last five do.
    assert judged_once([65] * 195, 0, latency_p95="<= 100 ms")["verdict"] == "met"


def test_a_trace_beyond_every_bound_decides_whatever_the_others_say() -> None:
    (rule,) = rules(latency_p95="<= 100 ms")
    alive, dead = rows_of([65] * 200, 0, rule), rows_of([65] * 150, 50, rule)
    found = judge_traces(*[alive] * 9, dead, of=rule)
    assert (found["verdict"], found["value"], found["low"]) == ("failed", "inf", None)
    assert (found["by_trace"]["t/0"], found["by_trace"]["t/9"]) == (65.0, "inf")
    assert found["note"] == "beyond every bound on 1 of 10 traces"


def test_met_on_one_trace_says_so_and_on_two_it_does_not() -> None:
    (rule,) = rules(on_time=">= 0.5")
    run = rows_of([65] * 10, 0, rule)
    assert judge_traces(run, of=rule)["note"] == "met on one trace, which says nothing of others"
    assert judge_traces(run, run, of=rule)["note"] == ""


def test_an_interval_that_holds_the_bound_is_inconclusive_and_says_why() -> None:
    (rule,) = rules(on_time=">= 0.75")
    found = judge_traces(rows_of([9] * 2, 0, rule), rows_of([9], 1, rule), of=rule)
    assert (found["value"], found["low"], found["high"]) == (0.75, 0.5, 1.0)
    assert (found["verdict"], found["note"]) == (
        "inconclusive",
        "the interval holds the bound: more traces would decide",
    )


def test_every_group_and_case_is_judged_by_its_own_rules() -> None:
    mild, strict = rules(on_time=">= 0.5"), rules(on_time=">= 0.95")
    cameras, gates = rows_of([9], 0, *mild)[0], rows_of([9], 1, *mild)[0] | {"group": "gates"}
    rows = [{"case": case, "trace": "t/1"} | row for case in (0, 1) for row in (cameras, gates)]
    found = judge({0: mild, 1: strict}, rows)
    assert [(v["case"], v["group"], v["verdict"]) for v in found] == [
        (0, "cameras", "met"),
        (0, "gates", "met"),
        (1, "cameras", "met"),
        (1, "gates", "failed"),
    ]


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=60),
    st.integers(0, 20),
    st.sampled_from([0.5, 0.95, 0.99]),
)
def test_a_percentile_is_within_a_bound_as_if_the_unanswered_were_very_late(
    times: list[int], beyond: int, share: float
) -> None:
    found = extended_percentile(np.sort(np.array(times, np.int64)), beyond, share)
    late = np.array(times + [10**15] * beyond, np.int64)
    for bound in (*times, 10**9):
        assert (found <= bound) == (float(np.quantile(late, share)) <= bound)


@given(
    st.lists(st.integers(1, 200), max_size=30),
    st.integers(0, 12),
    st.lists(st.integers(0, 400) | st.none(), min_size=20, max_size=20),
)
def test_decided_is_only_what_further_frames_leave_as_it_is(
    latencies: list[int], unanswered: int, further: list[int | None]
) -> None:
    (rule,) = rules(latency_p50="<= 100 ms")
    first = judge_traces(rows_of(latencies, unanswered, rule), of=rule)["verdict"]
    lacking = max(0, 20 - len(latencies) - unanswered)
    more = further[:lacking]
    answered = [*latencies, *(latency for latency in more if latency is not None)]
    last = judge_traces(rows_of(answered, unanswered + more.count(None), rule), of=rule)["verdict"]
    assert last in {"met", "failed"}
    assert first in {last, "inconclusive"}


def test_json_holds_values_beyond_every_bound() -> None:
    assert number("inf") == math.inf
    assert number(1.5) == 1.5
