"""The server against queueing theory: Lindley exactly, M/D/1 and M/M/1/K by intervals."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from simulator.foundation.keyed import generator
from simulator.framelog import Reason
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


def test_the_share_refused_and_the_mean_time_inside_are_those_of_m_m_1_k() -> None:
    # One in service and three places: K = 4. With rho = 0.8 the chance of n inside is proportional
    # to 0.8^n; an arrival meets 4 with p(4), and Little's law gives the mean time of the others.
    rho, service_ms, most = 0.8, 10.0, 4
    weights = rho ** np.arange(most + 1)
    inside = weights / weights.sum()
    mean_ms = float(inside @ np.arange(most + 1)) * service_ms / rho / (1 - inside[-1])
    refused, sojourn_ms = [], []
    for run in range(20):
        draw = generator(run, "m/m/1/k")
        gaps_ms = draw.exponential(service_ms / rho, 3000)
        times_ms = draw.exponential(service_ms, 3000)
        lone = camera(
            np.cumsum(gaps_ms).tolist(), sizes=[1], entropy_ms=times_ms.tolist(), waiting="queue"
        )
        plan = world(lone, trace=FAST)
        log = simulate(replace(plan, server=replace(plan.server, places=most - 1)))
        refused.append(float((log["reason"] == Reason.REFUSED).mean()))
        served = log["served_ns"] >= 0
        sojourn_ms.append(float((log["served_ns"] - log["arrived_ns"])[served].mean()) / MS)
    for values, expected, most_apart in ((refused, inside[-1], 0.01), (sojourn_ms, mean_ms, 0.6)):
        half_width = 2.86 * np.std(values, ddof=1) / np.sqrt(20)  # 99 %
        assert abs(np.mean(values) - expected) < half_width < most_apart
