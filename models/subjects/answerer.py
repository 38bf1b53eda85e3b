"""The network that a server runs on decoded frames: the plain backbone, or the codec-aware one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from models.backbone import SPLIT_AFTER
from models.baselines import aware_file
from models.split import cut
from models.subjects.families import AWARE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor, nn

    from models.backbone import Outputs
    from models.ladder import TrainedLadder

__all__ = ["Answerer", "aware_answerer", "plain_answerer"]

_FLOAT_BYTES = 4
_MODULE = "aware"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """A network behind an image or video codec.

    Attributes:
        suffix: What stands behind the codec's name: nothing, or ``-aware``.
        module: What its tail is called among tails, and its head among modules; nothing where the
            server has both anyway.
        head: Its head, which the server runs on decoded frames.
        tail: The rest of it; None for the tail that all units of a backbone share.
        digest: Hash of its weights.
        costs: ``parameters``, ``storage_bytes``, ``memory_bytes`` and ``tail_bytes`` of what the
            server needs beside the plain backbone.
    """

    suffix: str
    module: str
    head: Callable[[Tensor], Tensor]
    tail: Callable[[Tensor], Outputs] | None
    digest: str
    costs: Mapping[str, int]


def plain_answerer(head: Callable[[Tensor], Tensor], digest: str) -> Answerer:
    """Return the plain backbone, which the server has anyway, by its head and its digest."""
    nothing = dict.fromkeys(("parameters", "storage_bytes", "memory_bytes", "tail_bytes"), 0)
    return Answerer(suffix="", module="", head=head, tail=None, digest=digest, costs=nothing)


def aware_answerer(trained: TrainedLadder) -> Answerer | None:
    """Return the codec-aware backbone beside a ladder; None if it has none.

    Raises:
        InputError: Its file is damaged or foreign, or goes on from another backbone.
    """
    found = aware_file.load(trained)
    if found is None:
        return None
    network, digest = found
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    head, tail = cut(network, after=SPLIT_AFTER)
    costs = {
        "parameters": _size(network),
        "storage_bytes": (trained.folder / aware_file.NAME).stat().st_size,
        "memory_bytes": _FLOAT_BYTES * _size(network),
        "tail_bytes": _FLOAT_BYTES * _size(tail),
    }
    return Answerer(suffix=AWARE, module=_MODULE, head=head, tail=tail, digest=digest, costs=costs)


def _size(module: nn.Module) -> int:
    return sum(value.numel() for value in module.parameters())
