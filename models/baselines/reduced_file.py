"""CR+BQ units on disk, beside the backbone they were trained for."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import torch

from models.baselines.reduced import ReducedUnit
from models.coding.prior import FrequencyTables
from models.units.shape import shape_in
from models.weightfile import fill, read, refused, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["load", "load_all", "save"]

_MOST_BITS = 8


def save(folder: Path, unit: ReducedUnit, about: Mapping[str, Any], *, backbone: str) -> Path:
    """Write a sealed unit beside the backbone of the given digest; return its file."""
    if unit.tables is None:
        raise ValueError("a unit must be sealed before it is saved")
    path = folder / f"{unit.name}.safetensors"
    extra = {name: torch.from_numpy(value) for name, value in unit.tables.arrays().items()}
    facts = {**about, "backbone": backbone, "bits": unit.bits} | asdict(unit.shape)
    write(path, unit, facts, extra)
    return path


def load(path: Path, digest: str) -> ReducedUnit:
    """Return the unit in a file, which must be of the backbone of the given digest.

    Raises:
        InputError: The file is missing, damaged or foreign, or of another backbone.
    """
    tensors, about = read(path)
    if about.get("backbone") != digest:
        raise refused(path, about.get("backbone"), f"must be trained for the backbone {digest}")
    shape, bits = shape_in(path, about), about.get("bits")
    if not isinstance(bits, int) or not 0 < bits <= _MOST_BITS:
        raise refused(path, bits, f"must name its bits, 1 to {_MOST_BITS}")
    prior = {k: tensors.pop(k).numpy() for k in tuple(tensors) if k.startswith("prior.")}
    unit = ReducedUnit(shape, bits)
    fill(path, unit, tensors)
    unit.tables = FrequencyTables.from_arrays(prior, str(path))
    if unit.tables.frequencies.shape != (shape.channels, unit.levels):
        raise refused(path, unit.tables.frequencies.shape, "must hold a table of its levels")
    return unit


def load_all(folder: Path, digest: str) -> list[ReducedUnit]:
    """Return every CR+BQ unit in a folder of weights, most raw bits first; there may be none.

    Raises:
        InputError: A file is damaged or foreign, or of another backbone.
    """
    units = [load(path, digest) for path in folder.glob("crbq-*.safetensors")]
    return sorted(units, key=lambda unit: (-unit.channels * unit.bits, unit.name))
