"""Reader for a table of customers: when each arrives, and how long his service takes.

A CSV whose header names, in any order, ``id``, ``arrival_s`` and, unless batches have a time of
their own, ``service_time_s``. Rows may come in any order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.replay.clock import nanoseconds
from simulator.replay.rows import read_rows, refuse_row

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CustomerTable", "read_customers"]

_NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")
_SERVICE = "service_time_s"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTable:
    """Customers in the order of their file; one entry each.

    Attributes:
        names: Of each, no two the same.
        arrived_ns: When he arrives.
        service_ns: How long his own service takes; empty where the file does not say.
    """

    names: list[str]
    arrived_ns: list[int]
    service_ns: list[int]


def read_customers(path: Path) -> CustomerTable:
    r"""Read a table of customers of at most 128 MiB and 2 million rows.

    Raises:
        InputError: With the line, for a wrong header, a field that is no number or no name, and
            names that come twice.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "customers.csv"
        ...     _ = file.write_text("id,arrival_s,service_time_s\n1,0.5,0.0625\n2,0.75,1e-3\n")
        ...     read_customers(file).service_ns
        [62500000, 1000000]
    """
    table = CustomerTable(names=[], arrived_ns=[], service_ns=[])
    seen: set[str] = set()
    rows = read_rows(path, "customers", needed=("id", "arrival_s"), optional=(_SERVICE,))
    for line, cells in rows:
        name = cells["id"]
        if not _NAME.fullmatch(name):
            rule = "must be 1 to 64 of the characters A-Z a-z 0-9 _ . : / -"
            raise refuse_row(path, line, "id", name, rule, "give a number or a name")
        seen.add(name)
        if len(seen) == len(table.names):
            raise refuse_row(path, line, "id", name, "must come once", "number the customers")
        table.names.append(name)
        table.arrived_ns.append(_time(path, line, "arrival_s", cells["arrival_s"]))
        if _SERVICE in cells:
            table.service_ns.append(_time(path, line, _SERVICE, cells[_SERVICE]))
    return table


def _time(path: Path, line: int, column: str, text: str) -> int:
    try:
        return nanoseconds(text, 10**9)
    except ValueError as error:
        remedy = "give seconds from 0 on"
        raise refuse_row(path, line, column, text, str(error), remedy) from error
