"""A unit with several tables as it lies beside a ladder, and what measuring asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

import torch

from models.units import several_file
from models.units.continuous import ContinuousUnit
from models.units.layered import LayeredUnit
from models.weightfile import resident

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from models.ladder import TrainedLadder

__all__ = ["Kept", "kept"]

_Unit = TypeVar("_Unit", ContinuousUnit, LayeredUnit)
_FLOAT_BYTES = 4


@dataclass(frozen=True, slots=True)
class Kept(Generic[_Unit]):
    """A unit, read from its file.

    Attributes:
        unit: Sealed, in the memory order that convolutions on processors like best.
        known: What its sizes and scores depend on.
        costs: Its parameters, storage and memory.
        load: Loads its weights from disk.
    """

    unit: _Unit
    known: bytes
    costs: Mapping[str, int]
    load: Callable[[], object]


def kept(trained: TrainedLadder, kind: type[_Unit]) -> Kept[_Unit] | None:
    """Return the unit of a kind beside a ladder, or None if there is none.

    Raises:
        InputError: The unit's file is damaged or foreign, or of another backbone.
    """
    file = trained.folder / f"{kind.name}.safetensors"
    if not file.exists():
        return None
    unit = several_file.load(trained.folder, kind, trained.digest)
    unit.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    parameters = sum(value.numel() for value in unit.parameters())
    tables = sum(table.frequencies.size for table in unit.tables)
    costs = {
        "parameters": parameters,
        "storage_bytes": file.stat().st_size,
        "memory_bytes": _FLOAT_BYTES * (parameters + tables),
    }
    known = trained.digest.encode() + file.read_bytes()
    return Kept(unit, known, costs, partial(resident, file))
