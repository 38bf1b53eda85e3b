"""The learned image codec on disk, beside the backbone that answers from its pictures."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import torch

from models.baselines.learned import LearnedPicture, PictureShape
from models.coding.prior import FrequencyTables
from models.weightfile import fill, read, refused, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["load", "load_all", "save"]

_MOST = 255  # channels of any kind: a damaged file must not make us take more memory


def save(folder: Path, codec: LearnedPicture, about: Mapping[str, Any]) -> Path:
    """Write a sealed codec into a folder of weights; return its file."""
    if codec.tables is None:
        raise ValueError("a codec must be sealed before it is saved")
    path = folder / f"{codec.name}.safetensors"
    extra = {name: torch.from_numpy(value) for name, value in codec.tables.arrays().items()}
    write(path, codec, {**about, "rank": codec.rank} | asdict(codec.shape), extra)
    return path


def load(path: Path) -> LearnedPicture:
    """Return the codec in a file; it was trained for pixels alone, so it belongs to no backbone.

    Raises:
        InputError: The file is missing, damaged or foreign.
    """
    tensors, about = read(path)
    for name in ("rank", "channels", "width"):
        value = about.get(name)
        if not isinstance(value, int) or not 0 < value <= _MOST:
            raise refused(path, value, f"must name its {name}, 1 to {_MOST}")
    prior = {k: tensors.pop(k).numpy() for k in tuple(tensors) if k.startswith("prior.")}
    shape = PictureShape(channels=about["channels"], width=about["width"])
    codec = LearnedPicture(about["rank"], shape)
    fill(path, codec, tensors)
    codec.tables = FrequencyTables.from_arrays(prior, str(path))
    if codec.tables.channels != shape.channels:
        raise refused(path, codec.tables.channels, f"must hold tables for {shape.channels}")
    return codec


def load_all(folder: Path) -> list[LearnedPicture]:
    """Return every learned image codec in a folder of weights, lowest rate first, if any.

    Raises:
        InputError: A file is damaged or foreign.
    """
    codecs = [load(path) for path in folder.glob("picture-*.safetensors")]
    return sorted(codecs, key=lambda codec: codec.rank)
