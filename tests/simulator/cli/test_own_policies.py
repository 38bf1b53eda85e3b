"""A user's own policy file, through the commands."""

from __future__ import annotations

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
