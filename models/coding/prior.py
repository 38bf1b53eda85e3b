"""Learned priors as data: one integer frequency table a channel, shipped and hashed, never rebuilt.

A range decoder follows its encoder only if both hold exactly the same probabilities; tables that
differ by 1e-9 decode to garbage silently. So a trained factorised prior (Ballé et al., "Variational
image compression with a scale hyperprior", ICLR 2018, appendix 6.1) is turned once into integers
out of 2^16, and from then on those integers are the prior.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as _parse_arrays
from safetensors.numpy import save as _dump_arrays

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

TOTAL = 1 << 16
"""What the frequencies of a channel add up to."""

_LIMIT_BYTES = 1 << 24


@dataclass(frozen=True, slots=True, eq=False)
class FrequencyTables:
    """The prior of a unit's symbols: channel c takes ``lowest[c] .. lowest[c] + K - 1``.

    Attributes:
        frequencies: ``[channel, K]`` integers of at least 1; each channel's add up to 2^16.
        lowest: ``[channel]`` the symbol that column 0 stands for.

    Example:
        >>> tables = FrequencyTables.from_probabilities(np.array([[0.25, 0.5, 0.25]]), -1)
        >>> tables.frequencies.tolist()
        [[16384, 32768, 16384]]
        >>> tables.ideal_bits(np.array([[-1, 0, 1, 0]]))
        6.0
    """

    frequencies: NDArray[np.int64]
    lowest: NDArray[np.int64]

    @classmethod
    def from_probabilities(
        cls, probabilities: NDArray[np.floating[Any]], lowest: int | NDArray[np.integer[Any]]
    ) -> FrequencyTables:
        """Return the integer tables nearest to probabilities, the same for the same numbers.

        Every symbol gets 1; the rest is shared out in proportion, and what rounding down leaves
        goes to the largest remainders, the lower symbol first among equals.

        Args:
            probabilities: ``[channel, K]`` with 2 <= K <= 2^15; rows need not add up to 1.
            lowest: The symbol of column 0, for all channels or per channel.

        Raises:
            ValueError: A probability is negative or not finite, or a row is all zero.
        """
        weights = np.asarray(probabilities, dtype=np.float64)
        if weights.ndim != 2 or not 2 <= weights.shape[1] <= TOTAL // 2:  # noqa: PLR2004
            msg = f"probabilities must be [channel, 2..{TOTAL // 2}], not {weights.shape}"
            raise ValueError(msg)
        sums = weights.sum(axis=1, keepdims=True)
        if not (np.isfinite(weights).all() and (weights >= 0).all() and (sums > 0).all()):
            raise ValueError("probabilities must be finite, >= 0, and not all zero in a channel")
        channels, width = weights.shape
        shares = weights / sums * (TOTAL - width)
        frequencies = 1 + np.floor(shares).astype(np.int64)
        for row, share in zip(frequencies, shares, strict=True):
            by_remainder = np.argsort(np.floor(share) - share, kind="stable")
            row[by_remainder[: TOTAL - int(row.sum())]] += 1
        return cls(frequencies, np.broadcast_to(lowest, (channels,)).astype(np.int64))

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.frequencies.shape[0])

    @property
    def digest(self) -> bytes:
        """SHA-256 over shape, lowest symbols and frequencies, the same on every machine."""
        sha = hashlib.sha256(b"splitcast prior 1")
        for array in (np.array(self.frequencies.shape), self.lowest, self.frequencies):
            sha.update(array.astype("<i4").tobytes())
        return sha.digest()

    def clamp(self, symbols: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """Return symbols ``[channel, ...]`` forced into each channel's support."""
        lowest = self.lowest.reshape(-1, *(1,) * (symbols.ndim - 1))
        highest = lowest + self.frequencies.shape[1] - 1
        clamped: NDArray[np.int32] = np.clip(symbols, lowest, highest).astype(np.int32)
        return clamped

    def ideal_bits(self, symbols: NDArray[np.integer[Any]]) -> float:
        """Return the ideal code length in bits of ``[channel, ...]`` symbols of the support."""
        columns = symbols.reshape(self.channels, -1) - self.lowest[:, None]
        taken = np.take_along_axis(self.frequencies, columns, axis=1)
        return float((np.log2(TOTAL) - np.log2(taken)).sum())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the tables as arrays to be stored, by name."""
        # With two symbols or more in a channel none reaches 2^16, so 16 bits hold them all.
        return {
            "prior.frequencies": self.frequencies.astype(np.uint16),
            "prior.lowest": self.lowest.astype(np.int32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], where: str) -> FrequencyTables:
        """Return tables from stored arrays, others among which are ignored.

        Raises:
            InputError: The arrays are missing, or are no frequency tables.
        """
        found = arrays.get("prior.frequencies"), arrays.get("prior.lowest")
        if found[0] is None or found[1] is None:
            raise _refused(where, ", ".join(arrays), "must hold prior.frequencies and prior.lowest")
        frequencies, lowest = found[0], found[1]
        if frequencies.dtype.kind not in "iu" or lowest.dtype.kind not in "iu":
            raise _refused(where, f"{frequencies.dtype}, {lowest.dtype}", "must be integers")
        tables = cls(frequencies.astype(np.int64), lowest.astype(np.int64))
        shape = tables.frequencies.shape
        if len(shape) != 2 or shape[1] < 2 or tables.lowest.shape != shape[:1]:  # noqa: PLR2004
            raise _refused(where, shape, "must be [channel, symbol] with a lowest symbol a channel")
        if tables.frequencies.min() < 1 or (tables.frequencies.sum(axis=1) != TOTAL).any():
            raise _refused(where, "other sums", f"must be >= 1 and add up to {TOTAL} a channel")
        return tables

    def save(self, path: Path) -> None:
        """Write the tables to a safetensors file."""
        write_atomically(path, _dump_arrays(self.arrays()))

    @classmethod
    def load(cls, path: Path) -> FrequencyTables:
        """Return the tables in a safetensors file.

        Raises:
            InputError: The file is missing, damaged, or holds no tables.
        """
        raw = read_bounded(path, limit_bytes=_LIMIT_BYTES, what="prior")
        try:
            arrays = _parse_arrays(raw)
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise _refused(str(path), error, "must be a whole safetensors file") from error
        return cls.from_arrays(arrays, str(path))


def _refused(where: str, value: object, rule: str) -> InputError:
    remedy = "take the tables that were saved with the unit's weights"
    return InputError(Problem(where=where, what="prior", value=value, rule=rule, remedy=remedy))
