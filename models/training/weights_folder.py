"""A folder of weights put in place of an earlier one: nothing but weights of ours is replaced."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from models.weightfile import known
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import write_atomically
from simulator.foundation.places import check_output, hidden_for, writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["put", "refuse_foreign"]


def refuse_foreign(folder: Path) -> None:
    """Refuse, before anything is trained, a folder that is neither empty nor holds weights of ours.

    Raises:
        InputError: It is such a folder, is a file, or cannot be written into.
    """
    check_output(folder, folder=True)
    if not folder.is_dir():
        return
    found = [path for path in folder.iterdir() if not hidden_for(path.name)]
    if found and not any(known(path) for path in found if path.suffix == ".safetensors"):
        problem = Problem(
            where=str(folder),
            what="weights",
            value="a folder with other files",
            rule="must be empty or hold weights of splitcast",
            remedy="give another folder",
        )
        raise InputError(problem)


def put(folder: Path, backbone: Path, units: Sequence[Path]) -> None:
    """Copy a trained ladder into a folder, in place of one that may be there.

    Units name their backbone, so that a folder in which this was cut off is not taken for a ladder.
    Units of ours that the new backbone does not know are removed last; all other files stay.

    Args:
        folder: One that `refuse_foreign` has let pass.
        backbone: The file of the backbone.
        units: The files of its units.
    """
    for path in (*units, backbone):
        write_atomically(folder / path.name, path.read_bytes())
    digest = hashlib.sha256(backbone.read_bytes()).hexdigest()
    kept = {path.name for path in (*units, backbone)}
    with writing(folder):
        for path in folder.glob("*.safetensors"):
            about = None if path.name in kept else known(path)
            if about is None:
                continue
            if path.match("unit-*") or about.get("backbone", digest) != digest:
                path.unlink()
