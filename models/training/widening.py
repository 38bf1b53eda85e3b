"""A trained backbone made wider without changing what it answers.

After Chen, Goodfellow and Shlens, "Net2Net: accelerating learning via knowledge transfer" (arXiv
1511.05641): new channels copy old ones, and whoever reads a channel and its copies shares its old
weight out among them. Here every reading weight is shared out by chance of its own, instead of
evenly with noise on top: copies then get different gradients, and nothing has changed at all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.backbone import Backbone, Tail
from models.split import SPLITS
from models.units.bottleneck import BottleneckUnit
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor, nn

_SPOT = 4  # what the layer that places the box reads beside the pooled features

__all__ = ["copies", "shared_out", "widened", "widened_unit"]

# Each layer with the group of channels that it reads and the one that it writes; "" stays as it is.
# Whatever is added up must be of one group.
_LAYERS = {
    "stem.conv": ("", "stem"),
    "reduce.conv": ("stem", "split"),
    "tail.wide.0.conv": ("split", "inner"),
    "tail.wide.1.conv": ("inner", "wide"),
    "tail.middle.0.first.conv": ("wide", "first"),
    "tail.middle.0.second.conv": ("first", "middle"),
    "tail.middle.0.shortcut.conv": ("wide", "middle"),
    "tail.middle.1.first.conv": ("middle", "second"),
    "tail.middle.1.second.conv": ("second", "middle"),
    "tail.deep.first.conv": ("middle", ""),
    "tail.deep.shortcut.conv": ("middle", ""),
    "tail.deep_to_middle.conv": ("", "middle"),
    "tail.middle_to_wide.conv": ("middle", "wide"),
    "tail.see.conv": ("wide", ""),
    "tail.know": ("pooled", ""),
    "tail.locate": ("placed", ""),
}

_AT = {"early": "stem", "middle": "split", "late": "wide"}
"""The group of channels at each split point."""


def copies(channels: int, wanted: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return which old channel each channel of a wider layer is: all of them, then some again.

    Example:
        >>> found = copies(4, 6, np.random.default_rng(1))
        >>> found[:4].tolist(), len(set(found[4:].tolist()))
        ([0, 1, 2, 3], 2)
    """
    rounds = [rng.permutation(channels) for _ in range(-(-wanted // channels) - 1)]
    return np.concatenate([np.arange(channels), *rounds])[:wanted]


def shared_out(weight: Tensor, of: NDArray[np.int64], rng: np.random.Generator) -> Tensor:
    """Return the weights of a layer whose inputs were copied, such that its outputs stay.

    Args:
        weight: float (outputs, inputs, ...).
        of: Which old input each new one is.
        rng: Draws the shares: each between a quarter and three quarters where there is one copy.
    """
    drawn = torch.from_numpy(rng.uniform(0.5, 1.5, size=(len(weight), len(of)))).to(weight.dtype)
    index = torch.from_numpy(of)
    total = torch.zeros(weight.shape[:2], dtype=weight.dtype).index_add_(1, index, drawn)
    share = drawn / total[:, index]
    return weight[:, index] * share.reshape(*share.shape, *(1,) * (weight.dim() - 2))


def widened(backbone: Backbone, width: float, *, seed: int) -> Backbone:
    """Return a wider network that answers as a folded backbone does.

    Its normalisations stay folded: their statistics are part of the weights by now, fresh ones
    would have to be estimated anew, and a step without them takes half the time.

    Args:
        backbone: Folded, of width 1.
        width: How many times as many channels; at least 1.
        seed: Of the copies and the shares.
    """
    wide = Backbone(width).fold()
    old, new = dict(backbone.named_modules()), dict(wide.named_modules())
    groups = {
        writes: _group(writes, len(_weight(old[name])), len(_weight(new[name])), seed)
        for name, (_, writes) in _LAYERS.items()
        if writes
    }
    groups |= _pooled(groups["wide"], groups["middle"], backbone.tail)
    numbers = backbone.state_dict()
    for name, (reads, writes) in _LAYERS.items():
        weight, bias = numbers[f"{name}.weight"], numbers[f"{name}.bias"]
        if reads:
            weight = shared_out(weight, groups[reads], generator(seed, "shared weights", name))
        if writes:
            weight, bias = weight[groups[writes]], bias[groups[writes]]
        numbers |= {f"{name}.weight": weight, f"{name}.bias": bias}
    wide.load_state_dict(numbers)
    return wide


def widened_unit(
    unit: BottleneckUnit, width: float, *, seed: int, split: str = "middle"
) -> BottleneckUnit:
    """Return a unit that does for a widened backbone what another does for the old one.

    Its symbols are the old unit's; it has no tables yet.

    Args:
        unit: Of the backbone of width 1.
        split: The split point that it stands at, one of ``models.split.SPLITS``.
        width: Of the widened backbone.
        seed: The one that the backbone was widened with.
    """
    features = SPLITS[split].features_at(width)
    of = _group(_AT[split], unit.shape.features[0], features[0], seed)
    wide = BottleneckUnit(unit.number, replace(unit.shape, features=features), name=unit.name)
    numbers = unit.state_dict()
    for name in ("reduce", "smooth"):
        rng = generator(seed, "shared weights", f"{unit.name}.{name}")
        numbers[f"{name}.weight"] = shared_out(numbers[f"{name}.weight"], of, rng)
    # What is shuffled into a channel lies in stride^2 outputs in a row.
    cells = np.arange(unit.shape.stride**2)
    rows = {"smooth": of, "spread": (of[:, None] * len(cells) + cells).ravel()}
    for name, row in rows.items():
        for part in ("weight", "bias"):
            numbers[f"{name}.{part}"] = numbers[f"{name}.{part}"][row]
    wide.load_state_dict(numbers)
    return wide.eval()


def _group(name: str, channels: int, wanted: int, seed: int) -> NDArray[np.int64]:
    """Return the copies of a group of channels, the same for all who read or write it."""
    return copies(channels, wanted, generator(seed, "copied channels", name))


def _weight(layer: nn.Module) -> Tensor:
    """Return the weights of a convolution or a linear layer."""
    return layer.get_parameter("weight")


def _pooled(
    wide: NDArray[np.int64], middle: NDArray[np.int64], tail: Tail
) -> dict[str, NDArray[np.int64]]:
    """Return the groups that the answering layers read, in the order in which a tail pools."""
    local, between = int(wide.max()) + 1, int(middle.max()) + 1
    twice = [wide, local + middle, local + between + wide, 2 * local + between + middle]
    same = np.arange(2 * (local + between), tail.locate.in_features)
    pooled = np.concatenate([*twice, same])
    return {"pooled": pooled[: len(pooled) - _SPOT], "placed": pooled}
