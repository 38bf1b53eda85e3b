"""Range coding of a unit's symbols to bytes with its integer tables, and back.

Range coding (Martin 1979) as constriction 0.5 implements it (Bamler, "Understanding entropy coding
with asymmetric numeral systems", 2022): about 2 B over the ideal code length a frame, rounding up
to 32-bit words included. Channels follow each other in one stream; every channel is one call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import constriction
import numpy as np

from models.coding.prior import TOTAL
from models.coding.symbols import count
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.coding.prior import FrequencyTables


class RangeCoder:
    """Encodes and decodes symbols ``[channel, position]`` of one unit.

    The entropy models are built once; `perfect=False` on both sides, because streams of the two
    settings do not mix.

    Args:
        tables: The unit's frequency tables.
    """

    def __init__(self, tables: FrequencyTables) -> None:
        """Build one entropy model a channel."""
        self._tables = tables
        self._models = [
            constriction.stream.model.Categorical(row / TOTAL, perfect=False)
            for row in tables.frequencies.astype(np.float64)
        ]

    def encode(self, symbols: NDArray[np.integer[Any]]) -> bytes:
        """Return the bytes of symbols ``[channel, position]`` that lie within the support.

        Raises:
            ValueError: They are no int32 symbols of so many channels, or one lies outside; clamp
                them with ``FrequencyTables.clamp``.
        """
        columns = self._tables.columns(symbols)
        if columns.ndim != 2:  # noqa: PLR2004
            msg = f"symbols must be [channel, position], not {columns.shape}"
            raise ValueError(msg)
        encoder = constriction.stream.queue.RangeEncoder()
        for row, model in zip(columns, self._models, strict=True):
            encoder.encode(row, model)
        words: NDArray[np.uint32] = encoder.get_compressed()
        return words.astype("<u4").tobytes()

    def decode(self, data: bytes, positions: int, where: str = "payload") -> NDArray[np.int32]:
        """Return the symbols ``[channel, position]`` in bytes that :meth:`encode` made.

        Whether the bytes are whole and of this unit is the wire format's business: a damaged
        stream mostly decodes to other symbols without a word.

        Args:
            data: The encoded bytes.
            positions: Number of symbols a channel.
            where: What messages name as the place.

        Raises:
            InputError: The bytes are no stream of this coder.
            ValueError: The number of positions is none.
        """
        count(positions)
        try:
            words = np.frombuffer(data, dtype="<u4").astype(np.uint32)
            decoder = constriction.stream.queue.RangeDecoder(words)
            rows = [decoder.decode(model, positions) for model in self._models]
        except (ValueError, AssertionError) as error:
            raise InputError(
                Problem(
                    where=where,
                    what="coded symbols",
                    value=f"{len(data)} bytes",
                    rule="must be a range-coded stream of this unit",
                    remedy="decode with the tables it was encoded with",
                )
            ) from error
        decoded: NDArray[np.int32] = np.stack(rows) + self._tables.lowest[:, None].astype(np.int32)
        return decoded
