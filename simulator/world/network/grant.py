"""Permission to send, which a stream with nothing on the link must wait for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from simulator.world.agenda import Agenda

if TYPE_CHECKING:
    from simpy import Environment

    from simulator.world.network.parcel import Parcel
    from simulator.world.network.queueing import QueueingHop

__all__ = ["GrantedHop"]


class GrantedHop:
    """A hop behind grants, as on an uplink whose base station schedules who sends.

    A stream with nothing on the link asks and waits; what it is given meanwhile enters with it, and
    what comes while it has something there enters at once.

    Args:
        env: The world's clock.
        hop: What is behind.
        grant_ns: How long a grant takes.
        priority: Of entering.
    """

    __slots__ = ("_agenda", "_asking", "_carried", "_grant_ns", "_hop")

    def __init__(self, env: Environment, hop: QueueingHop, grant_ns: int, priority: int) -> None:
        """Start with nobody asking."""
        self._hop = hop
        self._carried = hop.carried = Counter[int]()
        self._grant_ns = grant_ns
        self._asking: dict[int, dict[Parcel, None]] = {}
        self._agenda: Agenda[int] = Agenda(env, priority, self._enter)

    def take(self, parcel: Parcel, now_ns: int) -> None:
        """Let a parcel in, or let it wait."""
        stream = parcel.job.mail.stream
        asking = self._asking.get(stream)
        if asking is not None:
            asking[parcel] = None
            return
        self._hop.watch(now_ns)  # what leaves now has left
        if self._carried[stream]:
            self._hop.take(parcel, now_ns)
        else:
            self._asking[stream] = {parcel: None}
            self._agenda.add(now_ns, now_ns + self._grant_ns, stream)

    def cancel(self, parcel: Parcel, now_ns: int) -> int:
        """Remove a parcel's packets that have not begun, and return how many."""
        asking = self._asking.get(parcel.job.mail.stream, {})
        if parcel not in asking:
            return self._hop.cancel(parcel, now_ns)
        del asking[parcel]
        return parcel.packets

    def _enter(self, streams: list[int], now_ns: int) -> None:
        for stream in sorted(streams):
            for parcel in self._asking.pop(stream):
                self._hop.take(parcel, now_ns)
