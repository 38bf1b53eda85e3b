"""The receiving ends: payloads are put together and go to the server, answers to the sender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.world.agenda import Agenda
from simulator.world.alarm import ARRIVALS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simpy import Environment

    from simulator.world.ledger import Ledger
    from simulator.world.network.parcel import Parcel, Payload
    from simulator.world.plan import StreamPlan
    from simulator.world.service import Job

__all__ = ["Inbox", "Receiver"]


class Receiver:
    """Hands frames to the server when they are there.

    A frame without layers is there with its last packet. A layered one is there when all its layers
    are whole; otherwise, when the time has come to begin, with those layers that are whole and miss
    none below; if even the base is not whole by then, as soon as it is. The receiver waits until
    then even where nothing more will come: that the sender took the rest back, or that it was lost,
    nobody tells it. What comes after that is ignored.

    Args:
        env: The world's clock.
        streams: The cameras.
        ledger: Where arrivals are noted.
        arrive: The server: told of all jobs that are there at one instant.
    """

    __slots__ = ("_agenda", "_arrive", "_arrived_ns", "_decode_by_ns", "_left_ns")

    def __init__(
        self,
        env: Environment,
        streams: Sequence[StreamPlan],
        ledger: Ledger,
        arrive: Callable[[list[Job], int], None],
    ) -> None:
        """Start with nothing there."""
        self._arrive = arrive
        self._arrived_ns = ledger.arrived_ns
        self._left_ns = ledger.uplink_end_ns
        self._decode_by_ns = [stream.captured_ns + stream.decode_by_ns for stream in streams]
        self._agenda: Agenda[Payload] = Agenda(env, ARRIVALS, self._due)

    def deliver(self, parcels: list[Parcel], now_ns: int) -> None:
        """Take in all that arrives on one link at one instant."""
        jobs = []
        for parcel in parcels:
            payload = parcel.payload
            if payload is None:
                row = parcel.job.row
                self._left_ns[row] = parcel.left_ns
                self._arrived_ns[row] = now_ns
                jobs.append(parcel.job)
            elif not payload.handed:
                payload.missing[parcel.layer] -= parcel.packets
                payload.left_ns = max(payload.left_ns, parcel.left_ns)
                if self._is_there(payload, parcel.layer, parcel.job.mail.stream, now_ns):
                    jobs.append(self._hand_on(payload, now_ns))
        if jobs:
            self._arrive(jobs, now_ns)

    def _is_there(self, payload: Payload, layer: int, stream: int, now_ns: int) -> bool:
        """Return whether a payload is to be handed on, now that more of this layer came."""
        if not any(payload.missing):
            return True
        if layer or payload.missing[0]:
            return False
        due_ns = int(self._decode_by_ns[stream][payload.job.frame])
        if due_ns <= now_ns:
            return True
        self._agenda.add(now_ns, due_ns, payload)
        return False

    def _due(self, payloads: list[Payload], now_ns: int) -> None:
        jobs = [self._hand_on(payload, now_ns) for payload in payloads if not payload.handed]
        if jobs:
            self._arrive(jobs, now_ns)

    def _hand_on(self, payload: Payload, now_ns: int) -> Job:
        job = payload.job
        payload.handed = True
        self._left_ns[job.row] = payload.left_ns
        self._arrived_ns[job.row] = now_ns
        return job if len(payload.missing) == 1 else job._replace(layers=payload.whole())


class Inbox:
    """Hands answers to the mail of their streams when they are there.

    Args:
        ledger: Where their instants are noted.
    """

    __slots__ = ("_done_ns",)

    def __init__(self, ledger: Ledger) -> None:
        """Start with nothing there."""
        self._done_ns = ledger.done_ns

    def deliver(self, parcels: list[Parcel], now_ns: int) -> None:
        """Take in all that arrives on one link at one instant."""
        for parcel in parcels:
            payload, job = parcel.payload, parcel.job
            if payload is not None:
                payload.missing[0] -= parcel.packets
            if payload is None or not payload.missing[0]:
                self._done_ns[job.row] = now_ns
                job.mail.answer(job.row, now_ns)
