"""What holds for every run: outcomes add up, work is conserved, equal plans give equal logs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.deadline import Deadline
from policies.fixed import Fixed
from policies.throughput import Throughput
from simulator.framelog import Outcome
from simulator.world import simulate
from tests.bench import plans
from tests.simulator.world.small import MS, S, camera, scripted, served, world
from traces import RateTrace, TraceAbout

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.framelog import FrameLog
    from simulator.world.plan import StreamPlan, WorldPlan

STAGES = (
    "captured_ns",
    "chosen_ns",
    "device_start_ns",
    "device_end_ns",
    "sent_ns",
    "uplink_start_ns",
    "uplink_end_ns",
    "arrived_ns",
    "service_start_ns",
    "served_ns",
    "done_ns",
)


@st.composite
def streams(draw: st.DrawFn, index: int) -> StreamPlan:
    frames = draw(st.integers(1, 25))
    gaps = draw(st.lists(st.integers(1, 40), min_size=frames, max_size=frames))
    network = draw(st.integers(0, 3))
    sizes = [0] * draw(st.integers(0 if network else 1, 1)) + [
        draw(st.integers(1, 60_000)) for _ in range(network)
    ]
    policy: Any = draw(st.sampled_from(["fixed", "throughput", "deadline", "scripted"]))
    if policy == "scripted":
        choice = st.none() | st.integers(0, len(sizes) - 1)
        made: Any = scripted(*draw(st.lists(choice, min_size=frames, max_size=frames)))
    else:
        made = {"fixed": Fixed, "throughput": Throughput, "deadline": Deadline}[policy]()
    return camera(
        np.cumsum(gaps).tolist(),
        policy=made,
        sizes=sizes,
        device_ms=[draw(st.integers(0, 60)) for _ in sizes],
        switch_ms=[draw(st.integers(0, 9)) for _ in sizes],
        entropy_ms=draw(st.integers(0, 5)),
        deadline_ms=draw(st.integers(1, 200)),
        probe_ms=draw(st.sampled_from([None, 100.0])),
        waiting=draw(st.sampled_from(["newest", "queue"])),
        name=f"cameras/{index}",
    )


@st.composite
def worlds(draw: st.DrawFn) -> WorldPlan:
    cameras = [draw(streams(k)) for k in range(draw(st.integers(1, 4)))]
    rates = draw(st.lists(st.integers(0, 20_000_000), min_size=1, max_size=5).filter(any))
    trace = RateTrace.from_steps(
        [k * 100 * MS for k in range(len(rates))],
        rates,
        period_ns=len(rates) * 100 * MS,
        after=draw(st.sampled_from(["loop", "stop", "hold"])),
        about=TraceAbout(name="random"),
    )
    # Streams with equally many units share a backbone.
    most = max(len(c.ladder.names) for c in cameras)
    tail = [draw(st.integers(0, 9)) + k for k in range(draw(st.integers(1, 3)))]
    return world(
        *[replace(c, model=len(c.ladder.names) - 1) for c in cameras],
        trace=trace,
        up_ms=draw(st.integers(0, 20)),
        down_ms=draw(st.integers(0, 20)),
        workers=draw(st.integers(1, 3)),
        models=[served(tail_ms=tail, units=units) for units in range(1, most + 1)],
        queue_bytes=draw(st.none() | st.integers(1, 50_000)),
        header_bytes=28,
    )


@given(plan=worlds())
@settings(max_examples=150, deadline=None)
def test_every_frame_ends_once_in_time_order_and_at_the_right_place(plan: WorldPlan) -> None:
    log = simulate(plan)
    assert len(log) == sum(len(s.captured_ns) for s in plan.streams) == sum(log.counts().values())
    for row in log.structured():
        stages = [int(row[name]) for name in STAGES]
        passed = [x for x in stages if x >= 0]
        assert passed == sorted(passed)
        chosen, unit, outcome = row["chosen_ns"] >= 0, int(row["unit"]), row["outcome"]
        stream = plan.streams[row["stream"]]
        answered = row["done_ns"] >= 0
        on_time = answered and row["done_ns"] - row["captured_ns"] <= stream.deadline_ns
        assert (outcome == Outcome.DROPPED) == (not chosen)
        assert (outcome == Outcome.SKIPPED) == (chosen and unit < 0)
        assert (outcome == Outcome.LOST) == (unit >= 0 and not answered)
        assert (outcome == Outcome.ON_TIME) == on_time
        assert (outcome == Outcome.LATE) == (answered and not on_time)
        assert (row["sent_ns"] >= 0) == (unit >= 0 and not stream.ladder.on_device[unit])
        assert (row["batch_size"] > 0) == (row["served_ns"] >= 0)


@given(plan=worlds())
@settings(max_examples=50, deadline=None)
def test_the_uplink_keeps_the_order_of_sending(plan: WorldPlan) -> None:
    log = simulate(plan)
    crossed = np.flatnonzero(log["uplink_end_ns"] >= 0)
    order = crossed[np.lexsort((log["stream"][crossed], log["sent_ns"][crossed]))]
    assert (np.diff(log["uplink_end_ns"][order]) >= 0).all()


@given(plan=worlds())
@settings(max_examples=50, deadline=None)
def test_no_worker_is_idle_while_something_waits_and_none_serves_two_batches(
    plan: WorldPlan,
) -> None:
    log = simulate(plan).structured()
    log = log[log["served_ns"] >= 0]
    for row in log:
        at = row["arrived_ns"]
        busy = log[(log["service_start_ns"] <= at) & (at < log["served_ns"])]
        batches = round((1 / busy["batch_size"]).sum())
        assert batches <= len(plan.server.workers)
        assert batches == len(plan.server.workers) or row["service_start_ns"] == at


def bench_log(streams: int, frames: int, policy: type[Any]) -> FrameLog:
    return simulate(plans.world(streams, frames, policy))


@pytest.mark.parametrize("policy", [Fixed, Throughput, Deadline])
def test_the_same_plan_gives_the_same_bytes_in_any_process(root: Path, policy: type[Any]) -> None:
    code = (
        "from tests.bench.plans import world; from simulator.world import simulate;"
        f"from {policy.__module__} import {policy.__name__} as policy;"
        "print(simulate(world(5, 60, policy)).digest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    digests = {bench_log(5, 60, policy).digest() for _ in range(2)}
    assert digests == {done.stdout.strip()}


def test_a_stream_is_the_same_among_ten_as_among_a_hundred_where_nothing_is_shared() -> None:
    def alone(count: int, k: int) -> Any:  # noqa: ANN401
        plan = plans.world(count, 40, Deadline)
        # A link and a pool that never make anyone wait.
        endless = RateTrace.from_steps([0], [10**15], period_ns=S, about=TraceAbout(name="endless"))
        plan = replace(
            plan,
            uplink=((replace(plan.uplink[0][0], trace=endless),),),
            server=replace(plan.server, workers=plan.server.workers[:1] * count),
        )
        log = simulate(plan)
        told = [name for name in log if name not in ("stream", "worker")]  # which worker is luck
        return log.structured()[told][log["stream"] == k].tolist()

    assert repr(alone(10, 7)) == repr(alone(100, 7))


def test_littles_law_holds_for_the_uplink_the_server_and_the_whole() -> None:
    log = bench_log(20, 300, Fixed)
    served_rows = log["served_ns"] >= 0
    for begin, end in (
        ("sent_ns", "uplink_end_ns"),
        ("arrived_ns", "served_ns"),
        ("chosen_ns", "done_ns"),
    ):
        enter, leave = log[begin][served_rows], log[end][served_rows]
        horizon = leave.max() - enter.min()
        # Left: number inside, integrated over time by counting; right: rate times mean sojourn.
        instants = np.sort(np.concatenate([enter, leave]))
        inside = np.searchsorted(np.sort(enter), instants, "right") - np.searchsorted(
            np.sort(leave), instants, "right"
        )
        mean_inside = float((inside[:-1] * np.diff(instants)).sum()) / horizon
        rate = served_rows.sum() / horizon
        assert mean_inside == pytest.approx(rate * (leave - enter).mean(), rel=1e-12)


def test_arrays_that_do_not_fit_are_refused() -> None:
    lone = camera([0, 1])
    with pytest.raises(ValueError, match=r"cameras/0 device_ns: shape \(1, 1\) must be \(1, 2\)"):
        replace(lone, device_ns=lone.device_ns[:, :1])
    odd = replace(served(), tail_ns=np.zeros((1, 2), np.int64))
    with pytest.raises(ValueError, match=r"cameras/0 on model: .* must fit batch 2"):
        world(lone, models=[odd])
    with pytest.raises(ValueError, match=r"decoders \(3,\) must be one for each of 1 units, below"):
        world(replace(lone, decoders=(3,)), models=[served(units=3)])


def test_a_camera_that_captures_nothing_does_nothing() -> None:
    assert len(simulate(world(camera([])))) == 0
