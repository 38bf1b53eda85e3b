"""Features as integers: each channel is spread over 2^bits levels between two bounds of its own.

The bounds come from calibration images. Rare values far out would make the steps coarse for all
others, so each channel may be clipped: of a few quantiles the one with the least squared error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from models.coding.prior import FrequencyTables
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["Affine", "Layout"]

_CLIPPED = (0.0, 1e-4, 1e-3, 5e-3, 2e-2)  # shares cut off at either end
_UNSEEN = 0.25  # weight of each level beside the counted ones
_LARGEST_GRID = 255  # what a wire header has room for
_MOST_CHANNELS = 65_535
_IMAGE_DIMS = 3


class Layout(NamedTuple):
    """How one image's features lie: channels, and a grid of positions.

    Attributes:
        shape: (channels, height, width); (tokens, channels); or (channels,).
    """

    shape: tuple[int, ...]

    @property
    def grid(self) -> tuple[int, int, int]:
        """Channels, height and width; tokens are a grid of one column.

        Raises:
            InputError: The wire format has no room for it.
        """
        right = 1 <= len(self.shape) <= _IMAGE_DIMS
        channels, *rest = (self.shape if self._first else self.shape[::-1]) if right else (0,)
        height, width = [*rest, 1, 1][:2]
        if not 0 < channels <= _MOST_CHANNELS or max(height, width) > _LARGEST_GRID:
            raise InputError(
                Problem(
                    where="own network",
                    what="features",
                    value=self.shape,
                    rule="must be (channels, height, width), (tokens, channels) or (channels,), "
                    f"height, width and tokens at most {_LARGEST_GRID}",
                    remedy="split where the features are smaller",
                )
            )
        return channels, height, width

    @property
    def _first(self) -> bool:
        """Whether channels come first."""
        return len(self.shape) != _IMAGE_DIMS - 1

    def to_grid(self, features: Tensor) -> Tensor:
        """Return features (n, ...) as (n, channels, height, width)."""
        front = features if self._first else features.movedim(2, 1)
        return front.reshape(len(features), *self.grid)

    def from_grid(self, features: Tensor) -> Tensor:
        """Return features (n, channels, height, width) as the network has them."""
        if self._first:
            return features.reshape(len(features), *self.shape)
        return features[..., 0].movedim(1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """A quantiser: level = round((x - low) / step), clamped to 0 .. 2^bits - 1.

    Attributes:
        bits: 1 to 8.
        low: float32 [channel], what level 0 stands for.
        step: float32 [channel], > 0.

    Example:
        >>> quantiser = Affine(2, np.float32([-1.0]), np.float32([0.5]))
        >>> levels = quantiser.quantise(torch.tensor([[[[-9.0, -0.3, 0.4]]]]))
        >>> levels.tolist(), quantiser.restore(levels).tolist()
        ([[[[0, 1, 3]]]], [[[[-1.0, -0.5, 0.5]]]])
    """

    bits: int
    low: NDArray[np.float32]
    step: NDArray[np.float32]

    @classmethod
    def calibrated(cls, features: NDArray[np.float32], bits: int) -> Affine:
        """Return the quantiser that fits features [channel, sample] best among the clippings."""
        last = (1 << bits) - 1
        low = np.zeros(len(features), np.float32)
        step = np.ones(len(features), np.float32)
        for channel, values in enumerate(features):
            least = np.inf
            ends = np.quantile(values, (*_CLIPPED, *(1 - share for share in _CLIPPED)))
            for first, second in zip(*ends.reshape(2, -1), strict=True):
                width = max(float(second - first) / last, 1e-12)
                levels = np.rint((values - first) / width).clip(0, last)
                error = float(np.square(levels * width + first - values, dtype=np.float64).mean())
                if error < least:
                    least, low[channel], step[channel] = error, first, width
        return cls(bits, low, step)

    def quantise(self, features: Tensor) -> NDArray[np.int32]:
        """Return levels of features (n, channel, height, width)."""
        low, step = (torch.from_numpy(part)[:, None, None] for part in (self.low, self.step))
        levels = torch.round((features - low.to(features.device)) / step.to(features.device))
        last = (1 << self.bits) - 1
        found: NDArray[np.int32] = (
            levels.nan_to_num(0.0).clamp(0, last).to(torch.int32).cpu().numpy()
        )
        return found

    def restore(self, levels: NDArray[np.int32]) -> Tensor:
        """Return features of levels (n, channel, height, width), float32."""
        low, step = (torch.from_numpy(part)[:, None, None] for part in (self.low, self.step))
        return torch.from_numpy(levels).to(torch.float32) * step + low

    def counted(self, levels: NDArray[np.int32]) -> FrequencyTables:
        """Return frequency tables of levels (n, channel, height, width)."""
        width = 1 << self.bits
        counts = [np.bincount(levels[:, c].ravel(), minlength=width) for c in range(len(self.low))]
        return FrequencyTables.from_probabilities(np.stack(counts) + _UNSEEN, 0)
