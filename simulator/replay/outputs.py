"""Tables written whole, or none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["check_outputs", "write_outputs"]


def check_outputs(outputs: Sequence[Path], *, inputs: Sequence[Path]) -> None:
    """Refuse, before the work, places that cannot be written or that hold what is read.

    Raises:
        InputError: With the first of them.
    """
    taken = {path.resolve() for path in inputs}
    for path in outputs:
        if path.is_dir():
            raise _refuse(path, "must be a file", "give the name of a file in that folder")
        if path.resolve() in taken:
            rule = "must be no input and no other output"
            raise _refuse(path, rule, "give another name")
        taken.add(path.resolve())


def write_outputs(tables: dict[Path, str]) -> None:
    """Write tables, each beside its place and then renamed.

    Raises:
        InputError: If the file system refuses.
    """
    for path, text in tables.items():
        try:
            write_atomically(path, text)
        except OSError as error:
            rule = f"cannot be written ({error.strerror})"
            raise _refuse(path, rule, "give a place that can be written") from error


def _refuse(path: Path, rule: str, remedy: str) -> InputError:
    return InputError(
        Problem(where=str(path), what="output", value=path.name, rule=rule, remedy=remedy)
    )
