"""How long a batch is in service.

    batch time = sum over frames of entropy decoding
               + sum over units of decoder(frames of that unit)
               + sum over backbones of tail(frames of that backbone)

Frames of different units share one tail batch: the serving advantage of bottleneck units, whose
backbone is the same for all. All times are scaled already; the first frame draws the luck.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.world.mail import Mail
    from simulator.world.plan import ServedModel, StreamPlan

__all__ = ["Job", "ModelTimes", "ServiceTimes", "batch_ns"]


class ModelTimes:
    """The tables of one backbone as plain lists, which Python reads faster than arrays.

    Attributes:
        tail_ns: [draws][max_batch].
        decode_ns: [draws][decoders][max_batch].
        alone_ns: [draws][decoders]: decoder and tail of a frame served alone.
    """

    __slots__ = ("alone_ns", "decode_ns", "tail_ns")

    def __init__(self, plan: ServedModel, speed: float) -> None:
        """Copy the tables, scaled by a worker's speed."""
        tail_ns, decode_ns = scaled(plan.tail_ns, speed), scaled(plan.decode_ns, speed)
        self.tail_ns: list[list[int]] = tail_ns.tolist()
        self.decode_ns: list[list[list[int]]] = decode_ns.tolist()
        alone = decode_ns[:, :, 0] + tail_ns[:, :1]
        self.alone_ns: list[list[int]] = alone.tolist()


class ServiceTimes:
    """What serving one stream's frames takes: its own entropy decoding, its model's tables."""

    __slots__ = ("decoders", "draw", "entropy_ns", "model")

    def __init__(self, plan: StreamPlan, model: ModelTimes, speed: float) -> None:
        """Look into the plan's arrays, scaled by a worker's speed."""
        self.draw: memoryview[int] = plan.batch_draw.data
        self.entropy_ns: list[memoryview[int]] = [
            times.data for times in scaled(plan.entropy_decode_ns, speed)
        ]
        self.decoders = plan.decoders
        self.model = model


class Job(NamedTuple):
    """A frame on its way to an answer."""

    row: int  # of the ledger
    unit: int
    frame: int
    times: ServiceTimes
    mail: Mail


def scaled(times_ns: NDArray[np.int64], speed: float) -> NDArray[np.int64]:
    """Return measured times as they are on a worker, rounded to the nearest ns."""
    return np.rint(times_ns / speed).astype(np.int64)


def batch_ns(batch: list[Job]) -> int:
    """Return the time that a batch of at least one job is in service."""
    _, unit, frame, times, _ = batch[0]
    draw = times.draw[frame]
    if len(batch) == 1:
        return times.entropy_ns[unit][frame] + times.model.alone_ns[draw][times.decoders[unit]]
    decoders = Counter((job.times.model, job.times.decoders[job.unit]) for job in batch)
    tails = Counter(job.times.model for job in batch)
    return (
        sum(job.times.entropy_ns[job.unit][job.frame] for job in batch)
        + sum(model.decode_ns[draw][which][n - 1] for (model, which), n in decoders.items())
        + sum(model.tail_ns[draw][n - 1] for model, n in tails.items())
    )
