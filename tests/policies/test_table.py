from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from policies.deadline import Deadline
from policies.table import POLICIES, resolve
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from policies import Policy


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def made(name: str, **params: object) -> Policy:
    return resolve(name, params, rng, where="city.yaml:9:5")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(
        "from dataclasses import dataclass\n"
        "class Coin:\n"
        "    def __init__(self, rng, *, bias=0.5):\n"
        "        if bias > 1: raise ValueError('bias > 1')\n"
        "        self.first = rng.random()\n"
        "    def choose(self, seen): return 0\n"
        "@dataclass\n"
        "class Data:\n"
        "    x: int = 3\n"
        "    def choose(self, seen): return self.x\n"
        "class Open:\n"
        "    def __init__(self, **params): self.params = params\n"
        "    def choose(self, seen): return 0\n"
        "class Other: pass\n"
    )
    return path


def test_shipped_policies_are_found_by_name() -> None:
    assert set(POLICIES) == {"fixed", "throughput", "deadline", "scripted"}
    assert isinstance(made("deadline", reserve=0.2), Deadline)


def test_each_stream_gets_a_policy_of_its_own() -> None:
    assert made("deadline") is not made("deadline")


def test_an_unknown_name_gets_a_hint() -> None:
    with pytest.raises(InputError, match=r"city.yaml:9:5 policy: dedline .* mean 'deadline'"):
        made("dedline")


def test_all_unknown_parameters_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        made("deadline", resrve=0.1, rng=1)
    assert [str(p.value) for p in caught.value.problems] == ["resrve", "rng"]
    assert "did you mean 'reserve'?" in str(caught.value)


def test_what_a_constructor_refuses_is_bad_input() -> None:
    with pytest.raises(InputError, match=r"policy deadline: ValueError: reserve 2, "):
        made("deadline", reserve=2)
    with pytest.raises(InputError, match=r"policy scripted: TypeError: .*plan"):
        made("scripted")
    with pytest.raises(InputError, match=r"policy scripted: ValueError: plan entry '0' must be"):
        made("scripted", plan=[None, "0"])
    with pytest.raises(InputError, match=r"policy fixed infeasible: x must be 'send' or 'skip'"):
        made("fixed", infeasible="x")


def test_a_users_class_is_loaded_from_its_file_and_seeded_if_it_asks(mine: Path) -> None:
    coin = made(f"{mine}:Coin", bias=0.2)
    assert vars(coin)["first"] == rng().random()
    assert vars(made(f"{mine}:Data")) == {"x": 3}
    assert vars(made(f"{mine}:Open", a=1)) == {"params": {"a": 1}}


def test_a_file_is_imported_once_and_again_when_it_changes(mine: Path) -> None:
    first = type(made(f"{mine}:Coin"))
    assert type(made(f"{mine}:Coin")) is first
    mine.write_text(mine.read_text() + "\n# changed\n")
    assert type(made(f"{mine}:Coin")) is not first


@pytest.mark.parametrize("name", ["Other", "Con", "dataclass"])
def test_a_class_that_is_no_policy_is_refused(mine: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"must be a class with a method `choose`.*Coin"):
        made(f"{mine}:{name}")


def test_a_file_that_cannot_be_imported_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        made(f"{tmp_path}/none.py:X")
    bad = tmp_path / "bad.py"
    bad.write_text("def x(:\n")
    with pytest.raises(
        InputError,
        match=r"bad.py:1 policy: SyntaxError: .* must not be raised when the file is imported",
    ):
        made(f"{bad}:X")


def test_a_constructors_own_error_in_a_users_file_is_bad_input(mine: Path) -> None:
    with pytest.raises(InputError, match="ValueError: bias > 1"):
        made(f"{mine}:Coin", bias=2)


@pytest.mark.parametrize(
    "what", ["SystemExit(0)", "GeneratorExit", "KeyboardInterrupt", "Exception"]
)
@pytest.mark.parametrize("stage", ["import", "constructor", "signature", "lookup", "no problem"])
def test_whatever_a_users_file_raises_is_a_problem_at_its_line(
    tmp_path: Path, what: str, stage: str
) -> None:
    path = tmp_path / "own.py"
    lines = {
        "import": f"raise {what}",
        "constructor": f"class X:\n def choose(self, seen): 0\n def __init__(self): raise {what}",
        "signature": "class M(type):\n @property\n def __signature__(self):\n"
        f"  raise {what}\nclass X(metaclass=M):\n def choose(self, seen): 0",
        "lookup": f"def __getattr__(name): raise {what}",
        "no problem": "from simulator.foundation.errors import InputError\nraise InputError()",
    }
    path.write_text(lines[stage])
    line = {"import": 1, "constructor": 3, "signature": 4, "lookup": 1, "no problem": 2}[stage]
    with pytest.raises(InputError) as caught:
        made(f"{path}:X")
    (problem,) = caught.value.problems
    assert problem.where == f"city.yaml:9:5 {path}:{line}"
    assert problem.remedy


def test_a_pipe_as_policy_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "own.py")
    (tmp_path / "folder.py").mkdir()
    for name in ("own.py", "folder.py"):
        with pytest.raises(InputError, match="must be a plain file"):
            made(f"{tmp_path / name}:X")
