"""Tails of several lengths at one server; 1 ms of decoder, 10 and 12 ms of shared tail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.world import simulate
from tests.simulator.world.pools import pool
from tests.simulator.world.small import MS, camera, scripted, served, world

LONG = np.array([[30, 36]]) * MS
"""A tail of 30 ms for a frame and 36 ms for two."""
BACKBONE = replace(
    served([10.0, 12.0], [1.0, 1.5], units=3), tails=(0, 2, 2), other_tails_ns={2: LONG}
)
"""Unit 0 needs the shared tail; units 1 and 2 another one."""


def service_ms(*units: int) -> list[float]:
    """Return how long a worker is busy with frames that arrive while it serves another."""
    cameras = [camera([0], sizes=[1] * 3, policy=scripted(0), name="first", deadline_ms=500)] + [
        camera([5], sizes=[1] * 3, policy=scripted(unit), name=f"{k}", deadline_ms=500)
        for k, unit in enumerate(units)
    ]
    log = simulate(pool(*cameras, models=[BACKBONE]))
    return [float(x) for x in (log["served_ns"] - log["service_start_ns"])[1:] / MS]


def test_a_frame_alone_takes_its_own_tail() -> None:
    assert service_ms(0) == [1 + 10]
    assert service_ms(1) == [1 + 30]


def test_units_with_one_tail_share_its_batch() -> None:
    assert service_ms(1, 1) == [1.5 + 36] * 2
    assert service_ms(1, 2) == [1 + 1 + 36] * 2


def test_units_with_different_tails_do_not() -> None:
    assert service_ms(0, 1) == [1 + 1 + 10 + 30] * 2


def test_tails_are_scaled_by_a_workers_speed() -> None:
    plan = world(camera([0], sizes=[1] * 3, policy=scripted(1)), models=[BACKBONE])
    (worker,) = plan.server.workers
    fast = replace(plan, server=replace(plan.server, workers=(replace(worker, speed=2.0),)))
    log = simulate(fast)
    assert (log["served_ns"] - log["service_start_ns"]).tolist() == [15.5 * MS]


def test_a_tail_table_of_another_shape_is_refused() -> None:
    odd = replace(BACKBONE, other_tails_ns={2: LONG[:, :1]})
    with pytest.raises(ValueError, match="must fit batch 2"):
        world(camera([0], sizes=[1] * 3), models=[odd])
