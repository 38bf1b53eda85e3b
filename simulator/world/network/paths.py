"""Builds the paths of a world: links, what lies behind them, and who sends into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from simulator.world.alarm import CANCELS, LINKS, RESENDS
from simulator.world.network.answers import DelayedAnswers, DownlinkAnswers
from simulator.world.network.arithmetic import is_orderly, orderly, queueing, weights
from simulator.world.network.cancelling import Canceller
from simulator.world.network.cross import Cross, CrossedLink
from simulator.world.network.flight import flight, is_smooth
from simulator.world.network.grant import GrantedHop
from simulator.world.network.hop import OrderlyHop
from simulator.world.network.lane import Lane
from simulator.world.network.queueing import QueueingHop
from simulator.world.network.receiver import Inbox, Receiver
from simulator.world.network.resending import Resender
from simulator.world.network.sender import FrameSender, PartSender

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simpy import Environment

    from simulator.world.ledger import Ledger
    from simulator.world.mail import Mail
    from simulator.world.network.answers import Answers
    from simulator.world.network.hop import Hop
    from simulator.world.network.parcel import Parcel
    from simulator.world.network.sender import Sender
    from simulator.world.plan import LinkPlan, StreamPlan, WorldPlan
    from simulator.world.service import Job

    Deliver = Callable[[list[Parcel], int], None]

__all__ = ["Paths"]

T = TypeVar("T")


class Paths:
    """The way there and the way back.

    Args:
        env: The world's clock.
        plan: The world.
        ledger: Where everything is noted.
    """

    def __init__(self, env: Environment, plan: WorldPlan, ledger: Ledger) -> None:
        """Take note of what is to be built."""
        self._env = env
        self._plan = plan
        self._ledger = ledger
        self._links = sum(map(len, plan.uplink))
        self._entries: Sequence[Hop] = ()
        self._lanes: Sequence[Lane] = ()
        self._senders: dict[Hop, FrameSender] = {}

    def answers(self) -> Answers:
        """Build the way back."""
        plan, ledger = self._plan, self._ledger
        if not plan.downlink:
            return DelayedAnswers(ledger, plan.downlink_delay_ns)
        entries = self._build(plan.downlink, self._links, Inbox(ledger).deliver)
        whole = len(plan.downlink) == 1
        senders: list[Sender] = []
        for k, hop in enumerate(entries):
            intact = whole and _of(plan.downlink[0], k).loss is None
            kind = FrameSender if intact else PartSender
            senders.append(kind(hop, plan.packets, ledger))
        return DownlinkAnswers(self._env, plan.streams, senders)

    def lay_uplink(self, arrive: Callable[[list[Job], int], None]) -> None:
        """Build the way there, which ends in ``arrive``."""
        if self._is_lane():
            self._lanes = [
                self._lane(link, number, arrive) for number, link in enumerate(self._plan.uplink[0])
            ]
            return
        receiver = Receiver(self._env, self._plan.streams, self._ledger, arrive)
        starts = self._ledger.uplink_start_ns
        self._entries = self._build(self._plan.uplink, 0, receiver.deliver, starts)

    def sender(self, k: int, mail: Mail) -> Sender:
        """Return what sends a stream's payloads; the way there must be built."""
        if self._lanes:
            return _of(self._lanes, k)
        plan, hop, packets, ledger = self._plan, self._entries[k], self._plan.packets, self._ledger
        stream, first = plan.streams[k], _of(plan.uplink[0], k)
        again = stream.transport == "retransmit"
        splits = again or len(plan.uplink) > 1 or first.loss is not None
        if not splits and _is_plain(stream):
            if hop not in self._senders:
                self._senders[hop] = FrameSender(hop, packets, ledger)
            return self._senders[hop]
        round_trip_ns = plan.up_delay_ns(k) + plan.down_delay_ns(k)
        canceller = None
        if isinstance(hop, GrantedHop | QueueingHop) and stream.cancel != "never":
            canceller = Canceller(
                self._env,
                stream,
                hop,
                ledger,
                mail,
                round_trip_ns=round_trip_ns,
                priority=CANCELS + k,
            )
        resender = None
        if again:
            resender = Resender(
                self._env,
                stream,
                hop,
                ledger,
                round_trip_ns=round_trip_ns,
                priority=RESENDS + k,
                canceller=canceller,
            )
        return PartSender(
            hop,
            packets,
            ledger,
            layers=stream.layers,
            splits=splits,
            resender=resender,
            canceller=canceller,
        )

    def _is_lane(self) -> bool:
        """Return whether all that happens to a frame on its way is known when it is sent."""
        hops = self._plan.uplink
        return (
            len(hops) == 1
            and all(map(_is_plain, self._plan.streams))
            and all(is_orderly(x) and is_smooth(x) and not x.cross for x in hops[0])
        )

    def _lane(self, link: LinkPlan, number: int, arrive: Callable[[list[Job], int], None]) -> Lane:
        return Lane(
            self._env,
            orderly(link, self._plan.packets),
            link.delay_ns,
            self._plan.packets,
            self._ledger,
            arrive,
            LINKS + number,
        )

    def _build(
        self,
        hops: Sequence[Sequence[LinkPlan]],
        number: int,
        deliver: Deliver,
        starts: memoryview[int] | None = None,
    ) -> Sequence[Hop]:
        """Build a path from its end on; return the first hop of each stream.

        Args:
            hops: The links of each hop.
            number: Of the first link, among all links of the world.
            deliver: What the path ends in.
            starts: Where turns on the first hop are noted.
        """
        streams = self._plan.streams
        number += sum(map(len, hops))
        for place in reversed(range(len(hops))):
            links = hops[place]
            number -= len(links)
            noted = starts if place == 0 else None
            built: list[Hop] = []
            for k, link in enumerate(links):
                using = streams if len(links) == 1 else streams[k : k + 1]
                revocable = noted is not None and any(s.cancel != "never" for s in using)
                built.append(self._hop(link, number + k, deliver, noted, revocable=revocable))
            deliver = _junction(built)
        return built * len(streams) if len(built) == 1 else built

    def _hop(
        self,
        link: LinkPlan,
        number: int,
        deliver: Deliver,
        starts: memoryview[int] | None,
        *,
        revocable: bool,
    ) -> Hop:
        plan, env = self._plan, self._env
        behind = flight(env, link, priority=LINKS + number, deliver=deliver)
        cross = Cross(link.cross) if link.cross else None
        if is_orderly(link) and not revocable:
            fifo = orderly(link, plan.packets)
            return OrderlyHop(CrossedLink(fifo, cross) if cross else fifo, behind, starts)
        hop = QueueingHop(
            env,
            queueing(link, weights(link, plan.streams)),
            behind,
            priority=LINKS + number,
            full_bytes=plan.packets.mtu_payload_bytes + plan.packets.header_bytes,
            cross=cross,
            starts=starts,
        )
        if not link.grant_ns:
            return hop
        return GrantedHop(env, hop, link.grant_ns, RESENDS + len(plan.streams) + number)


def _of(links: Sequence[T], stream: int) -> T:
    return links[0] if len(links) == 1 else links[stream]


def _is_plain(stream: StreamPlan) -> bool:
    """Return whether a stream sends its payloads whole, once, and never takes them back."""
    return stream.transport == "datagram" and stream.cancel == "never" and not any(stream.layers)


def _junction(hops: Sequence[Hop]) -> Deliver:
    """Return what passes parcels on to the hop that they take next."""

    def to_all(parcels: list[Parcel], now_ns: int) -> None:
        for parcel in parcels:
            hops[0].take(parcel, now_ns)

    def to_own(parcels: list[Parcel], now_ns: int) -> None:
        for parcel in parcels:
            hops[parcel.job.mail.stream].take(parcel, now_ns)

    return to_all if len(hops) == 1 else to_own
