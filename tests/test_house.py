"""The rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

import simulator

if TYPE_CHECKING:
    from pathlib import Path

ROOMS = ["simulator", "policies", "traces", "models"]
LONGEST_MODULE = 300


@pytest.mark.parametrize("room", ROOMS)
def test_each_top_level_name_is_ours(root: Path, room: str) -> None:
    spec = find_spec(room)
    assert spec is not None
    assert spec.origin == str(root / room / "__init__.py")


def test_no_module_grows_past_the_length_that_asks_for_a_second_thought(root: Path) -> None:
    lengths = {
        str(path.relative_to(root)): len(path.read_text().splitlines())
        for room in ROOMS
        for path in (root / room).rglob("*.py")
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_every_module_says_what_it_is_in_its_first_line(root: Path) -> None:
    modules = [path for room in ROOMS for path in (root / room).rglob("*.py")]
    assert [str(p) for p in modules if not p.read_text().startswith(('"""', 'r"""'))] == []


def test_no_problem_is_told_without_a_remedy(root: Path) -> None:
    files = [path for room in ROOMS for path in (root / room).rglob("*.py")]
    blank = [
        f"{path}:{call.lineno}"
        for path in files
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id == "Problem"
        for given in call.keywords
        if given.arg == "remedy" and isinstance(given.value, ast.Constant) and not given.value.value
    ]
    assert blank == []


def test_importing_the_simulator_is_light() -> None:
    code = "import sys, simulator; print({'numpy', 'torch', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_simulator_says_which_name_it_lacks() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = simulator.nonsense


def test_the_version_is_stated_once_for_each_reader(root: Path) -> None:
    stated = re.findall(
        r'^version[:=] *"?([0-9.]+)', (root / "CITATION.cff").read_text(), re.MULTILINE
    )
    stated += re.findall(
        r'^version = "([0-9.]+)"', (root / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert set(stated) == {simulator.__version__}
