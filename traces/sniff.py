"""Which format a trace file is in, judged by its first lines; names what cannot be read yet.

What bytes cannot tell (the unit of a rate, which interval it describes, whether a link or one flow
was measured) is never guessed: it is an option of `traces.read`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from traces.formats.column_names import column_name
from traces.formats.header import find_header
from traces.formats.hsdpa_ghent import EPOCH_MS
from traces.formats.interface import refuse
from traces.formats.iperf3_text import INTERVAL, RECORD

if TYPE_CHECKING:
    from simulator.foundation.errors import InputError

__all__ = ["sniff"]

_HEAD_BYTES = 65536
_CONVERT = "convert it to a t_s,mbps table, or give the `format` if this is wrong"
_NAME = "put the columns' names on its first line, like t_s,mbps, or give the `format`"
_OBOE_STEP_MS = 20
_OBOE_SHARE = 0.9
_PENSIEVE_STEPS_S = (0.01, 60)
_RAW_LOG = 6
_MULTIVARIATE = 8
_FIRST = 30
_WIDE = 1000
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class _Foreign:
    """A format that is known by name only."""

    title: str


_Answer = str | _Foreign

_JSON: tuple[tuple[tuple[bytes, ...], _Answer], ...] = (
    ((b'"duration_ms"', b'"bandwidth_kbps"'), "sabre"),
    ((b'"trace_pattern"',), "opennetlab"),
    ((b'"timestamps"', b'"bandwidths"'), "genet"),
    ((b'"entryNo"', b'"dateTime"'), _Foreign("Intel LPP ntrace")),
    ((b'"intervals"',), "iperf3"),
    ((b'"event"', b'"bits_per_second"'), "iperf3"),
    ((b"hroughput", b"opPingDropRate"), "starlink"),
    ((b"hroughput_bps", b"op_ping_drop_rate"), "starlink"),
    ((b"speed", b"duration"), _Foreign("dash.js network profile JSON")),
    ((), _Foreign("JSON of an unknown kind")),
)
"""What a JSON file must all contain, and what it then is; the first that fits."""

_HEADERS: tuple[tuple[frozenset[str], _Answer], ...] = (
    (frozenset({"DL_bitrate"}), "gnettrack"),
    (frozenset({"run_num", "Throughput"}), "lumos5g"),
    (frozenset({"mobileRx"}), _Foreign("5G Tracker CSV")),
    (frozenset({"throughput_mbps", "protocol"}), _Foreign("5Gophers CSV")),
    (frozenset({"bytes_sec"}), _Foreign("FCC MBA CSV")),
    (frozenset({"delivery_rate", "session_id"}), _Foreign("Puffer CSV")),
    (frozenset({"transport_protocol", "download"}), _Foreign("WetLinks CSV")),
    (frozenset({"bits_per_second", "parent_file"}), _Foreign("iperf3 CSV")),
)
"""Which columns a header must all name, and what the file then is."""

_BEGINNINGS: tuple[tuple[re.Pattern[str], _Answer], ...] = (
    (re.compile(r"(?:export\s+)?(?:const|var|let)\s+\w+\s*="), _Foreign("JavaScript profile")),
    (re.compile(r"\d+,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,http"), _Foreign("FCC MBA CSV")),
    (RECORD, "iperf3"),
    (re.compile(r"# mahimahi mm-link"), _Foreign("mahimahi mm-link log")),
    (re.compile(r"-?[\d.]+ *, *[KMG]?bits/sec", re.IGNORECASE), "nyu-mets"),
)
"""How the first line that is not blank begins, and what the file then is."""


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
        'sabre'
        >>> sniff(b"timestamp,mobileRx,mobileTx\n", "x.csv")
        Traceback (most recent call last):
        simulator.foundation.errors.InputError: x.csv content: 5G Tracker CSV cannot be read yet...
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
    _check_text(head, name)
    lines = head.decode("utf-8", "replace").splitlines()
    if len(data) > len(head):
        lines.pop()  # cut in its middle
    lines = [line for line in lines if line.strip()]
    answer = _by_words(data, head, lines)
    if isinstance(answer, _Foreign):
        raise _unreadable(name, answer.title, _CONVERT)
    return answer or _by_columns(lines, name)


def _check_text(head: bytes, name: str) -> None:
    """Refuse what is no text, by its first bytes."""
    for magic, title, remedy in (
        (b"\x1f\x8b", "a gzip file within a file", "decompress it first"),
        (b"PK\3\4", "a zip archive", "extract one trace from it"),
        (b"\0\5\x16", "a companion file of macOS (._ in front)", "give the file beside it"),
    ):
        if head.startswith(magic):
            raise _unreadable(name, title, remedy)
    if b"\0" in head:
        raise _unreadable(name, "a binary file", "give a text file")


def _by_words(data: bytes, head: bytes, lines: list[str]) -> _Answer | None:
    """Tell files apart that name what they hold: JSON, headers, units."""
    if head.lstrip()[:1] in {b"[", b"{"} and not INTERVAL.search("\n".join(lines[:_FIRST])):
        return next(answer for words, answer in _JSON if all(word in data for word in words))
    first = lines[0] if lines else ""
    columns = {cell.strip().strip('"') for cell in first.split(",")}
    if any(cell.endswith("_throughput_mbps") for cell in columns):  # one column a carrier
        columns.add("throughput_mbps")
    for wanted, answer in _HEADERS:
        if wanted <= columns:
            return answer
    for pattern, answer in _BEGINNINGS:
        if pattern.match(first.lstrip()):
            return answer
    if any(INTERVAL.search(line[:_WIDE]) for line in lines):
        return "iperf3"
    return "csv" if _is_table(head) else None


def _is_table(head: bytes) -> bool:
    """Tell whether columns have names that say something, or numbers below them; prose has not."""
    header = find_header(head)
    if header is None or any(len(cell) > _LONGEST_NAME for cell in header.cells):
        return False
    body = head[header.body_at :].lstrip(b"\r\n").split(b"\n", 1)[0].decode("utf-8", "replace")
    row = header.split(body)
    if body and (len(row) != len(header.cells) or not any(map(_starts_as_number, row))):
        return False
    return bool(body) or any(column_name(cell).role != "other" for cell in header.cells)


def _starts_as_number(cell: str) -> bool:
    """Tell whether a cell is a number or a date."""
    return re.match(r"[-+]?[\d.,]*\d", cell.strip()) is not None


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
            remedy="convert it to a t_s,mbps table, or give the `format`",
        )
    width = Counter(map(len, numeric)).most_common(1)[0][0]
    alike = [[float(x) for x in row] for row in numeric if len(row) == width]
    commas = any("," in line for line in lines)
    if width == 1:
        return _one_column(lines, name)
    if width == _RAW_LOG and not commas:
        return "ghent" if alike[0][0] >= EPOCH_MS else "hsdpa"
    if width == _MULTIVARIATE and commas:
        return "nyu-mets"
    if width == 2 and not commas and _is_oboe(alike):  # noqa: PLR2004  # time and one rate
        return "oboe"
    if width in {2, 3} and not commas:
        _check_seconds(alike, name)
        return "pensieve"
    raise _unreadable(name, f"a table of {width} columns without a header", _NAME)


def _check_seconds(rows: list[list[float]], name: str) -> None:
    """Refuse times that are hardly seconds: a guess would be wrong by a thousand."""
    gaps = sorted(b[0] - a[0] for a, b in pairwise(rows))
    typical = gaps[len(gaps) // 2] if gaps else 1.0
    least, most = _PENSIEVE_STEPS_S
    if typical > 0 and not least <= typical <= most:
        raise refuse(
            name,
            None,
            "times",
            f"steps of {typical:g}",
            rule=f"are hardly seconds: those of a time-rate file are {least:g} to {most:g} apart",
            remedy="say `format: pensieve` if they are seconds, or convert them",
        )


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
