"""The way to the server and the way back, hop by hop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from simulator.assembly.doubts import downlink_doubts, uplink_doubts
from simulator.assembly.hops import Route, hop_plan
from simulator.assembly.problems import every
from simulator.assembly.sources import trace
from simulator.scenario.network import Downlink

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.assembly.cast import Run
    from simulator.assembly.offers import Crowd
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
        offered: By path what each link of a hop is scaled for, bit/s, where that is the offer of
            this run's own streams.
    """

    uplink: tuple[tuple[LinkPlan, ...], ...]
    downlink: tuple[tuple[LinkPlan, ...], ...]
    downlink_delay_ns: int
    trace: str
    link: str
    warnings: tuple[str, ...]
    offered: Mapping[str, float]

    @property
    def back_ns(self) -> int:
        """Propagation from the server back, the longest where streams have links of their own."""
        return self.downlink_delay_ns + sum(
            max(link.delay_ns for link in hop) for hop in self.downlink
        )


def path_plan(network: Network, crowd: Crowd, run: Run) -> PathPlan:
    """Return the plan of all hops.

    Args:
        network: As the scenario has it.
        crowd: Its streams, and those that links are scaled for.
        run: Which run.

    Raises:
        InputError: With all that is wrong with any hop.
    """
    offers = {path: crowd.offer(path, hop) for path, hop in network.hops()}
    plans = every(
        partial(
            hop_plan,
            hop,
            offers[path],
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
        offered={
            path: offers[path].of_a_link
            for path, hop in network.hops()
            if hop.rho is not None and hop.counts is None
        },
    )


def _doubts(network: Network, run: Run) -> Iterator[str]:
    for path, hop in network.hops():
        found = trace(hop.trace, run.folder, run.duration_ns)
        if path.startswith("network.uplink"):
            yield from uplink_doubts(hop, found)
        else:
            yield from downlink_doubts(hop, found)
