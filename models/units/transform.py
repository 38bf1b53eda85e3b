"""The learned transform around a quantiser, which all units of features share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from models.units.shape import UnitShape

__all__ = ["Decoder", "Transform", "rounded"]


def rounded(y: Tensor) -> Tensor:
    """Round to integers, passing gradients on as if nothing had happened (arXiv 1308.3432)."""
    return y + (torch.round(y) - y).detach()


class Decoder(nn.Module):
    """The way back from symbols to features.

    ::

        c x h x w <- 3x3 (c) <- shuffle <- 1x1 (c s^2) <- 1x1 (width) <- x step <- symbols

    Attributes:
        shape: Its size.
        channels: C_r.
    """

    def __init__(self, shape: UnitShape, **encoder: nn.Module) -> None:
        """Make an untrained decoder, behind the layers of an encoder if there is one."""
        super().__init__()
        for name, layer in encoder.items():
            self.add_module(name, layer)
        self.shape = shape
        self.channels = shape.channels
        deep = shape.features[0]
        self.place = nn.Conv2d(shape.channels, shape.width, 1)
        self.spread = nn.Conv2d(shape.width, shape.stride**2 * deep, 1)
        self.smooth = nn.Conv2d(deep, deep, 3, padding=1)

    def synthesise(self, symbols: Tensor) -> Tensor:
        """Return features, float (n, *shape.features), from symbols given as floats."""
        hidden = functional.relu(self.place(symbols * self.shape.step))
        wide = functional.pixel_shuffle(self.spread(hidden), self.shape.stride)
        _, height, width = self.shape.features
        top, left = (beyond // 2 for beyond in self.shape.margin)
        inside = wide[..., top : top + height, left : left + width]
        return functional.relu(self.smooth(functional.relu(inside)))

    @torch.inference_mode()
    def decode(self, symbols: Tensor) -> Tensor:
        """Return the features that symbols (n, C_r, *grid) stand for, float32."""
        return self.synthesise(symbols.to(torch.float32))


class Transform(Decoder):
    """The learned transform around a quantiser: encoder, and mirrored decoder.

    ::

        c x h x w -> k x k/s (width) -> 1x1 -> C_r x h/s x w/s -> / step -> symbols
        c x h x w <- decoder <---------------------------------------------- symbols
    """

    reduce: nn.Conv2d
    pick: nn.Conv2d

    def __init__(self, shape: UnitShape) -> None:
        """Make an untrained transform."""
        super().__init__(
            shape,
            reduce=nn.Conv2d(
                shape.features[0],
                shape.width,
                shape.kernel,
                stride=shape.stride,
                padding=shape.padding,
            ),
            pick=nn.Conv2d(shape.width, shape.channels, 1),
        )

    def analyse(self, features: Tensor) -> Tensor:
        """Return what the quantiser rounds, float (n, C_r, *grid)."""
        y: Tensor = self.pick(functional.relu(self.reduce(features)))
        return y / self.shape.step
