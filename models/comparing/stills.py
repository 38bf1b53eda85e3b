"""Still pictures that take long to code, and finished answers, against the units: fewer test clips.

first short clips -> the units, JPEG, AVIF, answers sent from the device --+
                     late units of every training seed                   --+-> settings, families,
a few frames      -> CPU time of every codec                             --+   target, seeds

AVIF takes a picture the time of many networks, so it is not coded on all short clips. All that is
compared here is measured on the same ones, so that ratios are paired.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from models.baselines import avif
from models.comparing.comparison import compare, fewest, times
from models.comparing.measures import CURVED, drawn
from models.comparing.rival_targets import still_target
from models.comparing.training_seeds import JPEGS, seed_runs, spread_of
from models.intervals import draws, spread
from models.measuring.answers import collect, measure_blocks
from models.measuring.content import draw, short_clips
from models.measuring.device_load import device_load
from models.measuring.facts import facts
from models.subjects.families import family, of_group
from models.subjects.opening import open_network

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from models.comparing.measures import Drawn
    from models.measuring.content import Block
    from models.subjects.image_unit import ImageCodec
    from models.subjects.network import Network

__all__ = ["StillPlan", "compare_stills", "measure_stills"]

_COMPARED = ("unit", "early", "late", *of_group("still"), *of_group("answers"))
_TIMED = 40
_NS_PER_MS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class StillPlan:
    """Which short clips and codecs are looked at.

    Attributes:
        seed: Seed of the procedural video.
        standard: Standard clips, the first of those of an evaluation.
        busy: Busy clips, likewise.
        codecs: Settings of still-image codecs.
    """

    seed: int = 1
    standard: int = 256
    busy: int = 128
    codecs: Sequence[ImageCodec] = (*JPEGS, *avif.LADDER)

    def blocks(self) -> list[Block]:
        """Return the blocks of both sets of clips."""
        counts = {"standard": self.standard, "busy": self.busy}
        return [
            block
            for kind, clips in counts.items()
            for block in short_clips(seed=self.seed, kind=kind, clips=clips)
        ]


def measure_stills(
    weights: str | Path,
    plan: StillPlan,
    cache: Path,
    *,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Measure all that is compared here and the cache lacks.

    Args:
        weights: Folder of weights, or the name of a shipped one.
        plan: Clips and codecs.
        cache: Folder that keeps results, so that a killed run goes on.
        workers: Processes, one thread each.
        tell: Called with a line of progress.
    """
    every: list[Callable[[], Network]] = [partial(_network, weights, plan)]
    for opened in [*every, *(opened for opened, _ in seed_runs(weights))]:
        measure_blocks(opened, plan.blocks(), cache, evidence=True, workers=workers, tell=tell)


def compare_stills(weights: str | Path, plan: StillPlan, cache: Path) -> dict[str, Any]:
    """Compare what was measured into the cache before, for JSON.

    Args:
        weights: Folder of weights, or the name of a shipped one.
        plan: Clips and codecs.
        cache: Folder of results.

    Returns:
        ``set``: clips, settings and families, codecs with ``encode_ms`` and ``decode_ms``;
        ``target``: the still-image codecs'; ``seeds``: of every training seed's late units the
        bytes they need and how many times those the best still-image codec takes; ``device``: what
        each subject asks of the device; ``facts``.
    """
    network, blocks = _network(weights, plan), plan.blocks()
    first = network.subjects[0].name
    answers = {s.name: collect(s, blocks, cache, evidence=True) for s in network.subjects}
    shape = answers[first].confidence.shape
    drawing = draws(shape[0])
    found = {name: drawn(own, drawing) for name, own in answers.items()}
    clean = found.pop(first)
    compared = compare(found, clean)
    images = draw(blocks[0]).images[:_TIMED]
    for codec in plan.codecs:
        compared.settings[codec.name] |= _coding_ms(codec, images)
    rivals = {name: own for name, own in found.items() if family(name) in of_group("still")}
    return {
        "set": {
            "clips": shape[0],
            "scored_frames": shape[0] * shape[1],
            "clean": {m: spread(s).as_json()["mean"] for m, s in clean.scores.items()},
            "settings": compared.settings,
            "families": compared.families,
            "best": compared.best,
        },
        "target": still_target(compared),
        "seeds": _seeds(weights, blocks, cache, rivals),
        "device": {s.name: device_load(s, images[0])._asdict() for s in network.subjects},
        "facts": facts(network.subjects),
    }


def _network(weights: str | Path, plan: StillPlan) -> Network:
    names = tuple(codec.name for codec in plan.codecs)
    network = open_network(weights, tuple(plan.codecs), aware=names, answers=True)
    first, *others = network.subjects
    return network._replace(subjects=[first, *(s for s in others if family(s.name) in _COMPARED)])


def _seeds(
    weights: str | Path, blocks: Sequence[Block], cache: Path, rivals: dict[str, Drawn]
) -> dict[str, Any]:
    """Return what each training seed's late units need, and how often the best codec that."""
    runs: list[dict[str, Any]] = []
    for opened, units in seed_runs(weights):
        subjects = opened().subjects
        answers = {s.name: collect(s, blocks, cache, evidence=True) for s in subjects}
        drawing = draws(len(answers[subjects[0].name].confidence))
        means = {name: drawn(each, drawing) for name, each in answers.items()}
        for run in units:
            own = {name: means[run.prefix + name] for name in run.units}
            compared = compare({**own, **rivals}, means[subjects[0].name])
            needed = compared.needed
            best = {m: fewest(needed[m], of_group("still")) for m in CURVED}
            runs.append(
                {
                    "seed": run.seed,
                    "family": run.family,
                    "rival": best,
                    "bytes_needed": compared.families[run.family]["bytes_needed"],
                    "still_over_units": {
                        m: times(needed[m][name], needed[m][run.family])
                        if (name := best[m])
                        else None
                        for m in CURVED
                    },
                }
            )
    figures = ("bytes_needed", "still_over_units")
    return {
        "runs": runs,
        "spread": {
            figure: {m: spread_of([run[figure][m] for run in runs]) for m in CURVED}
            for figure in figures
        },
    }


def _coding_ms(codec: ImageCodec, images: NDArray[np.uint8]) -> dict[str, Any]:
    """Return median and 95th percentile of the CPU time to encode and to decode a picture."""
    spent = np.empty((2, len(images)))
    codec.decode(codec.encode(images[0]))
    for k, image in enumerate(images):
        began = time.thread_time_ns()
        payload = codec.encode(image)
        between = time.thread_time_ns()
        codec.decode(payload)
        spent[:, k] = between - began, time.thread_time_ns() - between
    quantiles = np.quantile(spent / _NS_PER_MS, (0.5, 0.95), axis=1).T
    named = zip(("encode_ms", "decode_ms"), quantiles, strict=True)
    return {
        name: {"median": round(float(median), 3), "p95": round(float(high), 3)}
        for name, (median, high) in named
    }
