"""Payloads of the unit of any rate: a byte that says the level, then range-coded symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from models.coding.coder import RangeCoder
from models.coding.symbols import checked, count
from models.coding.wire import Identity, pack, unpack
from models.units.continuous import place_of
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.units.continuous import ContinuousUnit

__all__ = ["ContinuousCodec", "Levelled"]


class Levelled(NamedTuple):
    """A received frame: symbols int32 [channel, height, width], and the byte of their level."""

    symbols: NDArray[np.int32]
    step: int


class ContinuousCodec:
    """One end of the wire of a unit of any rate; both ends hold the tables of all levels.

    Args:
        unit: The trained unit, sealed.
    """

    def __init__(self, unit: ContinuousUnit) -> None:
        """Build the coder of every table."""
        self._coders = [RangeCoder(tables) for tables in unit.tables]
        self.identity = Identity(
            unit_id=unit.number,
            tables_digest=unit.digest,
            shape=(unit.shape.channels, *unit.shape.grid),
        )

    def encode(self, symbols: NDArray[np.integer[Any]], step: int) -> bytes:
        """Return the payload of symbols ``[channel, height, width]``, header included.

        Args:
            symbols: As the unit encoded them at this level.
            step: The byte that the level travels as.

        Raises:
            ValueError: They are no int32 symbols of this shape, or the step is no byte.
        """
        given = checked(symbols, self.identity.shape)
        coder = self._coders[place_of(count(step, "a level's byte"))]
        coded = coder.encode(given.reshape(len(given), -1))
        return pack(bytes([step]) + coded, self.identity)

    def decode(self, payload: bytes, where: str = "payload") -> Levelled:
        """Return the symbols of a payload, and their level.

        Raises:
            InputError: The payload is cut, damaged, or of another unit.
        """
        coded = unpack(payload, self.identity, where)
        if not coded:
            rule, remedy = "must start with a level", "decode whole payloads of this unit"
            raise InputError(
                Problem(where=where, what="payload", value="no bytes", rule=rule, remedy=remedy)
            )
        _, height, width = self.identity.shape
        coder = self._coders[place_of(coded[0])]
        symbols = coder.decode(coded[1:], height * width, where)
        return Levelled(symbols.reshape(self.identity.shape), coded[0])
