from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from torch import nn

from models import weightfile
from models.training.weights_folder import put, refuse_foreign
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def ladder(folder: Path, seed: float, units: list[str]) -> list[Path]:
    """Write a backbone and units that name it; return the backbone's file first."""
    backbone = nn.Linear(1, 1, bias=False)
    nn.init.constant_(backbone.weight, seed)
    digest = weightfile.write(folder / "backbone.safetensors", backbone, {}, {})
    for name in units:
        about = {"backbone": digest}
        weightfile.write(folder / f"{name}.safetensors", nn.Linear(1, 1), about, {})
    return [folder / f"{name}.safetensors" for name in ("backbone", *units)]


def test_a_ladder_takes_the_place_of_weights_and_of_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    ladder(out, 1, ["unit-1", "unit-2", "late-1"])
    weightfile.write(out / "picture.safetensors", nn.Linear(1, 1), {}, {})  # of no backbone
    (out / "notes.txt").write_text("mine")
    (out / "mine.safetensors").write_text("none of ours")
    (out / "link.safetensors").symlink_to("unit-2.safetensors")
    backbone, unit = ladder(tmp_path / "work", 2, ["unit-1"])
    refuse_foreign(out)
    put(out, backbone, [unit])
    assert sorted(path.name for path in out.iterdir()) == [
        *("backbone.safetensors", "link.safetensors", "mine.safetensors", "notes.txt"),
        *("picture.safetensors", "unit-1.safetensors"),
    ]
    assert (out / "backbone.safetensors").read_bytes() == backbone.read_bytes()


def test_the_same_ladder_again_keeps_what_was_trained_on_it(tmp_path: Path) -> None:
    out = tmp_path / "out"
    backbone, unit = ladder(tmp_path / "work", 1, ["unit-1"])
    ladder(out, 1, ["unit-1", "unit-2", "late-1"])
    put(out, backbone, [unit])
    assert sorted(path.stem for path in out.iterdir()) == ["backbone", "late-1", "unit-1"]


@pytest.mark.parametrize("name", ["thesis.tex", "backbone.safetensors"])
def test_a_folder_of_something_else_is_refused_before_anything_is_trained(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text("years of work")
    with pytest.raises(InputError, match="must be empty or hold weights of splitcast"):
        refuse_foreign(tmp_path)
    with pytest.raises(InputError, match="must be a folder"):
        refuse_foreign(tmp_path / name)
    refuse_foreign(tmp_path / "new")
