"""What the name of a column says: whether it is a time, a rate, a loss or a delay, and its unit.

Only what stands in the name counts, and a unit that could be two is none: ``MBPS`` may be bits or
bytes, so that the user is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from traces.about import Direction

__all__ = ["TIME_UNITS", "ColumnName", "Role", "column_name"]

Role = Literal[
    "time", "start", "end", "duration", "rate", "amount", "loss", "delay", "round trip", "other"
]
"""``amount`` is what crossed in an interval; ``delay`` is one way."""

TIME_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "min": 60.0}
"""Units of time in seconds, by the names that options use."""

_TIME_WORDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("us", "µs", "μs", "usec", "usecs", "micros", "microseconds"), "us"),
    **dict.fromkeys(("ns", "nsec", "nsecs", "nanos", "nanosecond", "nanoseconds"), "ns"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
}
_RATE = re.compile(
    r"(?:(?<![a-z])|(?-i:(?<=[a-z])(?=[A-Z])))"
    r"(?P<prefix>kilo|mega|giga|[kmg]i?)?[ _-]?(?P<base>bits?|bytes?|b)"
    r"(?P<per>ps|[ _]?/[ _]?s(?:ec(?:ond)?)?|[ _]?per[ _]?s(?:ec(?:ond)?)?|(?<=[ts])[ _]s(?:ec)?)"
    r"(?![a-z])",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Za-zµμ][a-zµμ]*|%")
_ROLES: tuple[tuple[Role, frozenset[str]], ...] = (
    ("other", frozenset({"jitter", "stdev", "stddev", "retr", "retransmits"})),
    ("loss", frozenset({"loss", "losses", "plr", "drop"})),
    ("round trip", frozenset({"rtt", "ping", "latency"})),
    ("delay", frozenset({"delay", "owd"})),
    ("end", frozenset({"end", "stop", "until", "iend", "finish"})),
    ("start", frozenset({"start", "begin", "from", "istart"})),
    ("duration", frozenset({"duration", "dur", "interval", "length", "dt"})),
    (
        "time",
        frozenset({"t", "time", "timestamp", "ts", "clock", "epoch", "unix", "unixtime"})
        | frozenset({"datetime", "date", "elapsed"}),
    ),
)
_RATES = frozenset(
    [
        "rate",
        "bitrate",
        "datarate",
        "bandwidth",
        "bw",
        "throughput",
        "thr",
        "tput",
        "thput",
        "thrput",
        "capacity",
        "goodput",
        "download",
        "upload",
    ]
)
_NO_RATES = frozenset({"sample", "sampling", "frame", "packet", "packets", "error", "clock"})
_ALONE = frozenset({"dl", "ul", "downlink", "uplink", "down", "up"})
_AMOUNTS = frozenset({"byte", "bytes", "octets", "bit", "bits", "transfer", "transferred"})
_DIRECTIONS: dict[str, Direction] = {
    **dict.fromkeys(("upload", "uplink", "ul", "up", "tx", "sent"), "uplink"),
    **dict.fromkeys(("download", "downlink", "dl", "down", "rx", "received"), "downlink"),
}
_OBTAINED = frozenset({"throughput", "thr", "tput", "thput", "thrput", "goodput"}) | frozenset(
    {"download", "upload"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnName:
    """What a column's name says.

    Attributes:
        text: The name as it stands in the file.
        role: What the column holds.
        unit: One of its unit in bit/s, in seconds, or for losses as a share; None where the name
            does not say or could mean two.
        direction: Of a rate or an amount.
        obtained: Whether it is what a transfer obtained, a flow rate.
    """

    text: str
    role: Role
    unit: float | None
    direction: Direction
    obtained: bool


def column_name(text: str) -> ColumnName:
    """Return what a column's name says.

    Example:
        >>> column_name("Throughput (Mbps)").unit, column_name("dl_kBps").unit
        (1000000.0, 8000.0)
        >>> column_name("RATE_MBPS").unit  # bits or bytes?
        >>> column_name("timestamp_ms").role, column_name("timestamp_ms").unit
        ('time', 0.001)
        >>> column_name("Interval start").role, column_name("cell_id").role
        ('start', 'other')
    """
    found = _RATE.search(text)
    rest = text if found is None else f"{text[: found.start()]} {text[found.end() :]}"
    words = [word.lower() for word in _WORDS.findall(rest)]
    there = set(words)
    role: Role
    if found is not None:
        role, unit = "rate", _bits(found)
    else:
        role = next((role for role, names in _ROLES if names & there), "other")
        unit = None
        if role == "other" and not there & _NO_RATES:
            if there & _RATES or (there and there <= _ALONE):
                role = "rate"
            elif there & _AMOUNTS:
                role = "amount"
            elif there and there <= _TIME_WORDS.keys():
                role = "time"
        if role == "loss":
            unit = 0.01 if there & {"%", "pct", "percent", "percentage"} else 1.0
        elif role not in {"rate", "amount", "other"}:
            unit = next((TIME_UNITS[_TIME_WORDS[w]] for w in words[::-1] if w in _TIME_WORDS), None)
    directions = {_DIRECTIONS[word] for word in words if word in _DIRECTIONS}
    return ColumnName(
        text=text,
        role=role,
        unit=unit,
        direction=directions.pop() if len(directions) == 1 else "unknown",
        obtained=bool(there & _OBTAINED),
    )


def _bits(found: re.Match[str]) -> float | None:
    """Return one of a rate's unit in bit/s."""
    base, prefix = found["base"], found["prefix"] or ""
    letters = "".join(filter(str.isalpha, found[0]))
    if base == "B" and letters.isupper() and len(letters) > 1 + len(prefix):
        return None  # written in capitals throughout
    binary = prefix[1:] == "i" and len(prefix) == 2  # noqa: PLR2004  # as in Ki
    power = " kmg".index(prefix[0].lower()) if prefix else 0
    size = 8.0 if base == "B" or base.lower().startswith("byte") else 1.0
    return size * (1024.0 if binary else 1000.0) ** power
