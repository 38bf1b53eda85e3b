"""The frames of a results folder: one run's for a timeline, a case's pooled for distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.framelog import COLUMNS, NEVER, Outcome
from simulator.metrics import STAGES, stage_times
from simulator.report.evidence import read_table, refused
from simulator.results.tables import read_facts

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from simulator.report.documents import Case
    from simulator.report.evidence import Evidence

__all__ = ["Frames", "Pool", "Stream", "pool", "read_frames"]

NS_PER_MS: Final = 1e6
_INSTANTS: Final = tuple(name for name in COLUMNS if name.endswith("_ns"))
_COLUMNS: Final = ("stream", "unit", "outcome", "wire_bytes", *_INSTANTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One camera of a run."""

    name: str
    group: str
    deadline_ns: int
    interval_ns: int
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """The frame log of one run, as far as a report draws it.

    Attributes:
        streams: Its cameras, indexed by the column ``stream``.
        columns: By name, arrays [frames]: ``stream unit outcome wire_bytes`` and the instants.
    """

    streams: tuple[Stream, ...]
    columns: dict[str, npt.NDArray[np.int64]]

    @property
    def answered(self) -> npt.NDArray[np.bool_]:
        """Which frames were answered, in time or not."""
        return self.columns["outcome"] <= Outcome.LATE

    @property
    def latency_ms(self) -> npt.NDArray[np.float64]:
        """Capture to answer of every frame; NaN where there was none."""
        passed = self.columns["done_ns"] - self.columns["captured_ns"]
        return np.where(self.answered, passed / NS_PER_MS, np.nan)

    def stage_sums_ms(self) -> dict[str, float]:
        """Return the time that answered frames spent in each stage, summed."""
        answered = self.answered
        # A frame answered on the device passed the first two stages only.
        return {
            stage: float(times[answered & (times != NEVER)].sum() / NS_PER_MS)
            for stage, times in stage_times(self.columns).items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The frames of a case's runs together.

    Attributes:
        latency_ms: Of the answered frames.
        captured: All frames.
        stage_ms: Mean time of answered frames by stage; it sums to their mean latency.
        deadlines_ms: The distinct deadlines, ascending.
        left_out: Runs that were not read, to keep the report quick.
    """

    latency_ms: npt.NDArray[np.float64]
    captured: int
    stage_ms: dict[str, float]
    deadlines_ms: tuple[float, ...]
    left_out: int


def _streams(path: Path) -> tuple[Stream, ...]:
    try:
        return tuple(
            Stream(
                name=str(record["name"]),
                group=str(record["group"]),
                deadline_ns=int(record["deadline_ns"]),
                interval_ns=int(record["interval_ns"]),
                units=tuple(map(str, record["units"])),
            )
            for record in read_facts(path)["streams"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise refused(path, "streams", type(error).__name__, "must be described") from error


def read_frames(evidence: Evidence, run: str) -> Frames:
    """Return the frame log of a run.

    Raises:
        InputError: If the file is missing, no frame log, or names streams, units or outcomes that
            there are not.
    """
    path = evidence.folder / "frames" / f"{run}.parquet"
    table = read_table(path, _COLUMNS)
    streams = _streams(path)
    columns = {}
    for name in _COLUMNS:
        column = table[name].to_numpy()
        if not np.issubdtype(column.dtype, np.integer):  # a null makes floats of integers
            raise refused(path, name, column.dtype, "must hold integers only")
        columns[name] = column.astype(np.int64, copy=False)
    most_units = max((len(stream.units) for stream in streams), default=0)
    bounds = {
        "stream": (0, len(streams)),
        "unit": (NEVER, most_units),
        "outcome": (0, len(Outcome)),
    }
    for name, (low, beyond) in bounds.items():
        if table.num_rows and not low <= columns[name].min() <= columns[name].max() < beyond:
            rule = f"must lie between {low} and {beyond - 1}"
            raise refused(path, name, f"{columns[name].min()} to {columns[name].max()}", rule)
    return Frames(streams=streams, columns=columns)


def pool(evidence: Evidence, case: Case, *, most_frames: int) -> Pool:
    """Return a case's frames together; evenly chosen runs where all would be too many."""
    runs = list(evidence.runs_of(case)["run"])
    read = max(1, min(len(runs), int(most_frames / max(case.frames / len(runs), 1))))
    stages = dict.fromkeys(STAGES, 0.0)
    deadlines: set[float] = set()
    latencies, captured = [], 0
    for index in np.unique(np.linspace(0, len(runs) - 1, read).astype(np.int64)):
        frames = read_frames(evidence, runs[index])
        latencies.append(frames.latency_ms[frames.answered])
        captured += frames.answered.size
        deadlines.update(stream.deadline_ns / NS_PER_MS for stream in frames.streams)
        for name, total in frames.stage_sums_ms().items():
            stages[name] += total
    together = np.concatenate(latencies)
    return Pool(
        latency_ms=together,
        captured=captured,
        stage_ms={name: total / max(together.size, 1) for name, total in stages.items()},
        deadlines_ms=tuple(sorted(deadlines)),
        left_out=len(runs) - read,
    )
