"""What must hold for what only some units have: tails of their own, layers, chains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.profile.array_checks import content, fractions, samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from models.profile.array_checks import Complaint
    from models.profile.records import LayerTable, Profile, Unit

__all__ = ["chain", "layers", "own_tail", "tails"]

_FEWEST, _MOST = 2, 20


def tails(profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with the tails besides the shared one."""
    for tail in profile.tails:
        what = f"tails.{tail.name}"
        yield from samples(what, tail.times_ns, (len(profile.batch_sizes), -1))
        if tail.memory_bytes < 0:
            yield f"{what}.memory_bytes", tail.memory_bytes, "must be >= 0"


def own_tail(unit: Unit, profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong about a unit that needs a tail other than the shared one."""
    tail = unit.tail
    if tail is None:
        return
    if unit.kind == "on-device":
        yield "tail", tail.name, "means nothing for an on-device unit: no server answers"
    if tail not in profile.tails:
        yield "tail", tail.name, "must be one record for all units with this tail"
    if unit.memory_bytes < tail.memory_bytes:
        rule = f"must count those of its tail, too, which are {tail.memory_bytes}"
        yield "memory_bytes", unit.memory_bytes, rule


def layers(unit: Unit, profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with a unit's layers; all of them together must be the unit."""
    table = unit.layers
    if (unit.kind == "layered") != (table is not None):
        yield "layers", unit.kind, "must be given for a layered unit, and for no other kind"
    if table is None:
        return
    wrong = list(_table(table, unit, profile))
    if not wrong and not _make_up(table, unit):
        rule = "must make up the unit's payloads, scores, confidences and entropy decoding"
        wrong.append(("layers", "other values", rule))
    yield from wrong


def _table(table: LayerTable, unit: Unit, profile: Profile) -> Iterator[Complaint]:
    sizes = table.payload_bytes
    if sizes.shape[1:] != content(profile) or not _FEWEST <= len(sizes) <= _MOST:
        rule = f"must have the shape {(-1, *content(profile))}, where -1 is {_FEWEST} to {_MOST}"
        yield "layers.payload_bytes", sizes.shape, f"{rule} layers"
    elif sizes.size and sizes.min() <= 0:
        yield "layers.payload_bytes", int(sizes.min()), "must be > 0 for each layer of a frame"
    for task, values in table.scores.items():
        yield from fractions(f"layers.scores.{task}", values, sizes.shape)
    yield from fractions("layers.confidence", table.confidence, sizes.shape)
    yield from samples("layers.entropy_decode_ns", table.entropy_decode_ns, (len(sizes), -1))
    if set(table.scores) != set(unit.scores):
        known = ", ".join(unit.scores)
        yield "layers.scores", ", ".join(table.scores), f"must score the unit's tasks: {known}"


def _make_up(table: LayerTable, unit: Unit) -> bool:
    """Return whether a unit is what all of its layers are together."""
    pairs: list[tuple[NDArray[Any], NDArray[Any]]] = [
        (table.payload_bytes.sum(axis=0, dtype=np.int64), unit.payload_bytes),
        (table.confidence[-1], unit.confidence),
        (table.entropy_decode_ns[-1], unit.entropy_decode_ns),
        *((table.scores[task][-1], values) for task, values in unit.scores.items()),
    ]
    return all(np.array_equal(of_layers, of_unit) for of_layers, of_unit in pairs)


def chain(unit: Unit, profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with a video codec's chain."""
    if (unit.kind == "video-codec") != (unit.chain is not None):
        yield "chain", unit.kind, "must be given for a video codec, and for no other kind"
    if unit.chain is None:
        return
    sizes = unit.chain.intra_bytes
    if unit.chain.refresh < 1:
        yield "chain.refresh", unit.chain.refresh, "must be >= 1"
    if sizes.shape != content(profile) or not sizes.size:
        yield "chain.intra_bytes", sizes.shape, f"must have the shape {content(profile)}, not empty"
    elif sizes.min() <= 0:
        yield "chain.intra_bytes", int(sizes.min()), "must be > 0 for each frame"
