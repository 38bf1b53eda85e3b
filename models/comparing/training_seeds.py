"""The headline figure from several training seeds and on a wider backbone.

test clips -> units of each seed, of the wide backbone; JPEG on both backbones
           -> bytes for the clean score less 2 points, run by run -> their spread over seeds

An interval over clips says how far the choice of clips moves a figure, the spread over seeds how
far the order of the pictures, the noise and the first weights of the units do.
"""

from __future__ import annotations

import statistics
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from models.baselines.jpeg import Jpeg
from models.comparing.accuracy import group_blocks
from models.comparing.comparison import compare
from models.comparing.measures import CURVED, drawn
from models.intervals import draws
from models.measuring.answers import collect, measure_blocks
from models.runs import load_seeds, wide_folder
from models.subjects.families import family
from models.subjects.opening import open_ladder, open_network, open_seeds, seed_prefix
from models.units import other_splits
from models.weightfile import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from models.comparing.accuracy import EvaluationPlan
    from models.comparing.measures import Drawn
    from models.ladder import TrainedLadder
    from models.subjects.network import Network

__all__ = ["JPEGS", "SeedRun", "compare_seeds", "measure_seeds", "seed_runs", "spread_of"]

_FIGURES = ("bytes_needed", "jpeg444_over_units")

JPEGS = tuple(Jpeg("444", quality) for quality in (20, 35, 50, 75))
"""The settings between which JPEG comes within 2 points of the clean score."""


