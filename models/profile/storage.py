"""Profiles on disk: a folder of ``profile.json`` and ``arrays.safetensors``, sealed by one digest.

Scores and confidences are kept as bytes of 1/255 (published means as 16 bits of 1/65535), payload
sizes as 16 bits where they fit, times as 64-bit nanoseconds; what a loaded profile holds is exactly
what its stored arrays say. Clips, halves and sets are codes into lists in the JSON. Of a layered
unit the layers are kept, from which the unit's own arrays follow. The digest is SHA-256 over every
array (name, type, shape, little-endian bytes, in name order) and the canonical JSON without the
digest itself.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as _parse_arrays
from safetensors.numpy import save as _dump_arrays

from models.profile import document
from models.profile.catalogue import find
from models.profile.checks import problems
from models.profile.records import HALVES, Chain, LayerTable, Profile, Tail, Unit
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

Arrays: TypeAlias = "dict[str, NDArray[Any]]"
Levels: TypeAlias = "type[np.uint8 | np.uint16]"

_JSON_LIMIT_BYTES = 1 << 20
_ARRAYS_LIMIT_BYTES = 1 << 28
_LARGEST_U16 = 65535


def load(name_or_path: str | Path) -> Profile:
    """Return a shipped profile by its name, or any profile by its folder.

    Raises:
        InputError: It does not exist, is too large, damaged, or breaks a rule of profiles.
    """
    folder = find(name_or_path)
    where = str(folder)
    described = document.parse(
        read_bounded(folder / "profile.json", limit_bytes=_JSON_LIMIT_BYTES, what="profile"), where
    )
    raw = read_bounded(
        folder / "arrays.safetensors", limit_bytes=_ARRAYS_LIMIT_BYTES, what="profile arrays"
    )
    try:
        arrays = _parse_arrays(raw)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise _damaged(
            where, "arrays.safetensors", error, "must be a whole safetensors file"
        ) from error
    if any(array.dtype.kind not in "iu" for array in arrays.values()):
        raise _damaged(where, "arrays.safetensors", "other types", "must hold integers only")
    found = _digest(described, arrays)
    if described.get("sha256") != found:
        rule = f"must be the digest of the content, which is {found}"
        raise _damaged(where, "sha256", described.get("sha256"), rule)
    try:
        profile = _decode(described, arrays)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        rule = "must hold every field and array of a profile"
        raise _damaged(where, "content", repr(error), rule) from error
    wrong = problems(profile, where)
    if wrong:
        raise InputError(*wrong)
    return profile


def save(profile: Profile, folder: Path) -> Profile:
    """Write a profile into a folder, other files of which stay, and return it as it was stored.

    Raises:
        InputError: The profile breaks a rule of profiles; nothing is written.
    """
    kept = sealed(profile, where=str(folder))
    described, arrays = _encode(kept)
    write_atomically(folder / "arrays.safetensors", _dump_arrays(arrays))
    write_atomically(
        folder / "profile.json", json.dumps(described | {"sha256": kept.sha256}, indent=1) + "\n"
    )
    return kept


def sealed(profile: Profile, where: str = "profile") -> Profile:
    """Return the profile as storage keeps it: rounded, read-only, with its digest.

    Raises:
        InputError: The profile breaks a rule of profiles.
    """
    wrong = problems(profile, where)
    if wrong:
        raise InputError(*wrong)
    described, arrays = _encode(profile)
    return replace(_decode(described, arrays), sha256=_digest(described, arrays))


def _damaged(where: str, what: str, value: object, rule: str) -> InputError:
    remedy = "fetch the folder again, or measure anew with `splitcast profile measure`"
    return InputError(Problem(where=where, what=what, value=value, rule=rule, remedy=remedy))


def _digest(described: Mapping[str, object], arrays: Arrays) -> str:
    sha = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        sha.update(f"{name} {array.dtype.str.lstrip('<|=>')} {array.shape}\n".encode())
        sha.update(np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"))).tobytes())
    rest = {key: value for key, value in described.items() if key != "sha256"}
    sha.update(json.dumps(rest, sort_keys=True, separators=(",", ":"), allow_nan=False).encode())
    return sha.hexdigest()


def _encode(profile: Profile) -> tuple[dict[str, object], Arrays]:
    sets = sorted(set(profile.clip_set.tolist()))
    # A mean over many frames is finer than what one frame scores.
    levels: Levels = np.uint16 if profile.means_only else np.uint8
    arrays: Arrays = {
        "tail_ns": profile.tail_ns,
        "clip_half": np.array(
            [HALVES.index(half) for half in profile.clip_half.tolist()], np.uint8
        ),
        "clip_set": np.array([sets.index(name) for name in profile.clip_set.tolist()], np.uint8),
    }
    for task, scores in profile.clean_scores.items():
        arrays[f"clean/{task}"] = _to_levels(scores, levels)
    for tail in profile.tails:
        arrays[f"tails/{tail.name}"] = tail.times_ns
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
        "device_rows_ns": unit.device_rows_ns,
        "entropy_decode_ns": source.entropy_decode_ns,
        "decode_ns": unit.decode_ns,
    }
    for task, scores in source.scores.items():
        found[f"scores/{task}"] = _to_levels(scores, levels)
    if unit.chain is not None:
        found["intra_bytes"] = _narrow(unit.chain.intra_bytes)
    return found


def _narrow(sizes: NDArray[np.int32]) -> NDArray[Any]:
    fits = not sizes.size or sizes.max() <= _LARGEST_U16
    return sizes.astype(np.uint16 if fits else np.int32)


def _decode(described: Mapping[str, Any], arrays: Arrays) -> Profile:
    tasks = [str(task) for task in described["tasks"]]
    sets = [str(name) for name in described["clip_sets"]]
    tails = {
        str(name): Tail(
            name=str(name),
            times_ns=_frozen(arrays[f"tails/{name}"], np.int64),
            memory_bytes=int(about["memory_bytes"]),
        )
        for name, about in described.get("tails", {}).items()
    }
    return Profile(
        name=str(described["name"]),
        clip_fps=float(described["clip_fps"]),
        units=tuple(_unit(about, tasks, tails, arrays) for about in described["units"]),
        primary_task=str(described["primary_task"]),
        batch_sizes=tuple(int(size) for size in described["batch_sizes"]),
        tail_ns=_frozen(arrays["tail_ns"], np.int64),
        clip_half=_frozen(np.array(HALVES)[arrays["clip_half"]], np.str_),
        clip_set=_frozen(np.array(sets)[arrays["clip_set"]], np.str_),
        clean_scores={task: _from_levels(arrays[f"clean/{task}"]) for task in tasks},
        info=dict(described["info"]),
        sha256=str(described.get("sha256", "")),
    )


def _unit(
    about: Mapping[str, Any], tasks: list[str], tails: Mapping[str, Tail], arrays: Arrays
) -> Unit:
    def array(what: str) -> NDArray[Any]:
        return arrays[f"{about['name']}/{what}"]

    every = LayerTable(
        payload_bytes=_frozen(array("payload_bytes"), np.int32),
        scores={task: _from_levels(array(f"scores/{task}")) for task in tasks},
        confidence=_from_levels(array("confidence")),
        entropy_decode_ns=_frozen(array("entropy_decode_ns"), np.int64),
    )
    layered = "layers" in about
    if layered and len(every.payload_bytes) != int(about["layers"]):
        raise ValueError(f"{about['name']} has other than {about['layers']} layers")
    return Unit(
        name=str(about["name"]),
        kind=about["kind"],
        payload_bytes=(
            _frozen(every.payload_bytes.sum(axis=0), np.int32) if layered else every.payload_bytes
        ),
        scores={
            task: _frozen(scores[-1], np.float32) if layered else scores
            for task, scores in every.scores.items()
        },
        confidence=(_frozen(every.confidence[-1], np.float32) if layered else every.confidence),
        entropy_decode_ns=(
            _frozen(every.entropy_decode_ns[-1], np.int64) if layered else every.entropy_decode_ns
        ),
        device_rows_ns=_frozen(array("device_rows_ns"), np.int64),
        decode_ns=_frozen(array("decode_ns"), np.int64),
        switch_ns=int(about["switch_ns"]),
        memory_bytes=int(about["memory_bytes"]),
        storage_bytes=int(about["storage_bytes"]),
        parameters=int(about["parameters"]),
        module=str(about.get("module", "")),
        tail=tails[about["tail"]] if "tail" in about else None,
        layers=every if layered else None,
        chain=(
            Chain(
                refresh=int(about["refresh"]),
                intra_bytes=_frozen(array("intra_bytes"), np.int32),
            )
            if "refresh" in about
            else None
        ),
    )


def _to_levels(fractions: NDArray[np.float32], levels: Levels) -> NDArray[Any]:
    return np.rint(fractions.astype(np.float64) * np.iinfo(levels).max).astype(levels)


def _from_levels(levels: NDArray[Any]) -> NDArray[np.float32]:
    return _frozen(levels.astype(np.float32) / np.float32(np.iinfo(levels.dtype).max), np.float32)


def _frozen(array: NDArray[Any], dtype: Any) -> NDArray[Any]:  # noqa: ANN401 - any numpy scalar type
    kept = np.array(array, dtype=dtype)
    kept.flags.writeable = False
    return kept
