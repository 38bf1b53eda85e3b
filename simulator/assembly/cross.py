"""Packets of others, drawn ahead for a whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.world.plan import CrossPlan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.scenario.cross import Cross

__all__ = ["cross_plan"]

_CHUNK = 1 << 16


def cross_plan(source: Cross, name: str, duration_ns: int, rng: np.random.Generator) -> CrossPlan:
    """Return the packets of one source on one link; a longer run begins with a shorter one's.

    Args:
        source: As the scenario has it.
        name: As which flow it is scheduled.
        duration_ns: Of the run; nothing is sent at or after its end.
        rng: Of this source alone.
    """
    end_ns = duration_ns if source.stop_ns is None else min(source.stop_ns, duration_ns)
    length_ns = max(end_ns - source.start_ns, 0)
    gap_ns = source.packet_bytes * 8e9 / source.rate_bps
    if source.pattern == "poisson":
        sent = _sums(rng, gap_ns, length_ns)
    elif source.pattern == "periodic":
        sent = _equal(rng, gap_ns, length_ns)
    else:
        sent = _on_off(rng, source, gap_ns, length_ns)
    sent_ns = np.floor(sent).astype(np.int64)
    sent_ns = sent_ns[sent_ns < length_ns] + source.start_ns
    return CrossPlan(
        name=name,
        sent_ns=sent_ns,
        wire_bytes=np.full(len(sent_ns), source.packet_bytes, np.int32),
        weight=source.weight,
    )


def _sums(rng: np.random.Generator, mean: float, length: float) -> NDArray[np.float64]:
    """Return the sums of exponential draws that are below a length."""
    parts = [np.zeros(0)]
    reached = 0.0
    chunk = min(_CHUNK, 16 + int(1.2 * length / mean))
    while reached < length:
        sums = reached + np.cumsum(rng.exponential(mean, chunk))
        parts.append(sums)
        reached = float(sums[-1])
    whole = np.concatenate(parts)
    kept: NDArray[np.float64] = whole[whole < length]
    return kept


def _equal(rng: np.random.Generator, gap: float, length: float) -> NDArray[np.float64]:
    """Return instants equally far apart, from a drawn phase."""
    count = int(length / gap) + 1
    found: NDArray[np.float64] = rng.random() * gap + np.arange(count, dtype=np.float64) * gap
    return found


def _on_off(
    rng: np.random.Generator, source: Cross, gap: float, length: float
) -> NDArray[np.float64]:
    """Return instants equally far apart on a clock that stands still while the source is off."""
    on_ns, off_ns = float(source.on_ns or 0), float(source.off_ns or 0)
    begins_on = rng.random() < on_ns / (on_ns + off_ns)
    phase = rng.random() * gap
    on: list[float] = []
    off: list[float] = [0.0 if begins_on else rng.exponential(off_ns)]
    while sum(on[-1:]) + off[-1] < length:
        # Both as sums from the beginning: when each on time ends on the source's own clock, and
        # how far that clock is behind by then.
        on.append((on[-1] if on else 0.0) + rng.exponential(on_ns))
        off.append(off[-1] + rng.exponential(off_ns))
    if not on:
        return np.zeros(0)
    clock = phase + np.arange(int(on[-1] / gap) + 1) * gap
    clock = clock[clock < on[-1]]
    behind = np.array(off)[np.searchsorted(on, clock, side="right")]
    found: NDArray[np.float64] = clock + behind
    return found
