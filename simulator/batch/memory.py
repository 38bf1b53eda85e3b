"""A batch is refused before it starts if its runs would not fit into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.assembly.footprint import run_bytes
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.memory import available_bytes
from simulator.foundation.quantities import format_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.batch.cases import RunSpec
    from simulator.scenario import Scenario

__all__ = ["refuse_too_large"]


def refuse_too_large(scenario: Scenario, specs: Sequence[RunSpec], workers: int) -> None:
    """Refuse runs that need more memory than is free.

    Args:
        scenario: The scenario.
        specs: Its runs.
        workers: How many of them are simulated at a time.

    Raises:
        InputError: If so many of the largest runs do not fit.
    """
    free = available_bytes()
    found: dict[str, int] = {}
    needed: list[tuple[int, str]] = []
    for spec in specs:
        record = spec.point.record
        size_of = repr((record.duration_ns, record.streams))
        if size_of not in found:
            found[size_of] = run_bytes(record, scenario.folder)
        needed.append((found[size_of], spec.name))
    largest = sorted(needed, reverse=True)[:workers]
    whole = sum(size for size, _ in largest)
    if free is None or whole <= free:
        return
    several = len(largest) > 1
    at_a_time = f", {len(largest)} at a time {_shown(whole)}" if several else ""
    fewer = "use fewer --workers, or " if several else ""
    size, name = largest[0]
    raise InputError(
        Problem(
            where=scenario.source or "scenario",
            what=f"memory of run {name}",
            value=f"{_shown(size)}{at_a_time}",
            rule=f"must fit into the {_shown(free)} that are free",
            remedy=f"{fewer}give it a shorter duration, fewer streams or fewer units",
        )
    )


def _shown(size: int) -> str:
    return f"about {format_bytes(round(size, -8))}"
