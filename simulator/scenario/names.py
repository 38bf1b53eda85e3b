"""Names in a document that mean nothing: families, profiles, policies, files.

A document that is wrong in its structure is never loaded, but what it names can be looked up all
the same, so that everything that is wrong with it is said in one pass.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from models.profile import find as profile_folder
from models.profile import shipped
from policies.table import own_file
from simulator.foundation.errors import InputError, Problem
from simulator.scenario.settings import trail_of
from simulator.scenario.yaml_reader import dotted
from traces.families import family_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from simulator.scenario.yaml_reader import Document, Trail

    _Look: TypeAlias = Callable[[str, Path], None]

__all__ = ["profile_path", "unknown_names"]


def profile_path(name_or_path: str, folder: Path) -> str:
    """Return a profile's name or path as it is looked up from a scenario's folder.

    A word that is neither a path nor a folder is a wrong name: the message should say so.
    """
    # Unlike a Path's method, this one takes names that no file system would.
    is_path = "/" in name_or_path or os.path.exists(folder / name_or_path)  # noqa: PTH110
    return str(folder / name_or_path) if is_path and name_or_path not in shipped() else name_or_path


def unknown_names(document: Document, folder: Path) -> Iterator[Problem]:
    """Yield a problem for each name in a document, or in its sweep, that means nothing.

    Args:
        document: As read; its structure may be wrong in any way.
        folder: What relative paths in it are relative to.
    """
    for stands, leads, value in _values(document.value):
        look: _Look | None = _LOOKS.get(_kind(leads))
        if look is None or not isinstance(value, str) or not value:
            continue
        try:
            look(value, folder)
        except InputError as error:
            place, what = document.place(stands), dotted(leads)
            for problem in error.problems:
                yield replace(problem, where=place, what=what, value=value)


def _values(document: object) -> Iterator[tuple[Trail, Trail, object]]:
    """Yield each value: where it stands, where it leads (of a swept value, elsewhere), itself."""
    if not isinstance(document, dict):
        return
    for key, value in document.items():
        if key != "sweep":
            yield from _inside((key,), (key,), value)
    swept = document.get("sweep")
    zipped = swept.get("zip") if isinstance(swept, dict) else None
    for root, lists in (("sweep",), swept), (("sweep", "zip"), zipped):
        for path, values in lists.items() if isinstance(lists, dict) else ():
            try:
                leads = trail_of(document, path)
            except ValueError:  # said where sweeps are checked
                continue
            for index, value in enumerate(values if isinstance(values, list) else ()):
                yield from _inside((*root, path, index), leads, value)


def _inside(stands: Trail, leads: Trail, value: object) -> Iterator[tuple[Trail, Trail, object]]:
    yield stands, leads, value
    if isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in parts:
            yield from _inside((*stands, key), (*leads, key), inner)


def _kind(leads: Trail) -> tuple[str, ...]:
    """Return what sort of value a place holds: the root, and the last keys that say it."""
    names = [part for part in leads if isinstance(part, str)]
    if not names:
        return ()
    return (names[0], *names[2:])  # without the group's name, or the way


def _profile(value: str, folder: Path) -> None:
    profile_folder(profile_path(value, folder))


def _family(value: str, _: Path) -> None:
    family_named(value)


def _file(value: str, folder: Path) -> None:
    if not os.path.exists(folder / value):  # noqa: PTH110 - as above
        raise _refused(value, "does not exist", "check the path")


def _policy(value: str, folder: Path) -> None:
    file = own_file(value, where="")
    if file is not None:
        _file(str(file), folder)


def _refused(value: str, rule: str, remedy: str) -> InputError:
    return InputError(Problem(where="", what="", value=value, rule=rule, remedy=remedy))


_LOOKS: dict[tuple[str, ...], _Look] = {
    ("streams", "profile"): _profile,
    ("streams", "workload"): _file,
    ("streams", "calibration"): _file,
    ("streams", "policy"): _policy,
    ("streams", "policy", "name"): _policy,
    ("network", "trace", "family"): _family,
    ("network", "trace", "file"): _file,
}
