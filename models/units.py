"""Bottleneck units: small codecs of the features at the split point, one for each rate.

After Datta et al., "A low-complexity approach to rate-distortion optimized variable bit-rate
compression for split DNN computing" (ICPR 2022, arXiv 2208.11596): the backbone stays frozen, and
changing the rate is changing the unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.backbone import FEATURES
from models.density import Density
from models.prior import FrequencyTables

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GRID", "BottleneckUnit", "Transform", "rounded"]

GRID = (FEATURES[1] // 2, FEATURES[2] // 2)  # height and width of a unit's symbols
_LARGEST = 24  # symbols lie between -24 and 24; what lies beyond is clamped
_HIDDEN = 64
_PRIOR_COUNT = 20.0  # weight of the learned density beside the counted symbols of a channel


def rounded(y: Tensor) -> Tensor:
    """Round to integers, passing gradients on as if nothing had happened (arXiv 1308.3432)."""
    return y + (torch.round(y) - y).detach()


class Transform(nn.Module):
    """The learned transform around a quantiser: encoder, and mirrored decoder.

    ::

        48x28x28 -> 3x3/2 (64) -> 1x1 -> C_r x14x14 -> symbols
        48x28x28 <- 3x3 (48) <- shuffle <- 1x1 (192) <- 1x1 (64) <- symbols

    Attributes:
        channels: C_r.
    """

    def __init__(self, channels: int) -> None:
        """Make an untrained transform."""
        super().__init__()
        self.channels = channels
        width = FEATURES[0]
        self.reduce = nn.Conv2d(width, _HIDDEN, 3, stride=2, padding=1)
        self.pick = nn.Conv2d(_HIDDEN, channels, 1)
        self.place = nn.Conv2d(channels, _HIDDEN, 1)
        self.spread = nn.Conv2d(_HIDDEN, 4 * width, 1)
        self.smooth = nn.Conv2d(width, width, 3, padding=1)

    def analyse(self, features: Tensor) -> Tensor:
        """Return what the quantiser rounds, float (n, C_r, 14, 14)."""
        y: Tensor = self.pick(functional.relu(self.reduce(features)))
        return y

    def synthesise(self, symbols: Tensor) -> Tensor:
        """Return features, float (n, 48, 28, 28), from symbols given as floats."""
        hidden = functional.relu(self.place(symbols))
        wide = functional.relu(functional.pixel_shuffle(self.spread(hidden), 2))
        return functional.relu(self.smooth(wide))

    @torch.inference_mode()
    def decode(self, symbols: Tensor) -> Tensor:
        """Return the features that symbols (n, C_r, 14, 14) stand for, float32 (n, 48, 28, 28)."""
        return self.synthesise(symbols.to(torch.float32))


class BottleneckUnit(Transform):
    """A unit: encoder, uniform quantiser, learned prior, mirrored decoder.

    ::

        48x28x28 -> encoder -> C_r x14x14 -> round, clamp -> symbols -> range coder -> payload
        48x28x28 <- decoder <------------------------------- symbols <- range coder <--'

    Attributes:
        name: ``"unit-1"`` for the lowest rate, and so on.
        number: The 1 in ``"unit-1"``; the wire format carries it.
        channels: C_r.
        tables: The prior as integers; None until `seal`.
    """

    def __init__(self, number: int, channels: int) -> None:
        """Make an untrained unit."""
        super().__init__(channels)
        self.name = f"unit-{number}"
        self.number = number
        self.tables: FrequencyTables | None = None
        self.density = Density(channels)

    def forward(self, features: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Pass features through the unit as in training.

        The rate sees noise instead of rounding, the task sees rounding with a straight-through
        gradient (Minnen and Singh, arXiv 2007.08739).

        Args:
            features: float (n, 48, 28, 28).
            noise: uniform in -0.5..0.5, float (n, C_r, 14, 14).

        Returns:
            The features after the unit, and the ideal code length of each frame in bits, (n,).
        """
        y = self.analyse(features).float()
        return self.synthesise(rounded(y).clamp(-_LARGEST, _LARGEST)), self.density.bits(y + noise)

    @torch.inference_mode()
    def encode(self, features: Tensor) -> Tensor:
        """Return the integer symbols of features, int32 (n, C_r, 14, 14), all in the tables."""
        y = torch.round(self.analyse(features))
        low, high = -_LARGEST, _LARGEST
        if self.tables is not None:
            lowest = torch.from_numpy(self.tables.lowest).to(y.dtype)[:, None, None]
            highest = lowest + self.tables.frequencies.shape[1] - 1
            return torch.minimum(torch.maximum(y, lowest), highest).to(torch.int32)
        return y.clamp(low, high).to(torch.int32)

    def seal(self, symbols: NDArray[np.int32]) -> None:
        """Turn the prior into integer tables, from what it learned and from counted symbols.

        Args:
            symbols: int32 (n, C_r, 14, 14), as encoded from training frames.
        """
        lowest = int(symbols.min()) - 1
        width = max(3, int(symbols.max()) + 2 - lowest)
        counts = np.stack(
            [
                np.bincount((symbols[:, c] - lowest).ravel(), minlength=width)
                for c in range(self.channels)
            ]
        )
        learned = self.density.table(lowest, width)
        learned /= learned.sum(axis=1, keepdims=True)
        self.tables = FrequencyTables.from_probabilities(counts + _PRIOR_COUNT * learned, lowest)
