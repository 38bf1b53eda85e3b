"""What a sender knows of its payloads: on their way, delivered, or given up for missing.

Nothing is worked out until a policy asks; then everything up to that instant is. A policy that
never asks costs a frame two appends. Rows are kept, records made when they are asked for: with a
hundred streams, what counts is how little memory a decision touches.
"""

from __future__ import annotations

from array import array
from bisect import insort
from operator import itemgetter
from typing import TYPE_CHECKING

from policies.interface import Answer, Delivery, Pending

if TYPE_CHECKING:
    from simulator.world.ledger import Ledger
    from simulator.world.plan import StreamPlan

__all__ = ["KEPT", "Mail"]

KEPT = 20
"""Deliveries and answers that an observation shows."""
OVERTAKEN = 3
"""A payload is missing when the answers of this many sent later came before its own."""
PATIENCE_NS = 10 * 10**9
"""A payload is missing when its answer did not come for this long."""
_UNREAD = 1000  # bounds what a policy that never asks leaves lying about
_done_ns = itemgetter(0)


class Mail:
    """The post of one stream. Rows are rows of the ledger, which knows what is told of them.

    Args:
        plan: The stream.
        ledger: What was noted of its frames.
        stream: Its number.

    Attributes:
        stream: Its number.
        pending: What is not accounted for, in the order of sending.
        delivered: How many deliveries there were.
        missing: How many payloads were given up.
        sizes: Payloads, [units][frames].
    """

    __slots__ = (
        "_answered",
        "_arrived",
        "_captured_ns",
        "_first",
        "_inbox",
        "_layers",
        "_ledger",
        "_overtaken",
        "_patience_ns",
        "_plan",
        "_sent",
        "delivered",
        "missing",
        "pending",
        "sizes",
        "stream",
    )

    def __init__(self, plan: StreamPlan, ledger: Ledger, stream: int) -> None:
        """Start with nothing sent."""
        self._plan = plan
        self._layers = plan.layers
        self._ledger = ledger
        self.stream = stream
        self._first = ledger.first_rows[stream]
        self._captured_ns = plan.captured_ns.data
        self.sizes = [sizes.data for sizes in ledger.payload_bytes[stream]]
        self._sent: list[int] = []  # rows sent since the last reading
        self._inbox: list[tuple[int, int]] = []  # (instant of the answer, row), ascending
        self._answered = array("q")  # rows of the latest answers
        self._arrived = array("q")  # rows of the latest deliveries
        self._overtaken: dict[int, int] = {}
        self._patience_ns = PATIENCE_NS  # nothing runs out of patience before
        self.pending: list[Pending] = []
        self.delivered = self.missing = 0

    def send(self, row: int, now_ns: int) -> None:
        """Note that a payload was handed to the uplink."""
        self._sent.append(row)
        if len(self._sent) > _UNREAD:
            self.read(now_ns)

    def answer(self, row: int, done_ns: int) -> None:
        """Note that an answer will be there at ``done_ns``; until then nobody reads it.

        Of those that are there at one instant, the one noted first comes first.
        """
        inbox = self._inbox
        if inbox and done_ns < inbox[-1][0]:
            insort(inbox, (done_ns, row), key=_done_ns)
        else:
            inbox.append((done_ns, row))

    def forget(self, row: int, now_ns: int) -> None:
        """Expect no answer to a payload that the sender has taken back."""
        self.read(now_ns)
        frame = row - self._first
        self._overtaken.pop(frame, None)
        self.pending[:] = [payload for payload in self.pending if payload.frame != frame]

    def read(self, now_ns: int) -> None:
        """Bring what is known up to this instant."""
        if self._sent:
            for row in self._sent:
                self.pending.append(self._pending_of(row))
            self._sent.clear()
        come = 0
        for done_ns, row in self._inbox:
            if done_ns > now_ns:
                break
            come += 1
            if done_ns >= self._patience_ns:
                self._give_up_sent_by(done_ns - PATIENCE_NS)
            self._note(row)
        if come:
            del self._inbox[:come]
        if now_ns >= self._patience_ns:
            self._give_up_sent_by(now_ns - PATIENCE_NS)

    def deliveries(self, count: int) -> list[Delivery]:
        """Return the latest deliveries, at most so many."""
        return list(map(self._delivery_of, self._arrived[-count:]))

    def answers(self) -> list[Answer]:
        """Return the latest results, those made on the device too."""
        return list(map(self._answer_of, self._answered[-KEPT:]))

    def _note(self, row: int) -> None:
        """Take an answer in."""
        self._answered.append(row)
        if len(self._answered) > 2 * KEPT:
            del self._answered[:-KEPT]
        if self._ledger.service_start_ns[row] < 0:
            return  # made on the device
        self.delivered += 1
        self._arrived.append(row)
        if len(self._arrived) > 2 * KEPT:
            del self._arrived[:-KEPT]
        pending, frame = self.pending, row - self._first
        if pending and pending[0].frame == frame:
            del pending[0]
        else:
            self._overtake(frame)

    def _overtake(self, frame: int) -> None:
        """Count the answer of ``frame`` against the payloads sent before it, and tick it off."""
        counts = self._overtaken
        kept = []
        for payload in self.pending:
            if payload.frame < frame:
                counts[payload.frame] = counts.get(payload.frame, 0) + 1
            if counts.get(payload.frame, 0) == OVERTAKEN:
                self._forget(payload)
            elif payload.frame != frame:
                kept.append(payload)
        self.pending[:] = kept

    def _give_up_sent_by(self, latest_ns: int) -> None:
        pending = self.pending
        while pending and pending[0].sent_ns <= latest_ns:
            self._forget(pending.pop(0))
        # The oldest payload's patience; where there is none, that of the next to be sent at best.
        self._patience_ns = PATIENCE_NS + (
            pending[0].sent_ns if pending else latest_ns + PATIENCE_NS
        )

    def _forget(self, payload: Pending) -> None:
        self._overtaken.pop(payload.frame, None)
        self.missing += 1

    def _pending_of(self, row: int) -> Pending:
        frame = row - self._first
        size_bytes = self.sizes[self._ledger.unit[row]][frame]
        return Pending(frame, size_bytes, self._ledger.device_end_ns[row])

    def _delivery_of(self, row: int) -> Delivery:
        log, frame = self._ledger, row - self._first
        unit = log.unit[row]
        size_bytes = self.sizes[unit][frame]
        plan = self._layers[unit] if self._layers else None
        if plan is not None:  # those layers came that were whole at the server
            size_bytes = plan.payload_bytes[: max(1, log.layers[row]), frame].sum().item()
        arrived_ns = log.arrived_ns[row]
        wait_ns = log.service_start_ns[row] - arrived_ns
        return Delivery(frame, size_bytes, log.device_end_ns[row], arrived_ns, wait_ns)

    def _answer_of(self, row: int) -> Answer:
        frame, log = row - self._first, self._ledger
        unit = log.unit[row]
        done_ns = log.device_end_ns[row] if log.served_ns[row] < 0 else log.done_ns[row]
        plan = self._layers[unit] if self._layers else None
        if plan is None:
            confidence = self._plan.confidence[unit, frame]
        else:
            confidence = plan.confidence[max(1, log.layers[row]) - 1, frame]
        return Answer(frame, unit, done_ns - self._captured_ns[frame], float(confidence))
