"""The frames of a results folder: one run's for a timeline, a case's pooled for distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.framelog import COLUMNS, NEVER, Outcome
from simulator.metrics import STAGES, stage_times
from simulator.report.evidence import refused
from simulator.results.facts import MOST_LAYERS, Described
from simulator.results.schema import FRAMES, NAMES
from simulator.results.tables import codes, read_facts, read_table

if TYPE_CHECKING:
    import numpy.typing as npt

    from simulator.report.evidence import Evidence
    from simulator.results.documents import Case
    from simulator.results.facts import Away, StreamFacts

__all__ = ["Frames", "Pool", "pool", "read_frames"]

NS_PER_MS: Final = 1e6
_INSTANTS: Final = tuple(name for name in COLUMNS if name.endswith("_ns"))
_CODES: Final = ("stream", "unit", "outcome", "reason", "layers", "transmissions")
_COLUMNS: Final = (*_CODES, "wire_bytes", *_INSTANTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """The frame log of one run, as far as a report draws it.

    Attributes:
        streams: Its cameras, indexed by the column ``stream``.
        columns: By name, arrays [frames]: ``stream unit outcome reason layers transmissions
            wire_bytes`` and the instants.
        away: When workers were away.
    """

    streams: tuple[StreamFacts, ...]
    columns: dict[str, npt.NDArray[np.int64]]
    away: tuple[Away, ...] = ()

    @property
    def answered(self) -> npt.NDArray[np.bool_]:
        """Which frames were answered, in time or not."""
        return self.columns["outcome"] <= Outcome.LATE

    @property
    def latency_ms(self) -> npt.NDArray[np.float64]:
        """Capture to answer of every frame; NaN where there was none."""
        passed = self.columns["done_ns"] - self.columns["captured_ns"]
        return np.where(self.answered, passed / NS_PER_MS, np.nan)

    @property
    def layers(self) -> npt.NDArray[np.int64]:
        """How many layers each frame's payload has; 0 where it has no layers or none was chosen."""
        width = max((len(stream.units) for stream in self.streams), default=0) + 1
        table = np.zeros((len(self.streams), width), dtype=np.int64)
        for row, stream in enumerate(self.streams):
            table[row, : len(stream.layers)] = stream.layers
        table[table == 1] = 0
        # The last column stands for NEVER, which is -1.
        return np.asarray(table[self.columns["stream"], self.columns["unit"]])

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
        tasks: The further tasks that streams ask, each with its distinct deadlines in ms.
        layers: How many frames of units with layers were decoded with 0, 1, ... of them; empty
            where no unit has layers.
        left_out: Runs that were not read, to keep the report quick.
    """

    latency_ms: npt.NDArray[np.float64]
    captured: int
    stage_ms: dict[str, float]
    deadlines_ms: tuple[float, ...]
    tasks: dict[str, tuple[float, ...]]
    layers: tuple[int, ...]
    left_out: int


def read_frames(evidence: Evidence, run: str) -> Frames:
    """Return the frame log of a run.

    Raises:
        InputError: If the file is missing, no frame log, or names streams, units or outcomes that
            there are not.
    """
    path = evidence.folder / "frames" / f"{run}.parquet"
    table = read_table(path, _COLUMNS, like=FRAMES, needed=_COLUMNS)
    described, _ = read_facts(path, Described)
    streams, away = tuple(described.streams), tuple(described.outages)
    columns = {}
    for name in _COLUMNS:
        if name in NAMES:
            columns[name] = codes(path, table, name)
        else:
            columns[name] = table[name].to_numpy().astype(np.int64, copy=False)
    most_units = max((len(stream.units) for stream in streams), default=0)
    bounds = {
        "stream": (0, len(streams)),
        "unit": (NEVER, most_units),
        "layers": (0, MOST_LAYERS + 1),
    }
    for name, (low, beyond) in bounds.items():
        if table.num_rows and not low <= columns[name].min() <= columns[name].max() < beyond:
            rule = f"must lie between {low} and {beyond - 1}"
            raise refused(path, name, f"{columns[name].min()} to {columns[name].max()}", rule)
    return Frames(streams=streams, columns=columns, away=away)


def pool(evidence: Evidence, case: Case, *, most_frames: int) -> Pool:
    """Return a case's frames together; evenly chosen runs where all would be too many."""
    runs = list(evidence.runs_of(case)["run"])
    read = max(1, min(len(runs), int(most_frames / max(case.frames / len(runs), 1))))
    stages = dict.fromkeys(STAGES, 0.0)
    deadlines: set[float] = set()
    tasks: dict[str, set[float]] = {}
    latencies, captured = [], 0
    decoded = np.zeros(MOST_LAYERS + 1, dtype=np.int64)
    for index in np.unique(np.linspace(0, len(runs) - 1, read).astype(np.int64)):
        frames = read_frames(evidence, runs[index])
        latencies.append(frames.latency_ms[frames.answered])
        captured += frames.answered.size
        layered = frames.layers > 0
        decoded += np.bincount(frames.columns["layers"][layered], minlength=decoded.size)
        deadlines.update(stream.deadline_ns / NS_PER_MS for stream in frames.streams)
        for stream in frames.streams:
            for task, deadline_ns in stream.tasks.items():
                tasks.setdefault(task, set()).add(deadline_ns / NS_PER_MS)
        for name, total in frames.stage_sums_ms().items():
            stages[name] += total
    together = np.concatenate(latencies)
    return Pool(
        latency_ms=together,
        captured=captured,
        stage_ms={name: total / max(together.size, 1) for name, total in stages.items()},
        deadlines_ms=tuple(sorted(deadlines)),
        tasks={name: tuple(sorted(found)) for name, found in tasks.items()},
        layers=tuple(np.trim_zeros(decoded, "b").tolist()),
        left_out=len(runs) - read,
    )
