from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.profile import UNIT_KINDS, Tail, load
from simulator.assembly import assemble
from simulator.assembly.memory import residence, tails_of
from simulator.foundation.errors import InputError
from simulator.scenario import Scenario
from simulator.scenario.server import Memory
from tests.models.profiles import MS, tiny_profile

if TYPE_CHECKING:
    from models.profile import Profile

TAIL = 5_000_000
DECODER = 80_000
ALL = UNIT_KINDS
"""Ladders that name units of all kinds."""


def weighed(tail: int = TAIL) -> Profile:
    """Return the tiny profile with a tail that weighs something."""
    profile = tiny_profile(clips=4, frames=4)
    device = profile.units[0]
    object.__setattr__(device, "memory_bytes", tail)
    object.__setattr__(device, "switch_ns", 3 * MS)
    return profile


def memory(**said: object) -> Memory:
    return Memory.model_validate({"size": "20 MB"} | said)


def held(said: Memory, *profiles: Profile) -> tuple[dict[str, int], list[list[str]]]:
    """Return the modules with their bytes, and what each unit of the first profile needs."""
    found = residence(said, [(profile, ALL) for profile in profiles or (weighed(),)])
    plan = found.plan
    needs = [[plan.names[module] for module in unit] for unit in found.modules[0]]
    return dict(zip(plan.names, plan.module_bytes, strict=True)), needs


def test_a_shared_tail_is_one_module_that_every_unit_needs() -> None:
    sizes, needs = held(memory())
    assert sizes == {"tail": TAIL, "unit-1": DECODER, "unit-2": DECODER}
    assert needs == [[], ["tail", "unit-1"], ["tail", "unit-2"], ["tail"]]
    assert tails_of(weighed(), memory()) == tails_of(weighed(), None) == (0, 0, 0, 0)


def test_a_tail_for_each_unit_is_a_module_each() -> None:
    said = memory(tails="per-unit")
    sizes, needs = held(said)
    assert sizes == {
        "unit-1/tail": TAIL,
        "unit-1": DECODER,
        "unit-2/tail": TAIL,
        "unit-2": DECODER,
        "backbone": TAIL,
    }
    assert needs == [[], ["unit-1/tail", "unit-1"], ["unit-2/tail", "unit-2"], ["backbone"]]
    assert tails_of(weighed(), said) == (0, 2, 3, 0)


def test_a_copy_for_each_unit_is_a_whole_network_each() -> None:
    sizes, needs = held(memory(tails="copies"))
    assert sizes["unit-1"] == TAIL + DECODER
    assert needs == [[], ["unit-1"], ["unit-2"], ["backbone"]]


def test_modules_load_at_the_rate_said_or_as_fast_as_units_were_measured() -> None:
    said = residence(memory(load="2 Gbit/s"), [(weighed(), ALL)]).plan
    assert said.load_ns[0] == TAIL * 4
    # 3 ms for 5 MB, and twice 3 ms for 80 kB: 37.5 ns a byte is the median.
    measured = residence(memory(), [(weighed(), ALL)]).plan
    assert measured.load_ns[0] == round(TAIL * 37.5)


def test_what_is_held_at_first_is_named() -> None:
    plan = residence(memory(holds=["unit-2", "tail"]), [(weighed(), ALL)]).plan
    assert [plan.names[module] for module in plan.held] == ["unit-2", "tail"]


def test_modules_of_several_profiles_are_told_apart() -> None:
    other = weighed()
    object.__setattr__(other, "name", "other")
    sizes, needs = held(memory(), weighed(), other)
    assert {"tiny/tail", "other/tail"} < set(sizes)
    assert needs[1] == ["tiny/tail", "tiny/unit-1"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"size": "5 MB"}, "server.memory.size: 5 MB must hold what unit-1 needs: 5.08 MB"),
        (
            {"holds": ["tale", "unit-1"]},
            "server.memory.holds.0: tale must be a module of shared tails; did you mean 'tail'?",
        ),
        (
            {"tails": "copies", "holds": ["unit-1", "unit-2", "backbone"], "size": "11 MB"},
            "server.memory.holds: 15.16 MB must fit into 11 MB together",
        ),
    ],
)
def test_a_memory_that_cannot_be_is_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        residence(memory(**said), [(weighed(), ALL)])
    assert message in str(caught.value)


def test_units_that_no_ladder_names_need_not_fit() -> None:
    profile = weighed()
    object.__setattr__(profile.units[2], "memory_bytes", 30_000_000)
    found = residence(memory(), [(profile, ["unit-1", "image-codec"])])
    assert [len(needs) for needs in found.modules[0]] == [0, 2, 0, 1]
    assert found.plan.names == ("tail", "unit-1")
    with pytest.raises(InputError, match="must hold what unit-2 needs: 35 MB"):
        residence(memory(), [(profile, ["unit-2"])])


@pytest.mark.parametrize("tails", ["shared", "per-unit", "copies"])
def test_a_finished_answer_needs_nothing_of_a_server(tails: str) -> None:
    profile = weighed()
    nothing = Tail(name="answer", times_ns=profile.tail_ns, memory_bytes=0)
    said = replace(profile.units[1], name="answer-class", kind="answer", tail=nothing)
    more = replace(profile, units=(*profile.units, said))
    found = residence(memory(tails=tails), [(more, ["answer-class"])])
    assert found.modules[0][-1] == ()
    assert not any(name.startswith("answer") for name in found.plan.names)


def test_what_any_group_names_must_fit(document: dict[str, Any]) -> None:
    cameras = document["streams"]["cameras"] | {"profile": "shapes-224"}
    document["server"] = {"memory": {"size": "5 MB"}}
    document["streams"] = {"one": cameras | {"units": ["jpeg444-q50"]}}
    assert assemble(Scenario.from_dict(document).record, 5, Path()).plan.server.memory is not None
    document["streams"]["two"] = cameras | {"units": ["unit-6"]}
    with pytest.raises(InputError, match="must hold what unit-6 needs"):
        assemble(Scenario.from_dict(document).record, 5, Path())


def test_a_tail_of_unknown_weight_is_refused(document: dict[str, Any]) -> None:
    document["server"] = {"memory": {"size": "20 MB"}}
    with pytest.raises(InputError, match="needs to know what a tail weighs, and profile tiny"):
        assemble(Scenario.from_dict(document).record, 5, Path())


def test_the_shipped_profile_says_what_its_tail_weighs(document: dict[str, Any]) -> None:
    document["streams"]["cameras"]["profile"] = "shapes-224"
    document["server"] = {"memory": {"size": "20 MB", "tails": "per-unit"}}
    plan = assemble(Scenario.from_dict(document).record, 5, Path()).plan.server
    assert plan.memory is not None
    assert plan.memory.capacity_bytes == 20_000_000
    (model,) = plan.models
    units = load("shapes-224").units
    bottlenecks = [k for k, unit in enumerate(units) if unit.kind == "bottleneck"]
    assert {f"{units[k].name}/tail" for k in bottlenecks} <= set(plan.memory.names)
    assert len({model.tails[k] for k in bottlenecks}) == len(bottlenecks) == 6
    assert model.modules[0] == ()
    assert np.all(np.array(plan.memory.load_ns) > 0)
