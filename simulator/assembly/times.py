"""Stage times drawn from measured samples, as quantiles, and scaled by a speed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulator.assembly.ladder import ON_DEVICE
from simulator.foundation.errors import InputError, Problem
from simulator.world.plan import ServedModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from models.profile import Profile, Unit

__all__ = ["DRAWS", "device_times", "entropy_decode_times", "served_model"]

DRAWS = 64
"""Rows of the server's tables: quantiles of the measured batch times, equally likely."""


def device_times(
    units: tuple[Unit, ...], draws: NDArray[np.float64], speed: float
) -> NDArray[np.int64]:
    """Return the time on the device of every unit on every frame, [units, frames].

    Whole measured rows are drawn, so stages keep their correlation; one uniform a frame serves
    all units, so a slow moment is slow for each of them.

    Args:
        units: The ladder.
        draws: A uniform a frame.
        speed: Of the device, relative to the machine that was measured.
    """
    return np.stack([_at(unit.device_rows_ns.sum(axis=1), draws, speed) for unit in units])


def entropy_decode_times(
    samples: Iterable[NDArray[np.int64]], draws: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return the server's entropy decoding time as measured, [units or layers, frames].

    Args:
        samples: Sorted, of each unit of a ladder, or of each number of layers of a unit.
        draws: A uniform a frame.
    """
    return np.stack([_at(times, draws, 1.0) for times in samples])


def _at(samples: NDArray[np.int64], draws: NDArray[np.float64], speed: float) -> NDArray[np.int64]:
    scaled = np.rint(samples / speed).astype(np.int64)
    return scaled[(draws * len(scaled)).astype(np.intp)]


def served_model(
    profile: Profile,
    max_batch: int,
    tails: tuple[int, ...],
    modules: tuple[tuple[int, ...], ...] = (),
) -> ServedModel:
    """Return the server's tables for one backbone: its tails, and the decoders of all its units.

    Times between measured batch sizes are linear at equal quantiles.

    Args:
        profile: What was measured.
        max_batch: The largest batch that will be served.
        tails: For each unit which tail it needs.
        modules: For each unit what a worker must hold; empty where memory is not simulated.

    Raises:
        InputError: If no batch that large was measured.
    """
    largest = profile.batch_sizes[-1]
    if max_batch > largest:
        raise InputError(
            Problem(
                where=f"profile {profile.name}",
                what="server.batching.max",
                value=max_batch,
                rule=f"must be at most {largest}, the largest batch that was measured",
                remedy=f"write {largest} or less, or measure larger batches",
            )
        )
    tail_ns, decode_ns, own_tails_ns = _tables(profile, max_batch)
    return ServedModel(
        name=profile.name,
        tail_ns=tail_ns,
        decode_ns=decode_ns,
        tails=tails,
        other_tails_ns={
            tail: own_tails_ns[unit.name]
            for tail, unit in zip(tails, profile.units, strict=True)
            if unit.tail
        },
        modules=modules,
    )


class _Tables(NamedTuple):
    """Times of a profile's server side, all [draws, ..., max_batch]."""

    tail_ns: NDArray[np.int64]
    decode_ns: NDArray[np.int64]
    own_tails_ns: dict[str, NDArray[np.int64]]


@lru_cache(maxsize=4)  # the same for all runs of a sweep, and dearer than all else of a short run
def _tables(profile: Profile, max_batch: int) -> _Tables:
    sizes = profile.batch_sizes
    nothing = np.zeros((DRAWS, max_batch), np.int64)
    decoders = [
        nothing if unit.kind == ON_DEVICE else _table(unit.decode_ns, sizes, max_batch)
        for unit in profile.units
    ]
    own = {
        unit.name: _table(unit.tail.times_ns, sizes, max_batch)
        for unit in profile.units
        if unit.tail
    }
    found = _Tables(_table(profile.tail_ns, sizes, max_batch), np.stack(decoders, axis=1), own)
    for shared in (found.tail_ns, found.decode_ns, *own.values()):
        shared.flags.writeable = False
    return found


def _table(samples: NDArray[np.int64], sizes: tuple[int, ...], max_batch: int) -> NDArray[np.int64]:
    """Return times [draws, max_batch] from sorted samples [sizes, samples]."""
    middles = (np.arange(DRAWS) + 0.5) / DRAWS
    measured = np.quantile(samples, middles, axis=1)  # [draws, sizes]
    wanted = np.arange(1, max_batch + 1)
    rows = [np.interp(wanted, sizes, row) for row in measured]
    rounded: NDArray[np.int64] = np.rint(np.array(rows)).astype(np.int64)
    return rounded
