"""What the hops of the uplink were brought and what they could carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.framelog import NEVER

if TYPE_CHECKING:
    from simulator.metrics.selection import Selection
    from simulator.world.plan import LinkPlan, WorldPlan

__all__ = ["hop_overloaded", "uplink_utilisation"]


def uplink_utilisation(frames: Selection, plan: WorldPlan) -> float:
    """Return the share of capacity that frames took of the narrowest hop; NaN if it had none.

    A hop of one link for each stream has the capacity of all of them. What crossed the whole path
    while frames were captured counts, once; cross traffic and what was sent in vain do not.
    """
    offered = min(
        sum(_capacity_bytes(link, 0, plan.duration_ns) for link in hop) for hop in plan.uplink
    )
    crossed = frames["uplink_end_ns"]
    inside = (crossed != NEVER) & (crossed <= plan.duration_ns)
    carried = int(frames["wire_bytes"][inside].sum(dtype=np.int64))
    return min(carried / offered, 1.0) if offered else float("nan")


def hop_overloaded(frames: Selection, plan: WorldPlan, place: int) -> bool:
    """Return whether a link of a hop was brought more than it could carry in the second half.

    Frames count when they are sent, cross traffic as well.
    """
    begin_ns, end_ns = plan.duration_ns // 2, plan.duration_ns
    sent_ns = frames["sent_ns"]
    rows = (sent_ns >= begin_ns) & (sent_ns < end_ns)
    brought = np.bincount(
        frames["stream"][rows], weights=frames["wire_bytes"][rows], minlength=len(plan.streams)
    )
    hop = plan.uplink[place]
    own = [brought.sum()] if len(hop) == 1 else brought
    return any(
        own[k] + _cross_bytes(link, begin_ns, end_ns) > _capacity_bytes(link, begin_ns, end_ns)
        for k, link in enumerate(hop)
    )


def _capacity_bytes(link: LinkPlan, begin_ns: int, end_ns: int) -> float:
    trace = link.trace
    return (trace.capacity(end_ns) - trace.capacity(begin_ns)) / trace.units_per_byte


def _cross_bytes(link: LinkPlan, begin_ns: int, end_ns: int) -> int:
    total = 0
    for flow in link.cross:
        rows = slice(*np.searchsorted(flow.sent_ns, [begin_ns, end_ns]).tolist())
        total += int(flow.wire_bytes[rows].sum(dtype=np.int64))
    return total
