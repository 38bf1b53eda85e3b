"""The timing pass: stage by stage, the device at batch 1, the server by batch size, one thread.

Subjects take turns, so that a slow moment of the machine meets all of them alike; everything is run
once untimed just before, as a stream runs the same unit frame after frame and finds its caches
warm. What is recorded is the thread's CPU time: on a machine that is shared with others wall time
counts their work, too; its medians stand beside in the profile's facts.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from models.backbone import prepare
from models.profile import DEVICE_STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from models.measuring.answers import Network
    from models.measuring.subject import Subject

__all__ = ["SubjectTimes", "TimingPlan", "Timings", "time_stages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingPlan:
    """How often times are taken.

    Attributes:
        batch_sizes: Batch sizes on the server, rising from 1.
        rounds: Device rows a subject, one a round.
        server_rounds: Rounds in which the server's batches are timed, too.
        warm_up: Rounds before, not recorded.
        loads: Times a subject's weights are loaded.
    """

    batch_sizes: tuple[int, ...] = (1, 2, 4, 8, 16)
    rounds: int = 200
    server_rounds: int = 100
    warm_up: int = 5
    loads: int = 15


@dataclass(slots=True)
class SubjectTimes:
    """Samples of one subject, CPU nanoseconds of one thread.

    Attributes:
        device_rows: A list of stage times in the order of ``DEVICE_STAGES`` a round.
        entropy_decode: One a round.
        decode: Per batch size, one a server round.
        loads: Wall nanoseconds, files in the page cache.
        wall_rows: Wall nanoseconds of whole device rows.
    """

    device_rows: list[list[int]] = field(default_factory=list)
    entropy_decode: list[int] = field(default_factory=list)
    decode: dict[int, list[int]] = field(default_factory=dict)
    loads: list[int] = field(default_factory=list)
    wall_rows: list[int] = field(default_factory=list)

    def sorted_rows(self) -> NDArray[np.int64]:
        """Return the device rows [sample, stage], sorted by their totals."""
        rows = np.array(self.device_rows, np.int64)
        return rows[np.argsort(rows.sum(axis=1), kind="stable")]

    def sorted_decode(self, batch_sizes: Sequence[int]) -> NDArray[np.int64]:
        """Return decoder times [batch size, sample], each row sorted."""
        return np.sort(np.array([self.decode[size] for size in batch_sizes], np.int64), axis=1)


@dataclass(slots=True)
class Timings:
    """Samples of all subjects by name, and of the tail they share, per batch size."""

    subjects: dict[str, SubjectTimes]
    tail: dict[int, list[int]]


@torch.inference_mode()
def time_stages(
    network: Network,
    images: NDArray[np.uint8],
    plan: TimingPlan,
    *,
    tell: Callable[[str], None] = lambda _line: None,
) -> Timings:
    """Time every stage of every subject.

    Args:
        network: The cut backbone and its subjects.
        images: Frames uint8 (n, h, w, 3) to take turns with, at least as many as the largest
            batch.
        plan: How often.
        tell: Called with a line of progress.
    """
    torch.set_num_threads(1)
    found = Timings(subjects={s.name: SubjectTimes() for s in network.subjects}, tail={})
    received: dict[str, list[Any]] = {s.name: [] for s in network.subjects}
    for round_ in range(-plan.warm_up, plan.rounds):
        kept = round_ >= 0
        frame = images[round_ % len(images)][None]
        for subject in network.subjects:
            into = found.subjects[subject.name] if kept else SubjectTimes()
            _device_row(subject, frame, SubjectTimes())
            result = _device_row(subject, frame, into)
            if subject.kind != "on-device":
                item, spent = _timed(subject.receive, result[0])
                into.entropy_decode.append(spent)
                received[subject.name] = [item, *received[subject.name]][: plan.batch_sizes[-1]]
                if round_ < plan.server_rounds:
                    _decode(subject, received[subject.name], plan.batch_sizes, into)
        if round_ < plan.server_rounds:
            _tail(network, images, plan.batch_sizes, found.tail if kept else {})
        if kept and (round_ + 1) % 50 == 0:
            tell(f"timed {round_ + 1} of {plan.rounds} rounds")
    for subject in network.subjects:
        for _ in range(plan.loads):
            began = time.perf_counter_ns()
            subject.load()
            found.subjects[subject.name].loads.append(time.perf_counter_ns() - began)
    return found


def _timed(step: Callable[[Any], Any], value: object) -> tuple[Any, int]:
    began = time.thread_time_ns()
    result = step(value)
    return result, time.thread_time_ns() - began


def _device_row(subject: Subject, frame: NDArray[np.uint8], into: SubjectTimes) -> Any:  # noqa: ANN401
    """Run a subject's device stages on one frame; return what the last one gave."""
    value: Any = frame
    row = dict.fromkeys(DEVICE_STAGES, 0)
    began = time.perf_counter_ns()
    for stage, step in subject.device_steps.items():
        value, row[stage] = _timed(step, value)
    into.wall_rows.append(time.perf_counter_ns() - began)
    into.device_rows.append(list(row.values()))
    return value


def _decode(
    subject: Subject, items: Sequence[Any], sizes: Sequence[int], into: SubjectTimes
) -> None:
    for size in sizes:
        batch = [items[k % len(items)] for k in range(size)]
        subject.decode(batch)
        _, spent = _timed(subject.decode, batch)
        into.decode.setdefault(size, []).append(spent)


def _tail(
    network: Network,
    images: NDArray[np.uint8],
    sizes: Sequence[int],
    into: dict[int, list[int]],
) -> None:
    features = network.head(prepare(images[: sizes[-1]]))
    for size in sizes:
        network.tail(features[:size])
        _, spent = _timed(network.tail, features[:size])
        into.setdefault(size, []).append(spent)
