"""Students and their tails on disk, beside the backbone that taught them.

``student-1.safetensors`` upwards hold encoder, prior and integer tables: what the device loads.
``student-1-tail.safetensors`` holds the tail that goes with it, for the server;
``student-2-tail-classification.safetensors`` and its like hold a tail for one task. A tail is
stored as 8-bit differences from the shared one, its decoder in half precision.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch

from models.coding.prior import FrequencyTables
from models.units.difference import differences, restored
from models.units.own_tail import TASKS, OwnTail, TaskTails
from models.units.shape import shape_in
from models.units.student import Student
from models.weightfile import fill, read, refused, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from models.backbone import Tail
    from models.ladder import TrainedLadder

__all__ = ["Served", "load_all", "load_student", "load_tail", "save_student", "save_tail"]

_MOST_STUDENTS = 10  # what the wire has room for
_TAIL = "tail."


@dataclass(frozen=True, slots=True)
class Served:
    """A student with what answers from its payloads.

    Attributes:
        name: The student's, with ``-tasks`` behind it if each task has a tail of its own.
        student: Encoder and prior.
        tail: One tail for all tasks, or one for each.
        files: Where they lie: the student, then its tails.
    """

    name: str
    student: Student
    tail: OwnTail | TaskTails
    files: tuple[Path, ...]

    @property
    def number(self) -> int:
        """The student's number on the wire, whatever answers from its payloads."""
        return self.student.number

    def encode(self, frames: Tensor) -> Tensor:
        """Return the integer symbols of frames, int32 (n, C_r, 14, 14)."""
        return self.student.encode(frames)

    def decode(self, symbols: Tensor) -> Tensor:
        """Return what the tail answers from."""
        return self.tail.decode(symbols)


def save_student(folder: Path, student: Student, about: Mapping[str, Any], *, backbone: str) -> str:
    """Write a sealed student beside the backbone of the given digest.

    Returns:
        The digest that its tails must name.
    """
    if student.tables is None:
        raise ValueError("a student must be sealed before it is saved")
    extra = {name: torch.from_numpy(value) for name, value in student.tables.arrays().items()}
    facts = {**about, "backbone": backbone, "rank": student.rank} | asdict(student.shape)
    return write(folder / f"{student.name}.safetensors", student, facts, extra)


def save_tail(
    path: Path, own: OwnTail, about: Mapping[str, Any], *, student: str, like: Tail
) -> None:
    """Write a tail of the student whose file has the given digest.

    Args:
        path: The file.
        own: The tail with its decoder, settled (`models.units.difference`).
        about: What is to be known about its training.
        student: The digest.
        like: The shared tail, from which differences are stored.
    """
    extra = {_TAIL + name: value for name, value in differences(own.tail, like).items()}
    write(path, own.decoder, {**about, "student": student}, extra)


def load_student(path: Path, digest: str) -> Student:
    """Return the student in a file, which must be of the backbone of the given digest.

    Raises:
        InputError: The file is missing, damaged or foreign, or of another backbone.
    """
    tensors, about = read(path)
    if about.get("backbone") != digest:
        raise refused(path, about.get("backbone"), f"must be trained for the backbone {digest}")
    rank, shape = about.get("rank"), shape_in(path, about)
    if not isinstance(rank, int) or not 0 < rank <= _MOST_STUDENTS:
        raise refused(path, rank, f"must name its rank, 1 to {_MOST_STUDENTS}")
    prior = {k: tensors.pop(k).numpy() for k in tuple(tensors) if k.startswith("prior.")}
    student = Student(rank, shape)
    fill(path, student, tensors)
    student.fix()
    student.tables = FrequencyTables.from_arrays(prior, str(path))
    if student.tables.channels != shape.channels:
        raise refused(
            path, student.tables.channels, f"must hold tables for {shape.channels} channels"
        )
    return student


def load_tail(path: Path, student: Student, digest: str, like: Tail) -> OwnTail:
    """Return the tail in a file.

    Args:
        path: The file.
        student: Whose symbols it answers from.
        like: The shared tail, of the same layers.
        digest: SHA-256 of the student's file, in hex.

    Raises:
        InputError: The file is missing, damaged or foreign, or of another student.
    """
    tensors, about = read(path)
    if about.get("student") != digest:
        raise refused(path, about.get("student"), f"must be trained for the student {digest}")
    own = OwnTail(student.shape, like)
    stored = [name for name in tensors if name.startswith(_TAIL)]
    apart = {name.removeprefix(_TAIL): tensors.pop(name) for name in stored}
    fill(path, own.decoder, tensors)
    fill(path, own.tail, restored(apart, like))
    return own


def load_all(trained: TrainedLadder) -> list[Served]:
    """Return every student beside a ladder, lowest rate first; there may be none.

    A student with a tail for each task comes a second time with those.

    Raises:
        InputError: A file is missing, damaged or foreign, or of another backbone.
    """
    found, like = [], trained.backbone.tail
    for rank in range(1, _MOST_STUDENTS + 1):
        path = trained.folder / f"student-{rank}.safetensors"
        if not path.exists():
            continue
        student = load_student(path, trained.digest)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        joint = trained.folder / f"{student.name}-tail.safetensors"
        tail = load_tail(joint, student, digest, like)
        found.append(Served(student.name, student, tail, (path, joint)))
        files = tuple(trained.folder / f"{student.name}-tail-{task}.safetensors" for task in TASKS)
        if any(file.exists() for file in files):
            tails = TaskTails([load_tail(file, student, digest, like) for file in files])
            found.append(Served(f"{student.name}-tasks", student, tails, (path, *files)))
    return found
