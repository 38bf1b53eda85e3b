"""A learned image codec with a factorised prior: what the units are held against that send frames.

After Ballé, Laparra, Simoncelli, "End-to-end optimized image compression" (ICLR 2017, arXiv
1611.01704), with four stages each way as in Ballé et al. (arXiv 1802.01436). It is trained for
pixels alone and knows of no task; the server runs the whole backbone on the picture it decodes.
Upwards, pictures grow by sub-pixel convolution (Shi et al., arXiv 1609.05158), which takes less
time than a transposed one.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models.coding.density import Density
from models.units.gdn import GDN
from models.units.inverse_gdn import InverseGDN
from models.units.sealing import clamped, counted
from models.units.transform import rounded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.coding.prior import FrequencyTables

__all__ = ["STRIDE", "LearnedPicture", "PictureShape"]

STRIDE = 16
"""By how much symbols are coarser than pixels, in both directions."""

_STAGES = 4
_COLOURS = 3
_LEVELS = 255
_LARGEST = 100  # before there are tables; brightness takes many steps


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureShape:
    """The size of a learned image codec.

    Attributes:
        channels: Of its symbols.
        width: Hidden channels.
    """

    channels: int
    width: int


class LearnedPicture(nn.Module):
    """One rate of the codec.

    ::

        3x224x224 -> 5x5/2, GDN (width) x3 -> 5x5/2 -> channels x14x14 -> round -> symbols -> coder
        3x224x224 <- 3x3, shuffle <- (IGDN, 3x3, shuffle) x3 <----------------- symbols <-----'

    Attributes:
        name: ``"picture-1"`` for the lowest rate, and so on.
        rank: The 1 in ``"picture-1"``.
        number: What the wire format carries for all of them; their tables tell them apart.
        shape: Its size.
        tables: The prior as integers; None until `seal`.
    """

    number = 53

    def __init__(self, rank: int, shape: PictureShape) -> None:
        """Make an untrained codec."""
        super().__init__()
        self.name, self.rank, self.shape = f"picture-{rank}", rank, shape
        self.tables: FrequencyTables | None = None
        self.density = Density(shape.channels)
        hidden = [shape.width] * (_STAGES - 1)
        down, up = OrderedDict[str, nn.Module](), OrderedDict[str, nn.Module]()
        for k, (fine, coarse) in enumerate(
            zip([_COLOURS, *hidden], [*hidden, shape.channels], strict=True), start=1
        ):
            down[f"conv{k}"] = nn.Conv2d(fine, coarse, 5, stride=2, padding=2)
            if k < _STAGES:
                down[f"norm{k}"] = GDN(coarse)
        for k, (coarse, fine) in enumerate(
            zip([shape.channels, *hidden], [*hidden, _COLOURS], strict=True), start=1
        ):
            up[f"conv{k}"] = nn.Conv2d(coarse, 4 * fine, 3, padding=1)
            up[f"grow{k}"] = nn.PixelShuffle(2)
            if k < _STAGES:
                up[f"norm{k}"] = InverseGDN(fine)
        self.analysis, self.synthesis = nn.Sequential(down), nn.Sequential(up)

    def forward(self, x: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Pass pictures through the codec as in training.

        The rate sees noise instead of rounding, the picture sees rounding with a straight-through
        gradient (Minnen and Singh, arXiv 2007.08739).

        Args:
            x: float (n, 3, h, w) in -1..1, h and w multiples of 16.
            noise: uniform in -0.5..0.5, float (n, channels, h / 16, w / 16).

        Returns:
            The pictures after the codec, and the ideal code length of each in bits, (n,).
        """
        y = self.analysis(x).float()
        after: Tensor = self.synthesis(rounded(y).clamp(-_LARGEST, _LARGEST))
        return after.float(), self.density.bits(y + noise)

    @torch.inference_mode()
    def encode(self, x: Tensor) -> Tensor:
        """Return the integer symbols of pictures, int32 (n, channels, h / 16, w / 16)."""
        return clamped(self.analysis(x), self.tables, largest=_LARGEST)

    @torch.inference_mode()
    def decode(self, symbols: Tensor) -> NDArray[np.uint8]:
        """Return the pictures that symbols stand for, uint8 (n, h, w, 3)."""
        x = self.synthesis(symbols.to(torch.float32)).clamp(-1, 1)
        levels = torch.round((x + 1) * (_LEVELS / 2)).to(torch.uint8)
        found: NDArray[np.uint8] = levels.permute(0, 2, 3, 1).contiguous().numpy()
        return found

    def seal(self, symbols: NDArray[np.int32]) -> None:
        """Turn the prior into integer tables, from what it learned and from counted symbols.

        Args:
            symbols: int32 (n, channels, h, w), as encoded from training frames.
        """
        self.tables = counted(symbols, self.density)
