"""Reader for the raw CSV of Lumos5G (Narayanan et al., IMC 2020): one file, all runs, Mbit/s.

The header names the columns; only three are read. ``seq_num`` counts the seconds of a run::

    run_num,seq_num,abstractSignalStr,...,nr_ssSinr,Throughput,mobility_mode,...
    1,1.0,2,...,,78,driving,...

Android writes 2147483647 where it knows nothing; such a second keeps the rate before it.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions, refuse
from traces.formats.named_columns import NamedColumns
from traces.formats.samples import Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.rate import RateTrace

__all__ = ["READER", "read"]

_SHOWN = 12


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    r"""Read one run of a Lumos5G file.

    Args:
        data: The file's content.
        name: The file as the user named it.
        options: ``run``, needed where the file holds several; ``after``; ``backwards``;
            ``ceiling_bps``.

    Raises:
        InputError: With the line, for several runs and no choice, unknown runs, seconds that
            decrease, cells that are no numbers, rates that are negative, absurd or all 0.

    Example:
        >>> table = b"run_num,seq_num,Throughput\n1,1.0,90\n2,1.0,40\n2,2.0,60\n"
        >>> trace = read(table, "x", {"run": 2})
        >>> trace.mean_bps, trace.period_ns
        (50000000.0, 2000000000)
    """
    table = NamedColumns.of(data, name, ("run_num", "seq_num", "Throughput"))
    rows = _rows_of_run(table, options.get("run"))
    clock = table.numbers("seq_num")[rows]
    unknown = np.flatnonzero(np.isnan(clock))
    if unknown.size:
        raise table.refuse(int(rows[unknown[0]]), "seq_num", "must be a number of seconds")
    return Samples(
        clock_s=clock,
        rates_bps=table.numbers("Throughput")[rows] * 1e6,
        last_s=1.0,
        line=lambda k: table.line(int(rows[k])),
        rate_name="Throughput",
        unit_bps=1e6,
    ).trace(
        name,
        options,
        TraceAbout(
            name=PurePath(name).name,
            measures="capacity",
            direction="downlink",
            source="Lumos5G: iperf over parallel connections, walking and driving",
        ),
    )


def _rows_of_run(table: NamedColumns, run: int | None) -> NDArray[np.int64]:
    runs = table.numbers("run_num")
    there = np.unique(runs[np.isfinite(runs)])
    shown = ", ".join(f"{number:g}" for number in there[:_SHOWN])
    remedy = f"say one as `run`: {shown}{', ...' if len(there) > _SHOWN else ''}"
    if run is None and len(there) > 1:
        what, value, rule = "runs", f"{len(there)} runs", "are in one file"
    elif run is not None and run not in there:
        what, value, rule = "run", str(run), "is not in the file"
    else:
        wanted = runs == run if run is not None else np.ones(len(runs), dtype=np.bool_)
        return np.flatnonzero(wanted)
    raise refuse(table.name, None, what, value, rule=rule, remedy=remedy)


READER = Reader(
    name="lumos5g",
    title="Lumos5G raw CSV: runs of seconds, Mbit/s",
    options={
        "after": ("loop", "hold", "stop"),
        "run": (),
        "backwards": ("refuse", "cut", "sort"),
        "ceiling_bps": (),
    },
    read=read,
)
