"""Instants in decimal text and integer nanoseconds, with no float between them."""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["LATEST_S", "as_seconds", "nanoseconds"]

LATEST_S = 366 * 86400
"""Latest instant a table may hold. More is a wrong unit, or an epoch."""

_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{0,18})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)


def nanoseconds(text: str, unit_ns: int) -> int:
    """Return an instant written as a decimal number of units, to the nearest nanosecond.

    Args:
        text: Such as ``33.333`` or ``1e-3``.
        unit_ns: The unit: 10**9 for seconds, 10**6 for milliseconds.

    Raises:
        ValueError: If it is no decimal number, negative or absurdly late; the message says so.

    Example:
        >>> nanoseconds("33.333", 10**6), nanoseconds("0.1", 10**9)
        (33333000, 100000000)
    """
    if not _DECIMAL.fullmatch(text):
        raise ValueError("must be a decimal number")
    exact = Decimal(text) * unit_ns
    if exact < 0:
        raise ValueError("must not be negative")
    if exact > LATEST_S * 10**9:
        msg = f"must be at most {LATEST_S} s"
        raise ValueError(msg)
    return round(exact)


def as_seconds(t_ns: int) -> str:
    """Return an instant in seconds with all nine decimals.

    Example:
        >>> as_seconds(33_333_000)
        '0.033333000'
    """
    seconds, rest = divmod(t_ns, 10**9)
    return f"{seconds}.{rest:09d}"
