"""A trained ladder on disk: a folded backbone and its units, in half precision, never pickled.

A folder holds ``backbone.safetensors`` and ``unit-1.safetensors`` upwards. Each unit's file names
the digest of the backbone it was trained for and carries its own integer frequency tables.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from models.backbone import Backbone
from models.coding.prior import FrequencyTables
from models.split import SPLITS
from models.units.bottleneck import BottleneckUnit
from models.units.shape import shape_in
from models.weightfile import fill, read, refused, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

__all__ = [
    "SHIPPED",
    "TrainedLadder",
    "halved",
    "load",
    "load_backbone",
    "load_unit",
    "save",
    "save_unit",
]

SHIPPED = "shapes-224"
_MOST_NUMBERS = 255  # what the wire has room for
_WIDEST = 4.0  # a damaged file must not make us take more memory
_HOME = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedLadder:
    """What a folder of weights holds.

    Attributes:
        backbone: Folded, in evaluation mode, float32.
        units: Ascending rate, sealed, in evaluation mode, float32.
        folder: Where they were read from.
        digest: SHA-256 of the backbone's file, in hex.
        about: What its training wrote down: seed, images shown, scores on the selection split.
    """

    backbone: Backbone
    units: tuple[BottleneckUnit, ...]
    folder: Path
    digest: str
    about: dict[str, Any]

    def storage_bytes(self, unit: BottleneckUnit | None = None) -> int:
        """Return the size of a unit's file, or of the backbone's."""
        name = unit.name if unit else "backbone"
        return (self.folder / f"{name}.safetensors").stat().st_size


def halved(module: nn.Module) -> nn.Module:
    """Round a module's numbers to what half precision can hold, in place."""
    with torch.no_grad():
        for value in (*module.parameters(), *module.buffers()):
            if value.dtype.is_floating_point:
                value.copy_(value.half())
    return module


def save(folder: Path, backbone: Backbone, about: Mapping[str, Any]) -> str:
    """Write a folded backbone; return the digest that its units must name.

    Args:
        folder: Where ``backbone.safetensors`` goes.
        backbone: Folded.
        about: What is to be known about its training.
    """
    return write(folder / "backbone.safetensors", backbone, {**about, "width": backbone.width}, {})


def save_unit(
    folder: Path, unit: BottleneckUnit, about: Mapping[str, Any], *, backbone: str
) -> None:
    """Write a sealed unit beside the backbone of the given digest."""
    if unit.tables is None:
        raise ValueError("a unit must be sealed before it is saved")
    extra = {name: torch.from_numpy(value) for name, value in unit.tables.arrays().items()}
    facts = {**about, "backbone": backbone, "number": unit.number} | asdict(unit.shape)
    write(folder / f"{unit.name}.safetensors", unit, facts, extra)


def load_backbone(folder: Path) -> tuple[Backbone, str, dict[str, Any]]:
    """Return the backbone in a folder, its digest and what is known about it.

    Raises:
        InputError: The file is missing, damaged or not a backbone of ours.
    """
    path = folder / "backbone.safetensors"
    tensors, about = read(path)
    width = about.get("width", 1.0)
    if not isinstance(width, float) or not 1 <= width <= _WIDEST:
        raise refused(path, width, f"must name its width, 1.0 to {_WIDEST}")
    backbone = Backbone(width).fold()
    fill(path, backbone, tensors)
    return backbone, hashlib.sha256(path.read_bytes()).hexdigest(), about


def load_unit(
    path: Path, digest: str, *, split: str = "middle", width: float = 1.0
) -> BottleneckUnit:
    """Return the unit in a file, named like the file.

    Args:
        path: The file.
        digest: Of the backbone that the unit must be trained for.
        split: The split point at which it must stand, one of ``models.split.SPLITS``.
        width: Of that backbone.

    Raises:
        InputError: The file is missing, damaged or foreign, of another backbone or split point.
    """
    tensors, about = read(path)
    if about.get("backbone") != digest:
        raise refused(path, about.get("backbone"), f"must be trained for the backbone {digest}")
    number, shape = about.get("number"), shape_in(path, about)
    if not isinstance(number, int) or not 0 <= number <= _MOST_NUMBERS:
        raise refused(path, number, f"must name its number, at most {_MOST_NUMBERS}")
    features = SPLITS[split].features_at(width)
    if shape.features != features:
        rule = f"must be of the {split} split point's features {features}"
        raise refused(path, shape.features, rule)
    prior = {k: tensors.pop(k).numpy() for k in tuple(tensors) if k.startswith("prior.")}
    unit = BottleneckUnit(number, shape, name=path.stem)
    fill(path, unit, tensors)
    unit.tables = FrequencyTables.from_arrays(prior, str(path))
    if unit.tables.channels != shape.channels:
        raise refused(path, unit.tables.channels, f"must hold tables for {shape.channels} channels")
    return unit


def load(folder: Path | str = SHIPPED) -> TrainedLadder:
    """Return the ladder in a folder, or the shipped one of that name.

    Raises:
        InputError: A file is missing, damaged or foreign, or a unit belongs to another backbone.
    """
    here = _HOME / folder if isinstance(folder, str) else folder
    backbone, digest, about = load_backbone(here)
    paths = sorted(here.glob("unit-*.safetensors"), key=lambda path: (len(path.name), path.name))
    units = [load_unit(path, digest, width=backbone.width) for path in paths]
    if not units and not any(
        path for split in SPLITS for path in here.glob(f"{split}-*.safetensors")
    ):
        raise refused(here, here.name, "must hold at least one unit")
    return TrainedLadder(
        backbone=backbone, units=tuple(units), folder=here, digest=digest, about=about
    )
