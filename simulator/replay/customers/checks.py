"""What customers and a pool must satisfy together before anyone is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem
from simulator.replay.clock import LATEST_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.replay.customers.choice import PoolChoice
    from simulator.replay.customers.table import CustomerTable

__all__ = ["check"]

_LATEST_NS = LATEST_S * 10**9
_MOST_WORK_NS = 100 * _LATEST_NS
"""Arrivals, waits and service together stay below 2**62 ns, which are 146 years."""


def check(customers: CustomerTable, choice: PoolChoice) -> None:
    """Refuse times that are not given or absurd, and options that would mean nothing.

    Raises:
        InputError: With every problem.

    Example:
        >>> from simulator.replay.customers import CustomerTable, PoolChoice
        >>> customers = CustomerTable(names=["1"], arrived_ns=[0], service_ns=[])
        >>> check(customers, PoolChoice())
        Traceback (most recent call last):
        simulator.foundation.errors.InputError: --customers service_time_s: (no column) must ...
    """
    problems = [*_of_batching(choice), *_of_times(customers, choice)]
    if problems:
        raise InputError(*problems)


def _of_batching(choice: PoolChoice) -> Iterator[Problem]:
    if choice.batching == "form" and choice.max_wait_ns is None:
        yield Problem(
            where="--max-wait",
            what="duration",
            value="(none)",
            rule="must be given for --batching form",
            remedy="write `--max-wait '5 ms'`",
        )
    if choice.batching == "pull" and choice.max_wait_ns is not None:
        yield Problem(
            where="--max-wait",
            what="duration",
            value=f"{choice.max_wait_ns} ns",
            rule="means nothing for --batching pull",
            remedy="leave it out, or use `--batching form`",
        )


def _of_times(customers: CustomerTable, choice: PoolChoice) -> Iterator[Problem]:
    times = choice.batch_time
    if times is None and not customers.service_ns:
        yield Problem(
            where="--customers",
            what="service_time_s",
            value="(no column)",
            rule="must be given where batches have no time of their own",
            remedy="give the column, or --batch-time like '10 ms + 4 ms'",
        )
    for option, time_ns in (("--max-wait", choice.max_wait_ns), ("--patience", choice.patience_ns)):
        if time_ns is not None and time_ns > _LATEST_NS:
            rule, remedy = f"must be at most {LATEST_S} s", "check its unit"
            value = f"{time_ns} ns"
            yield Problem(where=option, what="duration", value=value, rule=rule, remedy=remedy)
    work_ns = sum(customers.service_ns) if times is None else sum(times) * len(customers.names)
    if work_ns > _MOST_WORK_NS:
        yield Problem(
            where="--customers" if times is None else "--batch-time",
            what="service of all customers",
            value=f"{work_ns // 10**9} s",
            rule=f"must be at most {_MOST_WORK_NS // 10**9} s",
            remedy="check its unit",
        )
