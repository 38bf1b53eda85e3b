"""Symbols of a fixed number of bits, one after the other: what is sent without entropy coding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.coding.prior import FrequencyTables
from models.coding.symbols import count, rows
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Packer", "uniform"]


def uniform(channels: int, bits: int) -> FrequencyTables:
    """Return tables in which all 2^bits symbols around 0 are equally likely."""
    levels = 1 << bits
    return FrequencyTables.from_probabilities(np.ones((channels, levels)), -levels // 2)


class Packer:
    """Writes symbols ``[channel, position]`` with a fixed number of bits, highest bit first.

    Args:
        channels: Number of channels.
        bits: Bits a symbol, 1 to 8; symbols lie between -2^(bits-1) and 2^(bits-1) - 1.

    Example:
        >>> packer = Packer(channels=1, bits=2)
        >>> coded = packer.encode(np.array([[-2, -1, 0, 1]]))
        >>> coded.hex(), packer.decode(coded, 4).tolist()
        ('1b', [[-2, -1, 0, 1]])
    """

    def __init__(self, channels: int, bits: int) -> None:
        """Keep both numbers."""
        self._channels, self._bits = channels, bits
        self._lowest = -(1 << bits) // 2

    def encode(self, symbols: NDArray[np.integer[Any]]) -> bytes:
        """Return the bytes of symbols, the last one filled up with zeros.

        Raises:
            ValueError: They are no int32 symbols of so many channels, or one does not fit.
        """
        given = rows(symbols, self._channels)
        if given.size and not self._lowest <= given.min() <= given.max() < -self._lowest:
            msg = f"symbols must lie between {self._lowest} and {-self._lowest - 1}"
            raise ValueError(msg)
        levels = (given - self._lowest).astype(np.uint8).reshape(-1, 1)
        places = np.unpackbits(levels, axis=1)[:, 8 - self._bits :]
        return np.packbits(places).tobytes()

    def decode(self, data: bytes, positions: int, where: str = "payload") -> NDArray[np.int32]:
        """Return the symbols ``[channel, position]`` in bytes that :meth:`encode` made.

        Args:
            data: The packed bytes.
            positions: Number of symbols a channel.
            where: What messages name as the place.

        Raises:
            InputError: There are more or fewer bytes than these symbols take.
            ValueError: The number of positions is none.
        """
        count(positions)
        places = self._channels * positions * self._bits
        if len(data) != -(-places // 8):
            raise InputError(
                Problem(
                    where=where,
                    what="packed symbols",
                    value=f"{len(data)} bytes",
                    rule=f"must be the {-(-places // 8)} bytes of {places} bits",
                    remedy="decode with the unit it was encoded with",
                )
            )
        bits = np.unpackbits(np.frombuffer(data, np.uint8), count=places)
        filled = np.zeros((self._channels * positions, 8), np.uint8)
        filled[:, 8 - self._bits :] = bits.reshape(-1, self._bits)
        levels = np.packbits(filled, axis=1)[:, 0].astype(np.int32)
        found: NDArray[np.int32] = (levels + self._lowest).reshape(self._channels, positions)
        return found