def measure_seeds(
    weights: str | Path,
    *,
    plan: EvaluationPlan,
    cache: Path,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Measure the units of all runs beside a folder of weights, and JPEG, on test clips.

    Args:
        weights: Folder of weights, or the name of a shipped one.
        plan: The clips; standard and busy ones are measured on.
        cache: Folder that keeps results, so that a killed run goes on.
        workers: Processes, one thread each.
        tell: Called with a line of progress.
    """
    blocks = group_blocks(plan)["test"]
    for opened, _ in _runs(open_ladder(weights)):
        measure_blocks(opened, blocks, cache, evidence=True, workers=workers, tell=tell)


def compare_seeds(weights: str | Path, *, plan: EvaluationPlan, cache: Path) -> dict[str, Any]:
    """Return the headline figure of every run, all measured into the cache before, for JSON.

    Args:
        weights: Folder of weights, or the name of a shipped one.
        plan: The clips.
        cache: Folder of results.

    Returns:
        ``runs``: of each its backbone's name, width and clean scores, its seed, the family of its
        units, what the files say about their ``training``, the bytes and scores of its units
        (``settings``), and for each measure of ``CURVED`` the bytes that they need for the clean
        score less 2 points and how many times those JPEG 4:4:4 takes.
        ``spread``: of each backbone and family the last two over the ``seeds``.
    """
    blocks = group_blocks(plan)["test"]
    found: list[dict[str, Any]] = []
    for opened, runs in _runs(open_ladder(weights)):
        subjects = opened().subjects
        answers = {s.name: collect(s, blocks, cache, evidence=True) for s in subjects}
        every = draws(len(answers[subjects[0].name].confidence))
        means = {name: drawn(each, every) for name, each in answers.items()}
        jpegs = {codec.name: means[codec.name] for codec in JPEGS}
        for run in runs:
            units = {name: means[run.prefix + name] for name in run.units}
            found.append(_headline(run, units, jpegs, means[subjects[0].name]))
    spread = []
    for backbone, of in dict.fromkeys((run["backbone"], run["family"]) for run in found):
        alike = [run for run in found if (run["backbone"], run["family"]) == (backbone, of)]
        spread.append(
            {"backbone": backbone, "family": of, "seeds": len(alike)}
            | {
                figure: {
                    measure: spread_of([run[figure][measure] for run in alike])
                    for measure in CURVED
                }
                for figure in _FIGURES
            }
        )
    return {"runs": found, "spread": spread}


class SeedRun(NamedTuple):
    """Units of one training and family, with what precedes their names in an opened network."""

    backbone: str
    seed: int
    ladder: TrainedLadder
    units: tuple[str, ...]
    prefix: str

    @property
    def family(self) -> str:
        """The family of its units."""
        return family(self.units[0])


def _runs(trained: TrainedLadder) -> list[tuple[Callable[[], Network], list[SeedRun]]]:
    """Return by backbone what opens it with the units of its runs, and these."""
    name, wide = trained.folder.name, wide_folder(trained.folder)
    found: list[tuple[Callable[[], Network], list[SeedRun]]] = []
    if seeds := load_seeds(trained):
        runs = [
            run
            for seed, ladder in seeds.items()
            for run in _by_family(name, seed, ladder, seed_prefix(seed))
        ]
        found.append((partial(open_seeds, trained.folder, JPEGS), runs))
    if wide.is_dir():
        ladder = open_ladder(wide)
        runs = [*_by_family(wide.name, int(ladder.about["seed"]), ladder, "")]
        found.append((partial(open_network, wide, JPEGS), runs))
    return found


def seed_runs(
    weights: str | Path,
) -> list[tuple[Callable[[], Network], list[SeedRun]]]:
    """Return what opens a backbone with the units of its training seeds, and these; none if none.

    Args:
        weights: Folder of weights, or the name of a shipped one.
    """
    trained = open_ladder(weights)
    return [found for found in _runs(trained) if found[1][0].backbone == trained.folder.name]


def _by_family(name: str, seed: int, ladder: TrainedLadder, prefix: str) -> Iterator[SeedRun]:
    """Return a training's units, those of each split point as a run of their own."""
    units = [unit.name for unit in ladder.units]
    units += [unit.name for _, unit in other_splits.load_all(ladder)]
    for _, alike in groupby(units, family):
        yield SeedRun(name, seed, ladder, tuple(alike), prefix)


def _headline(
    run: SeedRun, units: Mapping[str, Drawn], jpegs: Mapping[str, Drawn], clean: Drawn
) -> dict[str, Any]:
    compared = compare({**units, **jpegs}, clean)
    return {
        "backbone": run.backbone,
        "width": run.ladder.backbone.width,
        "seed": run.seed,
        "family": run.family,
        "training": _training(run),
        "clean": {name: round(float(values[0]), 6) for name, values in clean.scores.items()},
        "settings": {name: compared.settings[name] for name in units},
        "bytes_needed": compared.families[run.family]["bytes_needed"],
        "jpeg444_over_units": compared.families["jpeg444"]["over_ours"],
    }


def _training(run: SeedRun) -> dict[str, Any]:
    """Return what a run's files say: of its backbone where it has its own, and of its units."""
    files = (run.ladder.folder / f"{name}.safetensors" for name in ("backbone", *run.units))
    return {file.stem: read(file)[1] for file in files if file.is_file()}


def spread_of(runs: Sequence[Mapping[str, float] | None]) -> dict[str, float] | None:
    """Return the smallest, the largest, the mean and the sample deviation of a figure over runs.

    Args:
        runs: The figure with its interval over clips, None where it is not reached.

    Returns:
        None where one run does not reach it, or there is none. One run alone has no deviation.

    Example:
        >>> spread_of([{"mean": 400.0}, {"mean": 500.0}, {"mean": 600.0}])
        {'low': 400.0, 'high': 600.0, 'mean': 500.0, 'deviation': 100.0}
        >>> spread_of([{"mean": 400.0}, None])
    """
    means = [run["mean"] for run in runs if run is not None]
    if not means or len(means) < len(runs):
        return None
    found = {"low": min(means), "high": max(means), "mean": statistics.fmean(means)}
    if len(means) > 1:
        found["deviation"] = statistics.stdev(means)
    return {name: round(value, 6) for name, value in found.items()}
