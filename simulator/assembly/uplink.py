"""The uplink's plan: its trace, scaled so that the ladder's top offers the load asked for."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from simulator.assembly.sources import scaled_trace, trace
from simulator.world import LinkPlan

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.scenario.network import Link

__all__ = ["link_plan", "load_factor"]

_FINEST = 10**6


def load_factor(offered_bps: float, load: float, mean_bps: float) -> Fraction:
    """Return what a link's capacity is multiplied by to have this load.

    Load is what the ladder's top network unit at full frame rate would offer, with packet
    headers, over all streams of the link, divided by the link's mean capacity.

    Args:
        offered_bps: What the top unit offers, bit/s on the wire.
        load: The load wanted.
        mean_bps: The trace's own mean capacity.

    Returns:
        A ratio within a millionth of the exact one.

    Example:
        >>> load_factor(offered_bps=2e6, load=0.5, mean_bps=3e6)
        Fraction(4, 3)
    """
    factor = Fraction(offered_bps) / (Fraction(load) * Fraction(mean_bps))
    if factor < 1:
        return 1 / (1 / factor).limit_denominator(_FINEST)
    return factor.limit_denominator(_FINEST)


def link_plan(
    link: Link, folder: Path, duration_ns: int, offered_bps: float
) -> tuple[LinkPlan, str]:
    """Return the plan of a link, and the name under which its capacity is reported.

    Args:
        link: As the scenario has it.
        folder: What a trace file's path is relative to.
        duration_ns: Of the run.
        offered_bps: What the top unit of all streams offers, bit/s on the wire.
    """
    source = link.trace
    found = trace(source, folder, duration_ns)
    name = source.label
    if link.load is not None and offered_bps:
        factor = load_factor(offered_bps, link.load, found.mean_bps)
        found = scaled_trace(source, folder, duration_ns, factor)
        name = f"{name} x {float(factor):.6g}"
    plan = LinkPlan(
        trace=found,
        delay_ns=link.delay_ns,
        queue_bytes=link.queue_bytes,
    )
    return plan, name
