"""How long a batch is in service.

    batch time = sum over frames of entropy decoding
               + sum over units of decoder(frames of that unit)
               + sum over tails of tail(frames of that tail)

all of it, as measured, divided once by the worker's speed and rounded once, to the nearest ns.
Frames of different units share one tail batch where they need the same tail: the serving advantage
of bottleneck units, whose frozen backbone is the same for all. The first frame draws the luck.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulator.foundation.instants import FOREVER_NS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from simulator.world.mail import Mail
    from simulator.world.plan import ServedModel, StreamPlan, WorldPlan

__all__ = ["Job", "ServiceTimes", "batch_ns", "due_ns", "expires_ns", "service_times"]


class ModelTimes:
    """The tables of one backbone as plain lists, which Python reads faster than arrays.

    Attributes:
        tails_ns: [tails][draws][max_batch], by the number of a tail.
        decode_ns: [draws][decoders][max_batch].
        alone_ns: int64 [draws, decoders]: decoder and tail of a frame served alone.
        tails: For each decoder which tail it needs.
    """

    __slots__ = ("alone_ns", "decode_ns", "tails", "tails_ns")

    def __init__(self, plan: ServedModel) -> None:
        """Copy the tables, as measured."""
        shared: list[list[int]] = plan.tail_ns.tolist()
        others: dict[int, list[list[int]]] = {
            k: tail_ns.tolist() for k, tail_ns in plan.other_tails_ns.items()
        }
        self.tails_ns = [others.get(tail, shared) for tail in range(max(plan.tails) + 1)]
        self.decode_ns: list[list[list[int]]] = plan.decode_ns.tolist()
        alone_ns = [plan.other_tails_ns.get(tail, plan.tail_ns)[:, 0] for tail in plan.tails]
        self.alone_ns: NDArray[np.int64] = plan.decode_ns[:, :, 0] + np.stack(alone_ns, axis=1)
        self.tails = plan.tails


class ServiceTimes:
    """What serving one stream's frames takes, and by when.

    A *row* is a unit with one layer there, or one of the layered units with more of them.

    Attributes:
        draw: [frames]: which row of the tables holds for a batch that this frame is first in.
        alone_ns: [workers][rows][frames], in a batch of its own: looked up at once, for that is
            what most batches are. Equally fast workers share theirs.
        entropy_ns: [rows][frames], the part of it that is no decoder and no tail, as measured.
        more: [units]: added to a number of layers above one it gives the row.
        model: The tables of its backbone, as measured.
        speeds: [workers].
        decoders: [units].
        modules: [units]: what a worker must hold to serve them; empty without memory.
        captured_ns: [frames].
        due_ns: From its capture until the earliest of a frame's deadlines.
        expires_ns: From its capture until no answer sent back can be on time any more.
    """

    __slots__ = (
        "alone_ns",
        "captured_ns",
        "decoders",
        "draw",
        "due_ns",
        "entropy_ns",
        "expires_ns",
        "model",
        "modules",
        "more",
        "speeds",
    )

    def __init__(
        self,
        plan: StreamPlan,
        served: ServedModel,
        model: ModelTimes,
        speeds: Sequence[float],
        down_ns: int,
    ) -> None:
        """Look into the plan's arrays."""
        self.draw: memoryview[int] = plan.batch_draw.data
        self.more, decoders, entropy_ns = _rows(plan)
        alone_ns = entropy_ns + model.alone_ns[plan.batch_draw][:, decoders].T
        views = {speed: [row.data for row in _scaled(alone_ns, speed)] for speed in set(speeds)}
        self.alone_ns: list[list[memoryview[int]]] = [views[speed] for speed in speeds]
        self.entropy_ns: list[memoryview[int]] = [row.data for row in entropy_ns]
        self.model = model
        self.speeds = speeds
        self.decoders = plan.decoders
        self.modules = [served.modules[which] for which in plan.decoders] if served.modules else []
        self.captured_ns: memoryview[int] = plan.captured_ns.data
        deadlines_ns = [plan.deadline_ns, *(task.deadline_ns for task in plan.tasks)]
        self.due_ns = min(deadlines_ns)
        self.expires_ns = max(deadlines_ns) - down_ns


