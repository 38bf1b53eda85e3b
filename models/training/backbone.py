"""Training of a backbone: all three tasks at once, from a seed or going on, in bfloat16."""

from __future__ import annotations

import copy
import json
import math
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import torch

from models.backbone import SPLIT_AFTER, Backbone
from models.scenes.vocabulary import CHROMAS, TEXTURES
from models.split import cut
from models.training.batches import batch_rows, take
from models.training.checkpoint import keep, restore
from models.training.tasks import coaching_loss, distillation_loss, supervised_loss
from models.training.team import ALONE, Member
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor, nn

    from models.backbone import Outputs
    from models.training.frames import FrameSet

__all__ = ["BackboneRecipe", "follow", "learning_rate", "train_backbone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneRecipe:
    """How the backbone is trained; ``images`` counts every showing of a frame."""

    seed: int
    images: int
    batch: int = 64
    peak_rate: float = 2.5e-3
    decay: float = 0.02
    averaging: float = 0.998
    keep_every: int = 250

    @property
    def steps(self) -> int:
        """Number of optimiser steps."""
        return self.images // self.batch


def learning_rate(step: int, steps: int, peak: float) -> float:
    """Return a rate that climbs for 4 % of the run and falls as a cosine (arXiv 1608.03983).

    Example:
        >>> [round(learning_rate(k, 100, 1.0), 2) for k in (0, 3, 52, 99)]
        [0.25, 1.0, 0.5, 0.0]
    """
    warm = max(1, steps // 25)
    if step < warm:
        return peak * (step + 1) / warm
    done = (step - warm) / max(1, steps - warm)
    return peak * 0.5 * (1 + math.cos(math.pi * done))


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, share: float) -> None:
    """Move a running average of a network's numbers towards it (Polyak averaging)."""
    own = average.state_dict()
    for name, value in network.state_dict().items():
        if value.dtype.is_floating_point:
            own[name].lerp_(value, 1 - share)
        else:
            own[name].copy_(value)


def train_backbone(
    folder: Path,
    recipe: BackboneRecipe,
    frames: FrameSet,
    *,
    start: Backbone | None = None,
    teacher: Backbone | None = None,
    member: Member = ALONE,
    tell: Callable[[str], None] = lambda _line: None,
) -> Backbone:
    """Train a backbone, going on from a checkpoint of the same run where there is one.

    Args:
        folder: Where the checkpoint lies.
        recipe: How to train.
        frames: The training frames.
        start: The network to go on from, which is left as it is; by default a new one.
        teacher: A network in evaluation mode whose answers count beside the truth; by default
            none's do.
        member: This process's place in the team that trains the network.
        tell: Called with a line of progress.

    Returns:
        The running average of the network, unfolded unless ``start`` is folded, in evaluation
        mode.
    """
    torch.manual_seed(recipe.seed)
    network = copy.deepcopy(start).requires_grad_() if start else Backbone()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    head, tail = cut(network, after=SPLIT_AFTER).head, network.tail
    coach = torch.nn.Conv2d(tail.see.conv.in_channels, len(TEXTURES) + len(CHROMAS), 1)
    average: Backbone = copy.deepcopy(network)
    learners = torch.nn.ModuleList([network, coach])
    optimiser = torch.optim.AdamW(learners.parameters(), weight_decay=recipe.decay)
    run = json.dumps([asdict(recipe), asdict(frames.recipe), *([start.width] if start else [])])
    parts = {"network": network, "average": average, "coach": coach}
    done = restore(folder / "backbone.safetensors", run=run, parts=parts, optimiser=optimiser)
    began, losses = time.monotonic(), [0.0]
    network.train()
    for step in range(done, recipe.steps):
        rows = batch_rows(
            seed=recipe.seed, purpose="backbone", step=step, size=recipe.batch, total=len(frames)
        )
        way = int(generator(recipe.seed, "turn", step).integers(8))
        x, *truth = take(frames, member.share(rows), way=way)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, recipe.steps, recipe.peak_rate)
        with torch.autocast("cpu", torch.bfloat16):
            wide = tail.wide(head(x))
            out, hints = tail.answer(wide), coach(wide)
        loss = supervised_loss(out, *truth) + coaching_loss(hints, *truth)
        if teacher is not None:
            loss = loss + distillation_loss(out, _asked(teacher, x))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        member.agree(learners)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        follow(average, network, min(recipe.averaging, (step + 1) / (step + 10)))
        losses.append(loss.item())
        if (step + 1) % recipe.keep_every == 0 or step + 1 == recipe.steps:
            if member.rank == 0:
                keep(
                    folder / "backbone.safetensors",
                    run=run,
                    step=step + 1,
                    parts=parts,
                    optimiser=optimiser,
                )
            pace = (time.monotonic() - began) / (step + 1 - done)
            recent = losses[-recipe.keep_every :]
            left = (recipe.steps - step - 1) * pace / 60
            tell(
                f"backbone {step + 1}/{recipe.steps} loss {sum(recent) / len(recent):.3f} "
                f"{recipe.batch / pace:.0f} images/s ETA {left:.0f} min"
            )
    average.requires_grad_(requires_grad=False).eval()
    return average


@torch.no_grad()
def _asked(teacher: Backbone, x: Tensor) -> Outputs:
    """Return what a network answers, in bfloat16 like its pupil."""
    with torch.autocast("cpu", torch.bfloat16):
        out: Outputs = teacher(x)
    return out
