"""From a learned density to integer tables, and symbols forced into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from models.coding.prior import FrequencyTables

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from models.coding.density import Mixture

__all__ = ["LARGEST", "clamped", "counted"]

LARGEST = 24
"""Before there are tables, symbols lie between -24 and 24; what lies beyond is clamped."""

_PRIOR_COUNT = 20.0  # weight of the learned density beside the counted symbols of a channel


def counted(symbols: NDArray[np.int32], density: Mixture) -> FrequencyTables:
    """Return integer tables from what a prior learned and from counted symbols.

    Args:
        symbols: int32 (n, channels, h, w), as encoded from training frames.
        density: What was learned of the same channels.
    """
    lowest = int(symbols.min()) - 1
    width = max(3, int(symbols.max()) + 2 - lowest)
    counts = np.stack(
        [
            np.bincount((symbols[:, c] - lowest).ravel(), minlength=width)
            for c in range(symbols.shape[1])
        ]
    )
    learned = density.table(lowest, width)
    learned /= learned.sum(axis=1, keepdims=True)
    return FrequencyTables.from_probabilities(counts + _PRIOR_COUNT * learned, lowest)


def clamped(y: Tensor, tables: FrequencyTables | None, *, largest: int = LARGEST) -> Tensor:
    """Return what an encoder gives, (n, channels, h, w), as int32 symbols all in the tables.

    Args:
        y: What the encoder gives.
        tables: None before there are any.
        largest: How far from 0 symbols then may lie.
    """
    whole = torch.round(y)
    if tables is None:
        return whole.clamp(-largest, largest).to(torch.int32)
    lowest = torch.from_numpy(tables.lowest).to(y.dtype)[:, None, None]
    highest = lowest + tables.frequencies.shape[1] - 1
    return torch.minimum(torch.maximum(whole, lowest), highest).to(torch.int32)
