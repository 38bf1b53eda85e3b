"""Students: symbols straight from frames, tails of their own, files that belong together."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from models import ladder
from models.backbone import prepare
from models.coding.wire import HEADER_BYTES
from models.scenes import render
from models.split import SPLITS
from models.subjects.opening import open_network
from models.subjects.student import Taught
from models.subjects.subject import Shown
from models.units.own_tail import TaskTails
from models.units.shape import UnitShape
from models.units.student import FRAME, Student
from models.units.student_file import load_all, load_student, save_student
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_weights
from tests.models.untrained_students import untrained_students

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from models.subjects.network import Network


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = untrained_weights(tmp_path_factory.mktemp("students") / "weights")
    untrained_students(folder)
    return folder


@pytest.fixture(scope="module")
def network(weights: Path) -> Network:
    return open_network(weights, ())


@pytest.fixture(scope="module")
def taught(network: Network) -> dict[str, Taught]:
    return {s.name: s for s in network.subjects if isinstance(s, Taught)}


@pytest.fixture(scope="module")
def images() -> NDArray[np.uint8]:
    return np.stack([render(seed=3, split="training", clip=0, t=t).image for t in (0, 9)])


def test_a_student_costs_the_device_less_than_head_and_unit() -> None:
    unit = UnitShape(channels=24)
    student = Student(1, unit)
    # 28x28 x (192 x 32 + 32 x 32) + 14x14 x (288 x 48 + 48 x 48 + 48 x 24)
    assert student.encoder_macs == 784 * 7_168 + 196 * 17_280
    assert student.encoder_macs < 0.6 * (SPLITS["middle"].head_macs + unit.encoder_macs)


def test_frames_become_integer_symbols_in_the_tables(images: NDArray[np.uint8]) -> None:
    torch.manual_seed(1)
    student = Student(1, UnitShape(channels=6)).eval()
    student.pick.weight.data *= 100
    frames = prepare(images)
    assert frames.shape == (2, *FRAME)
    loud = student.encode(frames)
    assert loud.shape == (2, 6, 14, 14)
    assert loud.dtype == torch.int32
    student.seal(loud.clamp(-1, 2).numpy())
    assert student.encode(frames).min() >= -2
    assert student.encode(frames).max() <= 3


def test_every_student_beside_a_ladder_is_a_subject(
    network: Network, taught: dict[str, Taught]
) -> None:
    assert list(taught) == ["student-1", "student-2", "student-2-tasks"]
    for subject in taught.values():
        assert subject.kind == "student"
        assert list(subject.device_steps) == ["prep", "encode", "entropy_encode"]
        subject.load()
    assert {name: network.kin.module(name) for name in taught} == {
        "student-1": "student-1",
        "student-2": "student-2",
        "student-2-tasks": "student-2",
    }


def test_payloads_come_back_and_are_answered_by_its_own_tail(
    taught: dict[str, Taught], images: NDArray[np.uint8]
) -> None:
    for subject in taught.values():
        coded = subject.code(Shown(images=images, features=torch.zeros(2, 48, 28, 28)))
        assert (coded.payload_bytes > HEADER_BYTES).all()
        assert subject.tail is not None
        assert subject.tail(coded.features).logits.shape == (2, 33)
        value: object = images
        for step in subject.device_steps.values():
            value = step(value)
        assert [len(payload) for payload in value] == coded.payload_bytes.tolist()  # type: ignore[attr-defined]


def test_one_payload_serves_the_joint_tail_and_the_tasks(
    taught: dict[str, Taught], images: NDArray[np.uint8]
) -> None:
    steps: Mapping[str, Callable[..., Any]] = taught["student-2"].device_steps
    symbols = steps["encode"](prepare(images[:1]))
    (payload,) = steps["entropy_encode"](symbols)
    assert np.array_equal(taught["student-2-tasks"].receive(payload), symbols[0])
    with pytest.raises(InputError, match="unit id"):
        taught["student-1"].receive(payload)
    with pytest.raises(InputError, match="CRC-32"):
        taught["student-2"].receive(payload[:-1] + bytes([payload[-1] ^ 1]))


def test_each_task_is_answered_by_the_tail_trained_for_it(weights: Path) -> None:
    served = {found.name: found for found in load_all(ladder.load(weights))}
    tasks = served["student-2-tasks"].tail
    symbols = torch.randint(-2, 3, (2, 6, 14, 14), generator=torch.Generator().manual_seed(1))
    assert isinstance(tasks, TaskTails)
    alone = [tail.answer(tail.decode(symbols)) for tail in tasks.tails]
    together = tasks.answer(tasks.decode(symbols))
    assert torch.equal(together.logits, alone[0].logits)
    assert torch.equal(together.box, alone[1].box)
    assert torch.equal(together.mask, alone[2].mask)
    assert not torch.equal(together.box, alone[0].box)


def test_costs_count_the_tails(taught: dict[str, Taught], weights: Path) -> None:
    one, three = taught["student-2"].costs, taught["student-2-tasks"].costs
    assert three["tail_bytes"] == 3 * one["tail_bytes"]
    size = sum((weights / f"student-2{end}.safetensors").stat().st_size for end in ("", "-tail"))
    assert one["storage_bytes"] == size
    assert one["memory_bytes"] > 4 * one["parameters"] > one["tail_bytes"]
    encoders = [cost["memory_bytes"] - cost["tail_bytes"] for cost in (one, three)]
    assert encoders[0] == encoders[1]
    assert len({subject.digest for subject in taught.values()}) == 3


@pytest.fixture
def folder(weights: Path, tmp_path: Path) -> Path:
    shutil.copytree(weights, tmp_path / "weights")
    return tmp_path / "weights"


@pytest.mark.parametrize(
    ("ending", "complaint"),
    [("", "tail.safetensors .*does not exist"), ("-detection", "detection.*does not exist")],
)
def test_a_student_without_a_tail_is_refused(folder: Path, ending: str, complaint: str) -> None:
    (folder / f"student-2-tail{ending}.safetensors").unlink()
    with pytest.raises(InputError, match=complaint):
        load_all(ladder.load(folder))


def test_a_tail_of_another_student_is_refused(folder: Path) -> None:
    shutil.copy(folder / "student-2-tail.safetensors", folder / "student-1-tail.safetensors")
    with pytest.raises(InputError, match="must be trained for the student"):
        load_all(ladder.load(folder))


def test_a_student_of_another_backbone_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="must be trained for the backbone"):
        load_student(folder / "student-1.safetensors", "other")


@pytest.mark.parametrize("name", ["student-1", "student-1-tail"])
def test_cut_files_are_refused(folder: Path, name: str) -> None:
    path = folder / f"{name}.safetensors"
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(InputError, match="must be a whole safetensors file"):
        load_all(ladder.load(folder))


def test_a_student_of_no_rank_is_refused(folder: Path) -> None:
    _, digest, _ = ladder.load_backbone(folder)
    student = load_student(folder / "student-1.safetensors", digest)
    student.rank = 11
    student.name = "student-1"
    save_student(folder, student, {}, backbone=digest)
    with pytest.raises(InputError, match="must name its rank, 1 to 10"):
        load_all(ladder.load(folder))


def test_tables_of_another_size_are_refused(folder: Path) -> None:
    _, digest, _ = ladder.load_backbone(folder)
    student = load_student(folder / "student-1.safetensors", digest)
    other = load_student(folder / "student-2.safetensors", digest)
    student.tables = other.tables
    save_student(folder, student, {}, backbone=digest)
    with pytest.raises(InputError, match="must hold tables for 3 channels"):
        load_student(folder / "student-1.safetensors", digest)


def test_a_student_without_tables_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sealed"):
        save_student(tmp_path, Student(1, UnitShape(channels=3)), {}, backbone="")
