"""Sends packets again that were lost, as long as that can help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.world.agenda import Agenda

if TYPE_CHECKING:
    from simpy import Environment

    from simulator.world.ledger import Ledger
    from simulator.world.network.cancelling import Canceller
    from simulator.world.network.hop import Hop
    from simulator.world.network.parcel import Part
    from simulator.world.plan import StreamPlan

__all__ = ["LEAST_NS", "Resender"]

LEAST_NS = 10**6
"""The least time until a packet is sent again: the granularity of timers that RFC 9002, section
6.1.2, recommends. It matters on paths of hardly any delay, which would else be tried without end.
"""
_MOST_TRANSMISSIONS = 127  # what the log can hold


class Resender:
    """A lost packet enters the first link again one base round trip after it was lost.

    Args:
        env: The world's clock.
        plan: Whose packets they are. After the frame's last deadline nothing is sent again.
        hop: The first link.
        ledger: Where transmissions are noted.
        round_trip_ns: Propagation there and back.
        priority: Of sending again.
        canceller: Has a say in it, if there is one.
    """

    __slots__ = (
        "_after_ns",
        "_agenda",
        "_canceller",
        "_captured_ns",
        "_hop",
        "_last_ns",
        "_ledger",
    )

    def __init__(
        self,
        env: Environment,
        plan: StreamPlan,
        hop: Hop,
        ledger: Ledger,
        *,
        round_trip_ns: int,
        priority: int,
        canceller: Canceller | None = None,
    ) -> None:
        """Start with nothing lost."""
        self._captured_ns: memoryview[int] = plan.captured_ns.data
        self._hop = hop
        self._ledger = ledger
        self._after_ns = max(round_trip_ns, LEAST_NS)
        self._last_ns = plan.last_deadline_ns
        self._canceller = canceller
        self._agenda: Agenda[Part] = Agenda(env, priority, self._send)

    def again(self, parcel: Part, now_ns: int, at_ns: int) -> bool:
        """Arrange for a parcel lost at an instant to be sent again, or return False: too late."""
        when_ns = at_ns + self._after_ns
        if when_ns > self._captured_ns[parcel.job.frame] + self._last_ns:
            return False
        self._agenda.add(now_ns, when_ns, parcel)
        return True

    def _send(self, parcels: list[Part], now_ns: int) -> None:
        transmissions = self._ledger.transmissions
        for parcel in parcels:
            if self._canceller is None or self._canceller.readmits(parcel, now_ns):
                parcel.transmissions += 1
                transmissions[parcel.job.row] = max(
                    transmissions[parcel.job.row], min(parcel.transmissions, _MOST_TRANSMISSIONS)
                )
                self._hop.take(parcel, now_ns)
