"""Hops and workers: how much they were used, and which were brought too much, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.framelog import Outcome, Reason
from simulator.metrics import measure
from simulator.world.plan import CrossPlan, Outage, Worker
from tests.simulator.metrics.logs import MS, SECOND, frame, log_of, plan_of
from traces import RateTrace, TraceAbout

if TYPE_CHECKING:
    from simulator.world.plan import LinkPlan, WorldPlan

ANSWERED = [0, 5, 15, 15, 20, 30, 50, 52, 60, 80]


def of(rows: list[dict[str, Any]], plan: WorldPlan) -> dict[str, Any]:
    return measure(log_of(rows), plan).run


def link(plan: WorldPlan, rate_bps: int, **changes: Any) -> LinkPlan:  # noqa: ANN401
    about = TraceAbout(name="constant")
    trace = RateTrace.from_steps([0], [rate_bps], period_ns=SECOND, about=about)
    return replace(plan.uplink[0][0], trace=trace, **changes)


def served(start_ms: int, end_ms: int, worker: int = 0, batch: int = 1) -> dict[str, Any]:
    times = [0, 0, 0, 0, 0, 1, 1, start_ms, end_ms, end_ms]
    return frame(Outcome.ON_TIME, times, worker=worker, batch=batch)


def away(*outages_ms: tuple[int, int], crash: bool = False) -> Worker:
    return Worker(
        outages=tuple(Outage(begin_ns=a * MS, end_ns=b * MS, crash=crash) for a, b in outages_ms)
    )


def with_workers(*workers: Worker) -> WorldPlan:
    plan = plan_of("cameras", frames=4)
    return replace(plan, server=replace(plan.server, workers=workers))


def test_workers_are_busy_for_a_share_of_the_time_they_were_there() -> None:
    # Two workers, 1000 ms; the second is away for 600. Busy: 100 + 250 of 1400 ms.
    rows = [served(100, 200), served(300, 550, worker=1, batch=2), served(300, 550, 1, 2)]
    plan = with_workers(Worker(), away((0, 200), (600, 1500)))
    assert of(rows, plan)["server_utilisation"] == pytest.approx(350 / 1400)


def test_a_worker_that_finishes_its_batch_is_there_until_then() -> None:
    # Away from 500 to 900, but busy until 600: there for 700 ms, busy for 200 of them.
    plan = with_workers(away((500, 900)))
    assert of([served(400, 600)], plan)["server_utilisation"] == pytest.approx(200 / 700)


def test_a_batch_that_a_crash_destroys_kept_its_worker_busy_until_then() -> None:
    crashed = frame(
        Outcome.DROPPED,
        [0, 0, 0, 0, 0, 1, 1, 400],
        reason=Reason.CRASHED,
        worker=0,
        batch_size=1,
    )
    plan = with_workers(away((100, 200), (500, 900), crash=True))
    assert of([crashed], plan)["server_utilisation"] == pytest.approx(100 / 500)


def test_workers_that_were_never_there_have_no_utilisation() -> None:
    found = of([frame(Outcome.DROPPED, [0])], with_workers(away((0, 2000))))
    assert np.isnan(found["server_utilisation"])


def turned_away(at_ms: int, reason: Reason) -> dict[str, Any]:
    return frame(Outcome.DROPPED, [at_ms] * 7, reason=reason, size=10)


def test_frames_turned_away_are_work_that_a_server_could_not_do() -> None:
    # In the second half 400 ms of work were done and twice as many frames turned away.
    rows = [
        frame(Outcome.ON_TIME, [t] * 7 + [t, t + 200, t + 200], size=10) for t in (500, 750)
    ] + [turned_away(t, Reason.REFUSED) for t in (550, 600, 800, 850)]
    assert of(rows, with_workers(Worker()))["overload"] == "server"
    assert of(rows[:2], with_workers(Worker()))["overload"] == ""
    # The same work for a worker that is away most of the time is too much.
    assert of(rows[:2], with_workers(away((700, 990))))["overload"] == "server"


def test_the_narrowest_hop_says_how_much_of_the_uplink_was_used() -> None:
    plan = plan_of("doors", "gates", frames=10)
    # 20 frames of 1000 bytes; the hops carry 2 x 80 kB and 100 kB in the second.
    hops = ((link(plan, 640_000), link(plan, 640_000)), (link(plan, 800_000),))
    rows = [
        frame(Outcome.ON_TIME, [t + 50 * k for t in ANSWERED], stream=s, size=972)
        for s in range(2)
        for k in range(10)
    ]
    found = of(rows, replace(plan, uplink=hops))
    assert found["uplink_utilisation"] == pytest.approx(0.2)
    assert of(rows, replace(plan, uplink=hops[:1]))["uplink_utilisation"] == pytest.approx(0.125)


def test_a_hop_that_was_brought_too_much_is_named_by_its_place() -> None:
    plan = plan_of("doors", "gates", frames=10)
    wide, narrow = link(plan, 800_000), link(plan, 90_000)  # 50 and 5.6 kB in the second half
    rows = [
        frame(Outcome.LOST, [100 * k] * 4, stream=s, size=972) for s in range(2) for k in range(10)
    ]  # 5 kB of each stream in that half
    assert of(rows, replace(plan, uplink=((wide, wide), (narrow,))))["overload"] == "uplink 2"
    assert of(rows, replace(plan, uplink=((narrow, narrow), (wide,))))["overload"] == ""
    tight = link(plan, 70_000)
    assert of(rows, replace(plan, uplink=((wide, tight), (tight,))))["overload"] == (
        "uplink 1+uplink 2"
    )


def test_what_others_send_overloads_a_link_too() -> None:
    plan = plan_of("doors", frames=10)
    cross = CrossPlan(
        name="others",
        sent_ns=np.arange(10, dtype=np.int64) * 100 * MS,
        wire_bytes=np.full(10, 1000),
    )
    rows = [frame(Outcome.ON_TIME, [t + 90 * k for t in ANSWERED], size=972) for k in range(10)]
    alone, shared = link(plan, 90_000), link(plan, 90_000, cross=(cross,))
    assert of(rows, replace(plan, uplink=((alone,),)))["overload"] == ""
    assert of(rows, replace(plan, uplink=((shared,),)))["overload"] == "uplink"
