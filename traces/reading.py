"""A trace read from a file, in a named or recognised format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.foundation.files import read_bounded
from traces.beside import BesideTable, beside_table, joined
from traces.compressed import GZIP, gunzipped
from traces.formats import READERS, Reader, ReadOptions
from traces.formats.interface import COLUMN, refuse
from traces.sniff import sniff
from traces.text import plain_text

if TYPE_CHECKING:
    from traces.bandwidth import BandwidthTrace

__all__ = ["content", "read", "read_conditions"]

_LARGEST_BYTES = 64 * 2**20
_MOST_LINES = 5_000_000
_LARGEST_OPTION = 10**18


def read(
    path: Path | str,
    format: str | None = None,  # noqa: A002  # the word users write in a scenario
    *,
    conditions: Path | str | None = None,
    **options: Unpack[ReadOptions],
) -> BandwidthTrace:
    r"""Read a trace from a file of at most 64 MiB and 5 million lines, gzip or not.

    Args:
        path: The file.
        format: A name of `READERS`; recognised from the content if left out. A recognised format
            whose files do not say the unit of their rates is refused unless the unit is given:
            whoever names the format vouches for its unit.
        conditions: A table of losses and delays to join to it: see `traces.beside`.
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
        remedy = did_you_mean(format, READERS)
        raise refuse(str(path), None, "format", format, rule="is no format", remedy=remedy)
    data = content(path)
    reader = READERS[sniff(data, str(path)) if format is None else format]
    _check_options(reader, options, str(path))
    if format is None and reader.unit is not None and "unit" not in options:
        raise refuse(
            str(path),
            None,
            "unit",
            f"rates of a {reader.name} file",
            rule="have no unit that the file states",
            remedy=f"give the `unit`, or say `format: {reader.name}` for its own, {reader.unit}",
        )
    found = reader.read(data, str(path), options)
    return found if conditions is None else joined(found, read_conditions(Path(conditions)))


def read_conditions(path: Path) -> BesideTable:
    """Return the losses and delays of a table, to join to a trace.

    Raises:
        InputError: For a file that is missing, too large or wrong inside.
    """
    return beside_table(content(path), str(path))


def content(path: Path) -> bytes:
    """Return what a trace file holds, unpacked and as UTF-8, within the bounds of `read`.

    Raises:
        InputError: For a file that is missing, too large or damaged.
    """
    data = read_bounded(path, limit_bytes=_LARGEST_BYTES, what="trace")
    if data.startswith(GZIP):
        data = gunzipped(data, str(path), _LARGEST_BYTES)
    data = plain_text(data, str(path))
    lines = data.count(b"\n")
    if lines > _MOST_LINES:
        rule, remedy = f"must be at most {_MOST_LINES} lines", "cut it into smaller files"
        raise refuse(str(path), None, "length", lines, rule=rule, remedy=remedy)
    return data


def _check_options(reader: Reader, options: ReadOptions, name: str) -> None:
    problems = []
    for key, value in options.items():
        if key not in reader.options:
            rule = f"means nothing for {reader.name}"
            remedy = did_you_mean(_word(key), map(_word, reader.options))
        elif (allowed := reader.options[key]) == COLUMN:
            if isinstance(value, str) or (type(value) is int and value > 0):
                continue
            rule, remedy = "must be a column's name, or its number from 1", "correct it"
        elif allowed:
            if value in allowed:
                continue
            rule, remedy = f"must be one of {', '.join(map(str, allowed))}", "choose one of them"
        else:
            if type(value) is int and 0 < value <= _LARGEST_OPTION:
                continue
            rule, remedy = f"must be an integer from 1 to {_LARGEST_OPTION:g}", "correct it"
        word = _word(key)
        problems.append(Problem(where=name, what=word, value=value, rule=rule, remedy=remedy))
    if problems:
        raise InputError(*problems)


def _word(key: str) -> str:
    """Return an option's name as scenarios and commands have it: without the unit of its value."""
    return key.removesuffix("_bytes").removesuffix("_bps").removesuffix("_ns")
