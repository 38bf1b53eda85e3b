"""Which format a trace file is in, judged by its first lines; names what cannot be read yet.

What bytes cannot tell (the unit of a rate, which interval it describes, whether a link or one flow
was measured) is never guessed: it is an option of `traces.read`.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from traces.formats.interface import refuse
from traces.formats.plain_csv import HEADER

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.foundation.errors import InputError

__all__ = ["sniff"]

_HEAD_BYTES = 65536
_CONVERT = "convert it to a t_s,mbps table, or give the `format` if this is wrong"
_EPOCH_MS = 1e11  # seconds stay below this until the year 5138
_OBOE_STEP_MS = 20
_OBOE_SHARE = 0.9

_FOREIGN: tuple[tuple[str, str], ...] = (
    (r'\s*[\[{](?=.*"duration_ms")(?=.*"bandwidth_kbps")', "Sabre JSON"),
    (r'\s*[\[{](?=.*"trace_pattern")', "OpenNetLab / AlphaRTC JSON"),
    (r'\s*[\[{](?=.*"timestamps")(?=.*"bandwidths")', "Genet / Aurora JSON"),
    (r'\s*[\[{](?=.*"entryNo")(?=.*"dateTime")', "Intel LPP ntrace"),
    (r'\s*[\[{](?=.*"intervals"|.*"bits_per_second"|.*"iperf)', "iperf3 JSON"),
    (r'\s*[\[{](?=.*"?\bspeed"?\s*:)(?=.*"?\bduration"?\s*:)', "dash.js network profile JSON"),
    (r"\s*(?:export\s+)?(?:const|var|let)\s+\w+\s*=", "JavaScript network profile"),
    (r"\s*[\[{]", "JSON of an unknown kind"),
    (r"[^\n]*\bDL_bitrate\b", "G-NetTrack CSV"),
    (r"[^\n]*\brun_num\b[^\n]*\bThroughput\b", "Lumos5G CSV"),
    (r"[^\n]*\bmobileRx\b", "5G Tracker CSV"),
    (r"[^\n]*throughput_mbps\b", "5Gophers CSV"),
    (r"[^\n]*\bbytes_sec\b|\d+,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,http", "FCC MBA CSV"),
    (r"(?=[^\n]*\bdelivery_rate\b)[^\n]*\bsession_id\b", "Puffer CSV"),
    (r"[^\n]*\btransport_protocol\b[^\n]*\bdownload\b", "WetLinks CSV"),
    (r"[^\n]*\bbits_per_second\b", "iperf3 CSV"),
    (r"# mahimahi mm-link", "mahimahi mm-link log"),
    (r".*?\[\s*\d+\]\s+[\d.]+-\s*[\d.]+\s+sec\b[^\n]*bits/sec", "iperf3 text"),
    (r"[\d.]+,[KMG]?bits/sec", "NYU-METS rates with a unit a row"),
)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), title) for pattern, title in _FOREIGN)


def sniff(data: bytes, name: str) -> str:
    r"""Return the name of the format that can read this.

    Args:
        data: The file's content, or at least its first 64 KiB.
        name: The file as the user named it.

    Raises:
        InputError: If the file is empty, in no format known, or in one known by name only.

    Example:
        >>> sniff(b"0\n3\n3\n", "x"), sniff(b"0.0 1.5\n0.5 2\n", "x"), sniff(b"t_s,mbps\n", "x")
        ('mahimahi', 'pensieve', 'csv')
        >>> sniff(b'[{"duration_ms": 5000, "bandwidth_kbps": 320}]', "x.json")
        Traceback (most recent call last):
        simulator.foundation.errors.InputError: x.json content: Sabre JSON cannot be read yet; ...
    """
    head = data[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf")
    if not head.strip():
        raise refuse(
            name,
            None,
            "content",
            f"{len(data)} bytes",
            rule="must not be empty",
            remedy="give a trace with lines in it",
        )
    if head.startswith(b"\x1f\x8b"):
        raise _unreadable(name, "a gzip file", "decompress it first")
    if b"\0" in head:
        raise _unreadable(name, "a binary file", "give a text file")
    if HEADER.fullmatch(head.split(b"\n", 1)[0]):
        return "csv"
    text = head.decode("utf-8", "replace")
    for pattern, title in _PATTERNS:
        if pattern.match(text):
            raise _unreadable(name, title, _CONVERT)
    lines = text.splitlines()
    if len(data) > len(head):
        lines.pop()  # cut in its middle
    return _by_columns([line for line in lines if line.strip()], name)


def _unreadable(name: str, title: str, remedy: str) -> InputError:
    return refuse(name, None, "content", title, rule="cannot be read yet", remedy=remedy)


def _by_columns(lines: list[str], name: str) -> str:
    """Tell files of bare numbers apart by how many columns most lines have."""
    rows = [re.split(r"[,\s]+" if "," in line else r"\s+", line.strip()) for line in lines]
    numeric = [row for row in rows if all(map(_is_number, row))]
    if 2 * len(numeric) <= len(rows):
        raise refuse(
            name,
            1,
            "content",
            lines[0] if lines else "one long line",
            rule="is in no format known",
            remedy="use mahimahi, pensieve or csv (t_s,mbps)",
        )
    width = Counter(map(len, numeric)).most_common(1)[0][0]
    alike = [[float(x) for x in row] for row in numeric if len(row) == width]
    commas = any("," in line for line in lines)
    foreign: dict[int, Callable[[], str | None]] = {
        6: lambda: "Ghent log" if alike[0][0] > _EPOCH_MS else "HSDPA log",
        8: lambda: "NYU-METS multivariate CSV" if commas else None,
        2: lambda: "Oboe trace (ms and kbit/s)" if _is_oboe(alike) else None,
    }
    title = foreign.get(width, lambda: None)()
    if title is not None:
        raise _unreadable(name, title, _CONVERT)
    if width == 1:
        return _one_column(lines, name)
    if width in {2, 3} and not commas:
        return "pensieve"
    raise _unreadable(name, f"a table of {width} columns without a header", _CONVERT)


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _is_oboe(rows: list[list[float]]) -> bool:
    """Oboe writes start and end of each download with one rate, in milliseconds."""
    gaps = sorted(b[0] - a[0] for a, b in pairwise(rows))
    pairs = list(zip(rows[::2], rows[1::2], strict=False))
    equal = sum(a[1] == b[1] for a, b in pairs)
    return (
        bool(pairs) and equal > _OBOE_SHARE * len(pairs) and gaps[len(gaps) // 2] >= _OBOE_STEP_MS
    )


def _one_column(lines: list[str], name: str) -> str:
    """Tell opportunity stamps, which never decrease, from a list of rates in an unknown unit."""
    last = 0
    for k, line in enumerate(lines, start=1):
        field = line.strip()
        stamp = int(field) if field.isdecimal() and len(field) < 19 else None  # noqa: PLR2004
        if stamp is None or stamp < last:
            raise refuse(
                name,
                k,
                "stamp",
                field if stamp is None else f"{stamp} after {last}",
                rule="makes this no mahimahi trace, and rates alone have no times or unit",
                remedy="convert rates to a t_s,mbps table, or correct the line",
            )
        last = stamp
    return "mahimahi"
