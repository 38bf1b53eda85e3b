"""The way back: answers set out when their batch has been served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from simulator.world.agenda import Agenda
from simulator.world.alarm import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simpy import Environment

    from simulator.world.ledger import Ledger
    from simulator.world.network.sender import Sender
    from simulator.world.plan import StreamPlan
    from simulator.world.service import Job

__all__ = ["Answers", "DelayedAnswers", "DownlinkAnswers"]


class Answers(Protocol):
    """What the server tells when a batch begins."""

    def send(self, job: Job, served_ns: int) -> None:
        """Send the answer to a frame that will have been served at ``served_ns``."""


class DelayedAnswers:
    """A way back that is nothing but propagation: no event, for nobody learns of it before.

    Args:
        ledger: Where the instants are noted.
        delay_ns: The propagation.
    """

    __slots__ = ("_delay_ns", "_done_ns")

    def __init__(self, ledger: Ledger, delay_ns: int) -> None:
        """Start with no answers."""
        self._done_ns = ledger.done_ns
        self._delay_ns = delay_ns

    def send(self, job: Job, served_ns: int) -> None:
        """Note when the answer will be there."""
        self._done_ns[job.row] = done_ns = served_ns + self._delay_ns
        job.mail.answer(job.row, done_ns)


class DownlinkAnswers:
    """A way back of links, on which answers queue as payloads do.

    Args:
        env: The world's clock.
        streams: The cameras.
        senders: What sends each stream's answers.
    """

    __slots__ = ("_agenda", "_env", "_senders", "_sizes")

    def __init__(
        self, env: Environment, streams: Sequence[StreamPlan], senders: Sequence[Sender]
    ) -> None:
        """Start with no answers."""
        self._env = env
        self._senders = senders
        self._sizes = [stream.result_bytes for stream in streams]
        self._agenda: Agenda[Job] = Agenda(env, ANSWERS, self._set_out)

    def send(self, job: Job, served_ns: int) -> None:
        """Let the answer set out when it is there."""
        self._agenda.add(int(self._env.now), served_ns, job)

    def _set_out(self, jobs: list[Job], now_ns: int) -> None:
        for job in jobs:
            stream = job.mail.stream
            self._senders[stream].send(job, self._sizes[stream], now_ns)
