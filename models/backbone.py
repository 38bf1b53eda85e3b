"""The backbone: a small residual network with a light head and a heavy tail.

One network answers three tasks about the subject of a frame: its class, its box, and its mask.
Residual blocks after He et al., "Deep Residual Learning for Image Recognition" (arXiv 1512.03385);
top-down sums after Lin et al., "Feature Pyramid Networks" (arXiv 1612.03144).
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.scenes import CLASSES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "FEATURES",
    "SPLIT_AFTER",
    "Backbone",
    "ConvUnit",
    "Outputs",
    "Tail",
    "prepare",
    "times",
]

FEATURES = (48, 28, 28)  # channels, height, width at the split point of a network of width 1
SPLIT_AFTER = "reduce"  # the layer after which the network is cut
_MASK_CELLS = 56


def times(channels: int, width: float) -> int:
    """Return the channels of a layer in a network of a given width.

    Example:
        >>> [times(48, width) for width in (1.0, 1.25, 2.0)]
        [48, 60, 96]
    """
    return round(channels * width)


class Outputs(NamedTuple):
    """What the tail says about each of n frames.

    Attributes:
        logits: float (n, 33), one for each of ``models.scenes.CLASSES``.
        box: float (n, 4): left, top, right, bottom of the subject in 0..1.
        mask: float (n, 56, 56): logits that a cell shows the subject.
    """

    logits: Tensor
    box: Tensor
    mask: Tensor


class ConvUnit(nn.Module):
    """Convolution, batch normalisation and (unless ``linear``) a rectifier.

    After `fold` the normalisation is part of the convolution, as shipped and measured.
    """

    def __init__(
        self, inputs: int, outputs: int, size: int, *, stride: int = 1, linear: bool = False
    ) -> None:
        """Make an unfolded layer."""
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, padding=(size - stride + 1) // 2)
        self.norm: nn.BatchNorm2d | None = nn.BatchNorm2d(outputs)
        self.linear = linear

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, inputs, h, w) to (n, outputs, ceil(h / stride), ceil(w / stride))."""
        x = self.conv(x)
        if self.norm is not None:
            x = self.norm(x)
        return x if self.linear else functional.relu(x, inplace=True)

    def fold(self) -> None:
        """Multiply the normalisation into the convolution; outputs in eval mode stay the same."""
        if self.norm is None:
            return
        norm, mean, var = self.norm, self.norm.running_mean, self.norm.running_var
        if mean is None or var is None or self.conv.bias is None:
            raise AssertionError  # pragma: no cover - made above with both
        with torch.no_grad():
            scale = norm.weight / torch.sqrt(var + norm.eps)
            self.conv.weight *= scale[:, None, None, None]
            self.conv.bias.copy_((self.conv.bias - mean) * scale + norm.bias)
        self.norm = None


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut, which is 1x1 where the shape changes."""

    def __init__(self, inputs: int, outputs: int, *, stride: int = 1) -> None:
        """Make an unfolded block."""
        super().__init__()
        self.first = ConvUnit(inputs, outputs, 3, stride=stride)
        self.second = ConvUnit(outputs, outputs, 3, linear=True)
        same = inputs == outputs and stride == 1
        self.shortcut = (
            nn.Identity() if same else ConvUnit(inputs, outputs, 1, stride=stride, linear=True)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the rectified sum of both ways."""
        return functional.relu(self.second(self.first(x)) + self.shortcut(x))


class Tail(nn.Module):
    """The heavy part, run by the server.

    ::

        48x28x28 -> wide (64) --+------------------------------> sum -> mask logits 56x56
                                |                                 |         |
                                v                              upsample     | attention
                  middle (112, 14x14) --+--> sum ----> 1x1 -------+         v
                                        |     ^                     pooled features,
                                        v     | 1x1, upsample       moments of the mask
                              deep (192, 7x7) +                             |
                                                          class logits <----+----> box

    In a network of another width the local and the middle layers have that many times as many
    channels. The deep block, half of all numbers and little of the work, and the layers that answer
    keep theirs.
    """

    def __init__(self, width: float = 1.0, classes: int = len(CLASSES)) -> None:
        """Make an unfolded tail."""
        super().__init__()
        inputs, wide, middle = (times(channels, width) for channels in (FEATURES[0], 64, 112))
        deep = 192
        self.wide = nn.Sequential(ConvUnit(inputs, wide, 3), ConvUnit(wide, wide, 3))
        self.middle = nn.Sequential(Block(wide, middle, stride=2), Block(middle, middle))
        self.deep = Block(middle, deep, stride=2)
        self.deep_to_middle = ConvUnit(deep, middle, 1, linear=True)
        self.middle_to_wide = ConvUnit(middle, wide, 1, linear=True)
        self.see = ConvUnit(wide, 24, 3)
        self.mask = nn.Conv2d(24, 4, 1)
        pooled = 2 * (wide + middle) + deep
        self.know = nn.Linear(pooled, 160)
        self.classify = nn.Linear(160, classes)
        self.locate = nn.Linear(pooled + 4, 96)
        self.box = nn.Linear(96, 4)
        nn.init.zeros_(self.box.weight)
        nn.init.zeros_(self.box.bias)

    def forward(self, x: Tensor) -> Outputs:
        """Answer the three tasks from features (n, 48, 28, 28)."""
        return self.answer(self.wide(x))

    def answer(self, wide: Tensor) -> Outputs:
        """Answer the three tasks from local features (n, 64, 28, 28)."""
        middle = self.middle(wide)
        deep = self.deep(middle)
        size = functional.interpolate
        middle = functional.relu(middle + size(self.deep_to_middle(deep), scale_factor=2.0))
        wide = functional.relu(wide + size(self.middle_to_wide(middle), scale_factor=2.0))
        cells = functional.pixel_shuffle(self.mask(self.see(wide)), 2)[:, 0].float()
        coarse = functional.avg_pool2d(torch.sigmoid(cells)[:, None], 2)
        pooled = torch.cat(
            [
                _attend(wide.float(), coarse),
                _attend(middle.float(), functional.avg_pool2d(coarse, 2)),
                wide.float().amax((2, 3)),
                middle.float().amax((2, 3)),
                deep.float().mean((2, 3)),
            ],
            dim=1,
        )
        spot = _moments(coarse[:, 0])
        logits = self.classify(functional.relu(self.know(pooled)))
        nudge = self.box(functional.relu(self.locate(torch.cat([pooled, spot], dim=1)))).float()
        centre = spot[:, :2] + 0.1 * nudge[:, :2]
        half = 2.0 * spot[:, 2:] * torch.exp(nudge[:, 2:].clamp(-3, 3))
        return Outputs(logits.float(), torch.cat([centre - half, centre + half], dim=1), cells)


