"""A user's own policy file, through the commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.simulator.cli.conftest import Called

LABELLED = """\
class Labelled:
    def __init__(self, label=""):
        self.label = label
    def choose(self, seen):
        return 1
"""


@pytest.fixture
def mine(scenario: Path) -> Path:
    path = scenario.with_name("mine.py")
    path.write_text(LABELLED)
    return path


def test_a_parameter_of_a_policy_neither_steers_the_terminal_nor_fakes_a_line(
    splitcast: Callable[..., Called], scenario: Path, mine: Path
) -> None:
    evil = r'{name: mine.py:Labelled, label: "\e[2Jred\nall is well\u202e"}'
    sweep = f"sweep={{streams.cameras.policy: [{evil}, fixed]}}"
    called = splitcast("run", scenario, "--set", sweep, "--set", "duration=300 ms")
    assert called.code == 0, called.err
    assert "mine.py:Labelled(label=\N{REPLACEMENT CHARACTER}[2Jred all is well" in called.out
    assert all(line.isprintable() for line in (called.out + called.err).splitlines())
    assert mine.exists()


LATER = """\
import sys
print("imported")
class Later:
    asked = 0
    def choose(self, seen):
        print("asked")
        Later.asked += 1
        if Later.asked > 6:
            {what}
        return 0
"""


@pytest.mark.parametrize(
    ("workers", "what", "said"),
    [
        (2, "sys.exit(0)", "SystemExit: 0"),
        (1, "sys.exit(0)", "SystemExit: 0"),
        (1, "raise KeyboardInterrupt", "KeyboardInterrupt"),
        (
            1,
            "return type('T', (), {'__repr__': lambda s: sys.exit(0)})()",
            "a T that cannot be shown",
        ),
    ],
)
def test_a_policy_that_ends_the_program_fails_the_run_with_everything_about_it(
    splitcast: Callable[..., Called], scenario: Path, workers: int, what: str, said: str
) -> None:
    mine = scenario.with_name("later.py")
    mine.write_text(LATER.format(what=what))
    sweep = "sweep={network.uplink.0.trace.seed: [1, 2]}"
    policy = "streams.cameras.policy=later.py:Later"
    more = ("--set", sweep, "--set", policy, "--workers", workers, "--json")
    called = splitcast("run", scenario, *more)
    assert (called.code, called.out) == (2, "")
    line = called.err.splitlines()[-1]
    assert line.startswith("run p000")
    assert ", trace us-lte-up/" in line
    assert "Later.choose at frame " in line
    assert said in line
    assert f"{mine}:9" in line or "cannot be shown" in said


def test_what_a_policy_prints_is_not_among_the_json(
    splitcast: Callable[..., Called], scenario: Path
) -> None:
    scenario.with_name("later.py").write_text(LATER.format(what="pass"))
    policy = "streams.cameras.policy=later.py:Later"
    called = splitcast("run", scenario, "--set", policy, "--json")
    assert json.loads(called.out)["name"] == "small"
    assert "asked" in called.err


LEAVES_A_TRACE = """\
from pathlib import Path
Path({mark!r}).touch()
class Mine:
    def __init__(self, reserve=1):
        print("made")
    def choose(self, seen):
        raise SystemExit(0)
"""


def test_only_commands_that_must_run_a_users_file(
    splitcast: Callable[..., Called], scenario: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "was-run"
    scenario.with_name("mine.py").write_text(LEAVES_A_TRACE.format(mark=str(mark)))
    policy = ("--set", "streams.cameras.policy=mine.py:Mine")
    called = splitcast("validate", scenario, *policy)
    assert (called.code, called.err) == (0, "")
    assert splitcast("schema").code == 0
    assert not mark.exists()
    called = splitcast("validate", scenario, *policy, "--policies")
    assert (called.code, called.out) == (2, "")
    assert mark.exists()
    assert "SystemExit: 0 must not be raised" in called.err
    assert f"{scenario.with_name('mine.py')}:7" in called.err


def test_validate_names_what_is_wrong_with_a_policy_where_it_stands_beside_all_else(
    splitcast: Callable[..., Called], scenario: Path
) -> None:
    scenario.with_name("mine.py").write_text(LEAVES_A_TRACE.format(mark="never"))
    sweep = "sweep={streams.cameras.policy: [{name: mine.py:Mine, resrve: 2}, fixd, none.py:X]}"
    called = splitcast("validate", scenario, "--set", sweep)
    assert called.code == 2
    first, second, third = called.err.splitlines()
    assert first.endswith("resrve is no parameter; did you mean 'reserve'? known: reserve")
    assert "none.py does not exist" in second
    assert "fixd is no policy" in third
    assert all("streams.cameras.policy" in line for line in (first, second, third))


def test_what_parsing_cannot_know_is_said_and_refuses_nothing(
    splitcast: Callable[..., Called], scenario: Path
) -> None:
    scenario.with_name("mine.py").write_text("from nowhere import Mine\n")
    called = splitcast("validate", scenario, "--set", "streams.cameras.policy=mine.py:Mine")
    assert called.code == 0
    assert called.err.startswith("warning: ")
    assert "mine.py:Mine is not defined by a class statement: only `splitcast" in called.err
