from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from models.measuring.crew import for_each


def tool() -> str:
    return "tool"


def note(made: str, item: int, *, folder: Path) -> None:
    (folder / f"{item}").write_text(made)


@pytest.mark.parametrize("workers", [1, 2])
def test_every_item_is_worked_on_once_with_the_tool(tmp_path: Path, workers: int) -> None:
    told: list[str] = []
    work = partial(note, folder=tmp_path)
    for_each(range(20), work, tool, workers=workers, tell=told.append)
    assert {path.name for path in tmp_path.iterdir()} == {str(k) for k in range(20)}
    assert (tmp_path / "7").read_text() == "tool"
    assert told[-1] == "20 of 20 done"


def test_nothing_to_do_is_done_at_once() -> None:
    told: list[str] = []
    for_each(range(0), partial(note, folder=Path()), tool, tell=told.append)
    assert told == []
