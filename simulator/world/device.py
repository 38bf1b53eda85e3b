"""A camera on its device: the process that captures, asks the policy, encodes and sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.foreign import failure_of, index_of, shown
from simulator.world.alarm import DEVICES, Alarm
from simulator.world.service import Job

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy import Environment, Event

    from simulator.world.chains import ChainEncoder
    from simulator.world.ledger import Ledger
    from simulator.world.mail import Mail
    from simulator.world.network.sender import Sender
    from simulator.world.plan import StreamPlan
    from simulator.world.service import ServiceTimes
    from simulator.world.view import View

__all__ = ["Device"]


class Device:
    """Handles one frame at a time; while it is busy, frames wait at the camera.

    Two events a frame: its capture, unless it waited, and its payload being ready. Both are its own
    alarm, so its life is a plain generator: a SimPy process costs as much as what it does here.
    """

    __slots__ = (
        "_captured_ns",
        "_device_ns",
        "_encoder",
        "_first",
        "_ledger",
        "_life",
        "_mail",
        "_mean_bytes",
        "_modules",
        "_payload_bytes",
        "_plan",
        "_policy",
        "_sender",
        "_sent_ns",
        "_smallest",
        "_times",
        "_view",
        "_wake",
    )

    def __init__(  # noqa: PLR0913
        self,
        env: Environment,
        plan: StreamPlan,
        *,
        index: int,
        view: View,
        mail: Mail,
        sender: Sender,
        times: ServiceTimes,
        ledger: Ledger,
        encoder: ChainEncoder | None = None,
    ) -> None:
        """Wire the device up; `start` lets it live. ``encoder``: where units have chains."""
        self._plan = plan
        self._policy = plan.policy
        self._view = view
        self._mail = mail
        self._sender = sender
        self._times = times
        self._ledger = ledger
        self._first = ledger.first_rows[index]
        self._captured_ns = plan.captured_ns.data
        self._device_ns = [times.data for times in plan.device_ns]
        self._payload_bytes = mail.sizes
        self._encoder = encoder
        self._mean_bytes = plan.ladder.mean_bytes if encoder is None else encoder.mean_bytes
        self._modules = plan.ladder.modules or tuple(range(len(self._device_ns)))
        self._smallest = _smallest(plan)
        self._sent_ns: int | None = None
        self._wake = Alarm(env, DEVICES + index, self._go_on)
        self._life = self._live()

    def start(self) -> None:
        """Begin, at instant 0."""
        next(self._life, None)

    def _go_on(self, _: Event) -> None:
        next(self._life, None)

    def _live(self) -> Generator[None, None, None]:
        """Live through all frames. A frame captured at this very instant is there already."""
        wake, captured_ns = self._wake, self._captured_ns
        only_newest = self._plan.waiting == "newest"
        frame, frames, now_ns = 0, len(captured_ns), 0
        while frame < frames:
            if captured_ns[frame] > now_ns:
                wake.at(now_ns, captured_ns[frame])
                yield
                now_ns = captured_ns[frame]
            elif only_newest:
                frame = self._newest(frame, now_ns)
            unit = self._decide(frame, now_ns)
            if unit is not None:
                ready_ns = self._begin(unit, frame, now_ns)
                wake.at(now_ns, ready_ns)
                yield
                now_ns = ready_ns
                self._finish(unit, frame, now_ns)
            frame += 1

    def _newest(self, frame: int, now_ns: int) -> int:
        """Return the newest frame captured by now; those before it are dropped."""
        captured_ns = self._captured_ns
        last = len(captured_ns) - 1
        while frame < last and captured_ns[frame + 1] <= now_ns:
            frame += 1
        return frame

    def _decide(self, frame: int, now_ns: int) -> int | None:
        """Ask the policy, and probe where it would be silent for too long."""
        log, row = self._ledger, self._first + frame
        self._view.show(frame, self._captured_ns[frame], now_ns)
        log.chosen_ns[row] = now_ns
        unit = self._asked()
        if unit is None and self._silent(now_ns):
            log.probe[row] = True
            return self._smallest
        return unit

    def _asked(self) -> int | None:
        units = len(self._device_ns)
        try:
            unit = self._policy.choose(self._view)
        except BaseException as error:  # SystemExit, too: it would end a batch as if done
            if isinstance(error, InputError) and error.problems:
                raise
            said, place = failure_of(error)
            raise self._broken(said, "must not be raised", place) from error
        if unit is None or (type(unit) is int and 0 <= unit < units):
            return unit
        index = index_of(unit)
        if index is not None and 0 <= index < units:
            return index
        raise self._broken(shown(unit), f"must be None or an integer from 0 to {units - 1}")

    def _broken(self, value: str, rule: str, place: str = "") -> InputError:
        name = type(self._policy).__name__
        remedy = "run `splitcast policies check` on it"
        where = f"{place} {self._plan.name} policy".lstrip()
        what = f"{name}.choose at frame {self._view.frame}"
        return InputError(Problem(where=where, what=what, value=value, rule=rule, remedy=remedy))

    def _silent(self, now_ns: int) -> bool:
        probe_ns, sent_ns = self._plan.probe_ns, self._sent_ns
        if probe_ns is None or self._smallest is None:
            return False
        return sent_ns is None or now_ns - sent_ns >= probe_ns

    def _begin(self, unit: int, frame: int, now_ns: int) -> int:
        """Return when the payload will be ready, after loading weights if others are."""
        view, log, row = self._view, self._ledger, self._first + frame
        log.unit[row] = unit
        log.ratio[row] = view.ratio
        ready_ns: int = now_ns + self._device_ns[unit][frame]
        if unit != view.loaded:
            modules = self._modules
            if view.loaded is not None and modules[unit] != modules[view.loaded]:
                log.switched[row] = True
                ready_ns += self._plan.ladder.switch_ns[unit]
            view.loaded = unit
        log.device_end_ns[row] = ready_ns
        if self._encoder is not None:
            self._encoder.encode(unit, frame, row, now_ns)
        return ready_ns

    def _finish(self, unit: int, frame: int, now_ns: int) -> None:
        """Send the payload, or keep the result if it was made here."""
        row = self._first + frame
        if self._plan.ladder.on_device[unit]:
            self._mail.answer(row, now_ns)
            return
        size_bytes = self._payload_bytes[unit][frame]
        self._view.encoded(unit, frame, size_bytes, self._mean_bytes[unit])
        self._sent_ns = now_ns
        self._mail.send(row, now_ns)
        self._sender.send(Job(row, unit, frame, self._times, self._mail), size_bytes, now_ns)


def _smallest(plan: StreamPlan) -> int | None:
    """Return the network unit with the smallest mean payload, or None if there is none."""
    ladder = plan.ladder
    network = [i for i, on_device in enumerate(ladder.on_device) if not on_device]
    return min(network, key=ladder.mean_bytes.__getitem__, default=None)
