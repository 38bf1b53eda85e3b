"""Where profiles lie: the shipped ones by name, a user's own by path."""

from __future__ import annotations

import os
from pathlib import Path

from simulator.foundation.errors import InputError, Problem, did_you_mean

_SHIPPED = Path(__file__).resolve().parent.parent / "profiles"


def shipped() -> tuple[str, ...]:
    """Return the names of the profiles that come with splitcast."""
    if not _SHIPPED.is_dir():
        return ()
    return tuple(sorted(entry.parent.name for entry in _SHIPPED.glob("*/profile.json")))


def files_of(folder: Path) -> tuple[Path, Path]:
    """Return the files that make up a profile: what describes it, and its arrays."""
    return folder / "profile.json", folder / "arrays.safetensors"


def find(name_or_path: str | Path) -> Path:
    """Return the folder of a profile.

    Args:
        name_or_path: A shipped profile's name, or the path of a profile's folder.

    Raises:
        InputError: It is neither; the message names the nearest shipped profile.
    """
    names = shipped()
    if str(name_or_path) in names:
        return _SHIPPED / str(name_or_path)
    folder = Path(name_or_path)
    if os.path.isfile(folder / "profile.json"):  # noqa: PTH113 - it takes names of any length
        return folder
    raise InputError(
        Problem(
            where="profile",
            what="name or path",
            value=name_or_path,
            rule="must be a shipped profile or a folder that holds profile.json",
            remedy=did_you_mean(str(name_or_path), names),
        )
    )
