"""Tables written whole, or none of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from simulator.foundation.files import write_atomically
from simulator.foundation.places import refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["check_outputs", "write_outputs"]


def check_outputs(outputs: Sequence[Path], *, inputs: Sequence[Path]) -> None:
    """Refuse, before the work, places that hold what is read, or two of the same name.

    Raises:
        InputError: With the first of them.
    """
    taken = {os.path.realpath(path) for path in inputs}  # of a loop of links, too
    for path in outputs:
        if os.path.realpath(path) in taken:
            rule = "must be no input and no other output"
            raise refused(path, path.name, rule, "give another name")
        taken.add(os.path.realpath(path))


def write_outputs(tables: dict[Path, str]) -> None:
    """Write tables, each beside its place and then renamed.

    Raises:
        InputError: If the file system refuses.
    """
    for path, text in tables.items():
        write_atomically(path, text)
