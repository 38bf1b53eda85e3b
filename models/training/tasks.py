"""Losses of the three tasks: class, box and mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from models.backbone import SPLIT_AFTER
from models.scenes import EMPTY
from models.scenes.vocabulary import CHROMAS, TEXTURES
from models.split import cut

if TYPE_CHECKING:
    from torch import Tensor, nn

    from models.backbone import Backbone, Outputs
    from models.training.cache import CachedBatch

__all__ = [
    "coaching_loss",
    "distances",
    "distillation_loss",
    "frozen_tail",
    "likeness_loss",
    "supervised_loss",
    "task_loss",
]


def supervised_loss(out: Outputs, labels: Tensor, boxes: Tensor, masks: Tensor) -> Tensor:
    """Return the mean loss against the truth: cross-entropy, mask entropy and box distance."""
    seen = (labels != EMPTY).float()
    classes = functional.cross_entropy(out.logits, labels)
    cells = functional.binary_cross_entropy_with_logits(out.mask, masks, reduction="none")
    share = torch.sigmoid(out.mask)
    overlap = 1 - (2 * (share * masks).sum((1, 2)) + 1) / ((share + masks).sum((1, 2)) + 1)
    distance = (out.box - boxes).abs().sum(1) * seen
    return classes + 3 * cells.mean() + 0.3 * overlap.mean() + 0.7 * distance.mean()


def coaching_loss(hints: Tensor, labels: Tensor, _boxes: Tensor, masks: Tensor) -> Tensor:
    """Return how badly each cell of the subject tells its texture and chroma by itself.

    Deep supervision (Lee et al., "Deeply-supervised nets", arXiv 1409.5185): fine evidence is
    local, and asking every cell for it finds the filters with far fewer pictures. The layer that
    gives the hints is thrown away after training.

    Args:
        hints: float (n, textures + chromas, 28, 28).
        labels: int64 (n,).
        _boxes: Not needed here.
        masks: float (n, 56, 56).
    """
    cells = functional.avg_pool2d(masks[:, None], 2)[:, 0] * (labels != EMPTY)[:, None, None]
    kinds = labels.clamp(max=EMPTY - 1)
    texture = kinds // len(CHROMAS) % len(TEXTURES)
    chroma = kinds % len(CHROMAS)
    first, second = torch.split(hints.float(), [len(TEXTURES), len(CHROMAS)], dim=1)
    total = torch.zeros_like(cells)
    for said, kind in ((first, texture), (second, chroma)):
        wanted = kind[:, None, None].expand_as(cells)
        total = total + functional.cross_entropy(said, wanted, reduction="none")
    weight = cells / cells.sum((1, 2), keepdim=True).clamp(min=1.0)
    return (total * weight).sum((1, 2)).mean()


def distances(out: Outputs, teacher: Outputs) -> dict[str, Tensor]:
    """Return the mean distance to the uncompressed network's last layers, task by task.

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
    return {
        "classification": classes,
        "segmentation": 3 * (cells - floor),
        "detection": 0.7 * distance,
    }


def distillation_loss(out: Outputs, teacher: Outputs) -> Tensor:
    """Return the mean distance to the uncompressed network's last layers; needs no labels."""
    apart = distances(out, teacher)
    return apart["classification"] + apart["segmentation"] + apart["detection"]


def frozen_tail(backbone: Backbone, *, after: str = SPLIT_AFTER) -> nn.Module:
    """Return the tail through which units learn, and which learns nothing itself."""
    tail = cut(backbone, after=after).tail.requires_grad_(requires_grad=False)
    return tail.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def likeness_loss(after: Tensor, before: Tensor) -> Tensor:
    """Return the mean squared distance of features relative to their size."""
    apart = (after.float() - before).square().sum((1, 2, 3))
    return (apart / before.square().sum((1, 2, 3)).clamp(min=1.0)).mean()


def task_loss(
    out: Outputs, after: Tensor, batch: CachedBatch, *, truth: float, likeness: float
) -> Tensor:
    """Return the L_task of a unit: the teacher's answers, the labels, the features.

    Args:
        out: What the tail says of the unit's features.
        after: The unit's features.
        batch: What they were made from, and what the teacher says.
        truth: Weight of the cross-entropy with the label.
        likeness: Weight of the feature distance.
    """
    return (
        distillation_loss(out, batch.teacher)
        + truth * functional.cross_entropy(out.logits, batch.labels)
        + likeness * likeness_loss(after, batch.features)
    )
