"""The content pass: every frame through every subject, to real bytes and back, and scored.

Results are kept block by block and subject by subject in files named by what they depend on, so a
killed pass goes on where it stopped, and a pass with one retrained unit measures that unit only.
"""

from __future__ import annotations

import hashlib
import io
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from models import scoring
from models.backbone import prepare
from models.measuring.answering import Answering
from models.measuring.content import Block, draw
from models.measuring.crew import for_each
from models.measuring.evidence import EVIDENCE, EVIDENCE_VERSION, evidence_of
from models.scenes import PROFILED, render
from models.subjects.subject import Shown, Subject
from simulator.foundation.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from models.subjects.network import Network

__all__ = ["COLUMNS", "Answers", "collect", "content_digest", "measure_blocks"]

COLUMNS = ("payload_bytes", "ideal_bytes", *scoring.TASKS, "confidence")
_BATCH = 32


class Answers(NamedTuple):
    """What one subject made of some clips, each array [clip, frame].

    Attributes:
        payload_bytes: Real bytes, wire header included.
        ideal_bytes: Ideal code length without it, NaN where there is none.
        scores: By task.
        confidence: Of the class answer.
        evidence: What scores of whole sets are counted from, by the names of ``EVIDENCE``, where
            it was asked for.
    """

    payload_bytes: NDArray[np.int64]
    ideal_bytes: NDArray[np.float64]
    scores: dict[str, NDArray[np.float32]]
    confidence: NDArray[np.float32]
    evidence: Mapping[str, NDArray[np.float32]] = MappingProxyType({})


def measure_blocks(
    network: Callable[[], Network],
    blocks: Sequence[Block],
    cache: Path,
    *,
    evidence: bool = False,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Measure every block that is not in the cache yet.

    Args:
        network: Makes the network; called once a process, so it must be picklable with more than
            one worker.
        blocks: What to measure on.
        cache: Folder of results.
        evidence: Whether to gather what scores of whole sets are counted from, too.
        workers: Processes, one thread each.
        tell: Called with a line of progress.
    """
    work = partial(_measure, cache=cache, evidence=evidence)
    for_each(blocks, work, network, workers=workers, tell=lambda line: tell(f"blocks: {line}"))


def collect(
    subject: Subject, blocks: Sequence[Block], cache: Path, *, evidence: bool = False
) -> Answers:
    """Return what the cache holds of one subject on blocks of equally long clips."""
    column = _columns(COLUMNS, [_file(cache, subject, block) for block in blocks], blocks)
    found = Answers(
        payload_bytes=column["payload_bytes"].astype(np.int64),
        ideal_bytes=column["ideal_bytes"],
        scores={task: column[task].astype(np.float32) for task in scoring.TASKS},
        confidence=column["confidence"].astype(np.float32),
    )
    if not evidence:
        return found
    paths = [_evidence_file(cache, subject, block) for block in blocks]
    return found._replace(evidence=_columns(EVIDENCE, paths, blocks))


def _columns(
    names: Sequence[str], paths: Sequence[Path], blocks: Sequence[Block]
) -> dict[str, NDArray[Any]]:
    frames = len(blocks[0].clips[0].instants)
    table = np.concatenate([np.load(path) for path in paths], axis=1)
    return dict(zip(names, table.reshape(len(names), -1, frames), strict=True))


@torch.inference_mode()
def _measure(network: Network, block: Block, *, cache: Path, evidence: bool) -> None:
    missing = [s for s in network.subjects if not _measured(cache, s, block, evidence=evidence)]
    if not missing:
        return
    content = draw(block)
    tables: dict[str, list[NDArray[np.float64]]] = {subject.name: [] for subject in missing}
    gathered: dict[str, list[NDArray[np.float32]]] = {subject.name: [] for subject in missing}
    for start in range(0, block.frames, _BATCH):
        rows = slice(start, start + _BATCH)
        images = content.images[rows]
        shown = Shown(images=images, features=network.head(prepare(images)))
        truth = scoring.Truth(
            labels=content.truth.labels[rows],
            boxes=content.truth.boxes[rows],
            masks=content.truth.masks[rows],
        )
        answering = Answering(network, truth)
        for subject in missing:
            coded = subject.code(shown)
            outputs, scored = answering.to(coded.features, subject)
            columns: tuple[NDArray[Any], ...] = (
                coded.payload_bytes,
                coded.ideal_bytes,
                *(scored.by_task[task] for task in scoring.TASKS),
                scored.confidence,
            )
            tables[subject.name].append(np.stack(columns).astype(np.float64))
            if evidence:
                gathered[subject.name].append(np.stack([*evidence_of(outputs, truth).values()]))
    for subject in missing:
        if evidence:
            _keep(_evidence_file(cache, subject, block), gathered[subject.name])
        _keep(_file(cache, subject, block), tables[subject.name])


def _keep(path: Path, parts: Sequence[NDArray[Any]]) -> None:
    file = io.BytesIO()
    np.save(file, np.concatenate(parts, axis=1))
    write_atomically(path, file.getvalue())


def _measured(cache: Path, subject: Subject, block: Block, *, evidence: bool) -> bool:
    there = _file(cache, subject, block).exists()
    return there and (not evidence or _evidence_file(cache, subject, block).exists())


def _file(cache: Path, subject: Subject, block: Block) -> Path:
    key = hashlib.sha256(f"{content_digest()} {block}".encode()).hexdigest()[:24]
    return cache / subject.digest[:24] / f"{key}.npy"


def _evidence_file(cache: Path, subject: Subject, block: Block) -> Path:
    return _file(cache, subject, block).with_suffix(f".evidence-{EVIDENCE_VERSION}.npy")


_DIGESTS: list[str] = []


def content_digest() -> str:
    """Hash what is drawn and how it is scored, so that a change of either measures anew.

    Drawing is known by some of its pixels rather than by its source, which may be reworded.
    """
    if not _DIGESTS:
        sha = hashlib.sha256(Path(str(scoring.__file__)).read_bytes())
        for kind in PROFILED:
            for t in (0, 40, 80):
                frame = render(seed=1, split="test", clip=0, t=t, kind=kind)
                sha.update(frame.image.tobytes() + frame.mask.tobytes() + bytes([frame.label]))
        _DIGESTS.append(sha.hexdigest())
    return _DIGESTS[0]
