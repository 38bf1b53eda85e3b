"""Video codecs on whole clips: what a stream of them sends, and how it is answered.

A clip is coded as a stream with an intra frame every ``refresh`` frames, and each of its frames as
an intra frame besides, because in a stream any frame may have to be one. What the first stream
codes as intra frames is predicted in a second one, which begins half a refresh period later. Only
a clip's first frame has none before it; a stream that goes on from another clip finds a cut there,
for which a predicted frame takes as much as an intra frame, and so it is counted.
"""

from __future__ import annotations

import hashlib
import io
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from models import scoring
from models.measuring.answers import Answers, content_digest
from models.measuring.content import draw
from models.measuring.crew import for_each
from models.measuring.stretches import streamed
from models.subjects.films import films
from simulator.foundation.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from models.baselines.video import VideoCodec
    from models.measuring.content import Block
    from models.subjects.films import Film
    from models.subjects.network import Network

__all__ = ["Chained", "chain_digest", "coded", "collect_chain", "measure_chains"]

_BATCH = 32
_COLUMNS = ("payload_bytes", "intra_bytes", *scoring.TASKS, "confidence")


class Chained(NamedTuple):
    """What a video codec made of clips.

    Attributes:
        answers: Sizes of predicted frames; scores of the stream.
        intra_bytes: Sizes ``[clip, frame]`` of the frames as intra frames.
    """

    answers: Answers
    intra_bytes: NDArray[np.int64]


def coded(
    codec: VideoCodec, images: NDArray[np.uint8]
) -> tuple[list[NDArray[np.uint8]], NDArray[np.int64], NDArray[np.int64]]:
    """Return the decoded frames of a clip, and their sizes as predicted and as intra frames.

    Args:
        codec: The codec.
        images: The clip's frames, uint8 (n, h, w, 3).
    """
    decoded, columns = streamed(codec, images)
    # x264 begins a stream with half a kilobyte about itself; so the first frame comes twice.
    intra = np.array(_sizes(codec, [images[0], *images], intra=True)[1:])
    predicted = columns["payload_bytes"].copy()
    predicted[0] = intra[0]
    turns = range(codec.refresh, len(images), codec.refresh)
    if turns:
        begin = codec.refresh // 2
        again = _sizes(codec, images[begin : turns[-1] + 1])
        for turn in turns:
            predicted[turn] = again[turn - begin]
    return decoded, predicted, intra


def measure_chains(  # noqa: PLR0913 - what is measured, where it is kept, and how it is run
    network: Callable[[], Network],
    codecs: Sequence[VideoCodec],
    blocks: Sequence[Block],
    cache: Path,
    *,
    digest: str,
    aware: Collection[str] = (),
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Code every clip that is not in the cache yet, with every codec, and score its frames.

    Args:
        network: Makes the cut backbones, of which the server runs all; called once a process.
        codecs: Video codecs.
        blocks: Blocks of one whole clip each.
        cache: Folder of results.
        digest: Hash of the plain backbone's weights.
        aware: Names of the codecs that the codec-aware backbone answers, too.
        workers: Processes, one thread each.
        tell: Called with a line of progress.
    """
    work = partial(_measure_missing, codecs=codecs, cache=cache, digest=digest, aware=aware)
    for_each(blocks, work, network, workers=workers, tell=lambda line: tell(f"chains: {line}"))


def collect_chain(
    codec: VideoCodec, blocks: Sequence[Block], cache: Path, *, digest: str
) -> Chained:
    """Return what the cache holds of one codec on clips of equal length.

    Args:
        codec: The codec.
        blocks: Blocks of one whole clip each.
        cache: Folder of results.
        digest: Hash of the weights of the backbone that answered.
    """
    tables = np.stack([np.load(_file(cache, digest, codec, block)) for block in blocks], axis=1)
    column = dict(zip(_COLUMNS, tables, strict=True))
    answers = Answers(
        payload_bytes=column["payload_bytes"].astype(np.int64),
        ideal_bytes=np.full(column["payload_bytes"].shape, np.nan),
        scores={task: column[task].astype(np.float32) for task in scoring.TASKS},
        confidence=column["confidence"].astype(np.float32),
    )
    return Chained(answers, column["intra_bytes"].astype(np.int64))


def chain_digest(codec: VideoCodec, digest: str) -> str:
    """Return the hash of all that a codec's sizes and scores depend on, the weights by theirs."""
    return hashlib.sha256(f"{digest} chain of {codec} {codec.library}".encode()).hexdigest()


def _sizes(
    codec: VideoCodec,
    images: Sequence[NDArray[np.uint8]] | NDArray[np.uint8],
    *,
    intra: bool = False,
) -> list[int]:
    with codec.encoder() as encoder:
        return [len(encoder.encode(image, intra=intra)) for image in images]


def _file(cache: Path, digest: str, codec: VideoCodec, block: Block) -> Path:
    key = hashlib.sha256(f"{content_digest()} {block}".encode()).hexdigest()[:24]
    return cache / chain_digest(codec, digest)[:24] / f"{key}.npy"


def _measure_missing(
    network: Network,
    block: Block,
    *,
    codecs: Sequence[VideoCodec],
    cache: Path,
    digest: str,
    aware: Collection[str],
) -> None:
    missing: dict[VideoCodec, list[tuple[Film, Path]]] = {}
    for film in films(network, codecs, digest=digest, aware=aware):
        path = _file(cache, film.answerer.digest, film.codec, block)
        if not path.exists():
            missing.setdefault(film.codec, []).append((film, path))
    if not missing:
        return
    content = draw(block)
    for codec, wanted in missing.items():
        decoded, predicted, intra = coded(codec, content.images)
        for film, path in wanted:
            scored = _scored(network, film, np.stack(decoded), content.truth)
            file = io.BytesIO()
            np.save(file, np.concatenate([np.stack([predicted, intra]), scored]).astype(np.float64))
            write_atomically(path, file.getvalue())


@torch.inference_mode()
def _scored(
    network: Network, film: Film, images: NDArray[np.uint8], truth: scoring.Truth
) -> NDArray[np.float32]:
    """Return the scores and the confidence of a server's answers to decoded frames."""
    parts = []
    for start in range(0, len(images), _BATCH):
        rows = slice(start, start + _BATCH)
        part = scoring.Truth(
            labels=truth.labels[rows], boxes=truth.boxes[rows], masks=truth.masks[rows]
        )
        found = scoring.score(film.answers(network, images[rows]), part)
        parts.append(np.stack([*(found.by_task[task] for task in scoring.TASKS), found.confidence]))
    return np.concatenate(parts, axis=1)
