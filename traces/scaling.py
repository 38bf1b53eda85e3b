"""Exact scaling of capacity that is counted in integer units: more units, or smaller ones."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["scaled_units"]


def scaled_units(units_per_byte: int, factor: Fraction) -> tuple[int, int]:
    """Return by what to multiply all counts, and how many of the new units are one byte.

    Args:
        units_per_byte: How many units were one byte.
        factor: What the capacity is multiplied by, an exact ratio > 0.

    Raises:
        ValueError: If the factor is not above 0.

    Example:
        >>> from fractions import Fraction
        >>> scaled_units(6, Fraction(4, 5))  # 4/5 as many bytes: twice the units, 15 to the byte
        (2, 15)
    """
    if factor <= 0:
        raise ValueError(f"factor must be > 0, got {factor}")
    shared = gcd(units_per_byte, factor.numerator)
    return factor.numerator // shared, units_per_byte // shared * factor.denominator
