"""Payloads of bottleneck units: symbols to wire bytes and back, by range coder and wire format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from models.coding.coder import RangeCoder
from models.coding.symbols import checked
from models.coding.wire import Identity, pack, unpack

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.coding.prior import FrequencyTables


class SymbolCoder(Protocol):
    """Turns symbols to bytes and back."""

    def encode(self, symbols: NDArray[np.integer[Any]]) -> bytes:
        """Return the bytes of symbols ``[channel, position]``."""

    def decode(self, data: bytes, positions: int, where: str = "payload") -> NDArray[np.int32]:
        """Return the symbols ``[channel, position]`` in such bytes."""


class PayloadCodec:
    """One unit's end of the wire.

    Args:
        unit_id: The unit's number on the wire, 0 to 255.
        tables: The unit's frequency tables.
        grid: (height, width) of its symbols.
        coder: What codes the symbols; by default the range coder with the tables.
    """

    def __init__(
        self,
        *,
        unit_id: int,
        tables: FrequencyTables,
        grid: tuple[int, int],
        coder: SymbolCoder | None = None,
    ) -> None:
        """Build the coder and what both ends agree on."""
        self.tables = tables
        self.identity = Identity(
            unit_id=unit_id, tables_digest=tables.digest, shape=(tables.channels, *grid)
        )
        self._coder = coder or RangeCoder(tables)

    def encode(self, symbols: NDArray[np.integer[Any]]) -> bytes:
        """Return the payload of clamped symbols ``[channel, height, width]``, header included.

        Raises:
            ValueError: They are no int32 symbols of this shape, or one lies outside the support.
        """
        given = checked(symbols, self.identity.shape)
        return pack(self._coder.encode(given.reshape(self.tables.channels, -1)), self.identity)

    def decode(self, payload: bytes, where: str = "payload") -> NDArray[np.int32]:
        """Return the symbols ``[channel, height, width]`` of a payload.

        Raises:
            InputError: The payload is cut, damaged, or of another unit.
        """
        _, height, width = self.identity.shape
        coded = unpack(payload, self.identity, where)
        return self._coder.decode(coded, height * width, where).reshape(self.identity.shape)
