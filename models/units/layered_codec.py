"""Payloads of the layered unit: each layer one of its own, tied to the one that it refines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.coding.coder import RangeCoder
from models.coding.symbols import checked
from models.coding.wire import Identity, pack, unpack
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from models.units.layered import LayeredUnit

__all__ = ["LayeredCodec"]


class LayeredCodec:
    """One end of the wire of a layered unit.

    Args:
        unit: The trained unit, sealed.
    """

    def __init__(self, unit: LayeredUnit) -> None:
        """Build the coder of every layer."""
        self._coders = [RangeCoder(tables) for tables in unit.tables]
        self.identities = [
            Identity(
                unit_id=unit.number,
                tables_digest=unit.digest(layer),
                shape=(unit.shape.channels, *unit.shape.grid),
            )
            for layer in range(len(unit.tables))
        ]

    def encode(self, symbols: Sequence[NDArray[np.integer[Any]]]) -> list[bytes]:
        """Return the payloads of a frame's layers, base first, headers included.

        Args:
            symbols: By layer ``[channel, height, width]``, as the unit encoded them.

        Raises:
            ValueError: They are no int32 symbols of this shape, of none or too many layers.
        """
        if not 0 < len(symbols) <= len(self.identities):
            msg = f"a frame has 1 to {len(self.identities)} layers, not {len(symbols)}"
            raise ValueError(msg)
        payloads = [b""]
        for coder, identity, layer in zip(self._coders, self.identities, symbols, strict=False):
            given = checked(layer, identity.shape)
            coded = coder.encode(given.reshape(len(given), -1))
            payloads.append(pack(coded, identity, payloads[-1]))
        return payloads[1:]

    def decode(self, payloads: Sequence[bytes], where: str = "payload") -> list[NDArray[np.int32]]:
        """Return the symbols of as many layers as there are payloads, base first.

        Raises:
            InputError: A payload is cut, damaged, or of another unit; one is missing before
                another, or refines another frame; or there are none, or too many.
        """
        if not 0 < len(payloads) <= len(self.identities):
            rule = f"must be 1 to {len(self.identities)}, the base first"
            remedy = "decode the layers of one frame that arrived, up to the first that did not"
            problem = Problem(
                where=where, what="layers", value=len(payloads), rule=rule, remedy=remedy
            )
            raise InputError(problem)
        found, behind = [], b""
        for layer, payload in enumerate(payloads):
            identity, place = self.identities[layer], f"{where}, layer {layer + 1}"
            coded = unpack(payload, identity, place, behind)
            _, height, width = identity.shape
            rows = self._coders[layer].decode(coded, height * width, place)
            found.append(rows.reshape(identity.shape))
            behind = payload
        return found
