"""Takes back what is of no use any more, as long as it waits for the first link."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from simulator.framelog import Reason
from simulator.world.reminder import Reminder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simpy import Environment

    from simulator.world.ledger import Ledger
    from simulator.world.mail import Mail
    from simulator.world.network.hop import RevocableHop
    from simulator.world.network.parcel import Parcel, Part, Payload
    from simulator.world.plan import StreamPlan

__all__ = ["Canceller"]


class Canceller:
    """Watches over a stream's payloads from when they are handed over until all has begun.

    A payload is too late once, by propagation alone, no answer to it can be on time. What of it
    has not begun on the first link goes. A frame whose base layer loses a packet so is dropped; of
    others that layer and those above will never be whole. There is one event for the payload that
    is too late next, and none where nothing waits.

    Args:
        env: The world's clock.
        plan: The stream.
        hop: The first link.
        ledger: Where dropped frames are noted.
        mail: Told of them: the sender waits for no answer.
        round_trip_ns: Propagation there and back.
        priority: Of cancelling.
    """

    __slots__ = (
        "_captured_ns",
        "_heap",
        "_hop",
        "_latest",
        "_lead_ns",
        "_ledger",
        "_mail",
        "_supersedes",
        "_wake",
    )

    def __init__(
        self,
        env: Environment,
        plan: StreamPlan,
        hop: RevocableHop,
        ledger: Ledger,
        mail: Mail,
        *,
        round_trip_ns: int,
        priority: int,
    ) -> None:
        """Start with nothing to watch."""
        self._hop = hop
        self._ledger = ledger
        self._mail = mail
        self._captured_ns: memoryview[int] = plan.captured_ns.data
        self._lead_ns = plan.last_deadline_ns - round_trip_ns
        self._supersedes = plan.cancel == "superseded"
        self._latest = -1  # the newest frame that was handed over
        self._heap: list[tuple[int, int, Payload]] = []  # too late at, frame
        self._wake = Reminder(env, priority, self._too_late)

    def watches(self, payload: Payload, parcels: Sequence[Parcel], now_ns: int) -> bool:
        """Take a payload that is about to be sent into view; False if it is too late already."""
        frame = payload.job.frame
        if self._supersedes:
            self._latest = frame
            for _, _, older in sorted(self._heap):
                self._cancel(older, 1, now_ns)
        if self._too_late_ns(frame) <= now_ns:
            self._drop(payload, now_ns)
            return False
        payload.waiting = dict.fromkeys(parcels)
        self._watch(payload, now_ns)
        return True

    def readmits(self, parcel: Part, now_ns: int) -> bool:
        """Return whether a lost packet may be sent again, and take its payload into view then."""
        payload, frame = parcel.payload, parcel.job.frame
        if parcel.layer >= payload.broken:
            return False
        if self._supersedes and parcel.layer and frame < self._latest:
            payload.broken = parcel.layer
            return False
        if self._too_late_ns(frame) <= now_ns:
            self._break(payload, parcel.layer, now_ns)
            return False
        payload.waiting[parcel] = None
        self._watch(payload, now_ns)
        return True

    def _too_late_ns(self, frame: int) -> int:
        return self._captured_ns[frame] + self._lead_ns

    def _watch(self, payload: Payload, now_ns: int) -> None:
        if not payload.watched:
            payload.watched = True
            frame = payload.job.frame
            heappush(self._heap, (self._too_late_ns(frame), frame, payload))
        self._set(now_ns)

    def _set(self, now_ns: int) -> None:
        """Wake when the first payload of which something waits is too late."""
        heap = self._heap
        while heap and not heap[0][2].waiting:
            heappop(heap)[2].watched = False
        if heap:
            self._wake.at(now_ns, heap[0][0])

    def _too_late(self, now_ns: int) -> None:
        heap = self._heap
        while heap and heap[0][0] <= now_ns:
            payload = heappop(heap)[2]
            payload.watched = False
            self._cancel(payload, 0, now_ns)
        self._set(now_ns)

    def _cancel(self, payload: Payload, layer: int, now_ns: int) -> None:
        """Take back what waits of these layers from the lowest on."""
        lowest = len(payload.missing)
        for parcel in list(payload.waiting):
            if parcel.layer >= layer and self._hop.cancel(parcel, now_ns):
                payload.waiting.pop(parcel, None)
                lowest = min(lowest, parcel.layer)
        if lowest < payload.broken:
            self._break(payload, lowest, now_ns)

    def _break(self, payload: Payload, layer: int, now_ns: int) -> None:
        """Note that no layer from this one on will be whole."""
        payload.broken = layer
        if layer == 0:
            self._drop(payload, now_ns)

    def _drop(self, payload: Payload, now_ns: int) -> None:
        row = payload.job.row
        self._ledger.destroyed(row, Reason.CANCELLED, now_ns)
        self._mail.forget(row, now_ns)
