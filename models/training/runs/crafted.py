"""Crafting of a pattern that inflates payloads: small, the same for all frames, found by gradients.

A universal perturbation (Moosavi-Dezfooli et al., arXiv 1610.08401), found by steps along the sign
of the gradient (Madry et al., arXiv 1706.06083) of the bits that trained units spend on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.backbone import SPLIT_AFTER, prepare
from models.ladder import load_unit
from models.scenes.spikes import AMPLITUDE, TILE_SIDE
from models.split import cut
from models.training import workshop
from models.training.workshop import Footage, Workshop
from simulator.foundation.files import write_atomically
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from models.training.frames import FrameSet
    from models.units.bottleneck import BottleneckUnit

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "craft", "train"]

_PER_LEVEL = 2 / 255  # pixels are shown to the network in -1..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a pattern is crafted.

    Attributes:
        footage: Which frames.
        units: Numbers of the bottleneck units whose bits are raised, all together.
        steps: Steps along the gradient's sign.
        batch: Frames a step.
    """

    footage: Footage
    units: tuple[int, ...]
    steps: int
    batch: int = 12


FULL = Settings(footage=workshop.FULL, units=(2, 3, 4, 5), steps=80)
"""The schedule of the shipped pattern."""

QUICK = Settings(footage=workshop.QUICK, units=(1, 2), steps=4, batch=4)
"""A look at the machinery in seconds."""


def craft(
    head: Callable[[Tensor], Tensor],
    units: Sequence[BottleneckUnit],
    frames: FrameSet,
    *,
    settings: Settings,
    seed: int = 1,
    tell: Tell = lambda _line: None,
) -> NDArray[np.int16]:
    """Return a pattern, int16 (56, 56, 3) between -8 and 8 levels, that repeats over the frame.

    Args:
        head: The backbone up to the units.
        units: Each spends more bits on what carries the pattern; the mean of the logarithms counts.
        frames: What the pattern is laid over.
        settings: How long.
        seed: Of the first pattern and the order of frames.
        tell: Called with a line of progress.
    """
    rng = generator(seed, "crafted")
    first = rng.uniform(-AMPLITUDE, AMPLITUDE, (1, 3, TILE_SIDE, TILE_SIDE)).astype(np.float32)
    tile = torch.from_numpy(first).requires_grad_()
    times = frames.images.shape[1] // TILE_SIDE
    for step in range(settings.steps):
        rows = np.sort(rng.choice(len(frames), settings.batch, replace=False))
        laid = prepare(frames.images[rows]) + _PER_LEVEL * tile.tile(1, 1, times, times)
        features = head(laid.clamp(-1, 1))
        bits = torch.stack(
            [unit.density.bits(unit.analyse(features)).mean().log() for unit in units]
        ).mean()
        (slope,) = torch.autograd.grad(bits, tile)
        pace = AMPLITUDE / 4 * (1 - step / settings.steps)
        with torch.no_grad():
            tile.add_(pace * slope.sign()).clamp_(-AMPLITUDE, AMPLITUDE)
        tell(f"crafted {step + 1}/{settings.steps}: {bits.exp().item() / 8:.0f} B a unit and frame")
    whole: NDArray[np.int16] = tile.detach()[0].permute(1, 2, 0).round().numpy().astype(np.int16)
    return whole


def train(
    weights: Path,
    *,
    seed: int = 1,
    settings: Settings = FULL,
    work: Path | None = None,
    workers: int = 2,
    tell: Tell = lambda _line: None,
) -> list[Path]:
    """Craft a pattern against the units in a folder of weights; write it there.

    The one that frames of the set ``spikes`` carry lies in ``models/scenes``; a new one is taken by
    putting it in its place, and then everything about that set is to be measured anew.

    Args:
        weights: A folder of weights as ``runs.ladder.train`` wrote it.
        seed: Of the data, the first pattern and the order.
        settings: ``FULL`` or ``QUICK``.
        work: Where frames are kept; default: beside ``weights``.
        workers: Processes that render.
        tell: Called with a line of progress.

    Returns:
        The file written: a byte a colour and pixel, 0 for -8 levels.

    Raises:
        InputError: There is no backbone or unit in the folder, or one is damaged.
    """
    footage = settings.footage.seeded(seed)
    shop = Workshop.furnished(weights, footage, work=work, workers=workers, tell=tell)
    head = cut(shop.backbone, after=SPLIT_AFTER).head
    units = [load_unit(weights / f"unit-{k}.safetensors", shop.digest) for k in settings.units]
    tile = craft(head, units, shop.training, settings=settings, seed=seed, tell=tell)
    path = weights / "crafted.u8"
    write_atomically(path, (tile + AMPLITUDE).astype(np.uint8).tobytes())
    return [path]
