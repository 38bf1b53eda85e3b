"""Stretches of test clips for codecs that need the frames before: coded whole, scored in part.

A stretch is as long as video codecs take from one intra frame to the next, so that the mean over
its frames is the mean over a stream. A few keyed frames of each are scored; codecs of single frames
and bottleneck units are asked for the same frames, so that differences to them are paired, too.
"""

from __future__ import annotations

import hashlib
import io
import time
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from models import scoring
from models.measuring.answers import Answers, content_digest
from models.measuring.content import LOOKED_AT_FRAMES, Block, ClipRef, draw
from models.measuring.crew import for_each
from models.measuring.evidence import EVIDENCE, EVIDENCE_VERSION, evidence_of
from models.subjects.films import films
from simulator.foundation.files import write_atomically
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from models.baselines.video import VideoCodec
    from models.subjects.films import Film
    from models.subjects.network import Network

__all__ = ["Streamed", "Stretches", "collect_videos", "measure_videos", "stretches"]

_PER_BLOCK = 32
_TIMES = ("encode_ns", "decode_ns")


class Stretches(NamedTuple):
    """Blocks of whole stretches, one clip each, and blocks of their scored frames."""

    whole: list[Block]
    scored: list[Block]


_Missing = dict["VideoCodec", list[tuple["Film", "Path"]]]


class Streamed(NamedTuple):
    """What a video codec made of stretches.

    Attributes:
        answers: Bytes ``[clip, frame]`` of every frame, scores ``[clip, scored frame]``.
        encode_ns: CPU time ``[clip, frame]`` of the encoder, conversion of colours included.
        decode_ns: The same of the decoder.
    """

    answers: Answers
    encode_ns: NDArray[np.float64]
    decode_ns: NDArray[np.float64]


def stretches(
    *, seed: int, kind: str, clips: int, frames: int, scored: int, first: int = 0
) -> Stretches:
    """Return keyed stretches of test clips, with the frames of each that are scored.

    Args:
        seed: Seed of the procedural video.
        kind: Set of clips.
        clips: How many, from the first on.
        frames: Frames of a stretch.
        scored: How many of them are scored.
        first: So many clips share no block of scored frames with later ones: what was measured
            when there were no more stays known when clips are added.
    """
    whole, looked_at = [], []
    for clip in range(clips):
        rng = generator(seed, "stretches", kind, clip)
        start = int(rng.integers(LOOKED_AT_FRAMES - frames))
        chosen = np.sort(rng.choice(frames, scored, replace=False))
        ref = ClipRef(
            seed=seed, split="test", kind=kind, clip=clip, instants=(*range(start, start + frames),)
        )
        whole.append(Block((ref,)))
        looked_at.append(replace(ref, instants=tuple((start + chosen).tolist())))
    first = min(first, clips)
    ends = [*range(0, first, _PER_BLOCK), *range(first, clips, _PER_BLOCK), clips]
    blocks = [Block(tuple(looked_at[begin:end])) for begin, end in pairwise(ends)]
    return Stretches(whole, blocks)


def measure_videos(
    network: Callable[[], Network],
    codecs: Sequence[VideoCodec],
    over: Stretches,
    cache: Path,
    *,
    digest: str,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Code every stretch that is not in the cache yet, with every codec, and score it.

    What is decoded is scored by the plain backbone, and by the codec-aware one where there is one.

    Args:
        network: Makes the cut backbones, of which the server runs all; called once a process.
        codecs: Video codecs.
        over: The stretches.
        cache: Folder of results.
        digest: Hash of the plain backbone's weights.
        workers: Processes, one thread each.
        tell: Called with a line of progress.
    """
    work = partial(_measure_missing, codecs=codecs, cache=cache, digest=digest)
    for_each(
        _pairs(over),
        work,
        network,
        workers=workers,
        watched=any(codec.codec == "av1" for codec in codecs),
        tell=lambda line: tell(f"video: {line}"),
    )


def collect_videos(codec: VideoCodec, over: Stretches, cache: Path, *, digest: str) -> Streamed:
    """Return what the cache holds of one codec on stretches.

    Args:
        codec: The codec.
        over: The stretches.
        cache: Folder of results.
        digest: Hash of the weights of the backbone that answered.
    """
    tables = []
    for pair in _pairs(over):
        with np.load(_file(cache, digest, codec, pair)) as stored:
            tables.append(dict(stored))
    column = {name: np.stack([table[name] for table in tables]) for name in tables[0]}
    answers = Answers(
        payload_bytes=column["payload_bytes"],
        ideal_bytes=np.full(column["payload_bytes"].shape, np.nan),
        scores={task: column[task] for task in scoring.TASKS},
        confidence=column["confidence"],
        evidence={name: column[name] for name in EVIDENCE},
    )
    return Streamed(answers, *(column[name].astype(np.float64) for name in _TIMES))


def _pairs(over: Stretches) -> list[tuple[Block, ClipRef]]:
    scored = [clip for block in over.scored for clip in block.clips]
    return list(zip(over.whole, scored, strict=True))


def _file(cache: Path, digest: str, codec: VideoCodec, pair: tuple[Block, ClipRef]) -> Path:
    subject = f"{digest} {codec} {codec.library}"
    key = f"{content_digest()} {EVIDENCE_VERSION} {pair}"
    names = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in (subject, key)]
    return cache / names[0] / f"{names[1]}.npz"


def _measure_missing(
    network: Network,
    pair: tuple[Block, ClipRef],
    *,
    codecs: Sequence[VideoCodec],
    cache: Path,
    digest: str,
) -> None:
    missing: _Missing = {}
    everything = {codec.name for codec in codecs}
    for film in films(network, codecs, digest=digest, aware=everything):
        file = _file(cache, film.answerer.digest, film.codec, pair)
        if not file.exists():
            missing.setdefault(film.codec, []).append((film, file))
    if missing:
        _measure(network, missing, *pair)


@torch.inference_mode()
def _measure(network: Network, missing: _Missing, whole: Block, scored: ClipRef) -> None:
    content = draw(whole)
    rows = [whole.clips[0].instants.index(instant) for instant in scored.instants]
    truth = scoring.Truth(
        labels=content.truth.labels[rows],
        boxes=content.truth.boxes[rows],
        masks=content.truth.masks[rows],
    )
    for codec, wanted in missing.items():
        decoded, columns = streamed(codec, content.images)
        shown = np.stack([decoded[row] for row in rows])
        for film, path in wanted:
            outputs = film.answers(network, shown)
            found = scoring.score(outputs, truth)
            arrays: dict[str, Any] = {**columns, **found.by_task, **evidence_of(outputs, truth)}
            arrays["confidence"] = found.confidence
            file = io.BytesIO()
            np.savez(file, **arrays)
            write_atomically(path, file.getvalue())


def streamed(
    codec: VideoCodec, images: NDArray[np.uint8]
) -> tuple[list[NDArray[np.uint8]], dict[str, NDArray[np.int64]]]:
    """Send frames through a codec one by one.

    Returns:
        The decoded frames, and by frame ``payload_bytes``, ``encode_ns`` and ``decode_ns``: CPU
        time of the whole process, as a library may start threads of its own.
    """
    decoded, columns, decoder = [], np.empty((3, len(images)), np.int64), codec.decoder()
    with codec.encoder() as encoder:
        for k, image in enumerate(images):
            began = time.process_time_ns()
            payload = encoder.encode(image)
            between = time.process_time_ns()
            decoded.append(decoder.decode(payload))
            columns[:, k] = len(payload), between - began, time.process_time_ns() - between
    return decoded, dict(zip(("payload_bytes", *_TIMES), columns, strict=True))
