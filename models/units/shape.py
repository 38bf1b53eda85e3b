"""The size of a unit: what it reads, what it sends, and what that costs in multiplications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.backbone import FEATURES
from models.weightfile import refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["UnitShape", "shape_in"]

_MOST, _COARSEST = 1023, 8  # of any unit: a damaged file must not make us take more memory


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitShape:
    """The size of a unit's transform.

    Attributes:
        features: Channels, height and width of what it reads and gives back.
        channels: C_r: channels of its symbols.
        stride: By how much its symbols are coarser than the features, both ways: 1, 2, 4 or 8.
        width: Hidden channels.
        step: Size of the uniform quantiser's step, in units of what the encoder gives.

    Example:
        >>> shape = UnitShape(channels=12)
        >>> shape.grid, shape.encoder_macs, shape.decoder_macs
        ((14, 14), 5569536, 18816000)
    """

    features: tuple[int, int, int] = FEATURES
    channels: int
    stride: int = 2
    width: int = 64
    step: float = 1.0

    @property
    def grid(self) -> tuple[int, int]:
        """Height and width of the symbols."""
        _, height, width = self.features
        return -(-height // self.stride), -(-width // self.stride)

    @property
    def kernel(self) -> int:
        """Side of the encoder's window: 3, or the stride where that would leave gaps."""
        return max(3, self.stride)

    @property
    def margin(self) -> tuple[int, int]:
        """By how many rows and columns the symbols' cells reach beyond the features in all."""
        _, height, width = self.features
        return self.grid[0] * self.stride - height, self.grid[1] * self.stride - width

    @property
    def padding(self) -> tuple[int, int]:
        """Rows and columns of zeros at each side of what the encoder reads."""
        if self.kernel > self.stride:
            return 1, 1
        return (self.margin[0] + 1) // 2, (self.margin[1] + 1) // 2

    @property
    def _cells(self) -> int:
        return self.grid[0] * self.grid[1]

    @property
    def encoder_macs(self) -> int:
        """Multiply-accumulates of encoding a frame: k x k with stride, then 1x1."""
        window = self.kernel**2 * self.features[0]
        return self._cells * (window * self.width + self.width * self.channels)

    @property
    def decoder_macs(self) -> int:
        """Multiply-accumulates of decoding a frame: 1x1, 1x1, shuffle, 3x3."""
        deep, height, width = self.features
        spread = self.channels * self.width + self.width * deep * self.stride**2
        return self._cells * spread + height * width * 9 * deep * deep


def shape_in(path: Path, about: Mapping[str, Any]) -> UnitShape:
    """Return the shape that a file of weights names; what it leaves out is as by default.

    Args:
        path: The file, for messages.
        about: What it says about itself: ``channels``, ``stride``, ``width``, ``step``,
            ``features``.

    Raises:
        InputError: A number is missing, or is none that a unit can have.
    """
    numbers = {
        "channels": about.get("channels"),
        "stride": about.get("stride", 2),
        "width": about.get("width", 64),
    }
    for name, value in numbers.items():
        most = _MOST if name != "stride" else _COARSEST
        if not isinstance(value, int) or not 0 < value <= most:
            raise refused(path, value, f"must name its {name}, 1 to {most}")
    features, step = about.get("features", FEATURES), about.get("step", 1.0)
    if not isinstance(features, list | tuple) or len(features) != len(FEATURES):
        raise refused(path, features, "must name channels, height and width of its features")
    if not all(isinstance(size, int) and 0 < size <= _MOST for size in features):
        raise refused(path, features, f"must name its features' sizes, each 1 to {_MOST}")
    if not isinstance(step, float) or not 0 < step < float("inf"):
        raise refused(path, step, "must name its step, above 0")
    return UnitShape(features=(*features,), step=step, **numbers)
