"""A batch's results as DataFrames, read from its folder when they are asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simulator.results.documents import Manifest, Summary, as_document, read_document, read_json
from simulator.results.schema import (
    CAPACITY,
    FRAMES,
    NAMES,
    UNITS,
    groups_schema,
    runs_schema,
)
from simulator.results.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from simulator.results.documents import Case, Comparison

__all__ = ["Results"]


class Results:
    """What a batch found, from the folder that `run` or ``splitcast run --out`` left.

    Everything is a DataFrame: ``runs``, ``groups``, ``units``, ``capacity``, ``frames``,
    ``summary`` and ``comparisons``; columns are those of `simulator.results`. ``document`` is
    summary.json. Tables are read when they are first asked for.

    Args:
        folder: The results folder.

    Raises:
        InputError: If the folder holds no finished results, or those of another version.

    Example:
        >>> results = Results("results/my-cameras")  # doctest: +SKIP
        >>> results.runs.groupby("streams.cameras.policy")["on_time"].mean()  # doctest: +SKIP
    """

    def __init__(self, folder: Path | str) -> None:
        """Read the summary; tables follow when they are asked for."""
        self.folder = Path(folder)
        path = self.folder / "summary.json"
        self.document: dict[str, Any] = read_json(path)
        self._summary = as_document(path, self.document, Summary)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per run; the last columns hold what its point of the sweep changes, by path.

        Values are as the scenario has them: numbers, texts like ``150 ms``, mappings. A swept
        ``seed`` stands in ``sweep.seed``, beside the run's own.
        """
        runs = self._table("runs.parquet", runs_schema([]))
        manifest = read_document(self.folder / "manifest.json", Manifest)
        settings = {entry.run: entry.settings for entry in manifest.runs}
        for path in dict.fromkeys(path for found in settings.values() for path in found):
            column = f"sweep.{path}" if path in runs.columns else path
            values = [settings.get(run, {}).get(path) for run in runs["run"]]
            plain = pd.Series(values, index=runs.index, dtype=object)
            runs[column] = plain.infer_objects()
        return runs

    @cached_property
    def groups(self) -> pd.DataFrame:
        """A row per run and group of streams."""
        return self._table("groups.parquet", groups_schema([]))

    @cached_property
    def units(self) -> pd.DataFrame:
        """A row per run, group and unit of the ladder."""
        return self._table("units.parquet", UNITS)

    @cached_property
    def capacity(self) -> pd.DataFrame:
        """Every hop of the paths over time."""
        return self._table("capacity.parquet", CAPACITY)

    @cached_property
    def frames(self) -> pd.DataFrame:
        """A row per captured frame of every run, with the run's name in ``run``."""
        names = list(self.runs["run"])
        parts = [self._table(f"frames/{name}.parquet", FRAMES) for name in names]
        sizes = [len(part) for part in parts]
        whole = pd.concat(parts, ignore_index=True)
        whole["run"] = pd.Categorical(np.repeat(names, sizes), categories=names)
        for name, known in NAMES.items():
            whole[name] = pd.Categorical(whole[name], categories=known)
        return whole[["run", *whole.columns[:-1]]]

    @cached_property
    def summary(self) -> pd.DataFrame:
        """A row per case: ``policy``, ``setting``, then each metric with ``_low`` and ``_high``."""
        keys = ("case", "policy", "setting", "runs", "frames")
        return pd.DataFrame([_row(case, keys) for case in self._summary.cases])

    @cached_property
    def comparisons(self) -> pd.DataFrame:
        """A row per setting and pair of policies: ``policy`` minus ``versus``, paired by trace.

        Then each metric's difference, with ``_low`` and ``_high``. No row without two policies.
        """
        keys = ("setting", "policy", "versus", "traces")
        found = [_row(pair, keys) for pair in self._summary.comparisons]
        return pd.DataFrame(found) if found else pd.DataFrame(columns=list(keys))

    def _table(self, name: str, like: pa.Schema) -> pd.DataFrame:
        frame: pd.DataFrame = read_table(
            self.folder / name, like=like, needed=like.names
        ).to_pandas()
        return frame


def _row(record: Case | Comparison, keys: Iterable[str]) -> dict[str, Any]:
    """Return keys of a record, then its metrics with their intervals."""
    row = {key: getattr(record, key) for key in keys}
    for name, found in record.metrics.items():
        row |= {
            name if name not in row else f"{name}_per_run": found.mean,
            f"{name}_low": found.low,
            f"{name}_high": found.high,
        }
    return row
