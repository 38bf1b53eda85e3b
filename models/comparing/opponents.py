"""The units against every baseline on the same test clips: the comparison of an evaluation.

short clips  -> units, images, feature codecs                 --+
                                                                +-> settings, families, targets
stretches    -> the same, and video codecs, frame after frame --+
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from models.baselines import jpeg, video, webp
from models.comparing.accuracy import EvaluationPlan, group_blocks
from models.comparing.comparison import compare
from models.comparing.measures import drawn
from models.comparing.rival_targets import rivalry
from models.comparing.stills import StillPlan
from models.intervals import draws, spread
from models.measuring.answers import Answers, collect, measure_blocks
from models.measuring.facts import facts
from models.measuring.stretches import Stretches, collect_videos, measure_videos, stretches
from models.subjects.families import AWARE
from models.subjects.opening import open_ladder, open_network

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from models.baselines.video import VideoCodec
    from models.measuring.stretches import Streamed
    from models.subjects.image_unit import ImageCodec
    from models.subjects.network import Network
    from models.subjects.subject import Subject

__all__ = ["Opponents", "StretchPlan", "compare_all", "measure_opponents"]

_NS_PER_MS = 1e6
_FIRST = {"standard": 60, "busy": 30}  # stretches that were measured before there were more


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchPlan:
    """Which stretches are coded as video: so many clips of each set, in the test clips' shares.

    Attributes:
        seed: Seed of the procedural video.
        standard: Standard clips.
        busy: Busy clips.
        frames: Frames of a stretch; video codecs refresh as often.
        scored: Frames of a stretch whose answers are scored.
    """

    seed: int = 1
    standard: int = 200
    busy: int = 100
    frames: int = 30
    scored: int = 5

    def drawn(self) -> Stretches:
        """Return the stretches of both sets, one after the other."""
        parts = [
            stretches(
                seed=self.seed,
                kind=kind,
                clips=clips,
                frames=self.frames,
                scored=self.scored,
                first=_FIRST[kind],
            )
            for kind, clips in (("standard", self.standard), ("busy", self.busy))
        ]
        return Stretches(*([block for part in parts for block in part[k]] for k in (0, 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opponents:
    """Whom the units are compared with, besides the feature codecs that lie with the weights.

    Attributes:
        images: Settings of still-image codecs.
        videos: Settings of video codecs.
        stretches: What the video codecs are measured on.
        stills: Still-image codecs that take long, and the clips that these are measured on.
    """

    images: Sequence[ImageCodec] = (*jpeg.LADDER, *webp.LADDER)
    videos: Sequence[VideoCodec] = video.LADDER
    stretches: StretchPlan = StretchPlan()
    stills: StillPlan = field(default_factory=StillPlan)


def measure_opponents(
    weights: str | Path,
    against: Opponents,
    *,
    plan: EvaluationPlan,
    cache: Path,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Measure units and opponents on all clips that they are compared on.

    Args:
        weights: Folder of weights, or the name of a shipped one.
        against: The opponents.
        plan: The short clips; standard and busy ones are compared on.
        cache: Folder that keeps results, so that a killed run goes on.
        workers: Processes, one thread each.
        tell: Called with a line of progress.
    """
    opened, over = _opened(weights, against), against.stretches.drawn()
    blocks = [*group_blocks(plan)["test"], *over.scored]
    measure_blocks(opened, blocks, cache, evidence=True, workers=workers, tell=tell)
    digest = open_ladder(weights).digest
    measure_videos(opened, against.videos, over, cache, digest=digest, workers=workers, tell=tell)


def compare_all(
    weights: str | Path, against: Opponents, *, plan: EvaluationPlan, cache: Path
) -> dict[str, Any]:
    """Compare units and opponents, of which everything was measured into the cache before.

    Args:
        weights: Folder of weights, or the name of a shipped one.
        against: The opponents.
        plan: The short clips; standard and busy ones are compared on.
        cache: Folder of results.
    """
    network, digest = _opened(weights, against)(), open_ladder(weights).digest
    short, over = group_blocks(plan)["test"], against.stretches.drawn()
    digests = {"": digest} if network.aware is None else {"": digest, AWARE: network.aware.digest}
    videos = {
        codec.name + suffix: (codec, collect_videos(codec, over, cache, digest=answering))
        for suffix, answering in digests.items()
        for codec in against.videos
    }
    answers = {
        "short": _collected(network.subjects, short, cache),
        "stretches": _collected(network.subjects, over.scored, cache)
        | {name: streamed.answers for name, (_, streamed) in videos.items()},
    }
    result: dict[str, Any] = {"sets": {}}
    compared, found = {}, {}
    for name, own in answers.items():
        shape = own[network.subjects[0].name].confidence.shape
        drawing = draws(shape[0])
        found[name] = {setting: drawn(each, drawing) for setting, each in own.items()}
        clean = found[name].pop(network.subjects[0].name)
        compared[name] = compare(found[name], clean)
        result["sets"][name] = {
            "clips": shape[0],
            "scored_frames": shape[0] * shape[1],
            "clean": {measure: spread(s).as_json()["mean"] for measure, s in clean.scores.items()},
            "settings": compared[name].settings,
            "families": compared[name].families,
            "best": compared[name].best,
        }
    for name, (codec, streamed) in videos.items():
        result["sets"]["stretches"]["settings"][name] |= _chain(codec, streamed)
    said = facts(network.subjects)
    result["targets"] = rivalry(compared, found)
    result["facts"] = said | {"video": sorted({codec.library for codec in against.videos})}
    return result


def _opened(weights: str | Path, against: Opponents) -> Callable[[], Network]:
    return partial(open_network, weights, tuple(against.images), baselines=True)


def _collected(
    subjects: Sequence[Subject], blocks: Sequence[Any], cache: Path
) -> dict[str, Answers]:
    return {subject.name: collect(subject, blocks, cache, evidence=True) for subject in subjects}


def _chain(codec: VideoCodec, found: Streamed) -> dict[str, Any]:
    """Return what a simulator needs to know of a codec whose frames hang together."""
    sizes = found.answers.payload_bytes
    first = np.arange(sizes.shape[1]) % codec.refresh == 0
    return {
        "kind": "video-codec",
        "chained": True,
        "refresh": codec.refresh,
        "preset": codec.preset,
        "intra_bytes": round(float(sizes[:, first].mean()), 1),
        "predicted_bytes": round(float(sizes[:, ~first].mean()), 1),
        "encode_ms": _quantiles(found.encode_ns),
        "decode_ms": _quantiles(found.decode_ns),
    }


def _quantiles(times: NDArray[np.float64]) -> dict[str, float]:
    median, high = np.quantile(times / _NS_PER_MS, (0.5, 0.95))
    return {"median": round(float(median), 3), "p95": round(float(high), 3)}
