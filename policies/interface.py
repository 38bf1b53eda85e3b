"""What a policy is, and all it may know: the observation a real sender could make.

Instants are integer nanoseconds on the stream's clock, sizes are payload bytes. An observation is
a view that is valid during ``choose`` only: copy numbers out of it, never keep it. It is read-only,
and whatever a policy does not read costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Answer", "Delivery", "Observation", "Pending", "Policy", "UnitForecast"]


class Delivery(NamedTuple):
    """A payload that crossed the network, known from the moment its answer is back.

    A NamedTuple, not a frozen dataclass: one is made for each frame, at a third of the time.
    """

    frame: int
    size_bytes: int
    sent_ns: int
    arrived_ns: int  # at the server
    wait_ns: int  # between arrival and start of service


class Pending(NamedTuple):
    """A payload sent, whose answer is not back and which is not reported missing."""

    frame: int
    size_bytes: int
    sent_ns: int


class Answer(NamedTuple):
    """A result, from the server or from the device itself."""

    frame: int
    unit: int
    latency_ns: int  # from capture to result
    confidence: float


class UnitForecast(Protocol):
    """A unit of the ladder with what is forecast of it for this frame."""

    @property
    def name(self) -> str:
        """Its name in the profile."""

    @property
    def on_device(self) -> bool:
        """Whether it runs wholly on the device and sends nothing; its sizes are then 0."""

    @property
    def utility(self) -> float:
        """Its mean score on the calibration clips."""

    @property
    def size_bytes(self) -> float:
        """Expected payload; of a unit in layers that of all of them."""

    @property
    def size_high_bytes(self) -> float:
        """A payload that nine frames in ten do not exceed, as things stand.

        It rests on what the stream encoded before: sizes, the unit last, how many captures ago.
        """

    @property
    def device_ns(self) -> int:
        """Mean time on the device until the payload, or the on-device result, is ready."""

    @property
    def server_ns(self) -> int:
        """Mean time in service when served alone."""

    @property
    def switch_ns(self) -> int:
        """Time to load it first, if another unit is loaded; 0 where that has the same weights."""


class Observation(Protocol):
    """What the sender knows when a frame is to be decided."""

    @property
    def now_ns(self) -> int:
        """This instant."""

    @property
    def captured_ns(self) -> int:
        """When the frame was captured: now or before."""

    @property
    def deadline_ns(self) -> int:
        """How long after its capture the frame's result is worth something."""

    @property
    def interval_ns(self) -> int:
        """Nominal time between captures."""

    @property
    def frame(self) -> int:
        """Index of the frame within the stream, from 0."""

    @property
    def units(self) -> Sequence[UnitForecast]:
        """The ladder, by rising rate."""

    @property
    def loaded(self) -> int | None:
        """Index of the unit loaded on the device; None before the first."""

    @property
    def uplink_delay_ns(self) -> int:
        """Propagation from device to server."""

    @property
    def round_trip_ns(self) -> int:
        """Propagation there and back, with empty queues and no service."""

    @property
    def unacknowledged(self) -> Sequence[Pending]:
        """Payloads sent and not accounted for, oldest first."""

    @property
    def delivered(self) -> int:
        """How many deliveries were reported so far."""

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """The latest deliveries, at most 20, in order of their answers."""

    def delivered_since(self, count: int) -> Sequence[Delivery]:
        """Return the deliveries after the first ``count``, as far as they are among the latest.

        This is how a policy that keeps count reads each delivery once, and cheaply.
        """

    @property
    def missing(self) -> int:
        """How many payloads were reported missing so far.

        That is one whose answer did not come for 10 s, or not before those of three payloads sent
        later. Should it come after all, it is a delivery all the same.
        """

    @property
    def answers(self) -> Sequence[Answer]:
        """The latest results, at most 20, in the order in which they came."""


class Policy(Protocol):
    """Chooses what to do with the next frame. Choosing costs no simulated time."""

    def choose(self, seen: Observation) -> int | None:
        """Return the index of a unit in ``seen.units``, or None to skip the frame."""
