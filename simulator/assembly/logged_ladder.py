"""The ladder of a workload: what its devices know beforehand; whether group and file agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.assembly.uppers import Walked, kept_high_after
from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.world.plan import LadderPlan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.scenario.streams import WorkloadGroup
    from simulator.workload import Workload

__all__ = ["check_fit", "ladder_order", "logged_ladder"]

_HIGH = 0.9


def check_fit(group: WorkloadGroup, workload: Workload, known: Workload, where: str) -> None:
    """Refuse options that the file contradicts.

    Raises:
        InputError: With a problem for each.
    """
    problems: list[Problem] = []

    def wrong(what: str, value: object, rule: str, remedy: str) -> None:
        what = f"{where}.{what}"
        problems.append(
            Problem(
                where=f"workload {workload.name}", what=what, value=value, rule=rule, remedy=remedy
            )
        )

    if workload.named and group.count is not None:
        rule = f"must be left out: the file names its {len(workload.streams)} streams"
        wrong("count", group.count, rule, "remove it")
    if workload.serves and group.batch_time is not None:
        rule = "must be left out: the file has server times"
        wrong("batch_time", "this one", rule, "remove it, or the file's column")
    sends = any(not workload.on_device(unit) for unit in range(len(workload.units)))
    if sends and not workload.serves and group.batch_time is None:
        rule = "must be given: the file has no server times"
        wrong("batch_time", "(missing)", rule, "add it, like '10 ms + 4 ms', or the column")

    def kinds(of: Workload) -> dict[str, tuple[bool, int]]:
        units = enumerate(of.units)
        return {name: (of.on_device(unit), of.layers(unit)) for unit, name in units}

    if kinds(known) != kinds(workload):
        rule = "must have the workload's units, sent or not, with as many layers"
        wrong("calibration", known.name, rule, "log the same units")
    elif known.serves != workload.serves:
        rule = "must have server times where the workload has them"
        wrong("calibration", known.name, rule, "log the same columns")
    if problems:
        raise InputError(*problems)


def ladder_order(
    group: WorkloadGroup, workload: Workload, known: Workload, where: str
) -> tuple[int, ...]:
    """Return the units of the ladder by rising mean payload of the calibration."""
    names = workload.units if group.units is None else group.units
    problems = [
        Problem(
            where=f"workload {workload.name}",
            what=f"{where}.units",
            value=name,
            rule="must be a unit of the workload",
            remedy=did_you_mean(name, workload.units),
        )
        for name in names
        if name not in workload.units
    ]
    if problems:
        raise InputError(*problems)

    def mean(unit: int) -> float:
        of = known.units.index(workload.units[unit])
        return float(known.column(of, "payload_bytes").mean())

    chosen = (unit for unit, name in enumerate(workload.units) if name in names)
    return tuple(sorted(chosen, key=mean))


def logged_ladder(
    group: WorkloadGroup,
    workload: Workload,
    known: Workload,
    units: tuple[int, ...],
    server_speed: float,
) -> LadderPlan:
    """Return what devices know: the calibration's means, scaled by the speeds."""
    of = [known.units.index(workload.units[unit]) for unit in units]
    on_device = tuple(known.on_device(unit) for unit in of)
    sizes = [known.column(unit, "payload_bytes") for unit in of]

    def serving_ns(unit: int) -> float:
        if known.on_device(unit):
            return 0.0
        if group.batch_time is not None:
            return group.batch_time.base_ns + group.batch_time.frame_ns
        return float(known.column(unit, "server_ns").mean())

    return LadderPlan(
        names=tuple(known.units[unit] for unit in of),
        on_device=on_device,
        utility=tuple(float(known.column(unit, "score").mean()) for unit in of),
        mean_bytes=tuple(float(size.mean()) for size in sizes),
        high_bytes=tuple(float(np.quantile(size, _HIGH)) for size in sizes),
        device_mean_ns=tuple(
            round(float(known.column(unit, "device_ns").mean()) / group.device.speed) for unit in of
        ),
        server_mean_ns=tuple(round(serving_ns(unit) / server_speed) for unit in of),
        switch_ns=(0,) * len(of),
        high_after=kept_high_after(known, tuple(of), lambda: _walked(known, of)),
    )


def _walked(known: Workload, units: list[int]) -> list[list[Walked | None]]:
    """Return each stream's units on its captures in the order of the log."""

    def walked(size: NDArray[np.int64], mean: float) -> Walked:
        exact = size.astype(np.float64)
        return Walked(shown=exact / mean, again=exact, afresh=exact)

    means = [float(known.column(unit, "payload_bytes").mean()) for unit in units]
    return [
        [
            None if known.on_device(unit) else walked(log.units[unit].payload_bytes, mean)
            for unit, mean in zip(units, means, strict=True)
        ]
        for log in known.streams
    ]
