"""The timing pass: stage by stage, the device at batch 1, the server by batch size, one thread.

Subjects take turns, so that a slow moment of the machine meets all of them alike; everything is run
once untimed just before, as a stream runs the same unit frame after frame and finds its caches
warm. What is recorded is what the stopwatch says, on a processor the thread's CPU time: on a
machine that is shared with others wall time counts their work, too. Wall time of the same samples
stands beside it in the profile's facts.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from models.backbone import prepare
from models.measuring.stopwatch import Stopwatch
from models.profile import DEVICE_STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from models.backbone import Outputs
    from models.subjects.network import Network
    from models.subjects.subject import Subject

__all__ = ["SubjectTimes", "TimingPlan", "Timings", "time_stages", "time_tail"]


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
class WallTimes:
    """Wall nanoseconds of one subject, as in `SubjectTimes`."""

    device_rows: list[list[int]] = field(default_factory=list)
    entropy_decode: list[int] = field(default_factory=list)
    decode: dict[int, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class SubjectTimes:
    """Samples of one subject, nanoseconds as the stopwatch records them.

    Attributes:
        device_rows: A list of stage times in the order of ``DEVICE_STAGES`` a round.
        entropy_decode: One a round.
        decode: Per batch size, one a server round.
        loads: Wall nanoseconds, files in the page cache.
        wall: Wall nanoseconds of the same samples: the lists above (but ``loads``) once more.
    """

    device_rows: list[list[int]] = field(default_factory=list)
    entropy_decode: list[int] = field(default_factory=list)
    decode: dict[int, list[int]] = field(default_factory=dict)
    loads: list[int] = field(default_factory=list)
    wall: WallTimes = field(default_factory=WallTimes)

    def sorted_rows(self) -> NDArray[np.int64]:
        """Return the device rows [sample, stage], sorted by their totals."""
        rows = np.array(self.device_rows, np.int64)
        return rows[np.argsort(rows.sum(axis=1), kind="stable")]

    def sorted_decode(self, batch_sizes: Sequence[int]) -> NDArray[np.int64]:
        """Return decoder times [batch size, sample], each row sorted."""
        return np.sort(np.array([self.decode[size] for size in batch_sizes], np.int64), axis=1)


@dataclass(slots=True)
class Timings:
    """Samples of all subjects by name, and of tails, per batch size.

    Attributes:
        subjects: By name.
        tail: Of the tail that most subjects share, as the stopwatch records them.
        tail_wall: Wall nanoseconds of the same samples.
        tails: By name (``Kin.tails``), of the tails that some subjects bring.
        tails_wall: Wall nanoseconds of the same samples.
        clock: What the stopwatch records, in words.
    """

    subjects: dict[str, SubjectTimes]
    tail: dict[int, list[int]]
    tail_wall: dict[int, list[int]]
    clock: str
    tails: dict[str, dict[int, list[int]]] = field(default_factory=dict)
    tails_wall: dict[str, dict[int, list[int]]] = field(default_factory=dict)


@torch.inference_mode()
def time_stages(
    network: Network,
    images: NDArray[np.uint8],
    plan: TimingPlan,
    *,
    stopwatch: Stopwatch | None = None,
    tell: Callable[[str], None] = lambda _line: None,
) -> Timings:
    """Time every stage of every subject.

    Args:
        network: The cut backbone and its subjects.
        images: Frames uint8 (n, h, w, 3) to take turns with, at least as many as the largest
            batch.
        plan: How often.
        stopwatch: By default one for processors.
        tell: Called with a line of progress.
    """
    torch.set_num_threads(1)
    watch = stopwatch or Stopwatch()
    bringers = _bringers(network)
    found = Timings(
        subjects={s.name: SubjectTimes() for s in network.subjects},
        tail={},
        tail_wall={},
        clock=watch.about,
        tails={name: {} for name in bringers.values()},
        tails_wall={name: {} for name in bringers.values()},
    )
    received: dict[str, list[Any]] = {s.name: [] for s in network.subjects}
    for round_ in range(-plan.warm_up, plan.rounds):
        kept = round_ >= 0
        frame = images[round_ % len(images)][None]
        for subject in network.subjects:
            into = found.subjects[subject.name] if kept else SubjectTimes()
            _device_row(watch, subject, frame, SubjectTimes())
            result = _device_row(watch, subject, frame, into)
            if subject.kind != "on-device":
                item, spent, wall = watch.time(subject.receive, result[0])
                into.entropy_decode.append(spent)
                into.wall.entropy_decode.append(wall)
                received[subject.name] = [item, *received[subject.name]][: plan.batch_sizes[-1]]
                if round_ < plan.server_rounds:
                    batches = _batches(received[subject.name], plan.batch_sizes)
                    _decode(watch, subject, batches, into)
                    if subject.name in bringers:
                        name = bringers[subject.name]
                        times = (found.tails[name], found.tails_wall[name]) if kept else ({}, {})
                        _own_tail(watch, subject, batches, *times)
        if round_ < plan.server_rounds:
            tails = (found.tail, found.tail_wall) if kept else ({}, {})
            time_tail(watch, network, images, plan.batch_sizes, *tails)
        if kept and (round_ + 1) % 5 == 0:
            tell(f"timed {round_ + 1} of {plan.rounds} rounds")
    for subject in network.subjects:
        for _ in range(plan.loads):
            began = time.perf_counter_ns()
            subject.load()
            found.subjects[subject.name].loads.append(time.perf_counter_ns() - began)
    return found


def time_tail(
    watch: Stopwatch,
    network: Network,
    images: NDArray[np.uint8],
    sizes: Sequence[int],
    into: dict[int, list[int]],
    wall_into: dict[int, list[int]],
) -> None:
    """Time a network's tail once for each batch size.

    Args:
        watch: The stopwatch.
        network: The cut backbone.
        images: Frames uint8 (n, h, w, 3), at least as many as the largest batch.
        sizes: Batch sizes.
        into: Where the times are noted, by batch size.
        wall_into: Where wall time is.
    """
    features = network.head(prepare(images[: sizes[-1]]))
    for size in sizes:
        _timed(watch, network.tail, features[:size], size, into, wall_into)


def _device_row(
    watch: Stopwatch, subject: Subject, frame: NDArray[np.uint8], into: SubjectTimes
) -> Any:  # noqa: ANN401 - payloads, or what the tail answers
    """Run a subject's device stages on one frame; return what the last one gave."""
    value: Any = frame
    row, wall = dict.fromkeys(DEVICE_STAGES, 0), dict.fromkeys(DEVICE_STAGES, 0)
    for stage, step in subject.device_steps.items():
        value, row[stage], wall[stage] = watch.time(step, value)
    into.device_rows.append(list(row.values()))
    into.wall.device_rows.append(list(wall.values()))
    return value


