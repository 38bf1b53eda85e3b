"""Chains of frames, each predicted from the one before: their encoder and their decoder.

    device: intra, predicted, predicted, ..., intra, ...  --> path --> server: each frame waits
    until what it is predicted from is there, back to its intra frame; if that never comes, it is
    undecodable, and so is all that follows, until an intra frame heals the chain.

The decoder takes bitstreams in as they arrive, so frames that the server's queue then drops serve
as references all the same. Worlds without chains know nothing of this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.framelog import NEVER, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.world.ledger import Ledger
    from simulator.world.plan import StreamPlan, WorldPlan
    from simulator.world.service import Job

__all__ = ["ChainDecoder", "ChainEncoder", "chained"]


class ChainEncoder:
    """What the device of one stream encodes: which frames alone, which predicted from which.

    Args:
        plan: The stream.
        payload_bytes: Of each unit and frame as predicted; those that are encoded alone are
            written into it.
        references: By row of the ledger, the row of the frame that it is predicted from; written.

    Attributes:
        mean_bytes: By unit, what a frame of the kind that was encoded last takes in the mean.
    """

    __slots__ = (
        "_asked",
        "_chains",
        "_intra",
        "_last",
        "_left",
        "_payload_bytes",
        "_references",
        "_unit",
        "mean_bytes",
    )

    def __init__(
        self,
        plan: StreamPlan,
        payload_bytes: Sequence[memoryview[int]],
        references: memoryview[int],
    ) -> None:
        """Start with no chain."""
        self._chains = plan.chains or (None,) * len(plan.ladder.names)
        self._payload_bytes = payload_bytes
        self._references = references
        self._unit = self._intra = self._last = NEVER
        self._left = 0  # predicted frames until the next intra frame
        self._asked: list[tuple[int, int]] = []  # when heard, which frame is missing; ascending
        self.mean_bytes = list(plan.ladder.mean_bytes)

    def encode(self, unit: int, frame: int, row: int, now_ns: int) -> None:
        """Encode a frame that the device takes up now, with any unit."""
        chain = self._chains[unit]
        if chain is not None:
            if unit != self._unit or self._left == 0 or self._must_restart(now_ns):
                self._left = chain.refresh
                self._intra = row
                self._payload_bytes[unit][frame] = int(chain.intra_bytes[frame])
                self.mean_bytes[unit] = chain.intra_mean_bytes
            else:
                self._references[row] = self._last
                self.mean_bytes[unit] = chain.predicted_mean_bytes
            self._left -= 1
            self._last = row
        self._unit = unit

    def ask(self, missing: int, when_ns: int) -> None:
        """Hear at an instant, not before that of any earlier call, that a frame is missing."""
        self._asked.append((when_ns, missing))

    def _must_restart(self, now_ns: int) -> bool:
        """Return whether a frame is known to be missing since the last intra frame."""
        asked = self._asked
        known = [missing for when_ns, missing in asked if when_ns <= now_ns]
        del asked[: len(known)]
        return any(missing >= self._intra for missing in known)


class ChainDecoder:
    """Lets frames go on to the server as soon as all that they are predicted from is there.

    Args:
        arrive: The server: told of all jobs that can be decoded from an instant on.
        ledger: Where undecodable frames are noted.
        references: By row, the row of the frame that it is predicted from, or `NEVER`.
        askers: By stream: its encoder, and how long the server's word takes to it; None where the
            server asks for nothing.
    """

    __slots__ = ("_arrive", "_askers", "_reason", "_references", "_there", "_waiting")

    def __init__(
        self,
        arrive: Callable[[list[Job], int], None],
        ledger: Ledger,
        references: memoryview[int],
        askers: Sequence[tuple[ChainEncoder, int] | None],
    ) -> None:
        """Start with nothing there."""
        self._arrive = arrive
        self._askers = askers
        self._reason = ledger.reason
        self._references = references
        self._there = bytearray(len(references))  # 1 for rows that can be decoded
        self._waiting: dict[int, Job] = {}  # by the row that it waits for

    def arrive(self, jobs: list[Job], now_ns: int) -> None:
        """Take in all that arrives at one instant."""
        ready: list[Job] = []
        for job in jobs:
            needed = self._references[job.row]
            if needed == NEVER or self._there[needed]:
                self._decode(job, ready)
            else:
                self._hold(job, needed, now_ns)
        if ready:
            self._arrive(ready, now_ns)

    def _decode(self, job: Job | None, ready: list[Job]) -> None:
        """Let a frame go on, and all that waited for it, one after the other."""
        while job is not None:
            self._there[job.row] = 1
            ready.append(job)
            job = self._waiting.pop(job.row, None)
            if job is not None:
                self._reason[job.row] = Reason.NONE

    def _hold(self, job: Job, needed: int, now_ns: int) -> None:
        """Let a frame wait; undecodable it is unless what it needs comes after all."""
        self._waiting[needed] = job
        self._reason[job.row] = Reason.UNDECODABLE
        asker = self._askers[job.mail.stream]
        if asker is not None:
            encoder, back_ns = asker
            encoder.ask(needed, now_ns + back_ns)


def chained(
    plan: WorldPlan, ledger: Ledger, arrive: Callable[[list[Job], int], None]
) -> tuple[list[ChainEncoder | None], Callable[[list[Job], int], None]]:
    """Return each stream's encoder where it has chains, and where what arrives is to go first.

    Args:
        plan: The world.
        ledger: Where payloads and undecodable frames are noted.
        arrive: The server.
    """
    encoders: list[ChainEncoder | None] = [None] * len(plan.streams)
    if not any(any(stream.chains) for stream in plan.streams):
        return encoders, arrive
    references = memoryview(bytearray(8 * ledger.first_rows[-1])).cast("q")
    references[:] = memoryview(NEVER.to_bytes(8, "little", signed=True) * len(references)).cast("q")
    askers: list[tuple[ChainEncoder, int] | None] = [None] * len(plan.streams)
    for k, stream in enumerate(plan.streams):
        if any(stream.chains):
            sizes = [row.data for row in ledger.payload_bytes[k]]
            encoders[k] = encoder = ChainEncoder(stream, sizes, references)
            if stream.asks_intra:
                askers[k] = encoder, plan.down_delay_ns(k)
    return encoders, ChainDecoder(arrive, ledger, references, askers).arrive
