"""Untrained students beside untrained weights: what they answer is nonsense, but it runs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import torch

from models import ladder
from models.backbone import prepare
from models.scenes import render
from models.units.own_tail import TASKS, OwnTail
from models.units.shape import UnitShape
from models.units.student import Student
from models.units.student_file import save_student, save_tail

if TYPE_CHECKING:
    from pathlib import Path


def untrained_students(folder: Path, channels: tuple[int, ...] = (3, 6)) -> None:
    """Write a student with its tail for each number of channels; the last has task tails, too."""
    torch.manual_seed(5)
    backbone, digest, _ = ladder.load_backbone(folder)
    image = render(seed=3, split="training", clip=0, t=0).image
    for rank, width in enumerate(channels, start=1):
        student = Student(rank, UnitShape(channels=width)).eval()
        student.pick.weight.data *= 20  # so that symbols are not all zero
        ladder.halved(student)
        student.seal(student.encode(prepare(image[None])).numpy())
        save_student(folder, student, {"seed": 5}, backbone=digest)
        file = folder / f"{student.name}.safetensors"
        mark = hashlib.sha256(file.read_bytes()).hexdigest()
        endings = ["", *(f"-{task}" for task in TASKS)] if rank == len(channels) else [""]
        for ending in endings:
            tail = OwnTail(student.shape, backbone.tail)
            ladder.halved(tail)
            path = folder / f"{student.name}-tail{ending}.safetensors"
            save_tail(path, tail, {"seed": 5}, student=mark, like=backbone.tail)
