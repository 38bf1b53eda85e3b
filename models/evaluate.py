"""Evaluation of a trained ladder on test clips: ``splitcast units evaluate``.

test clips -> every unit, to real bytes and back -> scores, paired with the uncompressed ones
                                                -> one small JSON table -> the model card
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import safe_open

from models.baselines.jpeg import LADDER, Jpeg
from models.comparing.accuracy import EvaluationPlan, evaluate_group, group_blocks
from models.comparing.ladder_targets import verdicts
from models.comparing.opponents import Opponents, compare_all, measure_opponents
from models.comparing.stills import StillPlan, compare_stills, measure_stills
from models.comparing.training_seeds import compare_seeds, measure_seeds
from models.measuring.answers import measure_blocks
from models.measuring.device_load import device_load
from models.measuring.facts import facts
from models.scenes import render
from models.subjects.opening import open_ladder, open_network
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from models.ladder import TrainedLadder

__all__ = ["LIMIT_BYTES", "EvaluationPlan", "add_stills", "evaluate", "measure_tests"]

LIMIT_BYTES = 1 << 24
"""How large the file of an evaluation may be."""


def evaluate(  # noqa: PLR0913 - each with a default that fits what ships
    weights: str | Path,
    out: Path,
    *,
    plan: EvaluationPlan | None = None,
    jpegs: Sequence[Jpeg] = LADDER,
    against: Opponents | None = None,
    cache: Path = Path("build/measured"),
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Evaluate a ladder on test clips and write the result as JSON.

    Args:
        weights: Folder of weights, or the name of a shipped one.
        out: The JSON file.
        plan: Which clips; by default 3000 standard and busy ones and 600 shifted ones.
        jpegs: JPEG settings to evaluate beside the units.
        against: Baselines to compare the units with; None for no comparison.
        cache: Folder that keeps results block by block, so that a killed run goes on.
        workers: Processes, one thread each.
        tell: Called with a line of progress.

    Returns:
        What was written.

    Raises:
        InputError: The weights are missing or damaged; nothing is written.
    """
    plan = plan or EvaluationPlan()
    measure_tests(
        weights, plan=plan, jpegs=jpegs, against=against, cache=cache, workers=workers, tell=tell
    )
    network = open_network(weights, tuple(jpegs))
    found = {
        name: evaluate_group(network.subjects, blocks, cache)
        for name, blocks in group_blocks(plan).items()
    }
    trained = open_ladder(weights)
    image = render(seed=plan.seed, split="test", clip=0, t=0, kind="standard").image
    everything = network if against is None else open_network(weights, jpegs, baselines=True)
    costs = {
        "backbone_bytes": trained.storage_bytes(),
        "unit_bytes": {unit.name: trained.storage_bytes(unit) for unit in trained.units},
        "file_bytes": {path.stem: path.stat().st_size for path in _files(trained)},
        "device": {
            subject.name: device_load(subject, image)._asdict() for subject in everything.subjects
        },
    }
    result = {
        "schema_version": 1,
        "groups": found,
        "costs": costs,
        "targets": [
            {"target": v.target, "found": v.found, "met": v.met}
            for v in verdicts(found["test"], costs)
        ],
        "training": _training(trained),
        "facts": facts(network.subjects),
    }
    if against is not None:
        result["comparison"] = compare_all(weights, against, plan=plan, cache=cache)
        result["seeds"] = compare_seeds(weights, plan=plan, cache=cache)
        _put_stills(result, compare_stills(weights, against.stills, cache))
    write_atomically(out, json.dumps(result, separators=(",", ":")) + "\n")
    return result


def add_stills(
    weights: str | Path,
    out: Path,
    *,
    plan: StillPlan | None = None,
    cache: Path = Path("build/measured"),
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Measure still-image codecs that take long, and answers, into an evaluation that lacks them.

    All other figures in it stay as they are.

    Args:
        weights: The weights that were evaluated.
        out: The evaluation's file, with a comparison.
        plan: Clips and codecs; by default those of a whole evaluation.
        cache: Folder that keeps results block by block, so that a killed run goes on.
        workers: Processes, one thread each.
        tell: Called with a line of progress.

    Raises:
        InputError: The file is none, or of other weights; it stays as it is.
    """
    result = _evaluated(out, open_ladder(weights))
    plan = plan or StillPlan()
    measure_stills(weights, plan, cache, workers=workers, tell=tell)
    _put_stills(result, compare_stills(weights, plan, cache))
    write_atomically(out, json.dumps(result, separators=(",", ":")) + "\n")


def _put_stills(result: dict[str, Any], stills: Mapping[str, Any]) -> None:
    """Put what was found of slow still-image codecs where an evaluation has it."""
    comparison, target = result["comparison"], stills["target"]
    comparison["sets"]["stills"] = stills["set"] | {"facts": stills["facts"]}
    others = [t for t in comparison["targets"] if t["target"] != target["target"]]
    comparison["targets"] = [target, *others]
    result["seeds"]["stills"] = stills["seeds"]
    result["costs"]["device"] = dict(stills["device"]) | result["costs"]["device"]


def _evaluated(path: Path, trained: TrainedLadder) -> dict[str, Any]:
    """Return an evaluation of these weights with a comparison.

    Raises:
        InputError: The file holds no such thing.
    """
    raw = read_bounded(path, limit_bytes=LIMIT_BYTES, what="evaluation")
    try:
        result: dict[str, Any] = json.loads(raw)
        known = result["facts"]["digests"]
        whole = {"sets", "targets"} <= set(result["comparison"]) and "device" in result["costs"]
        found = {unit.name: known.get(unit.name) for unit in trained.units} if whole else {}
    except (ValueError, KeyError, TypeError, AttributeError):
        found = {}
    ours = {s.name: s.digest for s in open_network(trained.folder, ()).subjects}
    if not found or any(ours[name] != digest for name, digest in found.items()):
        raise InputError(
            Problem(
                where=str(path),
                what="evaluation",
                value="of other weights" if found else "no comparison in it",
                rule="must be what `splitcast units evaluate --baselines` wrote for these weights",
                remedy="evaluate with --baselines first",
            )
        )
    return result


def measure_tests(
    weights: str | Path,
    *,
    plan: EvaluationPlan,
    jpegs: Sequence[Jpeg] = LADDER,
    against: Opponents | None = None,
    cache: Path = Path("build/measured"),
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Measure everything that an evaluation needs and the cache lacks; see :func:`evaluate`.

    Raises:
        InputError: The weights are missing or damaged.
    """
    opened = partial(open_network, weights, tuple(jpegs))
    every = list(dict.fromkeys(b for blocks in group_blocks(plan).values() for b in blocks))
    measure_blocks(opened, every, cache, evidence=True, workers=workers, tell=tell)
    if against is not None:
        measure_opponents(weights, against, plan=plan, cache=cache, workers=workers, tell=tell)
        measure_seeds(weights, plan=plan, cache=cache, workers=workers, tell=tell)
        measure_stills(weights, against.stills, cache, workers=workers, tell=tell)


def _training(trained: TrainedLadder) -> dict[str, Any]:
    """Return what the weights' files say about their training, by file."""
    said = {"backbone": trained.about}
    for path in _files(trained):
        with safe_open(path, framework="numpy") as stored:
            said[path.stem] = json.loads(stored.metadata()["about"])
    return said


def _files(trained: TrainedLadder) -> list[Path]:
    """Return the files of weights beside the backbone's, the ladder's units among them."""
    return sorted(p for p in trained.folder.glob("*.safetensors") if p.stem != "backbone")
