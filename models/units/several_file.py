"""Units with several tables on disk, beside the backbone they were trained for."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from models.backbone import FEATURES
from models.coding.prior import FrequencyTables
from models.units.continuous import GRID, ContinuousUnit
from models.units.layered import LAYERS, LayeredUnit
from models.units.shape import UnitShape, shape_in
from models.weightfile import fill, read, refused, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["load", "save"]

_Unit = TypeVar("_Unit", ContinuousUnit, LayeredUnit)
_COUNTS = {ContinuousUnit.name: GRID, LayeredUnit.name: LAYERS}


def save(
    folder: Path, unit: ContinuousUnit | LayeredUnit, about: Mapping[str, Any], *, backbone: str
) -> Path:
    """Write a sealed unit beside the backbone of the given digest; return its file."""
    if not unit.tables:
        raise ValueError("a unit must be sealed before it is saved")
    path = folder / f"{unit.name}.safetensors"
    extra = {
        f"{k}.{name}": torch.from_numpy(value)
        for k, tables in enumerate(unit.tables)
        for name, value in tables.arrays().items()
    }
    write(path, unit, {**about, "backbone": backbone} | asdict(unit.shape), extra)
    return path


def load(folder: Path, kind: type[_Unit], digest: str) -> _Unit:
    """Return the unit of a kind in a folder of weights.

    Args:
        folder: Where it lies.
        kind: `ContinuousUnit` or `LayeredUnit`.
        digest: Of the backbone that the unit must be trained for.

    Raises:
        InputError: The file is missing, damaged or foreign, or of another backbone.
    """
    path = folder / f"{kind.name}.safetensors"
    tensors, about = read(path)
    if about.get("backbone") != digest:
        raise refused(path, about.get("backbone"), f"must be trained for the backbone {digest}")
    shape = shape_in(path, about)
    if (shape.features, shape.stride) != (FEATURES, UnitShape(channels=1).stride):
        raise refused(path, (shape.features, shape.stride), "must be of the ladder's split point")
    tables = []
    for k in range(_COUNTS[kind.name]):
        names = [name for name in tensors if name.startswith(f"{k}.prior.")]
        arrays = {name.removeprefix(f"{k}."): tensors.pop(name).numpy() for name in names}
        tables.append(FrequencyTables.from_arrays(arrays, str(path)))
        if tables[k].channels != shape.channels:
            rule = f"must hold tables for {shape.channels} channels"
            raise refused(path, tables[k].channels, rule)
    unit = kind(shape)
    fill(path, unit, tensors)
    unit.tables = tuple(tables)
    return unit
