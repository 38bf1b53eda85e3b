"""Bottleneck units: small codecs of the features at the split point, one for each rate.

After Datta et al., "A low-complexity approach to rate-distortion optimized variable bit-rate
compression for split DNN computing" (ICPR 2022, arXiv 2208.11596): the backbone stays frozen, and
changing the rate is changing the unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from models.coding.density import Density
from models.units.sealing import LARGEST, clamped, counted
from models.units.transform import Transform, rounded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from models.coding.prior import FrequencyTables
    from models.units.shape import UnitShape

__all__ = ["BottleneckUnit"]


class BottleneckUnit(Transform):
    """A unit: encoder, uniform quantiser, learned prior, mirrored decoder.

    ::

        c x h x w -> encoder -> C_r x h/s x w/s -> round, clamp -> symbols -> range coder -> payload
        c x h x w <- decoder <--------------------------------- symbols <- range coder <--'

    Attributes:
        name: ``"unit-1"`` for the lowest rate of the ladder, and so on.
        number: What the wire format carries; the 1 in ``"unit-1"``.
        channels: C_r.
        tables: The prior as integers; None until `seal`.
    """

    def __init__(self, number: int, shape: UnitShape, *, name: str | None = None) -> None:
        """Make an untrained unit, by default the ladder's of that number."""
        super().__init__(shape)
        self.name = name or f"unit-{number}"
        self.number = number
        self.tables: FrequencyTables | None = None
        self.density = Density(shape.channels)

    def forward(self, features: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Pass features through the unit as in training.

        The rate sees noise instead of rounding, the task sees rounding with a straight-through
        gradient (Minnen and Singh, arXiv 2007.08739).

        Args:
            features: float (n, *shape.features).
            noise: uniform in -0.5..0.5, float (n, C_r, *grid).

        Returns:
            The features after the unit, and the ideal code length of each frame in bits, (n,).
        """
        y = self.analyse(features).float()
        return self.synthesise(rounded(y).clamp(-LARGEST, LARGEST)), self.density.bits(y + noise)

    @torch.inference_mode()
    def encode(self, features: Tensor) -> Tensor:
        """Return the integer symbols of features, int32 (n, C_r, *grid), all in the tables."""
        return clamped(self.analyse(features), self.tables)

    def seal(self, symbols: NDArray[np.int32]) -> None:
        """Turn the prior into integer tables, from what it learned and from counted symbols.

        Args:
            symbols: int32 (n, C_r, *grid), as encoded from training frames.
        """
        self.tables = counted(symbols, self.density)
