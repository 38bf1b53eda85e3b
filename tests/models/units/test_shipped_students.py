"""The shipped students: three rates, tails that belong to them, a device with less to do."""

from __future__ import annotations

import pytest

from models import ladder
from models.units.own_tail import TASKS, OwnTail
from models.units.student_file import Served, load_all
from models.weightfile import read


@pytest.fixture(scope="module")
def served() -> dict[str, Served]:
    return {found.name: found for found in load_all(ladder.load())}


def test_three_rates_ship_and_one_of_them_with_a_tail_for_each_task(
    served: dict[str, Served],
) -> None:
    assert list(served) == ["student-1", "student-2", "student-2-tasks", "student-3"]
    assert not isinstance(served["student-2-tasks"].tail, OwnTail)


def test_a_device_stores_less_of_a_student_than_of_a_unit(served: dict[str, Served]) -> None:
    found = ladder.load()
    for student in served.values():
        assert student.files[0].stat().st_size < found.storage_bytes(found.units[0])


def test_the_second_stage_helps_most_at_the_lowest_rate(served: dict[str, Served]) -> None:
    gains = []
    for name in ("student-1", "student-2", "student-3"):
        first, own = (read(file)[1]["selection"] for file in served[name].files)
        assert first["ideal_bytes"] == own["ideal_bytes"]
        gains.append(own["top1"] - first["top1"])
    assert gains[0] > gains[1] > gains[2] > 0


def test_a_tail_for_one_task_is_better_at_masks_for_fewer_pictures_than_the_joint_one(
    served: dict[str, Served],
) -> None:
    joint = read(served["student-2"].files[1])[1]
    assert joint["tasks"] == list(TASKS)
    alone = [read(file)[1] for file in served["student-2-tasks"].files[1:]]
    assert [about["tasks"] for about in alone] == [[task] for task in TASKS]
    assert [about["images"] for about in alone] == [24_000] * 3
    assert joint["images"] == 30_000
    assert alone[2]["selection"]["mask_iou"] > joint["selection"]["mask_iou"]