def _attend(x: Tensor, weight: Tensor) -> Tensor:
    """Return the mean of x (n, c, h, w) where weight (n, 1, h, w) in 0..1 is high, (n, c)."""
    total = weight.sum((2, 3)) + 0.1
    return (x * weight).sum((2, 3)) / total


def _moments(share: Tensor) -> Tensor:
    """Return mean x, mean y, spread x, spread y (n, 4) of a map (n, h, w) of shares."""
    places = (torch.arange(share.shape[-1], dtype=share.dtype, device=share.device) + 0.5) / (
        share.shape[-1]
    )
    total = share.sum((1, 2))[:, None] + 0.05
    found = []
    for axis in (1, 2):
        along = share.sum(axis)
        mean = ((along * places).sum(1, keepdim=True) + 0.025) / total
        spread = (along * (places - mean) ** 2).sum(1, keepdim=True) / total
        found.append((mean, torch.sqrt(spread + 1e-5)))
    return torch.cat([found[0][0], found[1][0], found[0][1], found[1][1]], dim=1)


def _waves() -> Tensor:
    """Return the stem's first weights, (32, 3, 8, 8): Gabor waves in brightness and colour.

    Networks end up with such filters by themselves, but need many pictures to; half of these look
    at luma in eight directions, the rest at the two colour axes in four.
    """
    place = torch.arange(8) - 3.5
    down, across = torch.meshgrid(place, place, indexing="ij")
    window = torch.exp(-(down**2 + across**2) / (2 * 2.6**2))
    axes = torch.tensor([[1.0, 1.0, 1.0], [1.0, -1.0, 0.0], [-0.5, -0.5, 1.0]])
    found = []
    for axis, directions in ((0, 8), (1, 4), (2, 4)):
        for turn in range(directions):
            angle = torch.tensor(math.pi * turn / directions)
            along = torch.cos(angle) * across + torch.sin(angle) * down
            for period, phase in ((5.0, 0.0), (7.5, math.pi / 2)):
                wave = window * torch.cos(2 * math.pi * along / period + phase)
                wave = wave - window * (wave.sum() / window.sum())
                found.append(axes[axis][:, None, None] * wave)
    bank = torch.stack(found)
    return bank / bank.square().sum((1, 2, 3), keepdim=True).sqrt()


class Backbone(nn.Sequential):
    """Head and tail in a row; the head ends with the layer ``SPLIT_AFTER``.

    Attributes:
        width: How many times as many channels its layers have as those drawn below.

    ::

        3x224x224 -> stem 8x8/4 (32, 56x56) -> reduce 3x3/2 (48, 28x28) -> tail
                     '------------------- head -------------------'
    """

    stem: ConvUnit
    reduce: ConvUnit
    tail: Tail

    def __init__(self, width: float = 1.0) -> None:
        """Make an unfolded, untrained network."""
        waves = _waves()
        stem = times(len(waves), width)
        super().__init__(
            OrderedDict(
                stem=ConvUnit(3, stem, 8, stride=4),
                reduce=ConvUnit(stem, times(FEATURES[0], width), 3, stride=2),
                tail=Tail(width),
            )
        )
        self.width = width
        with torch.no_grad():
            self.stem.conv.weight.copy_(waves[torch.arange(stem) % len(waves)])

    def fold(self) -> Backbone:
        """Fold every normalisation into its convolution, for shipping and measuring."""
        for module in self.modules():
            if isinstance(module, ConvUnit):
                module.fold()
        return self


def prepare(images: NDArray[np.uint8]) -> Tensor:
    """Turn frames, uint8 (n, h, w, 3), into the head's input, float32 (n, 3, h, w) in -1..1."""
    # The memory order stays rows, columns, channels: what convolutions on processors like best.
    writable = images if images.flags.writeable else images.copy()  # torch refuses read-only memory
    return torch.from_numpy(writable).permute(0, 3, 1, 2).float().mul_(1 / 127.5).sub_(1.0)
