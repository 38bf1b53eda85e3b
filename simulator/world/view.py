"""The live observation: reusable views, which work things out when they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.world.mail import KEPT
from simulator.world.plan import RATIO_GAIN

if TYPE_CHECKING:
    from policies.interface import Answer, Delivery, Pending
    from simulator.world.mail import Mail
    from simulator.world.plan import LadderPlan, StreamPlan

__all__ = ["LiveLadder", "LiveUnit", "View"]


class LiveUnit:
    """A unit of the ladder; its sizes follow the contents of the stream that looks."""

    __slots__ = (
        "_index",
        "_ladder",
        "_mean",
        "device_ns",
        "name",
        "on_device",
        "server_ns",
        "switch_ns",
        "utility",
    )

    def __init__(self, plan: LadderPlan, index: int, ladder: LiveLadder) -> None:
        """Take what never changes from the plan."""
        self.name = plan.names[index]
        self.on_device = plan.on_device[index]
        self.utility = plan.utility[index]
        self.device_ns = plan.device_mean_ns[index]
        self.server_ns = plan.server_mean_ns[index]
        self.switch_ns = plan.switch_ns[index]
        self._mean = plan.mean_bytes[index]
        self._index = index
        self._ladder = ladder

    @property
    def size_bytes(self) -> float:
        """Expected payload: the calibration mean times the current ratio."""
        return self._mean * self._ladder.ratio

    @property
    def size_high_bytes(self) -> float:
        """What nine frames in ten do not exceed, given what the stream encoded before.

        By the calibration, and times the current ratio.
        """
        return self._ladder.highs()[self._index] * self._ladder.ratio


class LiveLadder:
    """A ladder, shared by all streams on it: one looks at a time, and sets the ratio before.

    A hundred streams with units of their own would chase each other's out of the processor's cache.
    """

    __slots__ = ("_modules", "_plan", "_switch_ns", "loaded", "looking", "ratio", "shares", "units")

    def __init__(self, plan: LadderPlan) -> None:
        """Make the units."""
        self._plan = plan
        self.looking: View | None = None
        self.ratio = 1.0
        self.loaded: int | None = None
        self.shares = len(set(plan.modules)) < len(plan.modules)
        self.units = tuple(LiveUnit(plan, index, self) for index in range(len(plan.names)))
        self._modules = plan.modules
        self._switch_ns = plan.switch_ns

    def highs(self) -> tuple[float, ...]:
        """Return by unit what nine frames in ten do not exceed, over the current ratio."""
        view = self.looking
        if view is None:
            return self._plan.high_bytes
        return self._plan.highs(view.last_unit, view.frame - view.last_frame)

    def load(self, loaded: int | None) -> None:
        """Turn to a device on which this unit is loaded; its weights may serve others, too."""
        self.loaded = loaded
        there = None if loaded is None else self._modules[loaded]
        for unit, module, switch_ns in zip(self.units, self._modules, self._switch_ns, strict=True):
            unit.switch_ns = 0 if module == there else switch_ns


class View:
    """What a stream's policy sees; the device shows it frame by frame.

    Attributes:
        ratio: Actual over calibrated mean size, one moving average for all units: sizes of a
            frame are strongly correlated across units.
        last_unit: The unit that was encoded and sent last; None before the first.
        last_frame: The frame then.
    """

    __slots__ = (
        "_ladder",
        "_mail",
        "_unread",
        "captured_ns",
        "deadline_ns",
        "frame",
        "interval_ns",
        "last_frame",
        "last_unit",
        "loaded",
        "now_ns",
        "ratio",
        "round_trip_ns",
        "units",
        "uplink_delay_ns",
    )

    def __init__(
        self, plan: StreamPlan, ladder: LiveLadder, mail: Mail, *, up_ns: int, down_ns: int
    ) -> None:
        """Start before the first frame; ``up_ns`` and ``down_ns`` are the links' propagation."""
        self._mail = mail
        self._ladder = ladder
        self._unread = True
        self.now_ns = self.captured_ns = self.frame = 0
        self.loaded: int | None = None
        self.ratio = 1.0
        self.last_unit: int | None = None
        self.last_frame = 0
        self.deadline_ns = plan.deadline_ns
        self.interval_ns = plan.interval_ns
        self.uplink_delay_ns = up_ns
        self.round_trip_ns = up_ns + down_ns
        self.units = ladder.units

    def show(self, frame: int, captured_ns: int, now_ns: int) -> None:
        """Turn to a frame that is to be decided now."""
        self.now_ns = now_ns
        self.captured_ns = captured_ns
        self.frame = frame
        ladder = self._ladder
        ladder.ratio = self.ratio
        ladder.looking = self
        if ladder.shares and ladder.loaded != self.loaded:
            ladder.load(self.loaded)
        self._unread = True

    def _read(self) -> None:
        """Read the mail, once for each frame: while a policy chooses, nothing else happens."""
        self._mail.read(self.now_ns)
        self._unread = False

    def encoded(self, unit: int, frame: int, size_bytes: int, mean_bytes: float) -> None:
        """Learn from the size of a frame that was really encoded, beside what such take."""
        self.ratio += RATIO_GAIN * (size_bytes / mean_bytes - self.ratio)
        self.last_unit = unit
        self.last_frame = frame

    @property
    def unacknowledged(self) -> list[Pending]:
        """Payloads sent and not accounted for, oldest first."""
        mail = self._mail
        if self._unread:
            self._read()
        return mail.pending[:]

    @property
    def delivered(self) -> int:
        """How many deliveries were reported so far."""
        mail = self._mail
        if self._unread:
            self._read()
        return mail.delivered

    @property
    def deliveries(self) -> list[Delivery]:
        """The latest deliveries."""
        mail = self._mail
        if self._unread:
            self._read()
        return mail.deliveries(KEPT)

    def delivered_since(self, count: int) -> list[Delivery]:
        """Return the deliveries after the first ``count``, as far as they are among the latest."""
        mail = self._mail
        if self._unread:
            self._read()
        fresh = min(mail.delivered - count, KEPT)
        return mail.deliveries(fresh) if fresh > 0 else []

    @property
    def missing(self) -> int:
        """How many payloads were reported missing so far."""
        mail = self._mail
        if self._unread:
            self._read()
        return mail.missing

    @property
    def answers(self) -> list[Answer]:
        """The latest results."""
        mail = self._mail
        if self._unread:
            self._read()
        return mail.answers()
