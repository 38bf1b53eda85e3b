"""A unit of any rate: one set of weights, and a level that every frame chooses for itself.

The gains are those of Cui et al., "Asymmetric gained deep image compression with continuous rate
adaptation" (CVPR 2021, arXiv 2003.02180): the encoder multiplies each channel before it is rounded,
the decoder by another number after, and between two learned nodes the logarithms run straight.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.units.levels import Adjustment, LevelDensity, between
from models.units.sealing import LARGEST, clamped, counted
from models.units.transform import Transform, rounded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.coding.prior import FrequencyTables
    from models.units.shape import UnitShape

__all__ = ["GRID", "POINTS", "STEPS", "ContinuousUnit", "place_of", "step_of"]

POINTS = {f"any-{k + 1}": k / 5 for k in range(6)}
"""Levels that are measured as operating points, by the names they have in profiles."""

STEPS = 255
"""A level travels as a byte: 0..255 stand for 0..1."""

GRID = 17
"""Levels with frequency tables of their own; others are coded with the nearest one's."""

_NODES = 9


def step_of(level: float) -> int:
    """Return the byte that a level travels as.

    Raises:
        ValueError: The level lies outside 0..1.

    Example:
        >>> step_of(0.0), step_of(0.5), step_of(1.0)
        (0, 128, 255)
    """
    if not 0 <= level <= 1:
        msg = f"a level lies between 0 and 1, not at {level}"
        raise ValueError(msg)
    return round(level * STEPS)


def place_of(step: int) -> int:
    """Return the index of the tables, of `GRID`, that a level's byte is coded with: the nearest.

    Example:
        >>> place_of(0), place_of(128), place_of(255)
        (0, 8, 16)
    """
    return round(step * (GRID - 1) / STEPS)


class ContinuousUnit(nn.Module):
    """A unit that is told its rate frame by frame.

    ::

        features -> 3x3/s -> adjust -> 1x1 -> x gain -> round -> symbols -> range coder -> payload
        features <- 3x3 <- adjust <- spread <- adjust <- 1x1 <- x inverse gain <- symbols <--'

    Gains, adjustments and the prior follow the level; all other weights are shared.

    Attributes:
        name: ``"any"``.
        number: What the wire format carries.
        shape: Its size.
        tables: The prior as integers at ``GRID`` levels from 0 to 1; none until `seal`.
    """

    name = "any"
    number = 51

    def __init__(self, shape: UnitShape) -> None:
        """Make an untrained unit, the same at all levels."""
        super().__init__()
        self.shape = shape
        self.tables: tuple[FrequencyTables, ...] = ()
        self.core = Transform(shape)
        self.gain = nn.Parameter(torch.zeros(_NODES, shape.channels))  # logarithms
        self.inverse = nn.Parameter(torch.zeros(_NODES, shape.channels))
        self.reduced = Adjustment(_NODES, shape.width)
        self.placed = Adjustment(_NODES, shape.width)
        self.widened = Adjustment(_NODES, shape.features[0])
        self.density = LevelDensity(_NODES, shape.channels)

    def forward(self, features: Tensor, levels: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Pass features through the unit as in training.

        Args:
            features: float (n, *shape.features).
            levels: float (n,) in 0..1.
            noise: uniform in -0.5..0.5, float (n, C_r, *grid).

        Returns:
            The features after the unit, and the ideal code length of each frame in bits, (n,).
        """
        y = self._analyse(features, levels).float()
        bits = self.density.at(levels * (_NODES - 1)).bits(y + noise)
        return self._synthesise(rounded(y).clamp(-LARGEST, LARGEST), levels), bits

    @torch.inference_mode()
    def encode(self, features: Tensor, level: float) -> Tensor:
        """Return the integer symbols of features at a level, int32 (n, C_r, *grid).

        Raises:
            ValueError: The level lies outside 0..1.
        """
        step = step_of(level)
        y = self._analyse(features, torch.full((len(features),), step / STEPS))
        return clamped(y, self.tables_at(step) if self.tables else None)

    @torch.inference_mode()
    def decode(self, symbols: Tensor, steps: Tensor) -> Tensor:
        """Return the features that symbols (n, C_r, *grid) stand for, float32.

        Args:
            symbols: As encoded.
            steps: int (n,), the byte that each frame's level travelled as.
        """
        return self._synthesise(symbols.to(torch.float32), steps.to(torch.float32) / STEPS)

    def tables_at(self, step: int) -> FrequencyTables:
        """Return the tables that a level is coded with: those of the nearest one on the grid."""
        return self.tables[place_of(step)]

    @property
    def digest(self) -> bytes:
        """SHA-256 over all tables."""
        return hashlib.sha256(b"".join(table.digest for table in self.tables)).digest()

    def counted_at(self, place: int, symbols: NDArray[np.int32]) -> FrequencyTables:
        """Return integer tables for one level of the grid.

        Args:
            place: Index in the grid.
            symbols: int32 (n, C_r, *grid), as encoded at that level, before there are tables.
        """
        node = torch.tensor([place * (_NODES - 1) / (GRID - 1)])
        return counted(symbols, self.density.at(node))

    def _analyse(self, features: Tensor, levels: Tensor) -> Tensor:
        place = levels * (_NODES - 1)
        hidden = functional.relu(self.reduced(self.core.reduce(features), place))
        y: Tensor = self.core.pick(hidden).float()
        return y * torch.exp(between(self.gain, place))[..., None, None]

    def _synthesise(self, symbols: Tensor, levels: Tensor) -> Tensor:
        place = levels * (_NODES - 1)
        y = symbols * torch.exp(between(self.inverse, place))[..., None, None]
        hidden = functional.relu(self.placed(self.core.place(y), place))
        wide = functional.pixel_shuffle(self.core.spread(hidden), self.shape.stride)
        return functional.relu(self.core.smooth(functional.relu(self.widened(wide, place))))