def _bringers(network: Network) -> dict[str, str]:
    """Return for each tail but the shared one the first subject that has it, as subject to tail."""
    first: dict[str, str] = {}
    for subject in network.subjects:
        name = network.kin.tail(subject)
        if name is not None:
            first.setdefault(name, subject.name)
    return {subject: name for name, subject in first.items()}


def _batches(items: Sequence[Any], sizes: Sequence[int]) -> list[list[Any]]:
    return [[items[k % len(items)] for k in range(size)] for size in sizes]


def _decode(
    watch: Stopwatch, subject: Subject, batches: Sequence[Sequence[Any]], into: SubjectTimes
) -> None:
    for batch in batches:
        subject.decode(batch)
        _, spent, wall = watch.time(subject.decode, batch)
        into.decode.setdefault(len(batch), []).append(spent)
        into.wall.decode.setdefault(len(batch), []).append(wall)


def _own_tail(
    watch: Stopwatch,
    subject: Subject,
    batches: Sequence[Sequence[Any]],
    into: dict[int, list[int]],
    wall_into: dict[int, list[int]],
) -> None:
    tail = subject.tail
    if tail is None:
        return
    for batch in batches:
        _timed(watch, tail, subject.decode(batch), len(batch), into, wall_into)


def _timed(
    watch: Stopwatch,
    tail: Callable[[Tensor], Outputs],
    features: Tensor,
    size: int,
    into: dict[int, list[int]],
    wall_into: dict[int, list[int]],
) -> None:
    tail(features)
    _, spent, wall = watch.time(tail, features)
    into.setdefault(size, []).append(spent)
    wall_into.setdefault(size, []).append(wall)
