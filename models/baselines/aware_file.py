"""The codec-aware backbone on disk, beside the plain one that it goes on from."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from models.backbone import Backbone
from models.weightfile import fill, read, refused, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from models.ladder import TrainedLadder

__all__ = ["NAME", "load", "save"]

NAME = "backbone-aware.safetensors"


def save(folder: Path, network: Backbone, about: Mapping[str, Any], *, backbone: str) -> Path:
    """Write a folded aware backbone beside the plain one of the given digest; return its file."""
    write(folder / NAME, network, {**about, "backbone": backbone}, {})
    return folder / NAME


def load(trained: TrainedLadder) -> tuple[Backbone, str] | None:
    """Return the aware backbone beside a ladder and the digest of its file; None if it has none.

    Args:
        trained: The ladder, from whose backbone it must go on.

    Raises:
        InputError: The file is damaged or foreign, or goes on from another backbone.
    """
    path = trained.folder / NAME
    if not path.exists():
        return None
    tensors, about = read(path)
    if about.get("backbone") != trained.digest:
        rule = f"must go on from the backbone {trained.digest}"
        raise refused(path, about.get("backbone"), rule)
    network = Backbone(trained.backbone.width).fold()
    fill(path, network, tensors)
    return network, hashlib.sha256(path.read_bytes()).hexdigest()
