"""What the template offers in its comments is accepted once the mark is taken away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from simulator.scenario import Scenario
from simulator.scenario.streams import WorkloadGroup

if TYPE_CHECKING:
    from pathlib import Path

OFFERED = re.compile(r"^(\s*)# (\w+:.*)$")


@pytest.fixture
def lines(root: Path) -> list[str]:
    return (root / "simulator/cli/template.yaml").read_text().splitlines()


def read(lines: list[str], folder: Path) -> Scenario:
    path = folder / "s.yaml"
    path.write_text("\n".join(lines))
    return Scenario.from_file(path)


def test_every_line_offered_can_be_taken(lines: list[str], tmp_path: Path) -> None:
    begin = next(k for k, line in enumerate(lines) if line.startswith("  # lidars:"))
    log = range(begin, begin + 9)
    taken = 0
    for k, line in enumerate(lines):
        found = OFFERED.match(line)
        if found and k not in log:
            taken += 1
            assert read([*lines[:k], found[1] + found[2], *lines[k + 1 :]], tmp_path).points
    assert taken >= 30


def test_the_log_offered_can_be_taken_whole(lines: list[str], tmp_path: Path) -> None:
    begin = next(k for k, line in enumerate(lines) if line.startswith("  # lidars:"))
    block = [line.replace("# ", "", 1) for line in lines[begin : begin + 9]]
    record = read([*lines[:begin], *block, *lines[begin + 9 :]], tmp_path).record
    assert isinstance(record.streams["lidars"], WorkloadGroup)
