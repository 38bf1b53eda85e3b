"""All that a report rests on: the documents and tables of a results folder, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.foundation.errors import InputError, Problem
from simulator.results.documents import Manifest, Summary, read_document
from simulator.results.schema import CAPACITY, UNITS, runs_schema
from simulator.results.tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from simulator.results.documents import Case, Comparison

__all__ = ["Evidence", "read", "refused"]

_REMEDY: Final = "give a folder that `splitcast run --out` wrote, or run the scenario again"
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_RUNS: Final = (
    *("run", "case", "replication", "policy", "setting", "trace", "link"),
    *("duration_s", "timely_accuracy"),
)
_UNITS: Final = ("run", "name", "frames")
_CAPACITY: Final = (
    *("link", "way", "hop", "links"),
    *("t_s", "capacity_bps", "least_bps", "cross_bps", "loss"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A results folder in memory, without its frames.

    Attributes:
        folder: Where it lies.
        manifest: What was asked for.
        summary: Cases, comparisons, verdicts.
        runs: A row a run: ``run case replication policy setting trace link duration_s ...``.
        units: A row a run, group and unit: ``run name frames``.
        capacity: A row a path, hop and step: ``link way hop links t_s capacity_bps ...``.
    """

    folder: Path
    manifest: Manifest
    summary: Summary
    runs: pd.DataFrame
    units: pd.DataFrame
    capacity: pd.DataFrame

    @property
    def policies(self) -> list[str]:
        """The policies, in the order in which the cases name them."""
        return list(dict.fromkeys(case.policy for case in self.summary.cases))

    @property
    def settings(self) -> list[str]:
        """The settings besides the policy, in the order of the cases; [""] without a sweep."""
        return list(dict.fromkeys(case.setting for case in self.summary.cases))

    def cases_of(self, setting: str) -> list[Case]:
        """Return the cases of a setting, one a policy."""
        return [case for case in self.summary.cases if case.setting == setting]

    def comparisons_of(self, setting: str) -> list[Comparison]:
        """Return the paired comparisons of a setting."""
        return [found for found in self.summary.comparisons if found.setting == setting]

    def runs_of(self, case: Case) -> pd.DataFrame:
        """Return the rows of a case's runs."""
        return self.runs[self.runs["case"] == case.case]


def refused(path: Path, what: str, value: object, rule: str) -> InputError:
    """Return the error for a file that is not as a results folder has it."""
    return InputError(Problem(where=str(path), what=what, value=value, rule=rule, remedy=_REMEDY))


def read(folder: Path) -> Evidence:
    """Return what a results folder holds, less its frames.

    Raises:
        InputError: If the folder is none, is incomplete, or contradicts itself.
    """
    if not folder.is_dir():
        raise refused(folder, "results folder", folder.name, "is not a folder")
    manifest = read_document(folder / "manifest.json", Manifest)
    if manifest.state == "running" and not (folder / "summary.json").exists():
        raise InputError(
            Problem(
                where=str(folder),
                what="state",
                value=manifest.state,
                rule="must be done: the batch has not been finished",
                remedy="finish it with `splitcast run SCENARIO.yaml --out DIR --resume`",
            )
        )
    summary = read_document(folder / "summary.json", Summary)
    runs = read_table(folder / "runs.parquet", like=runs_schema([]), needed=_RUNS)
    evidence = Evidence(
        folder=folder,
        manifest=manifest,
        summary=summary,
        runs=runs.to_pandas(),
        units=read_table(folder / "units.parquet", _UNITS, like=UNITS, needed=_UNITS).to_pandas(),
        capacity=read_table(
            folder / "capacity.parquet", _CAPACITY, like=CAPACITY, needed=_CAPACITY
        ).to_pandas(),
    )
    for name in evidence.runs["run"]:
        # A run's name becomes a path: a foreign folder must not lead out of itself.
        if not isinstance(name, str) or not _PLAIN_NAME.fullmatch(name):
            rule = "must be a plain file name"
            raise refused(folder / "runs.parquet", "run", name, rule)
    for case in summary.cases:
        if evidence.runs_of(case).empty:
            rule = "has no run in runs.parquet"
            raise refused(folder / "summary.json", "cases.case", case.case, rule)
    return evidence
