"""Training, shortened: losses fall, weights load, damaged or foreign weights are refused."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from models import ladder
from models.backbone import SPLIT_AFTER, Backbone
from models.split import cut
from models.training.backbone import learning_rate
from models.training.batches import batch_rows, take
from models.training.frames import Recipe, rendered
from models.training.runs.ladder import QUICK, train
from models.training.team import Member
from models.training.workshop import Footage
from models.units.bottleneck import BottleneckUnit
from models.units.shape import UnitShape
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from models.ladder import TrainedLadder
    from models.training.runs.ladder import Settings


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TrainedLadder, list[str]]:
    told: list[str] = []
    out = tmp_path_factory.mktemp("train") / "weights"
    found = train(out, settings=QUICK, workers=1, tell=told.append)
    return out, found, told


def losses(told: list[str], what: str) -> list[float]:
    found = (re.match(rf"{what} \d+/\d+ loss ([0-9.]+)", line) for line in told)
    return [float(match[1]) for match in found if match]


def test_the_loss_falls_and_progress_says_how_long_it_will_take(
    trained: tuple[Path, TrainedLadder, list[str]],
) -> None:
    told = trained[2]
    for what in ("backbone", "unit-2"):
        fallen = losses(told, what)
        assert fallen[-1] < fallen[0], what
    assert losses(told, "unit-1")
    assert any("ETA" in line for line in told)


def test_the_written_ladder_codes_frames(
    trained: tuple[Path, TrainedLadder, list[str]],
) -> None:
    found = trained[1]
    assert [unit.name for unit in found.units] == ["unit-1", "unit-2"]
    head, tail = cut(found.backbone, after=SPLIT_AFTER)
    frames = rendered(
        found.folder.with_name(".weights.work") / "selection", QUICK.footage.selection
    )
    with torch.inference_mode():
        features = head(take(frames, np.arange(4)).x)
        for unit in found.units:
            symbols = unit.encode(features)
            assert unit.tables is not None
            assert unit.tables.ideal_bits(symbols[0].numpy()) > 0
            assert torch.isfinite(tail(unit.decode(symbols)).logits).all()


def test_a_unit_is_stored_in_at_most_six_hundredths_of_the_backbone(
    trained: tuple[Path, TrainedLadder, list[str]],
) -> None:
    found = trained[1]
    for unit in found.units:
        assert found.storage_bytes(unit) <= 0.06 * found.storage_bytes()


def test_finished_training_is_taken_up_and_not_repeated(
    trained: tuple[Path, TrainedLadder, list[str]],
) -> None:
    out, found, _ = trained
    again: list[str] = []
    second = train(out, settings=QUICK, workers=1, tell=again.append)
    assert losses(again, "backbone") == []
    assert second.digest == found.digest


def smallest(seed: int) -> Settings:
    few = QUICK.seeded(seed)
    return replace(
        few,
        footage=Footage(
            training=replace(few.footage.training, clips=8),
            selection=replace(few.footage.selection, clips=4),
        ),
        backbone=replace(few.backbone, images=64, batch=8, keep_every=4),
        units=(replace(few.units[0], images=16, batch=8, warm_images=8, keep_every=1),),
    )


def test_two_processes_train_one_network(tmp_path: Path) -> None:
    found = train(tmp_path / "a", seed=5, settings=smallest(5), workers=2)
    assert found.about["seed"] == 5
    assert found.units[0].tables is not None


def test_members_of_a_team_share_out_a_batch() -> None:
    rows = np.arange(7)
    shares = [Member(rank, 3).share(rows) for rank in range(3)]
    assert sorted(np.concatenate(shares).tolist()) == rows.tolist()


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole = train(tmp_path / "a", settings=smallest(1), workers=1)

    class Killed(Exception):  # noqa: N818 - it stands for a signal
        pass

    def die(line: str) -> None:
        if line.startswith("backbone 4/"):
            raise Killed

    with pytest.raises(Killed):
        train(tmp_path / "b", settings=smallest(1), workers=1, tell=die)
    assert not (tmp_path / "b").exists()
    told: list[str] = []
    resumed = train(tmp_path / "b", settings=smallest(1), workers=1, tell=told.append)
    assert [line.split()[1] for line in told if line.startswith("backbone ") and "/" in line][
        :1
    ] == ["8/8"]
    assert resumed.digest == whole.digest


def test_an_order_shows_every_frame_once_a_round() -> None:
    rows = [batch_rows(seed=1, purpose="x", step=k, size=3, total=12) for k in range(8)]
    assert sorted(np.concatenate(rows[:4]).tolist()) == list(range(12))
    assert np.concatenate(rows[:4]).tolist() != np.concatenate(rows[4:]).tolist()


@pytest.mark.parametrize("way", range(8))
def test_turning_a_frame_turns_its_truth(way: int, tmp_path: Path) -> None:
    frames = rendered(tmp_path, Recipe(seed=2, split="training", clips=4, per_clip=2))
    batch = take(frames, np.arange(8), way=way)
    for mask, box in zip(batch.masks, batch.boxes, strict=True):
        rows, columns = torch.nonzero(mask, as_tuple=True)
        if len(rows) == 0:
            assert box.tolist() == [0, 0, 0, 0]
            continue
        left, top, right, bottom = (box * 56).tolist()
        assert left <= columns.min() + 1
        assert right >= columns.max()
        assert top <= rows.min() + 1
        assert bottom >= rows.max()
        assert right - left <= columns.max() - columns.min() + 1.1
        assert bottom - top <= rows.max() - rows.min() + 1.1


def test_the_learning_rate_climbs_and_then_only_falls() -> None:
    rates = [learning_rate(step, 200, 1.0) for step in range(200)]
    top = int(np.argmax(rates))
    assert top < 10
    assert rates[top] == 1
    assert all(a >= b for a, b in zip(rates[top:], rates[top + 1 :], strict=False))
    assert rates[-1] < 0.001


@pytest.fixture
def folder(trained: tuple[Path, TrainedLadder, list[str]], tmp_path: Path) -> Path:
    copied = tmp_path / "weights"
    shutil.copytree(trained[0], copied)
    return copied


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"backbone.safetensors .*does not exist.*units train"):
        ladder.load(tmp_path)


def test_a_backbone_without_units_is_refused(folder: Path) -> None:
    for path in folder.glob("unit-*"):
        path.unlink()
    with pytest.raises(InputError, match="at least one unit"):
        ladder.load(folder)


def test_cut_weights_are_refused(folder: Path) -> None:
    path = folder / "unit-1.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(InputError, match=r"unit-1.safetensors .*must be a whole safetensors file"):
        ladder.load(folder)


def test_weights_of_another_program_are_refused(folder: Path) -> None:
    save_file({"weight": torch.zeros(2)}, folder / "backbone.safetensors")
    with pytest.raises(InputError, match="must be in the format"):
        ladder.load(folder)


def test_weights_that_do_not_say_how_they_were_trained_are_refused(folder: Path) -> None:
    path = folder / "backbone.safetensors"
    save_file(load_file(path), path, metadata={"format": "splitcast weights 1"})
    with pytest.raises(InputError, match="must say how it was trained"):
        ladder.load(folder)


def test_a_unit_of_another_backbone_is_refused(folder: Path) -> None:
    torch.manual_seed(9)
    ladder.save(folder, Backbone().fold(), {"seed": 9})
    with pytest.raises(InputError, match="must be trained for the backbone"):
        ladder.load(folder)


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    path = folder / "unit-1.safetensors"
    path.unlink()
    digest = ladder.load_backbone(folder)[1]
    stranger = BottleneckUnit(1, UnitShape(channels=5))
    stranger.seal(np.zeros((1, 5, 14, 14), dtype=np.int32))
    stranger.smooth = torch.nn.Conv2d(48, 48, 1)
    ladder.save_unit(folder, stranger, {}, backbone=digest)
    with pytest.raises(InputError, match="must have this network's tensors and shapes"):
        ladder.load(folder)


def test_numbers_that_are_none_are_refused(folder: Path) -> None:
    network, _, about = ladder.load_backbone(folder)
    with torch.no_grad():
        network.tail.box.bias.fill_(float("nan"))
    ladder.save(folder, network, about)
    with pytest.raises(InputError, match="must hold finite numbers"):
        ladder.load(folder)


def test_a_unit_without_tables_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sealed"):
        ladder.save_unit(tmp_path, BottleneckUnit(1, UnitShape(channels=4)), {}, backbone="")


def test_stored_numbers_are_the_numbers_computed_with(
    trained: tuple[Path, TrainedLadder, list[str]],
) -> None:
    backbone = trained[1].backbone
    for value in backbone.parameters():
        assert value.dtype == torch.float32
        assert torch.equal(value, value.half().float())
