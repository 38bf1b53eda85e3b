"""Tails of a student's own: a decoder and the server's part of the network, fine-tuned together.

One tail may answer all tasks; or each task has a tail of its own, and one payload serves them all.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models.backbone import Outputs
from models.units.transform import Decoder

if TYPE_CHECKING:
    from models.backbone import Tail
    from models.units.shape import UnitShape

__all__ = ["TASKS", "OwnTail", "TaskTails"]

TASKS = ("classification", "detection", "segmentation")
"""In the order in which `TaskTails` holds its tails, and `models.backbone.Outputs` its answers."""


class OwnTail(nn.Module):
    """A decoder and a tail.

    ::

        symbols C_r x 14x14 -> decoder -> 48x28x28 -> tail -> class, box, mask
    """

    def __init__(self, shape: UnitShape, tail: Tail) -> None:
        """Put an untrained decoder before a copy of a folded tail."""
        super().__init__()
        self.decoder = Decoder(shape)
        self.tail: Tail = copy.deepcopy(tail)

    def forward(self, symbols: Tensor) -> Outputs:
        """Answer the three tasks from symbols given as floats."""
        answers: Outputs = self.tail(self.decoder.synthesise(symbols))
        return answers

    def decode(self, symbols: Tensor) -> Tensor:
        """Return the features that symbols stand for, float (n, 48, 28, 28)."""
        return self.decoder.decode(symbols)

    def answer(self, features: Tensor) -> Outputs:
        """Answer from decoded features."""
        answers: Outputs = self.tail(features)
        return answers


class TaskTails(nn.Module):
    """A tail for each task, all of them served from the same symbols.

    ::

                   +-> decoder -> tail -> class
        symbols ---+-> decoder -> tail -> box
                   '-> decoder -> tail -> mask
    """

    def __init__(self, tails: list[OwnTail]) -> None:
        """Keep one tail a task, in the order of ``TASKS``."""
        super().__init__()
        self._parts = nn.ModuleList(tails)
        self.tails = tails

    @torch.inference_mode()
    def decode(self, symbols: Tensor) -> Tensor:
        """Return the features of all decoders one after the other, float (n, 3 x 48, 28, 28)."""
        return torch.cat([tail.decode(symbols) for tail in self.tails], dim=1)

    def answer(self, features: Tensor) -> Outputs:
        """Ask each tail, on its own decoder's features, for its own task alone."""
        parts = features.chunk(len(self.tails), dim=1)
        asked = [tail.answer(part) for tail, part in zip(self.tails, parts, strict=True)]
        return Outputs(asked[0].logits, asked[1].box, asked[2].mask)
