"""The content pass: every frame through every subject, to real bytes and back, and scored.

Results are kept block by block and subject by subject in files named by what they depend on, so a
killed pass goes on where it stopped, and a pass with one retrained unit measures that unit only.
"""

from __future__ import annotations

import hashlib
import io
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from models import scoring
from models.backbone import Outputs, prepare
from models.measuring.content import Block, draw
from models.measuring.subject import Shown, Subject
from models.scenes import SETS, render
from simulator.foundation.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["COLUMNS", "Answers", "Network", "collect", "content_digest", "measure_blocks"]

COLUMNS = ("payload_bytes", "ideal_bytes", *scoring.TASKS, "confidence")
_BATCH = 32


class Network(NamedTuple):
    """A cut backbone and everything that is measured on it."""

    head: Callable[[Tensor], Tensor]
    tail: Callable[[Tensor], Outputs]
    subjects: Sequence[Subject]


class Answers(NamedTuple):
    """What one subject made of some clips, each array [clip, frame]."""

    payload_bytes: NDArray[np.int64]
    ideal_bytes: NDArray[np.float64]
    scores: dict[str, NDArray[np.float32]]
    confidence: NDArray[np.float32]


def measure_blocks(
    network: Callable[[], Network],
    blocks: Sequence[Block],
    cache: Path,
    *,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Measure every block that is not in the cache yet.

    Args:
        network: Makes the network; called once a process, so it must be picklable with more than
            one worker.
        blocks: What to measure on.
        cache: Folder of results.
        workers: Processes, one thread each.
        tell: Called with a line of progress.
    """
    if workers == 1:
        torch.set_num_threads(1)
        made = network()
        for done, block in enumerate(blocks, start=1):
            _measure(made, block, cache)
            tell(f"measured {done} of {len(blocks)} blocks")
        return
    context = multiprocessing.get_context("spawn")
    shares = [blocks[k :: 8 * workers] for k in range(8 * workers)]
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_start, initargs=(network,)
    ) as pool:
        jobs = [pool.submit(_measure_share, share, cache) for share in shares]
        for done, job in enumerate(as_completed(jobs), start=1):
            job.result()
            tell(f"measured {done} of {len(jobs)} shares of {len(blocks)} blocks")


def collect(subject: Subject, blocks: Sequence[Block], cache: Path) -> Answers:
    """Return what the cache holds of one subject on blocks of equally long clips."""
    parts = [np.load(_file(cache, subject, block)) for block in blocks]
    frames = len(blocks[0].clips[0].instants)
    table = np.concatenate(parts, axis=1).reshape(len(COLUMNS), -1, frames)
    column = dict(zip(COLUMNS, table, strict=True))
    return Answers(
        payload_bytes=column["payload_bytes"].astype(np.int64),
        ideal_bytes=column["ideal_bytes"],
        scores={task: column[task].astype(np.float32) for task in scoring.TASKS},
        confidence=column["confidence"].astype(np.float32),
    )


_MADE: list[Network] = []  # the worker process's own network


def _start(network: Callable[[], Network]) -> None:
    torch.set_num_threads(1)
    _MADE.append(network())


def _measure_share(blocks: Sequence[Block], cache: Path) -> None:
    for block in blocks:
        _measure(_MADE[0], block, cache)


@torch.inference_mode()
def _measure(network: Network, block: Block, cache: Path) -> None:
    missing = [s for s in network.subjects if not _file(cache, s, block).exists()]
    if not missing:
        return
    content = draw(block)
    tables: dict[str, list[NDArray[np.float64]]] = {subject.name: [] for subject in missing}
    for start in range(0, block.frames, _BATCH):
        rows = slice(start, start + _BATCH)
        images = content.images[rows]
        shown = Shown(images=images, features=network.head(prepare(images)))
        truth = scoring.Truth(
            labels=content.truth.labels[rows],
            boxes=content.truth.boxes[rows],
            masks=content.truth.masks[rows],
        )
        for subject in missing:
            coded = subject.code(shown)
            scored = scoring.score((subject.tail or network.tail)(coded.features), truth)
            tables[subject.name].append(
                np.stack(
                    [
                        coded.payload_bytes,
                        coded.ideal_bytes,
                        *(scored.by_task[task] for task in scoring.TASKS),
                        scored.confidence,
                    ]
                ).astype(np.float64)
            )
    for subject in missing:
        file = io.BytesIO()
        np.save(file, np.concatenate(tables[subject.name], axis=1))
        write_atomically(_file(cache, subject, block), file.getvalue())


def _file(cache: Path, subject: Subject, block: Block) -> Path:
    key = hashlib.sha256(f"{content_digest()} {block}".encode()).hexdigest()[:24]
    return cache / subject.digest[:24] / f"{key}.npy"


_DIGESTS: list[str] = []


def content_digest() -> str:
    """Hash what is drawn and how it is scored, so that a change of either measures anew.

    Drawing is known by some of its pixels rather than by its source, which may be reworded.
    """
    if not _DIGESTS:
        sha = hashlib.sha256(Path(str(scoring.__file__)).read_bytes())
        for kind in SETS:
            for t in (0, 40, 80):
                frame = render(seed=1, split="test", clip=0, t=t, kind=kind)
                sha.update(frame.image.tobytes() + frame.mask.tobytes() + bytes([frame.label]))
        _DIGESTS.append(sha.hexdigest())
    return _DIGESTS[0]
