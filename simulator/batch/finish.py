"""The end of a batch: tables over all runs and the summary, from the runs' files alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.assembly import assemble
from simulator.assembly.sources import profile
from simulator.batch.doubts import merged
from simulator.batch.one_run import frames_path
from simulator.batch.path_table import hop_names, path_rows
from simulator.metrics.summary import case_records, comparisons, header
from simulator.metrics.verdicts import judge
from simulator.results.facts import RunFacts
from simulator.results.manifest import write_json
from simulator.results.schema import (
    CAPACITY,
    SCHEMA_VERSION,
    UNITS,
    groups_schema,
    runs_schema,
)
from simulator.results.tables import read_facts, write_columns, write_rows
from simulator.scenario.streams import ProfileGroup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from simulator.batch.cases import RunSpec
    from simulator.batch.setting_doubts import Told
    from simulator.metrics.summary import Row
    from simulator.scenario import Scenario

__all__ = ["finish"]

_MOST_STEPS = 2000
_FEWEST_STEPS = 100
_MOST_ROWS = 1_000_000


def finish(
    scenario: Scenario, specs: Sequence[RunSpec], out: Path, doubts: Sequence[Told]
) -> dict[str, Any]:
    """Write all tables and the summary of a batch whose runs are done.

    Args:
        scenario: What was simulated.
        specs: All runs.
        out: The results folder.
        doubts: What is doubtful about its settings.

    Returns:
        The summary.
    """
    facts = [read_facts(frames_path(out, spec.name), RunFacts)[1] for spec in specs]
    runs = [_numbers(found) for found in facts]
    groups = [_numbers(row) for found in facts for row in found["groups"]]
    write_rows(out / "runs.parquet", runs, runs_schema(runs))
    write_rows(out / "groups.parquet", groups, groups_schema(groups))
    units = [_numbers(row) for found in facts for row in found["units"]]
    write_rows(out / "units.parquet", units, UNITS)
    capacity, warnings = _capacity(scenario, specs, runs)
    write_columns(out / "capacity.parquet", capacity, CAPACITY)
    objectives = {spec.case: spec.point.record.slo for spec in specs}
    summary = _summary(scenario, specs, runs, groups) | {
        "slo": judge(objectives, (row for found in facts for row in found["judged"])),
        "warnings": [*(doubt.text for doubt in doubts), *scenario.left_out, *warnings],
        "doubtful": list(dict.fromkeys(doubt.path for doubt in doubts)),
    }
    write_json(out / "summary.json", summary)
    return summary


def _summary(
    scenario: Scenario, specs: Sequence[RunSpec], runs: list[Row], groups: list[Row]
) -> dict[str, Any]:
    record = scenario.record
    settings = {spec.case: spec.settings for spec in specs}
    cases = [case | {"settings": settings[case["case"]]} for case in case_records(runs, groups)]
    tasks = {
        profile(group.profile, scenario.folder).primary_task
        if isinstance(group, ProfileGroup)
        else "score"
        for group in record.streams.values()
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "name": record.name,
        "description": record.description,
        "task": ", ".join(sorted(tasks)),
        **header(runs),
        "cases": cases,
        "comparisons": comparisons(runs),
    }


def _capacity(
    scenario: Scenario, specs: Sequence[RunSpec], runs: list[Row]
) -> tuple[dict[str, list[Any]], list[str]]:
    """Return every path that some run met, hop by hop, and what is doubtful about it."""
    users: dict[str, RunSpec] = {}
    for row, spec in zip(runs, specs, strict=True):
        users.setdefault(row["link"], spec)
    hops = max(sum(1 for _ in spec.point.record.network.hops()) for spec in users.values())
    most = max(_FEWEST_STEPS, min(_MOST_STEPS, _MOST_ROWS // (len(users) * hops)))
    columns: dict[str, list[Any]] = {name: [] for name in CAPACITY.names}
    warnings: list[str] = []
    for link, spec in users.items():
        record = spec.point.record
        built = assemble(record, spec.seed, scenario.folder)
        warnings += built.warnings
        for rows in path_rows(built.plan, hop_names(record.network), most):
            for name, values in rows.items():
                columns[name] += values
            columns["link"] += [link] * len(rows["t_s"])
    return columns, merged(warnings)


def _numbers(row: Row) -> Row:
    """Return a row read from JSON with NaN where it says null."""
    return {key: np.nan if value is None else value for key, value in row.items()}
