"""Units of a profile that share weights, bring tails or have layers, as parts of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.profile import UNIT_KINDS, load, save
from simulator.assembly import assemble
from simulator.assembly.memory import residence, tails_of
from simulator.assembly.times import DRAWS
from simulator.metrics import measure
from simulator.scenario import Scenario
from simulator.scenario.server import Memory
from simulator.world import simulate
from tests.models.profiles import MS, rich_profile

if TYPE_CHECKING:
    from models.profile import Profile
    from simulator.world.plan import WorldPlan

TAIL = 5_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a profile with units of every kind."""
    folder = tmp_path_factory.mktemp("profiles") / "rich"
    save(rich_profile(clips=8, frames=20), folder)
    return folder


@pytest.fixture
def rich(document: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the scenario of two cameras on it."""
    document["streams"]["cameras"]["profile"] = str(folder)
    return document


def plan_of(document: dict[str, Any], **cameras: object) -> WorldPlan:
    """Return the plan of a scenario whose cameras have these options, too."""
    document["streams"]["cameras"] |= cameras
    return assemble(Scenario.from_dict(document).record, 5, Path()).plan


def test_a_ladder_by_default_holds_neither_settings_nor_layers_nor_other_splits(
    rich: dict[str, Any],
) -> None:
    assert plan_of(rich).streams[0].ladder.names == ("device", "unit-1", "unit-2")
    kinds = ["continuous", "layered", "other-split", "student"]
    names = ("student-1", "any-1", "early-1", "any-2", "early-2", "layered")
    assert plan_of(rich, units=kinds).streams[0].ladder.names == names


def test_settings_of_one_network_are_told_by_their_weights(rich: dict[str, Any]) -> None:
    units = ["unit-1", "any-1", "any-2", "unit-2"]
    ladder = plan_of(rich, units=units, resident=False).streams[0].ladder
    assert ladder.names == ("unit-1", "any-1", "any-2", "unit-2")
    assert ladder.modules == (0, 1, 1, 3)
    assert ladder.switch_ns == (3 * MS,) * 4


def test_a_unit_is_served_by_the_tail_it_needs(rich: dict[str, Any], folder: Path) -> None:
    profile = load(folder)
    (model,) = plan_of(rich).server.models
    tails = dict(zip(profile.unit_names, model.tails, strict=True))
    assert tails["unit-1"] == tails["any-1"] == tails["layered"] == tails["h264-qp30"] == 0
    assert tails["early-1"] == tails["early-2"] != tails["student-1"] != 0
    times = {tail: table.mean(axis=0) / MS for tail, table in model.other_tails_ns.items()}
    assert times.keys() == {tails["early-1"], tails["student-1"]}
    np.testing.assert_allclose(times[tails["early-1"]], [7], rtol=1e-6)
    np.testing.assert_allclose(times[tails["student-1"]], [9], rtol=1e-6)
    assert model.other_tails_ns[tails["early-1"]].shape == (DRAWS, 1)


def test_devices_know_how_long_their_units_tails_take(rich: dict[str, Any]) -> None:
    ladder = plan_of(rich, units=["unit-1", "student-1", "early-1"]).streams[0].ladder
    # Entropy decoding, decoder and tail: 0.5 + 1 + 3, 9 and 7 ms.
    expected = {"unit-1": 4.5 * MS, "student-1": 10.5 * MS, "early-1": 8.5 * MS}
    assert dict(zip(ladder.names, ladder.server_mean_ns, strict=True)) == expected


def test_layers_reach_the_plan_and_make_up_the_payload(rich: dict[str, Any]) -> None:
    plan = plan_of(rich, units=["unit-1", "layered"], tasks={"box_iou": "100 ms"})
    stream = plan.streams[0]
    none, layers = stream.layers
    assert none is None
    assert layers is not None
    np.testing.assert_array_equal(layers.payload_bytes.sum(axis=0), stream.payload_bytes[1])
    np.testing.assert_array_equal(layers.score[2], stream.score[1])
    np.testing.assert_array_equal(layers.entropy_decode_ns[2], stream.entropy_decode_ns[1])
    assert (layers.entropy_decode_ns[0] < layers.entropy_decode_ns[1]).all()
    (task,) = stream.tasks
    none_too, of_layers = task.layers
    assert none_too is None
    assert of_layers is not None
    np.testing.assert_array_equal(of_layers[2], task.score[1])
    # The deadline less no way back but the link's, and twice 0.7 + 1 + 3 ms.
    assert stream.decode_by_ns == 150 * MS - plan.down_delay_ns(0) - 2 * round(4.7 * MS)


def test_a_ladder_without_layers_has_none_in_its_plan(rich: dict[str, Any]) -> None:
    stream = plan_of(rich, units=["unit-1"], tasks={"box_iou": "100 ms"}).streams[0]
    assert stream.layers == stream.tasks[0].layers == ()


def test_a_frame_with_a_layer_lost_scores_what_is_left(rich: dict[str, Any]) -> None:
    rich["network"]["uplink"][0] = {
        "trace": {"family": "us-lte-up", "seed": 1},
        "loss": {"good": "60 ms", "bad": "40 ms", "loss_bad": "90 %"},
    }
    policy = {"name": "fixed", "unit": "layered"}
    plan = plan_of(
        rich, units=["layered"], policy=policy, tasks={"box_iou": "150 ms"}, deadline="150 ms"
    )
    log = simulate(plan)
    layers, score = log["layers"], log["score"]
    assert set(layers.tolist()) >= {0, 1, 3}
    stream = plan.streams[0]
    (table,) = stream.layers
    assert table is not None
    frames = np.flatnonzero((log["stream"] == 0) & (layers == 1))
    np.testing.assert_array_equal(score[frames], table.score[0, log["frame"][frames]])
    found = measure(log, plan).run
    on_time = (log["done_ns"] >= 0) & (log["done_ns"] - log["captured_ns"] <= 150 * MS)
    worth = 0.0
    for row in np.flatnonzero(on_time):
        of_layers = plan.streams[log["stream"][row]].tasks[0].layers[0]
        assert of_layers is not None
        worth += float(of_layers[layers[row] - 1, log["frame"][row]])
    assert found["timely_accuracy_box_iou"] == pytest.approx(worth / len(on_time))


def weighed() -> Profile:
    """Return the profile with a shared tail that weighs 5 MB."""
    profile = rich_profile(clips=4, frames=4)
    object.__setattr__(profile.units[0], "memory_bytes", TAIL)
    object.__setattr__(profile.units[0], "switch_ns", 3 * MS)
    return profile


def needs_of(profile: Profile, **said: object) -> dict[str, dict[str, int]]:
    """Return for each unit the modules it needs, with their bytes."""
    found = residence(Memory.model_validate({"size": "20 MB"} | said), [(profile, UNIT_KINDS)])
    plan = found.plan
    return {
        unit.name: {plan.names[k]: plan.module_bytes[k] for k in modules}
        for unit, modules in zip(profile.units, found.modules[0], strict=True)
    }


def test_settings_of_one_network_are_one_module_and_students_bring_their_tail() -> None:
    needs = needs_of(weighed())
    assert needs["any-1"] == needs["any-2"] == {"tail": TAIL, "any": 80_000}
    assert needs["student-1"] == {"student-1/tail": 250_000, "student-1": 80_000}
    assert needs["early-1"] == {"early/tail": 500_000, "early-1": 80_000}
    assert needs["early-2"] == {"early/tail": 500_000, "early-2": 80_000}
    assert needs["h264-qp30"] == {"tail": TAIL}


def test_a_tail_for_each_unit_is_one_for_each_network() -> None:
    profile = weighed()
    needs = needs_of(profile, tails="per-unit")
    assert needs["any-1"] == needs["any-2"] == {"any/tail": TAIL, "any": 80_000}
    assert needs["student-1"] == {"student-1/tail": 250_000, "student-1": 80_000}
    assert needs["early-2"] == {"early-2/tail": 500_000, "early-2": 80_000}
    tails = tails_of(profile, Memory.model_validate({"size": "20 MB", "tails": "per-unit"}))
    numbers = dict(zip(profile.unit_names, tails, strict=True))
    assert numbers["any-1"] == numbers["any-2"] != numbers["unit-1"]
    assert numbers["early-1"] != numbers["early-2"]
    assert numbers["jpeg444-q50"] == numbers["device"] == 0


def test_a_copy_for_each_unit_counts_a_tail_once() -> None:
    needs = needs_of(weighed(), tails="copies")
    assert needs["any-2"] == {"any": TAIL + 80_000}
    assert needs["student-1"] == {"student-1": 330_000}
    assert needs["early-1"] == {"early-1": 580_000}


def test_what_loading_a_byte_takes_is_taken_from_units_without_tails_of_their_own() -> None:
    profile = weighed()
    student = profile.units[profile.index("student-1")]
    object.__setattr__(student, "switch_ns", 10**12)
    plan = residence(Memory.model_validate({"size": "20 MB"}), [(profile, UNIT_KINDS)]).plan
    assert plan.load_ns[plan.names.index("tail")] == round(TAIL * 37.5)
