from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from models.training import kinds
from models.training.kinds import KINDS, Kind, chosen, train
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_has_a_run_with_a_full_and_a_quick_setting(kind: Kind) -> None:
    run = import_module(kind.module)
    assert run.FULL != run.QUICK
    assert callable(run.train)


def test_no_name_means_all_and_the_ladder_comes_first() -> None:
    assert chosen([]) == KINDS
    assert KINDS[0].name == "ladder"


def test_an_unknown_kind_is_refused_with_a_hint() -> None:
    with pytest.raises(InputError, match=r"(?s)--only.*studnts.*students"):
        chosen(["crbq", "studnts"])


def test_kinds_are_trained_in_turn_with_the_same_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []

    def run(name: str) -> SimpleNamespace:
        def trained(weights: Path, **options: object) -> None:
            asked.append((name, weights, options["seed"], options["settings"], options["workers"]))

        return SimpleNamespace(FULL=f"{name} full", QUICK=f"{name} quick", train=trained)

    monkeypatch.setattr(kinds, "import_module", run)
    told: list[str] = []
    two = (Kind("a", "first", "one"), Kind("b", "second", "two"))
    train(tmp_path, two, seed=4, quick=True, workers=1, tell=told.append)
    assert asked == [("one", tmp_path, 4, "one quick", 1), ("two", tmp_path, 4, "two quick", 1)]
    assert [line.split(",")[0] for line in told] == ["a: first", "b: second"]
    asked.clear()
    train(tmp_path, two[:1])
    assert asked == [("one", tmp_path, 1, "one full", 2)]
