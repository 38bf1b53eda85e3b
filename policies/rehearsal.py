"""A stage to try a policy on: one stream over one link of which everything is given, no SimPy.

It follows the rules of the simulated world closely enough to provoke a policy (newest waiting
frame, answers known when they are back, probing after 1 s of silence), with one rate at a time and
a server that is always free.
"""

from __future__ import annotations

from collections import deque
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from policies.interface import Answer, Delivery, Pending
from policies.ladder import smallest_sent
from policies.snapshot import Snapshot, UnitSnapshot
from simulator.foundation.foreign import index_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from policies.interface import Policy

__all__ = ["LADDER", "LADDER_WITH_DEVICE", "Choice", "rehearse"]

_MS = 1_000_000
_INTERVAL_NS = 66_666_667
_DEADLINE_NS = 150 * _MS
_DELAY_NS = 20 * _MS
_PROBE_NS = 1000 * _MS
_KEPT = 20


def _unit(name: str, utility: float, size: float) -> UnitSnapshot:
    return UnitSnapshot(
        name=name,
        utility=utility,
        size_bytes=size,
        size_high_bytes=1.3 * size,
        device_ns=5 * _MS,
        server_ns=3 * _MS,
    )


LADDER = (_unit("unit-1", 0.6, 200), _unit("unit-2", 0.75, 700), _unit("unit-3", 0.85, 2500))
"""Three units that are sent."""
LADDER_WITH_DEVICE = (
    UnitSnapshot(name="device", utility=0.8, device_ns=60 * _MS, on_device=True),
    *LADDER,
)
"""The same behind one that runs on the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What became of one frame.

    Attributes:
        captured_ns: When it was captured.
        unit: The policy's word.
        on_time: Whether its result was back before the deadline.
    """

    captured_ns: int
    unit: object
    on_time: bool


class _Link:
    """A first-in first-out link whose rate is a function of time, walked in steps of 1 ms."""

    def __init__(self, bytes_per_ms: Callable[[int], float], end_ns: int) -> None:
        self._rate = bytes_per_ms
        self._end_ns = end_ns
        self._at_ns = 0
        self._left = 0.0  # bytes still to be had in the ms that ends at _at_ns

    def carry(self, now_ns: int, size_bytes: float) -> int | None:
        """Return when a payload has crossed, or None if that is beyond the end."""
        if now_ns > self._at_ns:
            self._at_ns, self._left = -(-now_ns // _MS) * _MS, 0.0
        while self._left < size_bytes:
            if self._at_ns > self._end_ns:
                return None
            self._left += self._rate(self._at_ns)
            self._at_ns += _MS
        self._left -= size_bytes
        return self._at_ns


class _Stage:
    """The device, its post and the observation that is shown."""

    def __init__(self, link: _Link, ladder: Sequence[UnitSnapshot]) -> None:
        self._link = link
        self._pending: dict[int, Pending] = {}
        self._coming: deque[tuple[int, Delivery, Answer]] = deque()
        self._sent_ns: int | None = None
        self.free_ns = 0
        self.seen = Snapshot(
            units=tuple(map(copy, ladder)),  # a meddling policy spoils its own rehearsal only
            deadline_ns=_DEADLINE_NS,
            interval_ns=_INTERVAL_NS,
            uplink_delay_ns=_DELAY_NS,
            round_trip_ns=2 * _DELAY_NS,
        )

    def show(self, frame: int) -> Snapshot:
        """Return the observation for a frame, with all answers that are back by now."""
        captured_ns = frame * _INTERVAL_NS
        now_ns = max(captured_ns, self.free_ns)
        seen, coming = self.seen, self._coming
        while coming and coming[0][0] <= now_ns:
            _, delivery, answer = coming.popleft()
            del self._pending[delivery.frame]
            seen = replace(
                seen,
                delivered=seen.delivered + 1,
                deliveries=(*seen.deliveries, delivery)[-_KEPT:],
                answers=(*seen.answers, answer)[-_KEPT:],
            )
        pending = tuple(self._pending.values())
        self.seen = replace(
            seen, now_ns=now_ns, captured_ns=captured_ns, frame=frame, unacknowledged=pending
        )
        return self.seen

    def act(self, said: object, ratio: float) -> bool:
        """Do what the policy said about the frame shown; return whether it will be on time."""
        seen = self.seen
        silent = self._sent_ns is None or seen.now_ns - self._sent_ns >= _PROBE_NS
        index = index_of(smallest_sent(seen.units) if said is None and silent else said)
        if index is None or not 0 <= index < len(seen.units):
            return False
        unit = seen.units[index]
        self.free_ns = seen.now_ns + unit.device_ns
        self.seen = replace(seen, loaded=index)
        size_bytes = max(1, round(unit.size_bytes * ratio))
        done_ns = self.free_ns if unit.on_device else self._send(index, size_bytes)
        return done_ns is not None and done_ns - seen.captured_ns <= _DEADLINE_NS

    def _send(self, index: int, size_bytes: int) -> int | None:
        """Return when the answer will be back; None if it never is."""
        frame = self.seen.frame
        self._sent_ns = self.free_ns
        self._pending[frame] = Pending(frame, size_bytes, self.free_ns)
        crossed_ns = self._link.carry(self.free_ns, size_bytes)
        if crossed_ns is None:
            return None
        arrived_ns = crossed_ns + _DELAY_NS
        done_ns = arrived_ns + self.seen.units[index].server_ns + _DELAY_NS
        delivery = Delivery(frame, size_bytes, self.free_ns, arrived_ns, 0)
        answer = Answer(frame, index, done_ns - self.seen.captured_ns, 0.9)
        self._coming.append((done_ns, delivery, answer))
        return done_ns


def rehearse(
    policy: Policy,
    bytes_per_ms: Callable[[int], float],
    *,
    frames: int,
    ladder: Sequence[UnitSnapshot] = LADDER,
    ratio: Callable[[int], float] = lambda _: 1.0,
) -> list[Choice]:
    """Return what a policy chose for each frame that the camera offered to it.

    Args:
        policy: The policy, fresh.
        bytes_per_ms: Capacity of the link as a function of the instant in ns.
        frames: How many frames are captured, 15 a second.
        ladder: The units.
        ratio: Actual over mean size of a frame, by its index.

    Example:
        >>> from policies.fixed import Fixed
        >>> choices = rehearse(Fixed(), lambda now_ns: 1000, frames=3)
        >>> [(choice.unit, choice.on_time) for choice in choices]
        [(1, True), (1, True), (1, True)]
    """
    stage = _Stage(_Link(bytes_per_ms, 2 * frames * _INTERVAL_NS), ladder)
    choices: list[Choice] = []
    for frame in range(frames):
        newer = frame + 1
        if newer < frames and newer * _INTERVAL_NS <= stage.free_ns:
            continue  # replaced at the camera
        said: object = policy.choose(stage.show(frame))
        on_time = stage.act(said, ratio(frame))
        choices.append(Choice(captured_ns=frame * _INTERVAL_NS, unit=said, on_time=on_time))
    return choices
