"""Lays the links of a path one behind another, from its end on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.links.kinds import frame_link, queueing_link
from simulator.world.alarm import LINKS, RESENDS
from simulator.world.network.cross import Cross, CrossedLink
from simulator.world.network.flight import flight, is_smooth
from simulator.world.network.grant import GrantedHop
from simulator.world.network.hop import OrderlyHop
from simulator.world.network.queueing import QueueingHop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simpy import Environment

    from simulator.links.queueing import Flow, QueueingLink
    from simulator.world.network.hop import Hop
    from simulator.world.network.parcel import Parcel
    from simulator.world.plan import LinkPlan, StreamPlan, WorldPlan

    Deliver = Callable[[list[Parcel], int], None]

__all__ = ["lay"]


def lay(
    env: Environment,
    plan: WorldPlan,
    hops: Sequence[Sequence[LinkPlan]],
    number: int,
    deliver: Deliver,
    starts: memoryview[int] | None = None,
) -> tuple[Sequence[Hop], list[QueueingHop]]:
    """Build a path; return the first hop of each stream, and all that must be closed at the end.

    Args:
        env: The world's clock.
        plan: The world.
        hops: The links of each hop, at least one hop.
        number: Of the first link, among all links of the world.
        deliver: What the path ends in.
        starts: Where turns on the first hop are noted, and where streams may cancel: on the way
            to the server.
    """
    built: list[Hop] = []
    queueing: list[QueueingHop] = []
    number += sum(map(len, hops))
    for place in reversed(range(len(hops))):
        links = hops[place]
        number -= len(links)
        noted = starts if place == 0 else None
        built = []
        for k, link in enumerate(links):
            using = plan.streams if len(links) == 1 else plan.streams[k : k + 1]
            laid = _hop(env, plan, link, number + k, deliver, starts=noted, using=using)
            built.append(laid)
            if isinstance(laid, QueueingHop):
                queueing.append(laid)
                if link.grant_ns:
                    priority = RESENDS + len(plan.streams) + number + k
                    built[-1] = GrantedHop(env, laid, link.grant_ns, priority)
        deliver = _junction(built)
    return built * len(plan.streams) if len(built) == 1 else built, queueing


def _hop(
    env: Environment,
    plan: WorldPlan,
    link: LinkPlan,
    number: int,
    deliver: Deliver,
    *,
    starts: memoryview[int] | None,
    using: Sequence[StreamPlan],
) -> OrderlyHop | QueueingHop:
    revocable = starts is not None and any(stream.cancel != "never" for stream in using)
    if link.sharing != "fifo":
        deliver = _in_order(deliver)
    behind = flight(env, link, priority=LINKS + number, deliver=deliver)
    cross = Cross(link.cross) if link.cross else None
    if link.is_known_at_once and not revocable:
        fifo = frame_link(link.trace, link, full_bytes=plan.packets.full_bytes)
        return OrderlyHop(CrossedLink(fifo, cross) if cross else fifo, behind, starts)
    queueing: QueueingLink[Parcel | int] = queueing_link(
        link.trace, link, _weights(link, plan), header_bytes=plan.packets.header_bytes
    )
    return QueueingHop(
        env,
        queueing,
        behind,
        priority=LINKS + number,
        full_bytes=plan.packets.full_bytes,
        cross=cross,
        starts=starts,
        slack_ns=0 if revocable else _slack_ns(link, using),
    )


def _weights(link: LinkPlan, plan: WorldPlan) -> dict[Flow, int]:
    """Return the weights of the flows on a link: streams by number, others by name."""
    ours: dict[Flow, int] = {k: stream.weight for k, stream in enumerate(plan.streams)}
    return ours | {cross.name: cross.weight for cross in link.cross}


def _slack_ns(link: LinkPlan, using: Sequence[StreamPlan]) -> int:
    """Return for how long nobody needs to know of a parcel that has left, or was lost.

    The next place sees it after the propagation. One nanosecond is kept, so that all that arrives
    there at one instant is known before it. A loss keeps its instant, however late it is heard of.
    """
    again = any(stream.transport == "retransmit" for stream in using)
    if again or link.grant_ns or not is_smooth(link):
        return 0
    return max(0, link.delay_ns - 1)


def _in_order(deliver: Deliver) -> Deliver:
    """Return what passes on, in the order of sending, what a shared link delivers at one instant.

    Flows may leave such a link in another order within one instant, by hairs of a nanosecond or in
    one delivery opportunity, and nobody can tell.
    """

    def as_sent(parcels: list[Parcel], now_ns: int) -> None:
        if len(parcels) > 1:
            parcels.sort(key=_number)
        deliver(parcels, now_ns)

    return as_sent


def _number(parcel: Parcel) -> int:
    return parcel.number


def _junction(hops: Sequence[Hop]) -> Deliver:
    """Return what passes parcels on to the hop that they take next."""

    def to_all(parcels: list[Parcel], now_ns: int) -> None:
        for parcel in parcels:
            hops[0].take(parcel, now_ns)

    def to_own(parcels: list[Parcel], now_ns: int) -> None:
        for parcel in parcels:
            hops[parcel.job.mail.stream].take(parcel, now_ns)

    return to_all if len(hops) == 1 else to_own
