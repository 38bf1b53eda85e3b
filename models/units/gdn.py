"""Generalised divisive normalisation: each channel divided by the energy of all channels there.

Ballé, Laparra, Simoncelli, "Density modeling of images using a generalized normalization
transformation" (ICLR 2016, arXiv 1511.06281), with the exponents of image coders (arXiv
1611.01704)::

    y_i = x_i / sqrt(beta_i + sum_j gamma_ij x_j^2)
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["GDN"]

_LEAST = 1e-3  # of beta, so that nothing is ever divided by zero
_OWN, _OTHERS = 0.1, 1e-3  # gamma at first: mostly a channel's own energy


class GDN(nn.Module):
    """Divides each channel by a root of weighted energies, place by place.

    Beta and gamma stay non-negative because they are squares: ``beta = root_beta^2 + 0.001`` and
    ``gamma = root_gamma^2``. The roots are what is learned and stored; rounding them to half
    precision moves beta and gamma by a thousandth of themselves and never below zero.

    Attributes:
        root_beta: float (channels,).
        root_gamma: float (channels, channels).

    Example:
        >>> layer = GDN(2)
        >>> with torch.no_grad():
        ...     _ = layer.root_beta.copy_(torch.tensor([0.0, 0.0]))
        ...     _ = layer.root_gamma.copy_(torch.tensor([[1.0, 0.0], [1.0, 1.0]]))
        >>> y = layer(torch.tensor([3.0, 4.0]).reshape(1, 2, 1, 1))
        >>> [round(value, 3) for value in y.flatten().tolist()]
        [1.0, 0.8]
    """

    def __init__(self, channels: int) -> None:
        """Start with all channels alike, each minding its own energy most."""
        super().__init__()
        gamma = torch.full((channels, channels), _OTHERS) + torch.eye(channels) * (_OWN - _OTHERS)
        self.root_beta = nn.Parameter(torch.ones(channels))
        self.root_gamma = nn.Parameter(gamma.sqrt())
        self._fixed: tuple[Tensor, Tensor] | None = None

    @property
    def beta(self) -> Tensor:
        """What is added under the root, (channels,), above zero."""
        return self.root_beta.square() + _LEAST

    @property
    def gamma(self) -> Tensor:
        """Weight of each channel's energy (second index) for each channel, not below zero."""
        return self.root_gamma.square()

    def fix(self) -> None:
        """Square the roots once and for all: from now on learning would change nothing."""
        self._fixed = (self.gamma.detach()[:, :, None, None], self.beta.detach())

    def forward(self, x: Tensor) -> Tensor:
        """Normalise x, float (n, channels, h, w)."""
        gamma, beta = self._fixed or (self.gamma[:, :, None, None], self.beta)
        return x * torch.rsqrt(functional.conv2d(x.square(), gamma, beta))
