from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from models.own.opening import open_model, read_weights
from models.weightfile import read
from simulator.foundation.errors import InputError
from tests.models.own.networks import ConvNet, conv_net, stored

if TYPE_CHECKING:
    from pathlib import Path

HERE = "tests.models.own.networks"


@pytest.mark.parametrize("name", ["weights.safetensors", "weights.pt"])
def test_a_network_is_built_by_its_factory_and_filled(name: str, tmp_path: Path) -> None:
    original = ConvNet()
    model = open_model(f"{HERE}:conv_net", stored(original, tmp_path / name))
    assert not model.training
    for key, value in original.state_dict().items():
        torch.testing.assert_close(model.state_dict()[key], value, rtol=0, atol=0)


def test_the_folder_of_the_call_is_looked_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_net_of_mine.py").write_text(
        "from torch import nn\ndef make(): return nn.Linear(1, 1)\n"
    )
    monkeypatch.chdir(tmp_path)
    weights = stored(nn.Linear(1, 1), tmp_path / "w.safetensors")
    assert isinstance(open_model("a_net_of_mine:make", weights), nn.Linear)


@pytest.mark.parametrize(
    ("factory", "complaint"),
    [
        ("networks", "must be package.module:function"),
        (f"{HERE}:", "must be package.module:function"),
        ("no_such_package.at_all:make", "No module named 'no_such_package' must not be raised"),
        (f"{HERE}:conv_nets", "conv_nets must be a function .*did you mean 'conv_net'"),
        (f"{HERE}:NOT_A_FUNCTION", "must be a function"),
        (f"{HERE}:no_network", "int must return a torch.nn.Module"),
    ],
)
def test_a_wrong_factory_is_told(factory: str, complaint: str, tmp_path: Path) -> None:
    weights = stored(ConvNet(), tmp_path / "weights.safetensors")
    with pytest.raises(InputError, match=complaint):
        open_model(factory, weights)


def test_what_goes_wrong_in_the_users_code_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "breaks.py").write_text("def make(): return 1 / 0\n")
    (tmp_path / "no_python.py").write_text("def make(\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="ZeroDivisionError: division by zero must not be raised"):
        open_model("breaks:make", tmp_path / "w")
    with pytest.raises(InputError, match=r"SyntaxError: .* must not be raised"):
        open_model("no_python:make", tmp_path / "w")


class Evil:
    """Would run something if it were unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("unpickled",)


def test_weights_that_would_execute_something_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "weights.pt"
    torch.save({"stem.weight": Evil()}, path)
    with pytest.raises(InputError, match="must be safetensors, or a state dict"):
        read_weights(path)
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(InputError, match="must be safetensors, or a state dict"):
        read_weights(path)
    assert "unpickled" not in capsys.readouterr().out


def test_other_files_are_no_weights(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_weights(tmp_path / "none.pt")
    for name in ("w.pt", "w.safetensors"):
        (tmp_path / name).write_bytes(b"nothing of the kind")
        with pytest.raises(InputError, match="must be safetensors"):
            read_weights(tmp_path / name)
    torch.save({"epoch": 3}, tmp_path / "w.pt")
    with pytest.raises(InputError, match="must hold tensors by name and nothing else"):
        read_weights(tmp_path / "w.pt")


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    tensors = {key: value.clone() for key, value in conv_net().state_dict().items()}
    tensors["extra"] = tensors.pop("stem.bias")
    tensors["stem.weight"] = torch.zeros(2)
    save_file(tensors, tmp_path / "w.safetensors")
    with pytest.raises(InputError) as caught:
        open_model(f"{HERE}:conv_net", tmp_path / "w.safetensors")
    for part in ("stem.bias is missing", "extra is not in the network", "stem.weight is (2,), not"):
        assert part in str(caught.value.problems[0].value)


@pytest.mark.parametrize("name", ["w.safetensors", "w.pt"])
def test_a_pipe_as_weights_is_refused_at_once(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match="must be a plain file"):
        read_weights(tmp_path / name)
    with pytest.raises(InputError, match="must be a plain file"):
        read(tmp_path / name)
