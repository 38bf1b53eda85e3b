"""What follows the level of a unit with several: numbers laid down at nodes, and between them.

Scale and shift of a layer's channels after Choi, El-Khamy and Lee, "Variable rate deep image
compression with a conditional autoencoder" (arXiv 1909.04802); between two nodes logarithms of
scales run straight, as the gains of Cui et al. (arXiv 2003.02180) do.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.coding.density import Mixture

__all__ = ["Adjustment", "LevelDensity", "between"]


def between(table: Tensor, place: Tensor) -> Tensor:
    """Return rows of a table at real places between its nodes.

    Args:
        table: float (nodes, ...), with two nodes at least.
        place: float (n,) in 0..nodes-1.

    Example:
        >>> between(torch.tensor([[0.0], [2.0], [3.0]]), torch.tensor([0.5, 2.0])).tolist()
        [[1.0], [3.0]]
    """
    low = place.floor().clamp(max=table.shape[0] - 2)
    share = (place - low).reshape(-1, *(1,) * (table.dim() - 1))
    at = low.long()
    return torch.lerp(table[at], table[at + 1], share)


class Adjustment(nn.Module):
    """Scale and shift of a layer's channels, by place; at first it changes nothing."""

    def __init__(self, nodes: int, channels: int) -> None:
        """Make one that changes nothing."""
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(nodes, channels))  # logarithms
        self.shift = nn.Parameter(torch.zeros(nodes, channels))

    def forward(self, x: Tensor, place: Tensor) -> Tensor:
        """Adjust x, float (n, channels, h, w), at places (n,)."""
        scale = torch.exp(between(self.scale, place)).to(x.dtype)[..., None, None]
        return x * scale + between(self.shift, place).to(x.dtype)[..., None, None]


class _Between(Mixture):
    """The mixture at some places."""

    def __init__(self, centre: Tensor, scale: Tensor, weight: Tensor) -> None:
        self.centre, self.scale, self.weight = centre, scale, weight


class LevelDensity(nn.Module):
    """A learned prior that follows the level."""

    def __init__(self, nodes: int, channels: int) -> None:
        """Start with one broad bump a channel at every node."""
        super().__init__()
        self.centre = nn.Parameter(torch.tensor([-1.5, 0.0, 1.5]).repeat(nodes, channels, 1))
        self.scale = nn.Parameter(torch.tensor([0.5, -0.5, 0.5]).repeat(nodes, channels, 1))
        self.weight = nn.Parameter(torch.tensor([-1.0, 1.0, -1.0]).repeat(nodes, channels, 1))

    def at(self, place: Tensor) -> Mixture:
        """Return the prior of frames at places (n,)."""
        return _Between(
            between(self.centre, place), between(self.scale, place), between(self.weight, place)
        )
