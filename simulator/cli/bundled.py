"""The scenarios that come with splitcast."""

from __future__ import annotations

from pathlib import Path

from simulator.foundation.errors import InputError, Problem

__all__ = ["scenario_path", "scenarios"]

_FOLDER = Path(__file__).resolve().parents[2] / "scenarios"


def scenarios() -> list[Path]:
    """Return the files of all bundled scenarios, by name.

    Raises:
        InputError: If there are none, because splitcast was installed without them.
    """
    found = sorted(_FOLDER.glob("*.yaml"))
    if not found:
        raise InputError(
            Problem(
                where=str(_FOLDER),
                what="scenarios",
                value="none",
                rule="must hold the bundled scenarios",
                remedy="run from a clone of the repository",
            )
        )
    return found


def scenario_path(name: str) -> Path:
    """Return the file of a bundled scenario.

    Raises:
        InputError: If there are none at all.
    """
    return next(path for path in scenarios() if path.stem == name)
