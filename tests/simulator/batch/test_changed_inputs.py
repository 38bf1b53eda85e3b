"""Files that change between two batches are read again; those that change during one end it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

import simulator
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SLOW, FAST = "t_s,mbps\n0,0.1\n1,0.1\n", "t_s,mbps\n0,9.1\n1,9.1\n"
NEVER, ALWAYS = (
    f"class Mine:\n    def choose(self, seen):\n        return {choice}\n" for choice in ("2", "0")
)


@pytest.fixture
def scenario(document: dict[str, Any], tmp_path: Path) -> simulator.Scenario:
    (tmp_path / "a.csv").write_text(SLOW)
    (tmp_path / "mine.py").write_text(NEVER)
    document["streams"]["cameras"]["policy"] = "mine.py:Mine"
    document["network"]["uplink"][0]["trace"] = {"file": "a.csv"}
    return simulator.Scenario.from_dict(document | {"replications": 3}, tmp_path)


def rewrite(path: Path, text: str) -> None:
    """Give a file other content, and the same time and length."""
    before = path.stat()
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


@pytest.mark.parametrize(
    ("file", "text", "column"),
    [("a.csv", FAST, "uplink_transmission_mean_ms"), ("mine.py", ALWAYS, "payload_mean_bytes")],
)
def test_what_was_edited_between_two_runs_is_run(
    file: str, text: str, column: str, scenario: simulator.Scenario
) -> None:
    before = simulator.run(scenario).runs[column]
    old = (scenario.folder / file).read_text()
    rewrite(scenario.folder / file, text)
    after = simulator.run(scenario).runs[column]
    assert (before != after).all()
    rewrite(scenario.folder / file, old)
    assert simulator.run(scenario).runs[column].equals(before)


@pytest.mark.parametrize(("file", "text"), [("a.csv", FAST), ("mine.py", ALWAYS)])
def test_a_file_that_changes_during_a_batch_ends_it(
    file: str, text: str, scenario: simulator.Scenario, tmp_path: Path
) -> None:
    path, out = scenario.folder / file, tmp_path / "out"
    old = path.read_text()
    with pytest.raises(InputError) as caught:
        simulator.run(scenario, out=out, progress=once(lambda: rewrite(path, text)))
    said = str(caught.value)
    assert file in said
    assert "must stay as it was when the first run began" in said
    assert sorted(run.name for run in (out / "frames").iterdir()) == ["p0000-r0.parquet"]
    kind = "trace files" if file == "a.csv" else "policy files"
    with pytest.raises(InputError, match=f"must come from the same {kind} to be resumed"):
        simulator.run(scenario, out=out, resume=True)
    rewrite(path, old)
    assert len(simulator.run(scenario, out=out, resume=True).runs) == 3


def once(step: Callable[[], None]) -> Callable[[int, int], None]:
    def progress(done: int, _total: int) -> None:
        if done == 1:
            step()

    return progress


def test_a_policy_leaves_no_compiled_file_beside_it(scenario: simulator.Scenario) -> None:
    simulator.run(scenario)
    assert sorted(path.name for path in scenario.folder.iterdir()) == ["a.csv", "mine.py"]
