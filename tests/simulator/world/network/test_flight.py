"""Propagation that varies, worked out by hand: a packet takes 1 ms."""

from __future__ import annotations

import numpy as np

from simulator.foundation.keyed import key_of, uniform_at
from simulator.links.delay import jitter_ns
from simulator.world import simulate
from simulator.world.plan import JitterPlan
from tests.simulator.world.network.nets import link, net
from tests.simulator.world.small import MS, camera, ms
from traces.conditions import Conditions

KEY = key_of(1, "uplink", 0)


def jitter(key_frames: int, mean_ms: int) -> list[int]:
    """Return the jitter of each frame's first packet."""
    draws = [uniform_at(KEY, 0, frame, 0, 1, 1) for frame in range(key_frames)]
    return [jitter_ns("uniform", mean_ms * MS, draw) for draw in draws]


def test_propagation_follows_the_traces_column() -> None:
    steps = Conditions.from_steps([0, 4 * MS], delay_ns=[10 * MS, 3 * MS], period_ns=100 * MS)
    log = simulate(net(camera([0, 2, 10]), up=[link(delay_ms=3, delays=steps)]))
    assert ms(log, "uplink_end_ns") == [1, 3, 11]
    assert ms(log, "arrived_ns") == [11, 13, 14]


def test_nothing_overtakes_when_propagation_falls() -> None:
    steps = Conditions.from_steps([0, 4 * MS], delay_ns=[10 * MS, 3 * MS], period_ns=100 * MS)
    log = simulate(net(camera([0, 3.5]), up=[link(delay_ms=3, delays=steps)]))
    assert ms(log, "arrived_ns") == [11, 11]  # not 7.5


def test_jitter_is_added_after_the_link_and_keeps_the_order() -> None:
    plan = JitterPlan(mean_ns=20 * MS, distribution="uniform")
    lone = camera(range(0, 400, 4))
    log = simulate(net(lone, up=[link(delay_ms=5, jitter=plan, key=KEY)]))
    own = log["uplink_end_ns"] + 5 * MS + np.array(jitter(100, 20))
    assert (log["arrived_ns"] == np.maximum.accumulate(own)).all()
    assert (np.diff(own) < 0).any()


def test_jitter_may_reorder() -> None:
    plan = JitterPlan(mean_ns=20 * MS, distribution="uniform", reorders=True)
    lone = camera(range(0, 400, 4))
    log = simulate(net(lone, up=[link(delay_ms=5, jitter=plan, key=KEY)]))
    own = log["uplink_end_ns"] + 5 * MS + np.array(jitter(100, 20))
    assert (log["arrived_ns"] == own).all()


def test_jitter_has_its_own_luck_on_each_link() -> None:
    plan = JitterPlan(mean_ns=20 * MS)
    up = tuple(link(jitter=plan, key=key_of(1, "uplink", k)) for k in range(2))
    cameras = [camera([0], name=str(k)) for k in range(2)]
    log = simulate(net(*cameras, up=[up]))
    assert log["arrived_ns"][0] != log["arrived_ns"][1]
