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

from models.coding.symbols import INT32, rows, whole
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

    def __post_init__(self) -> None:
        """Refuse what is no table: a decoder would follow it to other symbols without a word.

        Raises:
            ValueError: An array is of another type or shape, or holds what no table may.
        """
        fault = _fault(self.frequencies, self.lowest)
        if fault is None and not self.frequencies.dtype == self.lowest.dtype == np.int64:
            fault = f"{self.frequencies.dtype}, {self.lowest.dtype}", "must be int64"
        if fault is not None:
            value, rule = fault
            msg = f"tables {rule}, not {value}"
            raise ValueError(msg)

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
            ValueError: A probability is negative or not finite, a row is all zero or has no finite
                sum, or the lowest symbols are no such.
        """
        weights = np.asarray(probabilities, dtype=np.float64)
        if weights.ndim != 2 or not 2 <= weights.shape[1] <= TOTAL // 2:  # noqa: PLR2004
            msg = f"probabilities must be [channel, 2..{TOTAL // 2}], not {weights.shape}"
            raise ValueError(msg)
        with np.errstate(over="ignore"):  # an infinite sum is refused below
            sums = weights.sum(axis=1, keepdims=True)
        if not (np.isfinite(sums).all() and (weights >= 0).all() and (sums > 0).all()):
            raise ValueError("probabilities must be finite, >= 0, and not all zero in a channel")
        channels, width = weights.shape
        shares = weights / sums * (TOTAL - width)
        frequencies = 1 + np.floor(shares).astype(np.int64)
        for row, share in zip(frequencies, shares, strict=True):
            by_remainder = np.argsort(np.floor(share) - share, kind="stable")
            row[by_remainder[: TOTAL - int(row.sum())]] += 1
        first = whole(lowest, "lowest symbols").astype(np.int64)
        return cls(frequencies, first if first.ndim else np.full(channels, first))

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
        """Return symbols ``[channel, ...]`` forced into each channel's support.

        Raises:
            ValueError: They are no int32 symbols of so many channels.
        """
        given = rows(symbols, self.channels)
        lowest = self._lowest_of(given)
        highest = lowest + self.frequencies.shape[1] - 1
        clamped: NDArray[np.int32] = np.clip(given, lowest, highest).astype(np.int32)
        return clamped

    def columns(self, symbols: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """Return the columns that symbols ``[channel, ...]`` of the support stand for.

        Raises:
            ValueError: They are no int32 symbols of so many channels, or one lies outside.
        """
        given = rows(symbols, self.channels)
        found = given - self._lowest_of(given)
        if found.size and (found.min() < 0 or found.max() >= self.frequencies.shape[1]):
            raise ValueError("symbols must be clamped to the tables' support before coding")
        return found.astype(np.int32)

    def _lowest_of(self, symbols: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the lowest symbols so that they apply to ``[channel, ...]``."""
        return self.lowest.reshape(-1, *(1,) * (symbols.ndim - 1))

    def ideal_bits(self, symbols: NDArray[np.integer[Any]]) -> float:
        """Return the ideal code length in bits of ``[channel, ...]`` symbols of the support.

        Raises:
            ValueError: They are no int32 symbols of so many channels, or one lies outside.
        """
        columns = self.columns(symbols).reshape(self.channels, -1)
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
        fault = _fault(frequencies, lowest)
        if fault is not None:
            raise _refused(where, *fault)
        return cls(frequencies.astype(np.int64), lowest.astype(np.int64))

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


def _fault(frequencies: NDArray[Any], lowest: NDArray[Any]) -> tuple[object, str] | None:
    """Return what is wrong with arrays that should be tables, and the rule; None if nothing is."""
    if frequencies.dtype.kind not in "iu" or lowest.dtype.kind not in "iu":
        return f"{frequencies.dtype}, {lowest.dtype}", "must be integers"
    shape = frequencies.shape
    if len(shape) != 2 or shape[1] < 2 or lowest.shape != shape[:1]:  # noqa: PLR2004
        return shape, "must be [channel, symbol] with a lowest symbol a channel"
    # One by one before their sum, which could wrap.
    within = frequencies.size and frequencies.min() >= 1 and frequencies.max() < TOTAL
    if not within or (frequencies.sum(axis=1) != TOTAL).any():
        return "other sums", f"must be >= 1 and add up to {TOTAL} a channel"
    first, last = int(lowest.min()), int(lowest.max()) + shape[1] - 1
    if first < INT32.min or last > INT32.max:
        return f"{first} to {last}", "must stand for symbols that fit int32"
    return None


def _refused(where: str, value: object, rule: str) -> InputError:
    remedy = "take the tables that were saved with the unit's weights"
    return InputError(Problem(where=where, what="prior", value=value, rule=rule, remedy=remedy))
