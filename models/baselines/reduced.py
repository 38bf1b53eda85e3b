"""CR+BQ: channel reduction and bottleneck quantisation, the plain way to a small feature.

A few channels, a fixed number of bits for each symbol, no rate in the training. As compared with in
Matsubara et al., "Supervised compression for resource-constrained edge computing systems" (WACV
2022, arXiv 2108.11898). Encoder and decoder are those of the bottleneck units, so that nothing but
the quantiser and the loss tells the two apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from models.coding.prior import FrequencyTables
from models.units.transform import Transform, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from models.units.shape import UnitShape

__all__ = ["ReducedUnit"]

_STEPS = (1.5958, 0.9957, 0.5860, 0.3352, 0.1881, 0.1041, 0.0569, 0.0308)
"""By bits from 1: the best uniform step for a Gaussian of unit variance (Max, "Quantizing for
minimum distortion", IRE Transactions on Information Theory 6, 1960, table II)."""


class ReducedUnit(Transform):
    """A unit of CR+BQ: each symbol takes one of 2^bits levels.

    ::

        48x28x28 -> encoder -> C_r x14x14 -> one of 2^bits levels -> symbols -> packed, or coded
        48x28x28 <- decoder <----------------------- levels <------- symbols <------'

    What the encoder gives is of about unit variance; learning moves it against the fixed levels.

    Attributes:
        bits: Bits a symbol, 1 to 8.
        name: Such as ``"crbq-12c-2b"``.
        number: What the wire format carries for every CR+BQ unit; shape and tables tell them apart.
        tables: Counted frequencies of the symbols, for entropy coding; None until `seal`.

    Example:
        >>> from models.units.shape import UnitShape
        >>> unit = ReducedUnit(UnitShape(channels=12), 2)
        >>> unit.name, unit.lowest, unit.levels
        ('crbq-12c-2b', -2, 4)
    """

    number = 61

    def __init__(self, shape: UnitShape, bits: int) -> None:
        """Make an untrained unit."""
        super().__init__(shape)
        self.bits = bits
        self.name = f"crbq-{shape.channels}c-{bits}b"
        self.levels = 1 << bits
        self.lowest = -self.levels // 2
        self.tables: FrequencyTables | None = None
        self._step = _STEPS[bits - 1]

    def forward(self, features: Tensor) -> Tensor:
        """Pass features through the unit, with a straight-through gradient where it rounds."""
        place = self.analyse(features).float() / self._step - 0.5
        inside = place.clamp(self.lowest - 0.499, self.lowest + self.levels - 0.501)
        return self.synthesise(rounded(inside))

    def synthesise(self, symbols: Tensor) -> Tensor:
        """Return features, float (n, 48, 28, 28), from symbols given as floats."""
        return super().synthesise((symbols + 0.5) * self._step)

    @torch.inference_mode()
    def encode(self, features: Tensor) -> Tensor:
        """Return the integer symbols of features, int32 (n, C_r, 14, 14)."""
        place = torch.round(self.analyse(features) / self._step - 0.5)
        return place.clamp(self.lowest, self.lowest + self.levels - 1).to(torch.int32)

    def seal(self, symbols: NDArray[np.int32]) -> None:
        """Count symbols into integer tables.

        Args:
            symbols: int32 (n, C_r, 14, 14), as encoded from training frames.
        """
        counts = [
            np.bincount((symbols[:, c] - self.lowest).ravel(), minlength=self.levels) + 1.0
            for c in range(self.channels)
        ]
        self.tables = FrequencyTables.from_probabilities(np.stack(counts), self.lowest)
