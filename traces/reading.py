"""A trace read from a file, in a named or recognised format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.foundation.files import read_bounded
from traces.formats import READERS, Reader, ReadOptions
from traces.sniff import sniff

if TYPE_CHECKING:
    from traces.bandwidth import BandwidthTrace

__all__ = ["read"]

_LARGEST_BYTES = 64 * 2**20
_MOST_LINES = 5_000_000
_LARGEST_OPTION = 10**18


def read(
    path: Path | str,
    format: str | None = None,  # noqa: A002  # the word users write in a scenario
    **options: Unpack[ReadOptions],
) -> BandwidthTrace:
    r"""Read a trace from a file of at most 64 MiB and 5 million lines.

    Args:
        path: The file.
        format: ``mahimahi``, ``pensieve`` or ``csv``; recognised from the content if left out.
        **options: See `ReadOptions`; one that the format does not understand is refused.

    Raises:
        InputError: For a file that is missing, too large, in another format or wrong inside, and
            for unknown formats, options and values.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "step.csv"
        ...     _ = file.write_text("t_s,mbps\n0,1\n10,3\n20,0\n")
        ...     read(file).mean_bps
        2000000.0
    """
    path = Path(path)
    if format is not None and format not in READERS:
        raise InputError(
            Problem(
                where=str(path),
                what="format",
                value=format,
                rule="is no format",
                remedy=did_you_mean(format, READERS),
            )
        )
    data = read_bounded(path, limit_bytes=_LARGEST_BYTES, what="trace")
    lines = data.count(b"\n")
    if lines > _MOST_LINES:
        rule, remedy = f"must be at most {_MOST_LINES} lines", "cut it into smaller files"
        raise InputError(
            Problem(where=str(path), what="length", value=lines, rule=rule, remedy=remedy)
        )
    reader = READERS[sniff(data, str(path)) if format is None else format]
    _check_options(reader, options, str(path))
    return reader.read(data, str(path), options)


def _check_options(reader: Reader, options: ReadOptions, name: str) -> None:
    problems = []
    for key, value in options.items():
        if key not in reader.options:
            rule, remedy = f"means nothing for {reader.name}", did_you_mean(key, reader.options)
        elif allowed := reader.options[key]:
            if value in allowed:
                continue
            rule, remedy = f"must be one of {', '.join(map(str, allowed))}", "choose one of them"
        else:
            if type(value) is int and 0 < value <= _LARGEST_OPTION:
                continue
            rule, remedy = f"must be an integer from 1 to {_LARGEST_OPTION:g}", "correct it"
        problems.append(Problem(where=name, what=key, value=value, rule=rule, remedy=remedy))
    if problems:
        raise InputError(*problems)
