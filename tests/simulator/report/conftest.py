from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.framelog import COLUMNS, NEVER, FrameLog, Outcome, Reason
from simulator.results.schema import CAPACITY, UNITS, runs_schema
from simulator.results.tables import write_frames, write_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MS = 1_000_000
S = 1000 * MS
TIMELY = "timely_accuracy"
LADDER = ("device", "unit-1", "unit-2", "jpeg-q50", "unit-3")


@dataclass(frozen=True, kw_only=True)
class Made:
    """A results folder as a batch would leave it, from made-up frames."""

    policies: tuple[str, ...] = ("fixed", "throughput", "deadline")
    settings: tuple[dict[str, Any], ...] = ({},)
    traces: tuple[str, ...] = ("us-lte-up/1", "us-lte-up/2", "us-lte-up/3")
    replications: int = 1
    streams: int = 1
    frames: int = 60  # a stream
    interval_ns: int = 66 * MS
    deadline_ns: int = 150 * MS
    name: str = "city-cameras"
    description: str = "Cameras share one uplink."
    answered: bool = True
    slo: tuple[dict[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    ladder: tuple[str, ...] = LADDER
    manifest: dict[str, Any] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = (Reason.OVERFLOW, Reason.REPLACED)  # taken in turn
    transmissions: int = 1  # of every third frame
    layers: tuple[int, ...] = ()  # of each unit; every second frame lacks the last one
    tasks: dict[str, int] = field(default_factory=dict)
    outages: tuple[tuple[str, float, float], ...] = ()
    hops: tuple[tuple[str, str, int], ...] = (("uplink", "uplink.0", 1),)
    cross_bps: float = math.nan
    loss: tuple[float, float] = (math.nan, math.nan)  # in turn, a step each

    def columns(self, rng: np.random.Generator, rank: int) -> dict[str, np.ndarray[Any, Any]]:
        n = self.streams * self.frames
        stream = np.repeat(np.arange(self.streams), self.frames)
        frame = np.tile(np.arange(self.frames), self.streams)
        captured = frame * self.interval_ns + stream * (self.interval_ns // self.streams)
        wave = np.sin(captured / 8e9)
        unit = np.clip(np.round(2 + rank * 0.3 + 1.8 * wave + rng.normal(0, 0.4, n)), 0, None)
        unit = np.minimum(unit, len(self.ladder) - 1).astype(np.int64)
        fate = rng.choice(
            [Outcome.ON_TIME, Outcome.LOST, Outcome.SKIPPED, Outcome.DROPPED],
            p=[0.9 - 0.03 * rank, 0.02, 0.03 + 0.03 * rank, 0.05],
            size=n,
        )
        if not self.answered:
            fate[:] = Outcome.DROPPED
        silent = np.isin(fate, [Outcome.SKIPPED, Outcome.DROPPED])
        unit[silent] = NEVER
        local = unit == 0
        fate[local] = Outcome.ON_TIME
        steps = {}
        clock = captured + (rng.exponential(4, n) * MS).astype(np.int64)
        steps["chosen_ns"] = clock
        steps["device_start_ns"] = clock
        clock = clock + np.where(local, 90 * MS, 25 * MS)
        steps["device_end_ns"] = clock
        steps["sent_ns"] = np.where(local, NEVER, clock)
        for name, mean in (
            ("uplink_start_ns", 18),
            ("uplink_end_ns", 22),
            ("arrived_ns", 0),
            ("service_start_ns", 4),
            ("served_ns", 12),
        ):
            passed = rng.exponential(mean, n) * 0.8**rank if mean else np.full(n, 20.0)
            clock = clock + (passed * MS).astype(np.int64)
            steps[name] = np.where(local, NEVER, clock)
        done = np.where(local, steps["device_end_ns"], clock + 20 * MS)
        lost = fate == Outcome.LOST
        for name in ("uplink_end_ns", "arrived_ns", "service_start_ns", "served_ns"):
            steps[name][lost] = NEVER
        done[lost | silent] = NEVER
        for column in steps.values():
            column[silent] = NEVER
        fate = np.where(
            (fate == Outcome.ON_TIME) & (done - captured > self.deadline_ns), Outcome.LATE, fate
        )
        reason = np.full(n, Reason.NONE)
        for outcome in (Outcome.LOST, Outcome.DROPPED):
            mine = [found for found in self.reasons if found.outcome is outcome]
            rows = np.flatnonzero(fate == outcome)
            reason[rows] = np.resize(mine, rows.size) if mine else Reason.NONE
        whole = np.array([*(self.layers or [1] * len(self.ladder)), 0])[unit]
        decoded = np.maximum(whole - (frame % 2 if self.layers else 0), np.minimum(whole, 1))
        size = np.where(unit > 0, 250 * 2 ** np.maximum(unit, 0), 0)
        given = {
            "stream": stream,
            "frame": frame,
            "unit": unit,
            "outcome": fate,
            "reason": reason,
            "layers": np.where(fate <= Outcome.LATE, decoded, 0),
            "transmissions": np.where(
                steps["sent_ns"] == NEVER, 0, np.where(frame % 3, 1, self.transmissions)
            ),
            "bytes": size,
            "wire_bytes": np.where(size > 0, size + 28, 0),
            "captured_ns": captured,
            "done_ns": done,
            "score": np.where(unit >= 0, 0.6 + 0.08 * unit, np.nan),
            **steps,
        }
        return {k: np.asarray(given.get(k, np.zeros(n))).astype(c) for k, c in COLUMNS.items()}

    def write(self, folder: Path) -> Path:
        (folder / "frames").mkdir(parents=True)
        runs: list[dict[str, Any]] = []
        units: list[dict[str, Any]] = []
        cases: list[dict[str, Any]] = []
        for point, settings in enumerate(self.settings):
            for rank, policy in enumerate(self.policies):
                words = ", ".join(f"{k.split('.')[-1]}={v}" for k, v in settings.items())
                case = len(cases)
                rows = []
                for k, trace in enumerate(self.traces):
                    for replication in range(self.replications):
                        run = f"p{case * 100 + k:04d}-r{replication}"
                        rng = np.random.default_rng((point, rank, k, replication))
                        columns = self.columns(rng, rank)
                        row, used = self._run(columns)
                        who = {
                            "run": run,
                            "case": case,
                            "point": case * 100 + k,
                            "replication": replication,
                            "seed": 7,
                            "policy": policy,
                            "setting": words,
                            "trace": trace,
                            "link": f"link-{k}",
                            "duration_s": self.frames * self.interval_ns / S,
                        }
                        rows.append({**who, **row})
                        units += [{**who, "group": "cameras", **u} for u in used]
                        self._write_frames(folder, run, policy, columns)
                runs += rows
                metrics = {
                    name: self._interval(rows, name)
                    for name in rows[0]
                    if isinstance(rows[0][name], float)
                }
                cases.append(
                    {
                        "case": case,
                        "policy": policy,
                        "setting": words,
                        "settings": settings,
                        "runs": len(rows),
                        "frames": len(rows) * self.streams * self.frames,
                        "overload": {"uplink": 0.5} if rank == 0 and point else {},
                        "metrics": metrics,
                        "groups": {"cameras": metrics},
                    }
                )
        write_rows(folder / "runs.parquet", runs, runs_schema(runs))
        write_rows(folder / "units.parquet", units, UNITS)
        self._write_capacity(folder)
        self._write_documents(folder, runs, cases)
        return folder

    def _run(
        self, columns: dict[str, np.ndarray[Any, Any]]
    ) -> tuple[dict[str, float], list[dict[str, object]]]:
        outcome = columns["outcome"]
        n = outcome.size
        answered = outcome <= Outcome.LATE
        latency = (columns["done_ns"] - columns["captured_ns"])[answered] / MS
        row = {o.name.lower(): float((outcome == o).mean()) for o in Outcome}
        for reason in Reason:
            if reason:
                row[reason.name.lower()] = float((columns["reason"] == reason).mean())
        row |= {f"{name}_{task}": 0.5 for task in self.tasks for name in ("on_time", TIMELY)}
        row["timely_accuracy"] = float(columns["score"][outcome == Outcome.ON_TIME].sum() / n)
        for share, name in ((50, "p50"), (95, "p95")):
            enough = latency.size > 20
            row[f"latency_{name}_ms"] = (
                float(np.percentile(latency, share)) if enough else float("nan")
            )
        row["wire_bps"] = float(
            columns["wire_bytes"].sum() * 8e9 / (self.frames * self.interval_ns)
        )
        used = [
            {
                "unit": k,
                "name": name,
                "frames": int((columns["unit"] == k).sum()),
                "payload_mean_bytes": 250.0 * 2**k if k else 0.0,
            }
            for k, name in enumerate(self.ladder)
        ]
        return row, used

    def _interval(self, rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
        by_trace = {
            trace: float(np.mean([r[name] for r in rows if r["trace"] == trace]))
            for trace in self.traces
        }
        return _measured(by_trace)

    def _write_frames(
        self, folder: Path, run: str, policy: str, columns: dict[str, np.ndarray[Any, Any]]
    ) -> None:
        streams = [
            {
                "name": f"cameras/{k}",
                "group": "cameras",
                "policy": policy,
                "deadline_ns": self.deadline_ns,
                "interval_ns": self.interval_ns,
                "units": self.ladder,
                "on_device": [name == self.ladder[0] for name in self.ladder],
                **({"layers": self.layers} if self.layers else {}),
                **({"tasks": self.tasks} if self.tasks else {}),
            }
            for k in range(self.streams)
        ]
        facts: dict[str, Any] = {
            "run": run,
            "groups": [],
            "units": [],
            "judged": [],
            "streams": streams,
        }
        if self.outages:
            names = ("worker", "begin_s", "end_s")
            facts["outages"] = [dict(zip(names, o, strict=True)) for o in self.outages]
        write_frames(folder / "frames" / f"{run}.parquet", FrameLog(columns), facts)

    def _write_capacity(self, folder: Path) -> None:
        span = self.frames * self.interval_ns / S
        grid = np.linspace(0, span, 400, endpoint=False)
        rows = [
            {
                "link": f"link-{k}",
                "way": way,
                "hop": hop,
                "links": links,
                "t_s": t,
                "capacity_bps": self.streams * 4e5 * (1.3 + np.sin(t / 8 + k)),
                "least_bps": 1e5 if links > 1 else math.nan,
                "cross_bps": self.cross_bps,
                "loss": self.loss[step % 2],
            }
            for k in range(len(self.traces))
            for way, hop, links in self.hops
            for step, t in enumerate(grid.tolist())
        ]
        write_rows(folder / "capacity.parquet", rows, CAPACITY)

    def _write_documents(
        self, folder: Path, runs: list[dict[str, Any]], cases: list[dict[str, Any]]
    ) -> None:
        comparisons = []
        for settings in self.settings:
            words = ", ".join(f"{k.split('.')[-1]}={v}" for k, v in settings.items())
            mine = [case for case in cases if case["setting"] == words]
            comparisons += [
                {
                    "setting": words,
                    "policy": case["policy"],
                    "versus": before["policy"],
                    "traces": len(self.traces),
                    "metrics": {
                        name: _measured(
                            {
                                t: case["metrics"][name]["by_trace"][t]
                                - before["metrics"][name]["by_trace"][t]
                                for t in self.traces
                            }
                        )
                        for name in ("on_time", "timely_accuracy")
                    },
                }
                for k, before in enumerate(mine)
                for case in mine[k + 1 :]
            ]
        summary = {
            "schema_version": 3,
            "name": self.name,
            "description": self.description,
            "task": "top1",
            "confidence": 0.95,
            "traces": self.traces,
            "few_traces": len(self.traces) < 10,
            "cases": cases,
            "comparisons": comparisons,
            "slo": self.slo,
            "warnings": self.warnings,
        }
        manifest = {
            "schema_version": 3,
            "scenario": {"name": self.name, "seed": 7},
            "scenario_sha256": "0123456789abcdef" * 4,
            "source": "city.yaml",
            "command": "splitcast run /home/somebody/city.yaml --out results/city",
            "splitcast": "0.1.0",
            "python": "3.11.2",
            "packages": {"numpy": "2.0.0"},
            "machine": {"system": "Linux", "cpus": 2},
            "profiles": {"shapes-224": "ab" * 32},
            "traces": {},
            "created": "2026-01-01T00:00:00Z",
            "elapsed_s": 3.5,
            "state": "done",
            "runs": [{"run": row["run"], "settings": {}} for row in runs],
            **self.manifest,
        }
        (folder / "summary.json").write_text(json.dumps(summary))
        (folder / "manifest.json").write_text(json.dumps(manifest))


def _measured(by_trace: dict[str, float]) -> dict[str, Any]:
    values = np.array(list(by_trace.values()))
    if np.isnan(values).any():
        return {"mean": None, "low": None, "high": None, "by_trace": dict.fromkeys(by_trace)}
    spread = 2 * float(values.std()) / len(values) ** 0.5
    several = len(values) > 1
    mean = float(values.mean())
    return {
        "mean": mean,
        "low": mean - spread if several else None,
        "high": mean + spread if several else None,
        "by_trace": by_trace,
    }


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a results folder."""

    def write(**wanted: Any) -> Path:  # noqa: ANN401 -- whatever fields Made has
        return Made(**wanted).write(tmp_path / "results")

    return write
