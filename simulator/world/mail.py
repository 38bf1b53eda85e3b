"""What a sender knows of its payloads: on their way, delivered, or given up for missing.

Nothing is worked out until a policy asks; then everything up to that instant is. A policy that
never asks costs a frame two appends.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from typing import TYPE_CHECKING

from policies.interface import Answer, Delivery, Pending

if TYPE_CHECKING:
    from simulator.world.ledger import Ledger
    from simulator.world.plan import StreamPlan

__all__ = ["Mail"]

KEPT = 20
"""Deliveries and answers that an observation shows."""
OVERTAKEN = 3
"""A payload is missing when the answers of this many sent later came before its own."""
PATIENCE_NS = 10 * 10**9
"""A payload is missing when its answer did not come for this long."""
_UNREAD = 1000  # bounds what a policy that never asks leaves lying about


class Mail:
    """The post of one stream. Rows are rows of the ledger, ``first`` is that of frame 0.

    Attributes:
        pending: What is not accounted for, by row, in the order of sending.
        deliveries: The latest deliveries, at least `KEPT` of them if there were so many.
        delivered: How many deliveries there were.
        missing: How many payloads were given up.
    """

    def __init__(self, plan: StreamPlan, ledger: Ledger, first: int, uplink_delay_ns: int) -> None:
        """Start with nothing sent."""
        self._ledger = ledger
        self._first = first
        self._delay_ns = uplink_delay_ns
        self._plan = plan
        self._captured_ns = plan.captured_ns.data
        self._sizes = [sizes.data for sizes in plan.payload_bytes]
        self._sent: deque[int] = deque()
        self._inbox: deque[tuple[int, int]] = deque()  # (instant of the answer, row), ascending
        self.pending: dict[int, Pending] = {}
        self._overtaken: dict[int, int] = {}
        self.deliveries: list[Delivery] = []
        self._answers: deque[tuple[int, int]] = deque(maxlen=KEPT)
        self.delivered = self.missing = 0
        self._read_ns = -1
        self._patience_ns = PATIENCE_NS  # nothing runs out of patience before

    def send(self, row: int, now_ns: int) -> None:
        """Note that a payload was handed to the uplink."""
        self._sent.append(row)
        self._read_ns = -1
        if len(self._sent) > _UNREAD:
            self.read(now_ns)

    def answer(self, row: int, done_ns: int) -> None:
        """Note that an answer will be there at ``done_ns``; until then nobody reads it."""
        inbox = self._inbox
        self._read_ns = -1
        if inbox and done_ns < inbox[-1][0]:
            insort(inbox, (done_ns, row))
        else:
            inbox.append((done_ns, row))

    def read(self, now_ns: int) -> None:
        """Bring what is known up to this instant."""
        if now_ns == self._read_ns:
            return
        self._read_ns = now_ns
        sent, inbox = self._sent, self._inbox
        while sent:
            row = sent.popleft()
            self.pending[row] = self._pending_of(row)
        while inbox and inbox[0][0] <= now_ns:
            done_ns, row = inbox.popleft()
            if done_ns >= self._patience_ns:
                self._give_up_sent_by(done_ns - PATIENCE_NS)
            self._answers.append((done_ns, row))
            if self._ledger.service_start_ns[row] >= 0:
                self._deliver(row)
        if now_ns >= self._patience_ns:
            self._give_up_sent_by(now_ns - PATIENCE_NS)

    def answers(self) -> tuple[Answer, ...]:
        """Return the latest results, those made on the device too."""
        return tuple(self._answer_of(row, done_ns) for done_ns, row in self._answers)

    def _deliver(self, row: int) -> None:
        log, pending = self._ledger, self.pending
        # One given up for missing may still be answered.
        frame, size_bytes, sent_ns = pending.pop(row) if row in pending else self._pending_of(row)
        arrived_ns = log.uplink_end_ns[row] + self._delay_ns
        wait_ns = log.service_start_ns[row] - arrived_ns
        self.deliveries.append(Delivery(frame, size_bytes, sent_ns, arrived_ns, wait_ns))
        if len(self.deliveries) > 2 * KEPT:
            del self.deliveries[:-KEPT]
        self.delivered += 1
        if pending and next(iter(pending)) < row:
            self._overtake(row)

    def _overtake(self, row: int) -> None:
        """Count the answer of ``row`` against the payloads sent before it."""
        counts = self._overtaken
        for older in [r for r in self.pending if r < row]:
            counts[older] = counts.get(older, 0) + 1
            if counts[older] == OVERTAKEN:
                self._give_up(older)

    def _give_up_sent_by(self, latest_ns: int) -> None:
        for row in [r for r, payload in self.pending.items() if payload.sent_ns <= latest_ns]:
            self._give_up(row)
        oldest = next(iter(self.pending.values()), None)
        self._patience_ns = PATIENCE_NS + (0 if oldest is None else oldest.sent_ns)

    def _give_up(self, row: int) -> None:
        del self.pending[row]
        self._overtaken.pop(row, None)
        self.missing += 1

    def _pending_of(self, row: int) -> Pending:
        frame = row - self._first
        size_bytes = self._sizes[self._ledger.unit[row]][frame]
        return Pending(frame, size_bytes, self._ledger.device_end_ns[row])

    def _answer_of(self, row: int, done_ns: int) -> Answer:
        frame, unit = row - self._first, self._ledger.unit[row]
        confidence = float(self._plan.confidence[unit, frame])
        return Answer(frame, unit, done_ns - self._captured_ns[frame], confidence)