class Job(NamedTuple):
    """A frame on its way to an answer."""

    row: int  # of the ledger
    unit: int
    frame: int
    times: ServiceTimes
    mail: Mail
    layers: int = 1  # so many of them are there to be decoded


def _scaled(times_ns: NDArray[np.int64], speed: float) -> NDArray[np.int64]:
    """Return times measured of whole batches as they are on a worker, to the nearest ns.

    Those that would end after every run are as good as endless.
    """
    if speed == 1:
        return times_ns
    return np.rint(np.minimum(times_ns / speed, FOREVER_NS)).astype(np.int64)


def service_times(plan: WorldPlan) -> list[ServiceTimes]:
    """Return the tables of each stream; streams on one backbone share its own."""
    speeds = [worker.speed for worker in plan.server.workers]
    models = [(model, ModelTimes(model)) for model in plan.server.models]
    return [
        ServiceTimes(stream, *models[stream.model], speeds, plan.down_delay_ns(k))
        for k, stream in enumerate(plan.streams)
    ]


def due_ns(job: Job) -> int:
    """Return the earliest deadline of any answer that is asked of a frame."""
    return job.times.captured_ns[job.frame] + job.times.due_ns


def expires_ns(job: Job) -> int:
    """Return until when a frame must be in service for any of its answers to be on time."""
    return job.times.captured_ns[job.frame] + job.times.expires_ns


def batch_ns(batch: Sequence[Job], worker: int) -> int:
    """Return the time that a batch of at least one job is in service.

    Args:
        batch: The jobs; the first one draws the luck of all.
        worker: Who serves it.
    """
    _, unit, frame, times, _, layers = batch[0]
    if len(batch) == 1:
        return times.alone_ns[worker][unit if layers == 1 else times.more[unit] + layers][frame]
    measured_ns, speed = _measured_ns(batch), times.speeds[worker]
    return measured_ns if speed == 1 else round(min(measured_ns / speed, float(FOREVER_NS)))


def _measured_ns(batch: Sequence[Job]) -> int:
    """Return what a batch of several takes on the machine that everything was measured on."""
    first = batch[0]
    draw, total_ns = first.times.draw[first.frame], 0
    decoders: dict[tuple[ModelTimes, int], int] = {}
    for _, unit, frame, times, _, layers in batch:
        row = unit if layers == 1 else times.more[unit] + layers
        total_ns += times.entropy_ns[row][frame]
        decoder = times.model, times.decoders[unit]
        decoders[decoder] = decoders.get(decoder, 0) + 1
    if len(decoders) == 1:
        ((model, which),) = decoders
        last = len(batch) - 1
        tail_ns = model.tails_ns[model.tails[which]][draw][last]
        return total_ns + model.decode_ns[draw][which][last] + tail_ns
    tails: dict[tuple[ModelTimes, int], int] = {}
    for (model, which), n in decoders.items():
        total_ns += model.decode_ns[draw][which][n - 1]
        tail = model, model.tails[which]
        tails[tail] = tails.get(tail, 0) + n
    for (model, which), n in tails.items():
        total_ns += model.tails_ns[which][draw][n - 1]
    return total_ns


def _rows(plan: StreamPlan) -> tuple[list[int], list[int], NDArray[np.int64]]:
    """Return ``more``, each row's decoder, and entropy decoding as measured, [rows, frames]."""
    tables = [plan.entropy_decode_ns.copy()]
    decoders = list(plan.decoders)
    more = [0] * len(plan.decoders)
    for unit, layers in enumerate(plan.layers):
        if layers is not None:
            tables[0][unit] = layers.entropy_decode_ns[0]
            tables.append(layers.entropy_decode_ns[1:])
            more[unit] = len(decoders) - 2
            decoders += [plan.decoders[unit]] * (len(layers.entropy_decode_ns) - 1)
    return more, decoders, np.concatenate(tables)
