"""What became of customers as CSV text, instants with all nine decimals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.replay.clock import as_seconds
from simulator.replay.customers.run import NEVER

if TYPE_CHECKING:
    from simulator.replay.customers.run import Visits
    from simulator.replay.customers.table import CustomerTable

__all__ = ["outcomes", "visits_table"]


def outcomes(visits: Visits) -> list[str]:
    """Return for each customer whether he was ``served``, ``reneged`` or was ``refused``."""
    return [
        "served" if start_ns != NEVER else "refused" if left_ns == NEVER else "reneged"
        for start_ns, left_ns in zip(visits.start_ns, visits.left_ns, strict=True)
    ]


def visits_table(customers: CustomerTable, visits: Visits) -> str:
    """Return a row a customer; what never happened to him is empty."""
    lines = ["id,arrival_s,service_start_s,departure_s,outcome,batch_id,batch_size"]
    for name, arrived_ns, start_ns, left_ns, outcome, batch, size in zip(
        customers.names,
        customers.arrived_ns,
        visits.start_ns,
        visits.left_ns,
        outcomes(visits),
        visits.batch,
        visits.batch_size,
        strict=True,
    ):
        of_batch = f"{batch},{size}" if size else ","
        lines.append(
            f"{name},{as_seconds(arrived_ns)},{_when(start_ns)},{_when(left_ns)},{outcome},"
            f"{of_batch}"
        )
    return "\n".join(lines) + "\n"


def _when(t_ns: int) -> str:
    return "" if t_ns == NEVER else as_seconds(t_ns)
