"""From a network to its head and tail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.own.cut import cut
from models.own.halves import Head, Scaling, Tail
from models.own.trace import trace

if TYPE_CHECKING:
    from torch import nn

__all__ = ["halve"]


def halve(
    model: nn.Module,
    split: str,
    *,
    side: int,
    outputs: int,
    scaling: Scaling,
    processor: str = "cpu",
) -> tuple[Head, Tail]:
    """Cut a network behind a submodule.

    Args:
        model: In evaluation mode; it maps images (n, 3, side, side).
        split: Name of the submodule.
        side: Height and width of the images.
        outputs: How many of its outputs are wanted, from the first on.
        scaling: Of its images.
        processor: Where both halves will run, ``cpu`` or an accelerator.

    Raises:
        InputError: The network cannot be traced, or not be cut there.
    """
    halves = cut(trace(model.to(processor), side, processor), split, outputs)
    head = Head(halves.head, scaling=scaling, side=side, shape=halves.shape)
    return head.to(processor), Tail(halves.tail, halves.order, processor)
