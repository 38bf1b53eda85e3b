"""The link's capacity from a trace file, and what follows the file's end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem
from traces import read
from traces.formats.chosen_columns import AMOUNTS
from traces.reading import content
from traces.sniff import sniff

if TYPE_CHECKING:
    from pathlib import Path

    from traces import BandwidthTrace, ReadOptions
    from traces.about import After

__all__ = ["OPPORTUNITY_BYTES", "read_capacity"]

OPPORTUNITY_BYTES = 1504


def read_capacity(
    path: Path,
    format: str | None = None,  # noqa: A002  # the word users write
    *,
    after: After | None = None,
    opportunity_bytes: int = OPPORTUNITY_BYTES,
    options: ReadOptions | None = None,
) -> BandwidthTrace:
    r"""Read a trace to replay frames through.

    Args:
        path: The file.
        format: Its format; recognised from its content if left out.
        after: What follows its end. By default the last rate of a ``t_s,mbps`` table holds, as
            in ns-3's schedules of rates, and every other format loops, as do amounts in
            intervals: the last one has none.
        opportunity_bytes: What one delivery opportunity carries, where there are any.
        options: What else must be said of the file, such as the unit of its rates.

    Raises:
        InputError: As `traces.read`; and if the last rate holds by default and is 0.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "rate.csv"
        ...     _ = file.write_text("t_s,mbps\n0,10\n")
        ...     read_capacity(file).mean_bps
        10000000.0
    """
    kind = sniff(content(path), str(path)) if format is None else format
    options = {**(options or {})}
    if opportunity_bytes != OPPORTUNITY_BYTES:
        options["opportunity_bytes"] = opportunity_bytes
    if after is not None:
        options["after"] = after
    elif kind == "csv" and options.get("unit") not in AMOUNTS:
        options["after"] = "hold"
    trace = read(path, format, **options)
    end_ns = trace.period_ns
    if (
        after is None
        and trace.after == "hold"
        and trace.capacity(end_ns + 1) == trace.capacity(end_ns)
    ):
        raise InputError(
            Problem(
                where=str(path),
                what="last rate",
                value=0,
                rule="would hold for ever: the link can never deliver after it",
                remedy="say `--after loop`, `--after stop` or `--after hold`",
            )
        )
    return trace
