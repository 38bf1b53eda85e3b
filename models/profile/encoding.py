"""A profile as named integer arrays and a JSON document, and back.

Scores and confidences are kept as bytes of 1/255 (published means as 16 bits of 1/65535), scores
that are right or wrong and nothing between, such as top-1, as bits. Payload sizes in bytes and
times in nanoseconds take the narrowest integers that hold all of them. Clips, halves and sets are
codes into lists in the JSON. Of a layered unit the layers are kept, from which the unit's own
arrays follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from models.profile import document
from models.profile.records import HALVES, Chain, LayerTable, Profile, Tail, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["Arrays", "decode", "encode"]

Arrays: TypeAlias = "dict[str, NDArray[Any]]"
Levels: TypeAlias = "type[np.uint8 | np.uint16]"

_ALL = 255
_BITS = ".bits"
_KINDS = (np.uint8, np.uint16, np.uint32)


def encode(profile: Profile) -> tuple[dict[str, object], Arrays]:
    """Return the document, without a digest, and the arrays of a sound profile."""
    sets = sorted(set(profile.clip_set.tolist()))
    # A mean over many frames is finer than what one frame scores.
    levels: Levels = np.uint16 if profile.means_only else np.uint8
    arrays: Arrays = {
        "tail_ns": _narrow(profile.tail_ns),
        "clip_half": np.array(
            [HALVES.index(half) for half in profile.clip_half.tolist()], np.uint8
        ),
        "clip_set": np.array([sets.index(name) for name in profile.clip_set.tolist()], np.uint8),
    }
    for task, scores in profile.clean_scores.items():
        arrays |= _of_scores("clean", task, scores, levels)
    for tail in profile.tails:
        arrays[f"tails/{tail.name}"] = _narrow(tail.times_ns)
    for unit in profile.units:
        found = _unit_arrays(unit, levels)
        arrays |= {f"{unit.name}/{what}": array for what, array in found.items()}
    return document.describe(profile, sets), arrays


def _unit_arrays(unit: Unit, levels: Levels) -> Arrays:
    # All of these are there for each layer where there are layers, and are not kept twice.
    source = unit if unit.layers is None else unit.layers
    found: Arrays = {
        "payload_bytes": _narrow(source.payload_bytes),
        "confidence": _to_levels(source.confidence, levels),
        "device_rows_ns": _narrow(unit.device_rows_ns),
        "entropy_decode_ns": _narrow(source.entropy_decode_ns),
        "decode_ns": _narrow(unit.decode_ns),
    }
    for task, scores in source.scores.items():
        found |= _of_scores("scores", task, scores, levels)
    if unit.chain is not None:
        found["intra_bytes"] = _narrow(unit.chain.intra_bytes)
    return found


def _narrow(values: NDArray[Any]) -> NDArray[Any]:
    largest = values.max(initial=0)
    fitting = (kind for kind in _KINDS if largest <= np.iinfo(kind).max)
    return values.astype(next(fitting, values.dtype))


def decode(described: Mapping[str, Any], arrays: Arrays) -> Profile:
    """Return the profile in a document and arrays, read-only; nothing of it is checked yet.

    Raises:
        KeyError: A field or an array is missing.
        TypeError: A field is of another type.
        ValueError: A field or an array is of another type or shape.
        IndexError: A code stands for nothing.
    """
    tasks = [str(task) for task in described["tasks"]]
    sets = [str(name) for name in described["clip_sets"]]
    tails = {
        str(name): Tail(
            name=str(name),
            times_ns=_frozen(arrays[f"tails/{name}"], np.int64),
            memory_bytes=int(about["memory_bytes"]),
        )
        for name, about in dict(described.get("tails", {})).items()
    }
    units = tuple(_unit(about, tasks, tails, arrays) for about in described["units"])
    frames = units[0].payload_bytes.shape[-1]
    return Profile(
        name=str(described["name"]),
        clip_fps=float(described["clip_fps"]),
        units=units,
        primary_task=str(described["primary_task"]),
        batch_sizes=tuple(int(size) for size in described["batch_sizes"]),
        tail_ns=_frozen(arrays["tail_ns"], np.int64),
        clip_half=_frozen(np.array(HALVES)[arrays["clip_half"]], np.str_),
        clip_set=_frozen(np.array(sets)[arrays["clip_set"]], np.str_),
        clean_scores={task: _scores(arrays, "clean", task, frames) for task in tasks},
        info=dict(described["info"]),
        sha256=str(described.get("sha256", "")),
    )


def _unit(
    about: Mapping[str, Any], tasks: list[str], tails: Mapping[str, Tail], arrays: Arrays
) -> Unit:
    def array(what: str) -> NDArray[Any]:
        return arrays[f"{about['name']}/{what}"]

    sizes = _frozen(array("payload_bytes"), np.int32)
    scores = f"{about['name']}/scores"
    table = LayerTable(
        payload_bytes=sizes,
        scores={task: _scores(arrays, scores, task, sizes.shape[-1]) for task in tasks},
        confidence=_from_levels(array("confidence")),
        entropy_decode_ns=_frozen(array("entropy_decode_ns"), np.int64),
    )
    layered, chained = "layers" in about, "refresh" in about
    shape = table.payload_bytes.shape
    if len(shape) != (3 if layered else 2) or (layered and shape[0] != about["layers"]):
        raise ValueError(f"{about['name']}: payload_bytes {shape} are not by layer, clip and frame")
    whole = _together(table) if layered else table
    return Unit(
        name=str(about["name"]),
        kind=about["kind"],
        payload_bytes=whole.payload_bytes,
        scores=whole.scores,
        confidence=whole.confidence,
        device_rows_ns=_frozen(array("device_rows_ns"), np.int64),
        entropy_decode_ns=whole.entropy_decode_ns,
        decode_ns=_frozen(array("decode_ns"), np.int64),
        switch_ns=int(about["switch_ns"]),
        memory_bytes=int(about["memory_bytes"]),
        storage_bytes=int(about["storage_bytes"]),
        parameters=int(about["parameters"]),
        module=str(about.get("module", "")),
        tail=tails[about["tail"]] if "tail" in about else None,
        layers=table if layered else None,
        chain=_chain(about, array("intra_bytes")) if chained else None,
    )


def _together(table: LayerTable) -> LayerTable:
    """Return what all layers are together."""
    return LayerTable(
        payload_bytes=_frozen(table.payload_bytes.sum(axis=0, dtype=np.int64), np.int32),
        scores={task: _frozen(values[-1], np.float32) for task, values in table.scores.items()},
        confidence=_frozen(table.confidence[-1], np.float32),
        entropy_decode_ns=_frozen(table.entropy_decode_ns[-1], np.int64),
    )


def _chain(about: Mapping[str, Any], intra_bytes: NDArray[Any]) -> Chain:
    return Chain(refresh=int(about["refresh"]), intra_bytes=_frozen(intra_bytes, np.int32))


def _of_scores(where: str, task: str, fractions: NDArray[np.float32], levels: Levels) -> Arrays:
    """Return scores as the one array that holds them, by its name."""
    kept = _to_levels(fractions, levels)
    if levels is np.uint8 and np.isin(kept, (0, _ALL)).all():
        return {f"{where}/{task}{_BITS}": np.packbits(kept == _ALL, axis=-1)}
    return {f"{where}/{task}": kept}


def _scores(arrays: Arrays, where: str, task: str, frames: int) -> NDArray[np.float32]:
    bits = arrays.get(f"{where}/{task}{_BITS}")
    if bits is None:
        return _from_levels(arrays[f"{where}/{task}"])
    if bits.dtype != np.uint8 or bits.shape[-1:] != (-(-frames // 8),):
        raise ValueError(f"{where}/{task}: {bits.shape} are not the bits of {frames} frames")
    return _frozen(np.unpackbits(bits, axis=-1, count=frames), np.float32)


def _to_levels(fractions: NDArray[np.float32], levels: Levels) -> NDArray[Any]:
    return np.rint(fractions.astype(np.float64) * np.iinfo(levels).max).astype(levels)


def _from_levels(levels: NDArray[Any]) -> NDArray[np.float32]:
    return _frozen(levels.astype(np.float32) / np.float32(np.iinfo(levels.dtype).max), np.float32)


def _frozen(array: NDArray[Any], dtype: Any) -> NDArray[Any]:  # noqa: ANN401 - any numpy scalar type
    kept = np.array(array, dtype=dtype)
    if array.dtype.kind in "iu" and not np.array_equal(kept, array):
        raise ValueError(f"{array.dtype} values do not fit into {kept.dtype}")
    kept.flags.writeable = False
    return kept
