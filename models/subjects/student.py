"""An Entropic Student as a subject: encoder and coder here; decoder and a tail of its own there."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

import torch

from models.backbone import prepare
from models.subjects.bottleneck import Bottleneck
from models.units.student import FRAME
from models.weightfile import resident

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor, nn

    from models.profile.records import UnitKind
    from models.units.student_file import Served

__all__ = ["Taught"]

_FLOAT_BYTES = 4


class Taught(Bottleneck):
    """A student in the ladder: there is no head, and the shared tail is not asked.

    Its costs are those of the encoder and of everything that answers from its payloads; of these,
    ``tail_bytes`` is what its tails take in memory, decoders among them. To switch to it, a device
    loads the encoder alone, which serves all tails.

    Attributes:
        module: Name of the weights that a device loads.

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
        self.module = student.name
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
                "tail_bytes": _FLOAT_BYTES * _size(served.tail),
            },
            load=partial(resident, served.files[0]),
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
