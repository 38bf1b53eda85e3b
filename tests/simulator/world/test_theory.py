"""The server against queueing theory: Lindley's recursion exactly, M/D/1 by an interval."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from simulator.foundation.keyed import generator
from simulator.world import simulate
from tests.simulator.world.small import MS, camera, steady, world

FAST = steady(8_000_000_000_000)


def test_every_customers_wait_is_lindleys() -> None:
    draw = generator(3, "lindley")
    arrivals_ms = np.cumsum(draw.integers(1, 40, 2000))
    service_ms = draw.integers(1, 38, 2000)
    lone = camera(arrivals_ms.tolist(), sizes=[1], entropy_ms=service_ms.tolist(), waiting="queue")
    log = simulate(world(lone, trace=FAST))
    waits = (log["service_start_ns"] - log["arrived_ns"]).tolist()
    wait, expected = 0, [0]
    for (a, b), served in zip(pairwise(arrivals_ms.tolist()), service_ms.tolist(), strict=False):
        wait = max(0, wait + served * MS - (b - a) * MS)
        expected.append(wait)
    assert waits == expected
    assert sum(w > 0 for w in waits) > 500


def test_the_mean_wait_of_poisson_arrivals_for_constant_service_is_that_of_m_d_1() -> None:
    # Pollaczek-Khinchine: W = rho * service / (2 (1 - rho)); rho = 0.7 and 10 ms give 11.67 ms.
    means = []
    for run in range(20):
        gaps_ms = generator(run, "m/d/1").exponential(10 / 0.7, 4000)
        lone = camera(np.cumsum(gaps_ms).tolist(), sizes=[1], entropy_ms=10, waiting="queue")
        log = simulate(world(lone, trace=FAST))
        means.append(float((log["service_start_ns"] - log["arrived_ns"]).mean()) / MS)
    centre, half_width = np.mean(means), 2.86 * np.std(means, ddof=1) / np.sqrt(20)  # 99 %
    assert abs(centre - 0.7 * 10 / (2 * 0.3)) < half_width
    assert half_width < 1.5
