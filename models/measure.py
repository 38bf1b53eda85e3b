"""Measuring a trained ladder into a profile: ``splitcast profile measure``.

    clips -> content pass: real bytes, decoded back, scored   --+
                                                                +-> profile
    a few frames -> timing pass: stages, batches, switches    --+

The two passes are separate, so that what the first does to the machine does not show in the times.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.baselines import avif, jpeg
from models.measuring.answers import collect, measure_blocks
from models.measuring.chain_units import chain_unit, time_chains
from models.measuring.chained import chain_digest, collect_chain, measure_chains
from models.measuring.content import Block, draw, long_clips
from models.measuring.facts import clocks, facts
from models.measuring.profile_units import ladder_of, tails_of
from models.measuring.timing import TimingPlan, time_stages
from models.profile import HALVES, Profile, refuse_foreign, save, sealed
from models.scenes import CLIP_FPS
from models.subjects.films import films
from models.subjects.opening import open_ladder, open_network

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from models.baselines.video import VideoCodec
    from models.subjects.image_unit import ImageCodec

__all__ = ["AWARE", "CODECS", "ContentPlan", "TimingPlan", "measure", "timed_images"]

CODECS: tuple[ImageCodec, ...] = (*jpeg.LADDER, *avif.STREAMED)
"""The still-image codecs that a profile holds."""

AWARE = ("jpeg444-q35", *(codec.name for codec in avif.STREAMED), "h264_444-qp36")
"""The settings that a profile holds with the codec-aware backbone, too: of JPEG, AVIF and video, so
that the simulator has a second network to serve."""

_TIMED_FRAMES = 32
_TIMED_CLIPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPlan:
    """Which clips a profile is measured on.

    The halves are splits of the procedural video and share no draw; the shifted set is night, rain
    and other textures, and calibration never sees it.

    Attributes:
        seed: Seed of the procedural video.
        frames: Frames of every clip, filmed at 15 a second.
        calibration: Clips of each set for calibration.
        replay: Clips of each set for replay.
    """

    seed: int = 1
    frames: int = 64
    calibration: Mapping[str, int] = field(default_factory=lambda: {"standard": 120, "busy": 40})
    replay: Mapping[str, int] = field(
        default_factory=lambda: {"standard": 120, "busy": 40, "shifted": 40}
    )

    def scaled(self, share: float) -> ContentPlan:
        """Return a plan with this share of the clips, at least one of each set.

        Example:
            >>> ContentPlan().scaled(0.1).replay
            {'standard': 12, 'busy': 4, 'shifted': 4}
        """

        def fewer(counts: Mapping[str, int]) -> dict[str, int]:
            return {kind: max(1, round(share * count)) for kind, count in counts.items()}

        return replace(self, calibration=fewer(self.calibration), replay=fewer(self.replay))

    def blocks(self) -> list[tuple[str, str, Block]]:
        """Return half, set and block of every clip, in the profile's order."""
        found: list[tuple[str, str, Block]] = []
        for half in HALVES:
            for kind, clips in (self.calibration if half == "calibration" else self.replay).items():
                blocks = long_clips(
                    seed=self.seed, split=half, kind=kind, clips=clips, frames=self.frames
                )
                found += [(half, kind, block) for block in blocks]
        return found


def measure(  # noqa: PLR0913 - each with a default that fits the shipped profile
    weights: str | Path,
    out: Path,
    *,
    name: str | None = None,
    content: ContentPlan | None = None,
    timing: TimingPlan | None = None,
    codecs: Sequence[ImageCodec] = CODECS,
    baselines: bool = False,
    videos: Sequence[VideoCodec] = (),
    aware: Collection[str] = AWARE,
    cache: Path = Path("build/measured"),
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> Profile:
    """Measure a trained ladder and write its profile.

    Args:
        weights: Folder of weights, or the name of a shipped one.
        out: Folder of the profile; other files in it stay.
        name: The profile's name; by default the folder's.
        content: Which clips; by default 360 clips of 64 frames.
        timing: How often times are taken.
        codecs: Settings of still-image codecs to measure beside the trained units.
        baselines: Whether to measure the feature codecs, too, CR+BQ units among them.
        videos: Settings of video codecs to measure, too.
        aware: Names of settings among both that the codec-aware backbone answers, too, where there
            is one; with the feature codecs it answers all image codecs.
        cache: Folder that keeps results clip by clip, so that a killed run goes on.
        workers: Processes of the content pass; the timing pass is always one thread.
        tell: Called with a line of progress.

    Returns:
        The profile as it was written.

    Raises:
        InputError: The weights are missing or damaged, or ``out`` holds files of others in the
            profile's place; nothing is written.
    """
    refuse_foreign(out)
    content, timing = content or ContentPlan(), timing or TimingPlan()
    opened = partial(
        open_network,
        weights,
        tuple(codecs),
        baselines=baselines,
        aware=tuple(aware),
        answers=True,
    )
    network = opened()
    parts = content.blocks()
    blocks = [block for _, _, block in parts]
    measure_blocks(opened, blocks, cache, workers=workers, tell=tell)
    digest = open_ladder(weights).digest
    chains = films(network, videos, digest=digest, aware=aware)
    if chains:
        measure_chains(
            opened,
            videos,
            blocks,
            cache,
            digest=digest,
            aware=aware,
            workers=workers,
            tell=tell,
        )
    timings = time_stages(network, timed_images(blocks, content.frames), timing, tell=tell)
    if chains:
        time_chains(network, chains, _filmed(blocks), timing, timings, tell=tell)
    answers = {s.name: collect(s, blocks, cache) for s in network.subjects}
    tails = tails_of(network, timings, timing.batch_sizes)
    units = [
        *ladder_of(network, answers, timings, timing.batch_sizes, tails),
        *(
            chain_unit(
                chain,
                collect_chain(chain.codec, blocks, cache, digest=chain.answerer.digest),
                timings.subjects[chain.name],
                timing.batch_sizes,
                tails,
            )
            for chain in chains
        ),
    ]
    digests = {chain.name: chain_digest(chain.codec, chain.answerer.digest) for chain in chains}
    profile = Profile(
        name=name or out.name,
        clip_fps=CLIP_FPS,
        units=tuple(sorted(units, key=lambda unit: unit.mean_bytes)),
        primary_task="top1",
        batch_sizes=timing.batch_sizes,
        tail_ns=np.sort(np.array([timings.tail[size] for size in timing.batch_sizes]), axis=1),
        clip_half=np.array([half for half, _, _ in parts]),
        clip_set=np.array([kind for _, kind, _ in parts]),
        clean_scores=answers[network.subjects[0].name].scores,
        info=facts(network.subjects, network.kin, digests) | clocks(timings, network.kin),
    )
    return save(sealed(profile, where=str(out)), out)


def timed_images(blocks: Sequence[Block], frames: int) -> NDArray[np.uint8]:
    """Return a frame out of the middle of some clips each, for codecs that are timed on frames.

    Args:
        blocks: Blocks of one whole clip each.
        frames: Frames of every clip.
    """
    step = max(1, len(blocks) // _TIMED_FRAMES)
    timed = [
        Block((replace(block.clips[0], instants=(frames // 2,)),))
        for block in blocks[::step][:_TIMED_FRAMES]
    ]
    return np.concatenate([draw(block).images for block in timed])


def _filmed(blocks: Sequence[Block]) -> NDArray[np.uint8]:
    """Return all frames of a few clips, for codecs that are timed on a stream."""
    step = max(1, len(blocks) // _TIMED_CLIPS)
    return np.concatenate([draw(block).images for block in blocks[::step][:_TIMED_CLIPS]])
