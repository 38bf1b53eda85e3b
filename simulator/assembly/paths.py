"""The way to the server and the way back, hop by hop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from simulator.assembly.doubts import downlink_doubts, uplink_doubts
from simulator.assembly.hops import Offer, Route, hop_plan
from simulator.assembly.problems import every
from simulator.assembly.sources import trace
from simulator.scenario.network import Downlink

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.assembly.cast import Cast, Run
    from simulator.scenario.hops import Hop
    from simulator.scenario.network import Network
    from simulator.world.plan import LinkPlan

__all__ = ["PathPlan", "path_plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPlan:
    """All links, and what they are called in results.

    Attributes:
        uplink: The hops from the devices on; see ``WorldPlan``.
        downlink: The hops from the server on; none where the way back is a delay alone.
        downlink_delay_ns: That delay.
        trace: The traces as the unit of statistics: ``us-lte-up/3``.
        link: The same traces as scaled for this run.
        warnings: What is doubtful about the traces, in words.
    """

    uplink: tuple[tuple[LinkPlan, ...], ...]
    downlink: tuple[tuple[LinkPlan, ...], ...]
    downlink_delay_ns: int
    trace: str
    link: str
    warnings: tuple[str, ...]

    @property
    def back_ns(self) -> int:
        """Propagation from the server back, the longest where streams have links of their own."""
        return self.downlink_delay_ns + sum(
            max(link.delay_ns for link in hop) for hop in self.downlink
        )


def path_plan(network: Network, casts: Sequence[Cast], run: Run) -> PathPlan:
    """Return the plan of all hops.

    Args:
        network: As the scenario has it.
        casts: The groups of streams.
        run: Which run.

    Raises:
        InputError: With all that is wrong with any hop.
    """
    packets = network.packets

    def payloads(cast: Cast, index: int | None) -> float:
        return cast.offered_bps(index, packets)

    def answers(cast: Cast, index: int | None) -> float:
        size = cast.group.result_bytes
        wire = size + -(-size // packets.payload_bytes) * packets.header_bytes
        return 8 * cast.frames_per_s(index) * wire

    def offer(path: str, hop: Hop) -> Offer:
        of = payloads if path.startswith("network.uplink") else answers
        return Offer(
            all_bps=sum(of(cast, None) for cast in casts),
            each=[
                (f"{cast.name}/{index}", of(cast, index))
                for cast in casts
                for index in range(cast.streams if hop.each else 0)
            ],
        )

    plans = every(
        partial(
            hop_plan,
            hop,
            offer(path, hop),
            Route(path=path, folder=run.folder, duration_ns=run.duration_ns, seed=run.seed),
        )
        for path, hop in network.hops()
    )
    count = len(network.uplink)
    up, down = plans[:count], plans[count:]
    back = network.downlink
    label = " + ".join(hop.trace for hop in up)
    return PathPlan(
        uplink=tuple(hop.links for hop in up),
        downlink=tuple(hop.links for hop in down),
        downlink_delay_ns=back.delay_ns if isinstance(back, Downlink) else 0,
        trace=", back ".join([label, *(hop.trace for hop in down)]),
        link=", back ".join([" + ".join(hop.scaled for hop in up), *(hop.scaled for hop in down)]),
        warnings=tuple(_doubts(network, run)),
    )


def _doubts(network: Network, run: Run) -> Iterator[str]:
    for path, hop in network.hops():
        found = trace(hop.trace, run.folder, run.duration_ns)
        if path.startswith("network.uplink"):
            yield from uplink_doubts(hop, found)
        else:
            yield from downlink_doubts(hop, found)
