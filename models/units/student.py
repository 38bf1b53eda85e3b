"""The Entropic Student's encoder: straight from the frame to symbols, in place of the head.

After Matsubara, Yang, Levorato, Mandt, "Supervised compression for resource-constrained edge
computing systems" (WACV 2022, arXiv 2108.11898): a small encoder with normalisation and a learned
prior takes the place of the network's first layers, and what decodes its symbols is part of a tail
that learned to go with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.coding.density import Density
from models.scenes import SIDE
from models.units.gdn import GDN
from models.units.sealing import clamped, counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.coding.prior import FrequencyTables
    from models.units.shape import UnitShape

__all__ = ["FRAME", "Student"]

FRAME = (3, SIDE, SIDE)
"""Channels, height and width of what a student reads."""

_FINE, _COARSE = 32, 48  # channels of the hidden layers at 28x28 and at 14x14
_FIRST_ON_WIRE = 41


class Student(nn.Module):
    """Encoder and prior of one rate.

    ::

        3x224x224 -> 8x8/8 (32) -> GDN -> relu -> 3x3/2 (48) -> GDN -> 1x1 -> C_r x 14x14
          -> round -> symbols -> range coder -> payload

    Without the rectifier the encoder is linear but for the scales, and learns far more slowly to
    tell textures.

    Attributes:
        name: ``"student-1"`` for the lowest rate, and so on.
        number: What the wire format carries: 41 for ``"student-1"``.
        shape: Of the symbols, and of the features that a decoder makes of them.
        tables: The prior as integers; None until `seal`.
    """

    def __init__(self, rank: int, shape: UnitShape) -> None:
        """Make an untrained student.

        Args:
            rank: 1 for the lowest rate.
            shape: Of symbols 14x14.
        """
        super().__init__()
        self.name = f"student-{rank}"
        self.rank = rank
        self.number = _FIRST_ON_WIRE + rank - 1
        self.shape = shape
        self.tables: FrequencyTables | None = None
        self.look = nn.Conv2d(FRAME[0], _FINE, 8, stride=8)
        self.even = GDN(_FINE)
        self.gather = nn.Conv2d(_FINE, _COARSE, 3, stride=2, padding=1)
        self.level = GDN(_COARSE)
        self.pick = nn.Conv2d(_COARSE, shape.channels, 1)
        self.density = Density(shape.channels)

    @property
    def encoder_macs(self) -> int:
        """Multiply-accumulates of encoding a frame, normalisation included.

        Example:
            >>> from models.units.shape import UnitShape
            >>> Student(1, UnitShape(channels=24)).encoder_macs
            9006592
        """
        height, width = self.shape.grid
        fine = 4 * _FINE * (8 * 8 * FRAME[0] + _FINE)
        coarse = _COARSE * (9 * _FINE + _COARSE + self.shape.channels)
        return height * width * (fine + coarse)

    def analyse(self, frames: Tensor) -> Tensor:
        """Return what is rounded, float (n, C_r, 14, 14), of frames (n, 3, 224, 224)."""
        fine = functional.relu(self.even(self.look(frames)))
        y: Tensor = self.pick(self.level(self.gather(fine)))
        return y

    def fix(self) -> None:
        """Make the trained encoder ready to run: nothing is worked out twice."""
        self.even.fix()
        self.level.fix()

    @torch.inference_mode()
    def encode(self, frames: Tensor) -> Tensor:
        """Return the integer symbols of frames, int32 (n, C_r, 14, 14), all in the tables."""
        return clamped(self.analyse(frames), self.tables)

    def seal(self, symbols: NDArray[np.int32]) -> None:
        """Turn the prior into integer tables, from what it learned and from counted symbols.

        Args:
            symbols: int32 (n, C_r, 14, 14), as encoded from training frames.
        """
        self.tables = counted(symbols, self.density)
