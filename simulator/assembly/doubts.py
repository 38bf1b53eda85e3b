"""What is doubtful about a scenario's traces, in words, for its summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traces import doubts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.scenario.hops import Hop
    from traces import BandwidthTrace

__all__ = ["downlink_doubts", "uplink_doubts"]


def uplink_doubts(hop: Hop, trace: BandwidthTrace) -> Iterator[str]:
    """Yield what a hop's trace measured otherwise, and what it says that nobody uses.

    Args:
        hop: Of the uplink.
        trace: Of its first link, as read.
    """
    yield from doubts(trace)
    yield from _unused(hop, trace)


def downlink_doubts(hop: Hop, trace: BandwidthTrace) -> Iterator[str]:
    """Yield the same for a hop of the downlink."""
    about = trace.about
    for doubtful, said in (
        (about.measures == "flow-rate", "a flow rate"),
        (about.direction == "uplink", "an uplink"),
    ):
        if doubtful:
            yield f"{about.name} measures {said}: real downlink capacity may differ"
    yield from _unused(hop, trace)


def _unused(hop: Hop, trace: BandwidthTrace) -> Iterator[str]:
    conditions = trace.conditions
    if conditions is None:
        return
    if conditions.loss is not None and hop.loss != "trace":
        yield f"{trace.about.name} has a loss column: write `loss: trace` to use it"
    if conditions.delay_ns is not None and hop.delay_ns is not None:
        yield f"{trace.about.name} has a delay column: write `delay: trace` to use it"
