"""The live observation: one reusable view a stream, which works things out when they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.world.mail import KEPT

if TYPE_CHECKING:
    from policies.interface import Answer, Delivery, Pending
    from simulator.world.mail import Mail
    from simulator.world.plan import StreamPlan

__all__ = ["LiveUnit", "View"]

_GAIN = 0.25


class LiveUnit:
    """A unit of the ladder; its sizes follow the stream's contents."""

    __slots__ = (
        "_high",
        "_mean",
        "_view",
        "device_ns",
        "name",
        "on_device",
        "server_ns",
        "switch_ns",
        "utility",
    )

    def __init__(self, plan: StreamPlan, index: int, view: View) -> None:
        """Take what never changes from the plan."""
        ladder = plan.ladder
        self.name = ladder.names[index]
        self.on_device = ladder.on_device[index]
        self.utility = ladder.utility[index]
        self.device_ns = ladder.device_mean_ns[index]
        self.server_ns = ladder.server_mean_ns[index]
        self.switch_ns = ladder.switch_ns[index]
        self._mean = ladder.mean_bytes[index]
        self._high = ladder.high_bytes[index]
        self._view = view

    @property
    def size_bytes(self) -> float:
        """Expected payload: the calibration mean times the current ratio."""
        return self._mean * self._view.ratio

    @property
    def size_high_bytes(self) -> float:
        """The calibration's 90th percentile times the current ratio."""
        return self._high * self._view.ratio


class View:
    """What a stream's policy sees; the device sets the instant and frame before each choice.

    Attributes:
        ratio: Actual over calibrated mean size, one moving average for all units: sizes of a
            frame are strongly correlated across units.
    """

    __slots__ = (
        "_mail",
        "_means",
        "captured_ns",
        "deadline_ns",
        "frame",
        "interval_ns",
        "loaded",
        "now_ns",
        "ratio",
        "round_trip_ns",
        "units",
        "uplink_delay_ns",
    )

    def __init__(
        self, plan: StreamPlan, mail: Mail, *, uplink_delay_ns: int, downlink_delay_ns: int
    ) -> None:
        """Start before the first frame."""
        self._mail = mail
        self._means = plan.ladder.mean_bytes
        self.now_ns = self.captured_ns = self.frame = 0
        self.loaded: int | None = None
        self.ratio = 1.0
        self.deadline_ns = plan.deadline_ns
        self.interval_ns = plan.interval_ns
        self.uplink_delay_ns = uplink_delay_ns
        self.round_trip_ns = uplink_delay_ns + downlink_delay_ns
        self.units = tuple(LiveUnit(plan, i, self) for i in range(len(plan.ladder.names)))

    def encoded(self, unit: int, size_bytes: int) -> None:
        """Learn from the size of a frame that was really encoded."""
        self.ratio += _GAIN * (size_bytes / self._means[unit] - self.ratio)

    @property
    def unacknowledged(self) -> tuple[Pending, ...]:
        """Payloads sent and not accounted for, oldest first."""
        mail = self._mail
        mail.read(self.now_ns)
        return tuple(mail.pending.values())

    @property
    def delivered(self) -> int:
        """How many deliveries were reported so far."""
        mail = self._mail
        mail.read(self.now_ns)
        return mail.delivered

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The latest deliveries."""
        mail = self._mail
        mail.read(self.now_ns)
        return tuple(mail.deliveries[-KEPT:])

    def delivered_since(self, count: int) -> list[Delivery]:
        """Return the deliveries after the first ``count``, as far as they are among the latest."""
        mail = self._mail
        mail.read(self.now_ns)
        fresh = min(mail.delivered - count, KEPT)
        return mail.deliveries[-fresh:] if fresh > 0 else []

    @property
    def missing(self) -> int:
        """How many payloads were reported missing so far."""
        mail = self._mail
        mail.read(self.now_ns)
        return mail.missing

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The latest results."""
        mail = self._mail
        mail.read(self.now_ns)
        return mail.answers()
