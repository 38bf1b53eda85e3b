"""Long random runs against queueing theory, each mean within its own 99 % interval.

Half-widths are checked to be at most 3 % of what theory says, so that a wrong rule shows; the
seeds are fixed. Times are in mean service times. Formulas: Kleinrock, "Queueing Systems", volume 1.
"""

from __future__ import annotations

from math import exp, factorial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.foundation.keyed import generator
from tests.simulator.servers.flow import NS, Flow, flow, interval, poisson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.simulator.servers.flow import Times

WIDEST = 0.03
MANY = 400_000


def assert_mean(values: NDArray[np.float64], theory: float) -> None:
    mean, half_width = interval(values)
    assert half_width <= WIDEST * theory
    assert abs(mean - theory) <= half_width


def exponential(draw: np.random.Generator, count: int) -> Times:
    return np.rint(draw.exponential(NS, count)).astype(np.int64)


def assert_little(run: Flow, load: float, workers: int = 1) -> None:
    """Check L = lambda W and what follows from it, L counted from the state of the system.

    The number present is summed over time from the ordered comings and goings, and so is the
    number in service, which never exceeds the workers.
    """
    admitted = run.start_ns >= 0
    came, began, left = run.arrive_ns[admitted], run.start_ns[admitted], run.end_ns[admitted]
    span_ns = int(left.max())
    for since, until, most in ((came, left, None), (came, began, None), (began, left, workers)):
        instants = np.concatenate([until, since])  # at one instant first out, then in
        steps = np.concatenate([-np.ones(len(until), int), np.ones(len(since), int)])
        order = np.argsort(instants, kind="stable")
        lengths = np.diff(instants[order], append=span_ns)
        present = np.cumsum(steps[order])
        assert int((present * lengths).sum()) == int((until - since).sum())
        if most is not None:
            busy = np.where(lengths > 0, present, 0)
            assert busy.max() <= most
    share_let_in = admitted.mean()
    in_service = float((left - began).sum()) / span_ns
    assert in_service == pytest.approx(load * share_let_in, rel=0.02)  # rho = lambda E[S]
    assert (left - began == run.service_ns[admitted]).all()


def test_m_m_1_waits_rho_over_1_minus_rho() -> None:
    draw = generator(1, "m/m/1")
    run = flow(poisson(draw, 0.5, MANY), exponential(draw, MANY))
    assert_mean(run.waits(), 0.5 / (1 - 0.5))
    assert_mean((run.waits() > 0).astype(float), 0.5)
    assert_little(run, 0.5)


def test_m_d_1_waits_half_as_long() -> None:
    draw = generator(1, "m/d/1")
    run = flow(poisson(draw, 0.6, MANY), np.full(MANY, NS))
    assert_mean(run.waits(), 0.6 / (2 * (1 - 0.6)))
    assert_little(run, 0.6)


def test_m_g_1_waits_what_pollaczek_and_khinchine_say_of_lognormal_service() -> None:
    sigma = 0.6
    draw = generator(1, "m/g/1")
    arrivals = poisson(draw, 0.5, MANY)
    service = np.rint(draw.lognormal(-(sigma**2) / 2, sigma, MANY) * NS).astype(np.int64)
    run = flow(arrivals, service)
    second_moment = exp(sigma**2)  # E[S^2] where E[S] = 1
    assert_mean(run.waits(), 0.5 * second_moment / (2 * (1 - 0.5)))
    assert_little(run, 0.5)


def test_m_m_c_has_the_waiting_probability_and_the_wait_of_erlang_c() -> None:
    offered, workers = 2, 3
    draw = generator(1, "m/m/3")
    run = flow(poisson(draw, offered, 2 * MANY), exponential(draw, 2 * MANY), workers=workers)
    all_busy = offered**workers / factorial(workers) * workers / (workers - offered)
    fewer = sum(offered**k / factorial(k) for k in range(workers))
    waits = all_busy / (fewer + all_busy)
    assert waits == pytest.approx(4 / 9)
    assert_mean((run.waits() > 0).astype(float), waits)
    assert_mean(run.waits(), waits / (workers - offered))
    assert_little(run, offered, workers)


def test_m_m_1_k_refuses_and_lets_wait_as_its_balance_equations_say() -> None:
    load, most = 0.8, 4  # one in service, three places
    draw = generator(1, "m/m/1/4")
    run = flow(poisson(draw, load, MANY), exponential(draw, MANY), places=most - 1)
    odds = [load**k for k in range(most + 1)]
    blocked = odds[most] / sum(odds)
    present = sum(k * odd for k, odd in enumerate(odds)) / sum(odds)
    assert_mean((run.start_ns < 0).astype(float), blocked)
    assert_mean(run.waits(), present / (load * (1 - blocked)) - 1)
    assert_little(run, load)
