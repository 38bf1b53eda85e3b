"""The approximate inverse of generalised divisive normalisation, for decoders of images.

Ballé, Laparra, Simoncelli, "End-to-end optimized image compression" (ICLR 2017, arXiv 1611.01704)::

    x_i = y_i * sqrt(beta_i + sum_j gamma_ij y_j^2)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from models.units.gdn import GDN

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["InverseGDN"]


class InverseGDN(GDN):
    """Multiplies each channel by a root of weighted energies, place by place.

    Example:
        >>> layer = InverseGDN(2)
        >>> with torch.no_grad():
        ...     _ = layer.root_beta.copy_(torch.tensor([0.0, 0.0]))
        ...     _ = layer.root_gamma.copy_(torch.tensor([[1.0, 0.0], [1.0, 1.0]]))
        >>> x = layer(torch.tensor([3.0, 4.0]).reshape(1, 2, 1, 1))
        >>> [round(value, 2) for value in x.flatten().tolist()]
        [9.0, 20.0]
    """

    def forward(self, y: Tensor) -> Tensor:
        """Undo a normalisation of y, float (n, channels, h, w)."""
        gamma = self.gamma[:, :, None, None]
        return y * torch.sqrt(functional.conv2d(y.square(), gamma, self.beta))
