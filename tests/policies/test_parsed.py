from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policies.parsed import look_at
from policies.table import resolve
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUNS = "raise SystemExit('this file was run')\n"
PLAIN = "class Mine:\n def choose(self, seen): return 0\n"
FIELDS = """\
import dataclasses
from dataclasses import dataclass, field, KW_ONLY
from typing import ClassVar
@dataclass
class Base:
    x: int
    hidden: int = field(init=False, default=3)
@dataclasses.dataclass(slots=True)
class Mine(Base):
    kind: ClassVar[str] = "mine"
    y: float = 0.5
    _: KW_ONLY
    z: list = field(default_factory=list)
    def choose(self, seen): return 0
"""


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., str]:
    def parse(text: str, *params: str, name: str = "Mine") -> str:
        (tmp_path / "mine.py").write_text(text)
        return look_at(f"{tmp_path}/mine.py:{name}", params, where="a.yaml:4:5")

    return parse


@pytest.mark.parametrize(
    ("text", "params"),
    [
        (PLAIN, []),
        (PLAIN + "Other = Mine\n", []),
        ("class B:\n def choose(self, seen): pass\nclass Mine(B): pass\n", []),
        ("if True:\n class Mine:\n  def choose(self, seen): pass\n", []),
        (PLAIN + " def __init__(self, a, b=1, *, c, rng): pass\n", ["a", "c"]),
        (PLAIN + " def __init__(self, **kw): pass\n", ["anything"]),
        (
            "class B:\n def __init__(self, a=1): pass\nclass Mine(B):\n def choose(self, s): 0\n",
            ["a"],
        ),
        (FIELDS, ["x"]),
        (FIELDS, ["x", "y", "z"]),
        ("from abc import ABC\n" + PLAIN.replace("Mine", "Mine(ABC)"), []),
    ],
)
def test_a_sound_class_is_found_without_being_run(
    look: Callable[..., str], text: str, params: list[str]
) -> None:
    assert look(text + RUNS, *params) == ""


@pytest.mark.parametrize(
    ("text", "params", "said"),
    [
        (PLAIN.replace("Mine", "Mnie"), [], "must be a class .*did you mean 'Mnie'"),
        ("class Mine: pass\n", [], "must be a class with a method `choose`; write one in Mine"),
        ("class Mine:\n async def choose(self, s): 0\n", [], "must be a class with a method"),
        ("class Mine:\n choose = 3\n", [], "must be a class with a method `choose`"),
        ("def Mine(): pass\n", [], "must be a class with a method `choose`"),
        ("Mine = 3\n", [], "must be a class with a method `choose`"),
        ("class B: pass\nclass Mine(B): pass\n", [], "must be a class with a method `choose`"),
        ("Mine = Nobody\n", [], "must be a class with a method `choose`"),
        (PLAIN, ["a"], "policy .*Mine: a is no parameter; there are none"),
        (PLAIN + " def __init__(self, reserve): 0\n", ["resrve"], "did you mean 'reserve'"),
        (PLAIN + " def __init__(self, reserve): 0\n", [], "Mine: reserve must be given"),
        (PLAIN + " def __init__(self, *, b): 0\n", [], "Mine: b must be given"),
        (PLAIN + " def __init__(self, rng): 0\n", ["rng"], "rng is no parameter"),
        (FIELDS, ["y"], "Mine: x must be given"),
        (FIELDS, ["x", "hidden"], "hidden is no parameter"),
        (FIELDS, ["x", "kind"], "kind is no parameter"),
        ("class Mine(:\n", [], r"a.yaml:4:5 .*mine.py:1 policy: SyntaxError: .* parsed"),
        ("\0", [], r"policy: (SyntaxError|ValueError): .* when the file is parsed"),
        ("(" * 400 + ")" * 400, [], r"policy: .* when the file is parsed"),
    ],
)
def test_what_is_surely_wrong_is_refused_without_being_run(
    look: Callable[..., str], text: str, params: list[str], said: str
) -> None:
    with pytest.raises(InputError, match=said) as caught:
        look(text, *params)
    assert all(problem.remedy for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("from elsewhere import Mine\n", "is not defined by a class statement"),
        ("Mine = make()\n", "is not defined by a class statement"),
        ("from elsewhere import *\n", "may get names when it runs"),
        ("def __getattr__(name): return 3\n", "may get names when it runs"),
        ("globals()['Mine'] = 3\n", "may get names when it runs"),
        ("class Mine: pass\nMine.choose = print\n", "may get names when it runs"),
        ("from elsewhere import B\nclass Mine(B): pass\n", "has the base class B, "),
        (
            "try:\n from e import B\nexcept ImportError:\n B = object\nclass Mine(B): pass\n",
            "class B,",
        ),
        (PLAIN + PLAIN, "is defined more than once"),
        ("@register\n" + PLAIN, "has a decorator that may change it"),
        (PLAIN.replace("Mine", "Mine(metaclass=M)"), "has a metaclass"),
        (PLAIN.replace("Mine", "Mine(x=3)"), "passes arguments to its base class"),
        (PLAIN + " def __new__(cls): pass\n", "makes its instances in a way of its own"),
        (PLAIN + " __init__ = made\n", "has a constructor that is made when the file runs"),
        ("class Mine:\n choose = made()\n", "has a `choose` that is made when the file runs"),
        ("class Mine:\n def choose(s, x): 0\n def choose(s, y): 0\n", "has more than one choose"),
        ("class A(B): pass\nclass B(A): pass\nclass Mine(A): pass\n", "has the base class"),
    ],
)
def test_what_shows_only_when_the_file_runs_is_left_open_and_said(
    look: Callable[..., str], text: str, why: str
) -> None:
    found = look(text)
    assert why in found
    assert "validate --policies" in found


def test_what_is_found_by_parsing_agrees_with_python(
    look: Callable[..., str], tmp_path: Path
) -> None:
    for text, params in (
        (FIELDS, {"x": 1, "z": []}),
        (PLAIN + " def __init__(s, a): 0\n", {"a": 1}),
    ):
        assert look(text, *params) == ""
        resolve(f"{tmp_path}/mine.py:Mine", params, lambda: None, where="x")  # type: ignore[arg-type, return-value]
