from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path

import pytest

from models.measuring.crew import for_each
from simulator.foundation.errors import InputError


def tool() -> str:
    return "tool"


def note(made: str, item: int, *, folder: Path) -> None:
    (folder / f"{item}").write_text(made)


def sleep(_made: str, item: int, *, folder: Path, times: int) -> None:
    """Hang with item 1 for so many times, and note every time it is begun."""
    begun = len(list(folder.glob(f"{item} *")))
    (folder / f"{item} {begun}").touch()
    if item == 1 and begun < times:
        time.sleep(1000)


def die(_made: str, item: int) -> None:
    os._exit(7 + item)


def fail(_made: str, item: int) -> None:
    raise ValueError(f"item {item} is wrong")


@pytest.mark.parametrize(("workers", "watched"), [(1, False), (1, True), (2, False)])
def test_every_item_is_worked_on_once_with_the_tool(
    tmp_path: Path, workers: int, *, watched: bool
) -> None:
    told: list[str] = []
    work = partial(note, folder=tmp_path)
    for_each(range(20), work, tool, workers=workers, watched=watched, tell=told.append)
    assert {path.name for path in tmp_path.iterdir()} == {str(k) for k in range(20)}
    assert (tmp_path / "7").read_text() == "tool"
    assert told == ["8 of 20 done", "16 of 20 done", "20 of 20 done"]


def test_nothing_to_do_is_done_at_once() -> None:
    told: list[str] = []
    for workers in (1, 2):
        work = partial(note, folder=Path())
        for_each(range(0), work, tool, workers=workers, tell=told.append)
    assert told == []


def test_an_item_that_hangs_twice_is_done_by_a_third_process(tmp_path: Path) -> None:
    work = partial(sleep, folder=tmp_path, times=2)
    for_each(range(3), work, tool, workers=2, patience_s=2)
    begun = sorted(path.name for path in tmp_path.iterdir())
    assert begun == ["0 0", "1 0", "1 1", "1 2", "2 0"]


def test_an_item_that_is_always_lost_is_named() -> None:
    said = r"^1 worker: ended with exit code 8 as did 2 before it on the same item; every other"
    with pytest.raises(InputError, match=said):
        for_each([1], die, tool, watched=True)


def test_what_an_item_raises_comes_back_with_its_place() -> None:
    with pytest.raises(ValueError, match="item 3 is wrong") as raised:
        for_each([3], fail, tool, watched=True)
    assert "in fail" in raised.value.__notes__[0]
