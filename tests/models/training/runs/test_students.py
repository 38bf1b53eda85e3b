"""Training of students, shortened: both stages learn, tails part ways, a finished run stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models import ladder
from models.split import cut
from models.training.lessons import Lessons
from models.training.runs.students import FULL, QUICK, train
from models.training.student import Pupil, StudentRecipe, begun
from models.training.tails import TailRecipe
from models.training.workshop import Workshop
from models.units.own_tail import TASKS
from models.units.shape import UnitShape
from models.units.student_file import load_all
from models.weightfile import read
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], list[Path]]:
    folder = untrained_weights(tmp_path_factory.mktemp("students") / "weights")
    told: list[str] = []
    written = train(folder, settings=QUICK, workers=1, tell=told.append)
    return folder, told, written


def losses(told: list[str], name: str) -> list[float]:
    return [
        float(line.split("loss ")[1].split()[0])
        for line in told
        if line.startswith(f"{name} ") and "loss" in line
    ]


def test_both_stages_learn(trained: tuple[Path, list[str], list[Path]]) -> None:
    for name in ("student-2", "student-2-tail"):
        found = losses(trained[1], name)
        assert found[-1] < found[0]


def test_every_file_says_how_it_was_trained(
    trained: tuple[Path, list[str], list[Path]],
) -> None:
    folder, _, written = trained
    assert [path.stem for path in written] == [
        "student-2",
        "student-1",
        "student-2-tail",
        "student-1-tail",
        *(f"student-1-tail-{task}" for task in TASKS),
    ]
    first, tail = read(folder / "student-2.safetensors")[1], read(written[-1])[1]
    assert (first["images"], first["warm_images"], first["start"]) == (32, 160, "unit-2")
    assert (tail["images"], tail["tasks"]) == (16, ["segmentation"])
    for path in written:
        assert set(read(path)[1]["selection"]) == {"top1", "box_iou", "mask_iou", "ideal_bytes"}


def test_tails_differ_from_the_shared_one_and_from_each_other(
    trained: tuple[Path, list[str], list[Path]],
) -> None:
    found = ladder.load(trained[0])
    states = [found.backbone.state_dict(), *(own.tail.state_dict() for own in load_all(found))]
    weights = [
        value
        for state in states
        for name, value in state.items()
        if name.endswith("tail.wide.0.conv.weight")
    ]
    assert len(weights) == 6
    for k, one in enumerate(weights):
        assert not any(torch.equal(one, other) for other in weights[k + 1 :])


def test_a_finished_run_is_taken_up_and_gives_the_same_files(
    trained: tuple[Path, list[str], list[Path]],
) -> None:
    folder, _, written = trained
    before = [path.read_bytes() for path in written]
    again: list[str] = []
    train(folder, settings=QUICK, workers=1, tell=again.append)
    assert not any("loss" in line for line in again)
    assert [path.read_bytes() for path in written] == before


def test_a_student_needs_the_unit_it_starts_from(tmp_path: Path) -> None:
    folder = untrained_weights(tmp_path / "weights", (2,))
    with pytest.raises(InputError, match=r"unit-2.safetensors .*does not exist"):
        train(folder, settings=replace(QUICK, tails=()), workers=1)


def test_frames_are_turned_as_their_features_were(
    trained: tuple[Path, list[str], list[Path]],
) -> None:
    folder = trained[0]
    shop = Workshop(weights=folder, work=folder.with_name(".weights.work"), footage=QUICK.footage)
    lesson = Lessons(frames=shop.training, features=shop.features).take(np.arange(0, 128, 9))
    with torch.inference_mode():
        features = cut(shop.backbone, after="reduce").head(lesson.frames)
    apart = (features - lesson.cached.features).square().sum() / features.square().sum()
    assert (
        apart < 1e-3
    )  # the cache rounds to bfloat16; a wrong turn would be ten times the features


def test_a_student_begins_with_what_there_is(tmp_path: Path) -> None:
    folder = untrained_weights(tmp_path)
    found = ladder.load(folder)
    torch.manual_seed(1)
    fresh, begun_with_unit, other = (Pupil(1, UnitShape(channels=6)) for _ in range(3))
    begun(fresh, None, found.backbone)
    stem = found.backbone.stem.conv.weight
    assert torch.equal(fresh.student.look.weight[:32], stem)
    begun(begun_with_unit, found.units[1], found.backbone)
    assert torch.equal(begun_with_unit.decoder.smooth.weight, found.units[1].smooth.weight)
    assert torch.equal(begun_with_unit.student.density.scale, found.units[1].density.scale)
    begun(other, begun_with_unit, found.backbone)
    for name, value in begun_with_unit.state_dict().items():
        assert torch.equal(other.state_dict()[name], value)


def test_the_bottleneck_is_noise_in_training() -> None:
    torch.manual_seed(1)
    pupil = Pupil(1, UnitShape(channels=2))
    frames, noise = torch.rand(2, 3, 224, 224), torch.rand(2, 2, 14, 14) - 0.5
    after, bits = pupil(frames, noise)
    y = pupil.student.analyse(frames) + noise
    torch.testing.assert_close(after, pupil.decoder.synthesise(y))
    torch.testing.assert_close(bits, pupil.student.density.bits(y))
    bits.sum().backward()
    for name in ("look.weight", "even.root_gamma", "level.root_beta", "density.centre"):
        grad = pupil.student.get_parameter(name).grad
        assert grad is not None
        assert grad.abs().sum() > 0


def test_a_unit_of_other_channels_to_start_from_is_refused_before_anything_is_trained(
    trained: tuple[Path, list[str], list[Path]],
) -> None:
    folder, told = trained[0], list[str]()
    students = tuple(replace(recipe, channels=5) for recipe in QUICK.students)
    with pytest.raises(InputError, match=r"unit-2.*: 6 must have as many channels as student-2, 5"):
        train(folder, settings=replace(QUICK, students=students), workers=2, tell=told.append)
    assert not any("loss" in line for line in told)


def test_three_rates_and_a_tail_for_each_task_of_the_middle_one() -> None:
    assert [student.name for student in FULL.students] == ["student-3", "student-2", "student-1"]
    assert sorted(tail.name for tail in FULL.tails) == [
        "student-1-tail",
        "student-2-tail",
        *sorted(f"student-2-tail-{task}" for task in TASKS),
        "student-3-tail",
    ]
    assert {tail.images for tail in FULL.tails if tail.tasks == TASKS} == {30_000}
    assert {tail.images for tail in FULL.tails if tail.tasks != TASKS} == {24_000}


def test_budgets_are_counted_in_pictures_shown() -> None:
    recipe = StudentRecipe(rank=1, worth=1.0, start=None, images=80, warm_images=40, batch=40)
    assert recipe.steps == 3
    assert TailRecipe(rank=1, images=90, batch=40).steps == 2
