"""A layered unit: a base, and enhancements that refine what came before.

Each layer quantises what the layers before it left over, channel by channel, with a finer step of
its own (successive refinement: Equitz and Cover, "Successive refinement of information", IEEE
Transactions on Information Theory 37(2), 1991). So a channel may stand in the base, be refined, or
come in late, as its learned steps say; groups of whole channels would be a special case of that.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.units.levels import Adjustment, LevelDensity
from models.units.sealing import LARGEST, clamped
from models.units.transform import Transform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.coding.density import Mixture
    from models.coding.prior import FrequencyTables
    from models.units.shape import UnitShape

__all__ = ["LAYERS", "LayeredUnit", "Refined"]

LAYERS = 3


class Refined(NamedTuple):
    """What training sees of a layer.

    Attributes:
        y: What the encoder gave, as known after this layer, with gradients.
        bits: Ideal code length of the layer's symbols, (n,).
    """

    y: Tensor
    bits: Tensor


class LayeredUnit(nn.Module):
    """A unit whose payload comes in layers; any number of them from the base on decodes.

    ::

        features -> encoder -> y -> round(y g1) -> base symbols -----------> payload 1
                               '-> what is left -> round(. g2) -> symbols -> payload 2
                                                '-> what is left -> round(. g3) -> ...
        features <- decoder, told how many layers <- sum of symbols / gain

    Attributes:
        name: ``"layered"``.
        number: What the wire format carries; the hash tells the layers apart.
        shape: Its size.
        tables: By layer the prior as integers; none until `seal`.
    """

    name = "layered"
    number = 52

    def __init__(self, shape: UnitShape) -> None:
        """Make an untrained unit whose steps halve from layer to layer."""
        super().__init__()
        self.shape = shape
        self.tables: tuple[FrequencyTables, ...] = ()
        self.core = Transform(shape)
        gains = torch.arange(LAYERS, dtype=torch.float32)[:, None] * 0.7
        self.gain = nn.Parameter(gains.repeat(1, shape.channels))  # logarithms
        self.settled = Adjustment(LAYERS, shape.channels)
        self.placed = Adjustment(LAYERS, shape.width)
        self.widened = Adjustment(LAYERS, shape.features[0])
        self.density = LevelDensity(LAYERS, shape.channels)

    def forward(
        self, features: Tensor, lasts: Tensor, noise: Tensor
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Pass features through the unit as in training.

        Args:
            features: float (n, *shape.features).
            lasts: int (n,), the last layer that each frame is decoded with, from 0.
            noise: uniform in -0.5..0.5, float (layers, n, C_r, *grid).

        Returns:
            The features after the unit, and by layer the ideal code length of each frame in bits,
            (n,), be it among those decoded or not.
        """
        layers = self._refine(self.core.analyse(features).float(), noise)
        y = torch.stack([layer.y for layer in layers])[lasts, torch.arange(len(lasts))]
        return self._synthesise(y, lasts), tuple(layer.bits for layer in layers)

    @torch.inference_mode()
    def encode(self, features: Tensor, layers: int = LAYERS) -> list[Tensor]:
        """Return the integer symbols of features, base first, each int32 (n, C_r, *grid)."""
        left, symbols = self.core.analyse(features).float(), []
        for k in range(layers):
            gain = self._gain(k)
            coded = clamped(left * gain, self.tables[k] if self.tables else None)
            symbols.append(coded)
            left = left - coded / gain
        return symbols

    @torch.inference_mode()
    def decode(self, symbols: Sequence[Tensor]) -> Tensor:
        """Return the features that some layers' symbols stand for, float32; the base comes first.

        Raises:
            ValueError: There is no layer, or there are more than the unit has.
        """
        if not 0 < len(symbols) <= LAYERS:
            msg = f"1 to {LAYERS} layers can be decoded, not {len(symbols)}"
            raise ValueError(msg)
        y = sum((coded / self._gain(k) for k, coded in enumerate(symbols)), torch.zeros(()))
        return self._synthesise(y, torch.full((len(y),), len(symbols) - 1))

    def digest(self, layer: int) -> bytes:
        """SHA-256 over what a layer is decoded with: the tables from the base up to its own."""
        known = b"".join(table.digest for table in self.tables[: layer + 1])
        return hashlib.sha256(b"splitcast layer" + known).digest()

    def prior(self, layer: int) -> Mixture:
        """Return what a layer's symbols were learned to be like."""
        return self.density.at(torch.tensor([float(layer)]))

    def _gain(self, layer: int) -> Tensor:
        return torch.exp(self.gain[layer])[:, None, None]

    def _refine(self, y: Tensor, noise: Tensor) -> list[Refined]:
        """Quantise what is left again and again, with gradients as of rounding to noise.

        What a layer leaves is its rounding error over its gain. The error passes no gradient, the
        gain does, and so a finer step is seen to leave less to the next layer.
        """
        layers, left = [], y
        for k in range(LAYERS):
            gain = self._gain(k)
            scaled = left * gain
            bits = self.prior(k).bits(scaled + noise[k])
            error = (torch.round(scaled).clamp(-LARGEST, LARGEST) - scaled).detach() / gain
            layers.append(Refined(y + error, bits))
            left = y - y.detach() - error
        return layers

    def _synthesise(self, y: Tensor, lasts: Tensor) -> Tensor:
        place = lasts.to(torch.float32)
        hidden = functional.relu(self.placed(self.core.place(self.settled(y, place)), place))
        wide = functional.pixel_shuffle(self.core.spread(hidden), self.shape.stride)
        return functional.relu(self.core.smooth(functional.relu(self.widened(wide, place))))
