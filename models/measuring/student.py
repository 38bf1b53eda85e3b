"""An Entropic Student as a subject: encoder and coder here; decoder and a tail of its own there."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

import torch

from models.backbone import prepare
from models.measuring.bottleneck import Bottleneck
from models.units.student import FRAME
from models.weightfile import resident

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from models.profile.records import UnitKind
    from models.units.student_file import Served

__all__ = ["Taught"]

_FLOAT_BYTES = 4


class Taught(Bottleneck):
    """A student in the ladder: there is no head, and the shared tail is not asked.

    Its costs are those of the encoder and of everything that answers from its payloads; of these,
    ``tail_bytes`` is what its tails take in memory, decoders left out.

    Args:
        served: The trained student with its tail, or with its tails.
        backbone: Digest of the backbone that taught it.
    """

    kind: UnitKind = "student"

    def __init__(self, served: Served, backbone: str) -> None:
        """Keep the student, in the memory order that convolutions on processors like best."""
        student, tables = served.student, served.student.tables
        if tables is None:
            raise AssertionError(student.name)  # pragma: no cover - loaded students are sealed
        for part in (student, served.tail):
            part.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        parameters = _size(student) + _size(served.tail)
        super().__init__(
            unit=served,
            tables=tables,
            head=_as_it_is,
            feature_shape=FRAME,
            digest=sha256(
                b"".join([backbone.encode(), *(file.read_bytes() for file in served.files)])
            ).hexdigest(),
            costs={
                "parameters": parameters,
                "storage_bytes": sum(file.stat().st_size for file in served.files),
                "memory_bytes": _FLOAT_BYTES * (parameters + tables.frequencies.size),
                "tail_bytes": _FLOAT_BYTES * sum(_size(tail) for tail in served.tail.behind),
            },
            load=partial(_load, served.files),
            tail=served.tail.answer,
        )

    @property
    def device_steps(self) -> Mapping[str, Callable[..., object]]:
        """Prepare, encoder, range coder."""
        return {
            "prep": prepare,
            "encode": self._symbols,
            "entropy_encode": self._payloads,
        }


def _as_it_is(frames: Tensor) -> Tensor:
    return frames


def _size(module: nn.Module) -> int:
    return sum(value.numel() for value in module.parameters())


def _load(files: Sequence[Path]) -> list[dict[str, Tensor]]:
    return [resident(file) for file in files]
