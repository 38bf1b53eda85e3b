"""`splitcast units search` passes its arguments on and tells what it found."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.simulator.cli.conftest import Called


def test_a_search_passes_its_arguments_on_and_writes_the_page_where_asked(
    splitcast: Callable[..., Called], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = pytest.importorskip("models.search.run")
    report = pytest.importorskip("models.search.report")
    asked: list[tuple[object, ...]] = []

    def searched(weights: Path, **options: Any) -> object:  # noqa: ANN401
        options["tell"]("searching")
        asked.append((weights, options["seed"], options["settings"], options["workers"]))
        longer = [SimpleNamespace(name="early-1"), SimpleNamespace(name="late-1")]
        return SimpleNamespace(trials=[1, 2, 3], kept=[1], longer=longer)

    monkeypatch.setattr(run, "train", searched)
    monkeypatch.setattr(report, "write", lambda *given: asked.append(given))
    called = splitcast("units", "search", tmp_path, "--quick", "--seed", "3", "--workers", "1")
    assert (called.code, called.err) == (0, "searching\n")
    assert called.out == "1 of 3 designs kept, early-1, late-1 trained longer\n"
    page = tmp_path / "page.md"
    assert splitcast("units", "search", tmp_path, "--report", page).out.endswith("page.md\n")
    assert asked == [
        (tmp_path, 3, run.QUICK, 1),
        (tmp_path, 1, run.FULL, 2),
        (tmp_path, page),
    ]
