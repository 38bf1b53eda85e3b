"""Profiles on disk: a folder of ``profile.json`` and ``arrays.safetensors``, sealed by one digest.

What a loaded profile holds is exactly what its stored arrays say, see ``encoding``. The digest is
SHA-256 over every array (name, type, shape, little-endian bytes, in name order) and the canonical
JSON without the digest itself.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as _parse_arrays
from safetensors.numpy import save as _dump_arrays

from models.profile import document
from models.profile.catalogue import find
from models.profile.checks import problems
from models.profile.encoding import decode, encode
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded, write_atomically
from simulator.foundation.places import check_output, kind_of, refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from models.profile.encoding import Arrays
    from models.profile.records import Profile

_JSON_LIMIT_BYTES = 1 << 20
_ARRAYS_LIMIT_BYTES = 1 << 28
_ALWAYS = frozenset({"schema_version", "clip_fps", "primary_task", "units", "sha256"})


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
        profile = decode(described, arrays)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        rule = "must hold every field and array of a profile"
        raise _damaged(where, "content", repr(error), rule) from error
    wrong = problems(profile, where)
    if wrong:
        raise InputError(*wrong)
    return profile


def save(profile: Profile, folder: Path) -> Profile:
    """Write a profile into a folder, other files of which stay, and return it as it was stored.

    Raises:
        InputError: The profile breaks a rule of profiles, or the folder cannot be written into or
            holds files of others in its place; nothing is written.
    """
    kept = sealed(profile, where=str(folder))
    refuse_foreign(folder)
    described, arrays = encode(kept)
    # The document first: it tells whose the arrays are, should this be cut off between them.
    write_atomically(
        folder / "profile.json", json.dumps(described | {"sha256": kept.sha256}, indent=1) + "\n"
    )
    write_atomically(folder / "arrays.safetensors", _dump_arrays(arrays))
    return kept


def refuse_foreign(folder: Path) -> None:
    """Refuse, before anything is measured, a folder in which a profile would replace other files.

    A profile is known by its ``profile.json``; whatever else is in its folder stays.

    Raises:
        InputError: ``profile.json`` is none of ours, ``arrays.safetensors`` is there without one
            that is, ``export`` is no plain folder, or the folder cannot be written into.
    """
    check_output(folder, folder=True)
    named = folder / "profile.json"
    ours = kind_of(named) == "a file" and _is_ours(named)
    for path in (named, folder / "arrays.safetensors"):
        if (found := kind_of(path)) and not (ours and found == "a file"):
            raise _foreign(path, found)
    for path in (folder / "export", folder / "export" / "device", folder / "export" / "server"):
        if kind_of(path) not in {"", "a folder"}:
            raise _foreign(path, kind_of(path))


def _is_ours(path: Path) -> bool:
    try:
        found = json.loads(read_bounded(path, limit_bytes=_JSON_LIMIT_BYTES))
    except (InputError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.keys() >= _ALWAYS


def _foreign(path: Path, found: str) -> InputError:
    return refused(path, found, "must be a profile's, to be replaced", "give another folder")


def sealed(profile: Profile, where: str = "profile") -> Profile:
    """Return the profile as storage keeps it: rounded, read-only, with its digest.

    Raises:
        InputError: The profile breaks a rule of profiles.
    """
    wrong = problems(profile, where)
    if wrong:
        raise InputError(*wrong)
    described, arrays = encode(profile)
    return replace(decode(described, arrays), sha256=_digest(described, arrays))


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
