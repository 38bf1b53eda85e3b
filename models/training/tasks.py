"""Losses of the three tasks: class, box and mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from models.scenes import EMPTY

if TYPE_CHECKING:
    from torch import Tensor

    from models.backbone import Outputs

__all__ = ["distillation_loss", "supervised_loss"]


def supervised_loss(out: Outputs, labels: Tensor, boxes: Tensor, masks: Tensor) -> Tensor:
    """Return the mean loss against the truth: cross-entropy, mask entropy and box distance."""
    seen = (labels != EMPTY).float()
    classes = functional.cross_entropy(out.logits, labels)
    cells = functional.binary_cross_entropy_with_logits(out.mask, masks, reduction="none")
    share = torch.sigmoid(out.mask)
    overlap = 1 - (2 * (share * masks).sum((1, 2)) + 1) / ((share + masks).sum((1, 2)) + 1)
    distance = (out.box - boxes).abs().sum(1) * seen
    return classes + 3 * cells.mean() + 0.3 * overlap.mean() + 0.7 * distance.mean()


def distillation_loss(out: Outputs, teacher: Outputs) -> Tensor:
    """Return the mean distance to the uncompressed network's last layers; needs no labels.

    Knowledge distillation (Hinton, Vinyals, Dean, arXiv 1503.02531), at temperature 1.
    """
    wanted = functional.log_softmax(teacher.logits, dim=1)
    classes = functional.kl_div(
        functional.log_softmax(out.logits, dim=1), wanted, reduction="batchmean", log_target=True
    )
    share = torch.sigmoid(teacher.mask)
    cells = functional.binary_cross_entropy_with_logits(out.mask, share)
    floor = functional.binary_cross_entropy_with_logits(teacher.mask, share)
    seen = 1 - wanted[:, EMPTY].exp()
    distance = ((out.box - teacher.box).abs().sum(1) * seen).mean()
    return classes + 3 * (cells - floor) + 0.7 * distance
