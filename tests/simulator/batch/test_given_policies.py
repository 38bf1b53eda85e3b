"""Policies given from Python as classes and objects."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

import simulator
from simulator.foundation.errors import InputError
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from policies import Observation


class Alternating:
    """Takes the first and the last unit by turns."""

    def __init__(self, *, first: int = 0) -> None:
        self.next = first

    def choose(self, seen: Observation) -> int:
        self.next = 1 - self.next
        return (len(seen.units) - 1) * self.next


class Locked(Alternating):
    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()


@pytest.fixture
def short(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"duration": "500 ms"}


def units(document: dict[str, Any], policy: object) -> list[int]:
    document["streams"]["cameras"]["policy"] = policy
    found: list[int] = simulator.run(Scenario.from_dict(document)).frames["unit"].tolist()
    return found


def test_a_class_and_an_object_do_what_a_file_does(short: dict[str, Any]) -> None:
    file = f"{__file__}:Alternating"
    assert units(short, Alternating) == units(short, file)
    assert units(short, {"name": Alternating, "first": 1}) == units(
        short, {"name": file, "first": 1}
    )
    assert units(short, Alternating(first=1)) == units(short, {"name": file, "first": 1})
    assert units(short, Alternating) != units(short, Alternating(first=1))


def test_each_stream_and_run_begins_with_the_object_as_it_was_given(
    short: dict[str, Any],
) -> None:
    mine = Alternating()
    short["streams"]["cameras"]["policy"] = mine
    scenario = Scenario.from_dict(short)
    first = simulator.run(scenario).frames["unit"].tolist()
    mine.next = 1
    assert simulator.run(scenario).frames["unit"].tolist() == first
    assert mine.next == 1


def test_they_may_be_swept_and_compared(short: dict[str, Any]) -> None:
    sweep = {"streams.cameras.policy": ["fixed", Alternating, Alternating(first=1)]}
    results = simulator.run(Scenario.from_dict(short | {"sweep": sweep}))
    names = results.runs["policy"].tolist()
    assert [name.partition("@")[0] for name in names] == ["fixed", "Alternating", "Alternating"]
    assert len(set(names)) == 3
    assert len(results.comparisons) == 3


def test_results_are_resumed_if_the_policy_is_still_the_same(
    short: dict[str, Any], tmp_path: Path
) -> None:
    for policy in (Alternating(first=1), Alternating(first=1)):
        short["streams"]["cameras"]["policy"] = policy
        simulator.run(Scenario.from_dict(short), out=tmp_path / "out", resume=True)
    short["streams"]["cameras"]["policy"] = Alternating(first=0)
    with pytest.raises(InputError, match="must come from the same scenario"):
        simulator.run(Scenario.from_dict(short), out=tmp_path / "out", resume=True)


@pytest.mark.parametrize("replications", [1, 2])
def test_other_processes_do_not_know_them(short: dict[str, Any], replications: int) -> None:
    short["replications"] = replications
    short["streams"]["cameras"]["policy"] = Alternating
    with pytest.raises(InputError, match="must be named by its file where workers are more than 1"):
        simulator.run(Scenario.from_dict(short), workers=2)


def test_what_cannot_be_used_is_told(short: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="must not be raised by copying it"):
        units(short, Locked())
    with pytest.raises(InputError, match="are not passed to an object"):
        units(short, {"name": Alternating(), "first": 1})
    with pytest.raises(InputError, match="third is no parameter"):
        units(short, {"name": Alternating, "third": 1})
    with pytest.raises(InputError, match=r"a dict_keys must be a mapping|must be"):
        units(short, {}.keys())


def test_a_policy_elsewhere_in_a_scenario_is_refused(short: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"duration: Alternating@[0-9a-f]{8} must be"):
        Scenario.from_dict(short | {"duration": Alternating})
