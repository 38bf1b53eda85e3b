"""Reader for logs of G-NetTrack, an Android app: a row about every second, rates in kbit/s.

The header names the columns, in no fixed order; only three are read::

    Timestamp,Longitude,Latitude,Speed,Operatorname,CellID,...,DL_bitrate,UL_bitrate,State,...
    2019.11.21_10.20.17,-8.396425,51.919017,0,B,2,...,37,8,D,...

Used in the 4G and 5G sets of University College Cork (Raca et al., MMSys 2018 and 2020). The clock
has a resolution of one second: rows of one second are averaged, and each holds until the next.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions
from traces.formats.named_columns import NamedColumns
from traces.formats.samples import Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.rate import RateTrace

__all__ = ["READER", "read"]

_STAMP = re.compile(r"(\d{4})\.(\d\d)\.(\d\d)_(\d\d)\.(\d\d)\.(\d\d)", re.ASCII)
_ECHO = "tells what the phone sent: in logs of downloads, hardly more than acknowledgements"
_COLUMNS = {"downlink": "DL_bitrate", "uplink": "UL_bitrate"}


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    r"""Read a G-NetTrack log.

    Args:
        data: The file's content.
        name: The file as the user named it.
        options: ``direction`` (default ``downlink``, what such logs are made for); ``after``;
            ``backwards`` (one published log goes back by a second); ``ceiling_bps``.

    Raises:
        InputError: With the line, for a clock that goes back, cells that are no time or number,
            rates that are negative, absurd or all 0.

    Example:
        >>> log = b"Timestamp,DL_bitrate,UL_bitrate\n2019.11.21_10.20.17,300,8\n"
        >>> log += b"2019.11.21_10.20.19,-,4\n2019.11.21_10.20.20,900,4\n"
        >>> read(log, "x", {}).mean_bps  # 3 s of 300 kbit/s, 1 s of 900
        450000.0
    """
    direction = options.get("direction", "downlink")
    column = _COLUMNS[direction]
    table = NamedColumns.of(data, name, ("Timestamp", column))
    return Samples(
        clock_s=_seconds(table),
        rates_bps=table.numbers(column) * 1e3,
        last_s=1.0,
        line=table.line,
        rate_name=column,
        unit_bps=1e3,
    ).trace(
        name,
        options,
        TraceAbout(
            name=PurePath(name).name,
            measures="flow-rate",
            direction=direction,
            source="G-NetTrack log: what the phone transferred",
            doubts=() if direction == "downlink" else (_ECHO,),
        ),
    )


def _seconds(table: NamedColumns) -> NDArray[np.float64]:
    """Return the times in seconds; a local clock without a zone, so only differences count."""
    rule = "must be a time like 2019.11.21_10.20.17"
    found = list(map(_STAMP.fullmatch, table.texts("Timestamp", rule)))
    written = []
    for row, match in enumerate(found):
        if match is None:
            raise table.refuse(row, "Timestamp", rule)
        year, month, day, hour, minute, second = match.groups()
        written.append(f"{year}-{month}-{day}T{hour}:{minute}:{second}")
    try:
        return np.array(written, dtype="datetime64[s]").astype(np.float64)
    except ValueError:
        row = next(k for k, text in enumerate(written) if not _is_time(text))
        raise table.refuse(row, "Timestamp", rule) from None


def _is_time(text: str) -> bool:
    try:
        np.datetime64(text, "s")
    except ValueError:
        return False
    return True


READER = Reader(
    name="gnettrack",
    title="G-NetTrack CSV: a row a second, kbit/s",
    options={
        "after": ("loop", "hold", "stop"),
        "direction": ("uplink", "downlink"),
        "backwards": ("refuse", "cut", "sort"),
        "ceiling_bps": (),
    },
    read=read,
)
