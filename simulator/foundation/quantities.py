"""Quantities as people write them ("150 ms", "64 kB", "12 Mbit/s"), parsed once into integers.

Inside splitcast an instant or duration is an integer number of nanoseconds, an amount of data an
integer number of bytes, and a rate an integer number of bits per second. A bare number is refused
wherever a unit is needed. Prefixes are SI (kB = 1000 B) unless written binary (KiB = 1024 B).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "duration_ns",
    "format_bytes",
    "format_ns",
    "format_rate",
    "pattern_of",
    "rate_bps",
    "size_bytes",
]

_DURATIONS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "min": 60 * 10**9,
    "h": 3600 * 10**9,
}
_SIZES = {
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
}
_RATES = {"bit/s": 1, "kbit/s": 10**3, "Mbit/s": 10**6, "Gbit/s": 10**9}
_NUMBER = r"[0-9]{1,18}(?:\.[0-9]{1,18})?(?:e[+-]?[0-9]{1,2})?"
_QUANTITY = re.compile(rf"({_NUMBER})\s*([A-Za-zµ/]{{1,8}})")
_LARGEST = 2**62


def _integer(text: str, units: dict[str, int], kind: str, example: str) -> int:
    rule = f"must be a {kind} with a unit, one of {', '.join(units)}, like {example!r}"
    match = _QUANTITY.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None or match[2] not in units:
        raise ValueError(rule)
    exact = Decimal(match[1]) * units[match[2]]
    if exact >= _LARGEST:
        msg = f"must be a {kind} below {_LARGEST} {next(iter(units))}"
        raise ValueError(msg)
    return round(exact)


def duration_ns(text: str) -> int:
    """Return a duration such as ``"150 ms"`` in integer nanoseconds.

    Raises:
        ValueError: If there is no unit, an unknown one, or the value is negative or too large.
            The message is a predicate ("must be ...") for the caller to place.

    Example:
        >>> duration_ns("1.5 ms")
        1500000
    """
    return _integer(text, _DURATIONS, "duration", "150 ms")


def size_bytes(text: str) -> int:
    """Return an amount of data such as ``"64 kB"`` in bytes.

    Raises:
        ValueError: As `duration_ns`.

    Example:
        >>> size_bytes("64 kB"), size_bytes("64 KiB")
        (64000, 65536)
    """
    return _integer(text, _SIZES, "size", "64 kB")


def rate_bps(text: str) -> int:
    """Return a rate such as ``"12 Mbit/s"`` in bits per second.

    Raises:
        ValueError: As `duration_ns`.

    Example:
        >>> rate_bps("37.5 kbit/s")
        37500
    """
    return _integer(text, _RATES, "rate", "12 Mbit/s")


def pattern_of(parse: Callable[[str], int]) -> str:
    """Return the regular expression of what one of these functions reads, not anchored.

    Args:
        parse: `duration_ns`, `size_bytes` or `rate_bps`.

    Example:
        >>> re.fullmatch(pattern_of(size_bytes), "1.5 kB") is not None
        True
    """
    tables: dict[Callable[[str], int], dict[str, int]] = {
        duration_ns: _DURATIONS,
        size_bytes: _SIZES,
        rate_bps: _RATES,
    }
    units = tables[parse]
    return rf"{_NUMBER}\s*(?:{'|'.join(units)})"


def _shown(value: float, units: dict[str, int], names: tuple[str, ...]) -> str:
    name = next((n for n in reversed(names) if abs(value) >= units[n]), names[0])
    return f"{value / units[name]:.4g} {name}"


def format_ns(value: float) -> str:
    """Return nanoseconds for people to read.

    Example:
        >>> format_ns(152_345_678)
        '152.3 ms'
    """
    return _shown(value, _DURATIONS, ("ns", "us", "ms", "s"))


def format_bytes(value: float) -> str:
    """Return bytes for people to read.

    Example:
        >>> format_bytes(2711)
        '2.711 kB'
    """
    return _shown(value, _SIZES, ("B", "kB", "MB", "GB"))


def format_rate(value: float) -> str:
    """Return bits per second for people to read.

    Example:
        >>> format_rate(2_670_000)
        '2.67 Mbit/s'
    """
    return _shown(value, _RATES, ("bit/s", "kbit/s", "Mbit/s", "Gbit/s"))
