"""The learned factorised prior while it is still differentiable; afterwards it is integer tables.

Fully factorised densities after Ballé et al., "Variational image compression with a scale
hyperprior" (arXiv 1802.01436, appendix 6.1); here each channel is a mixture of three logistics,
integrated over the quantiser's unit bins.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Density", "Mixture"]

_PARTS = 3
_LEAST = 1e-6  # probability of any symbol, so that rare ones cost 20 bits and not infinity


class Mixture:
    """Probability of each channel's symbols, independent of place and of the other channels.

    Attributes:
        centre: Of each channel's logistics, float (channels, 3), or (n, channels, 3) where each
            frame has its own.
        scale: Logarithms of their widths, of the same shape.
        weight: Logits of their shares, of the same shape.
    """

    centre: Tensor
    scale: Tensor
    weight: Tensor

    def likelihood(self, y: Tensor) -> Tensor:
        """Return the probability of the unit bin around each y, float (n, channels, h, w)."""
        weights = functional.softmax(self.weight, dim=-1)
        total = torch.full_like(y, _LEAST)
        for k in range(_PARTS):
            sharp = torch.exp(-self.scale[..., k].clamp(-4, 4))[..., None, None]
            # The logistic is symmetric: working on the negative side keeps far tails exact.
            away = -(y - self.centre[..., k, None, None]).abs()
            bin_ = torch.sigmoid((away + 0.5) * sharp) - torch.sigmoid((away - 0.5) * sharp)
            total = total + weights[..., k, None, None] * bin_
        return total

    def bits(self, y: Tensor) -> Tensor:
        """Return the ideal code length of each frame's symbols, float (n,)."""
        return -torch.log(self.likelihood(y)).sum((1, 2, 3)) / math.log(2)

    @torch.no_grad()
    def table(self, lowest: int, width: int) -> NDArray[np.float64]:
        """Return probabilities of the symbols from ``lowest`` on, float64 (channels, width)."""
        symbols = torch.arange(lowest, lowest + width, dtype=torch.float32)
        grid = symbols.expand(1, self.centre.shape[-2], 1, width)
        return self.likelihood(grid)[0, :, 0].double().numpy()


class Density(nn.Module, Mixture):
    """The mixture of a unit of one rate."""

    def __init__(self, channels: int) -> None:
        """Start with one broad bump a channel."""
        super().__init__()
        self.centre = nn.Parameter(torch.tensor([-1.5, 0.0, 1.5]).repeat(channels, 1))
        self.scale = nn.Parameter(torch.tensor([0.5, -0.5, 0.5]).repeat(channels, 1))  # logarithms
        self.weight = nn.Parameter(torch.tensor([-1.0, 1.0, -1.0]).repeat(channels, 1))
