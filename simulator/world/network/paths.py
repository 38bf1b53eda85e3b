"""Builds the paths of a world: links, what lies behind them, and who sends into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from simulator.links.kinds import frame_link
from simulator.world.alarm import CANCELS, LINKS, RESENDS
from simulator.world.network.answers import DelayedAnswers, DownlinkAnswers
from simulator.world.network.cancelling import Canceller
from simulator.world.network.flight import is_smooth
from simulator.world.network.grant import GrantedHop
from simulator.world.network.lane import Lane
from simulator.world.network.laying import lay
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
    from simulator.world.network.sender import Sender
    from simulator.world.plan import LinkPlan, StreamPlan, WorldPlan
    from simulator.world.service import Job

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
        self._queueing: list[QueueingHop] = []

    def answers(self) -> Answers:
        """Build the way back."""
        plan, ledger = self._plan, self._ledger
        if not plan.downlink:
            return DelayedAnswers(ledger, plan.downlink_delay_ns)
        deliver = Inbox(ledger).deliver
        entries, queueing = lay(self._env, plan, plan.downlink, self._links, deliver)
        self._queueing += queueing
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
        self._entries, queueing = lay(
            self._env, self._plan, self._plan.uplink, 0, receiver.deliver, starts
        )
        self._queueing += queueing

    def close(self) -> None:
        """Note what is still open when nothing happens any more."""
        for hop in self._queueing:
            hop.close()

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
            and all(x.is_known_at_once and is_smooth(x) and not x.cross for x in hops[0])
        )

    def _lane(self, link: LinkPlan, number: int, arrive: Callable[[list[Job], int], None]) -> Lane:
        return Lane(
            self._env,
            frame_link(link.trace, link, full_bytes=self._plan.packets.full_bytes),
            link.delay_ns,
            self._plan.packets,
            self._ledger,
            arrive,
            LINKS + number,
        )


def _of(links: Sequence[T], stream: int) -> T:
    return links[0] if len(links) == 1 else links[stream]


def _is_plain(stream: StreamPlan) -> bool:
    """Return whether a stream sends its payloads whole, once, and never takes them back."""
    return stream.transport == "datagram" and stream.cancel == "never" and not any(stream.layers)
