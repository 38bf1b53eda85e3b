"""Units of every kind, measured into one profile that streams them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models import ladder
from models.backbone import prepare
from models.baselines.jpeg import Jpeg
from models.coding.wire import HEADER_BYTES
from models.measure import ContentPlan, TimingPlan, measure
from models.profile import Profile, load
from models.scenes import render
from models.split import SPLITS, cut
from models.units.bottleneck import BottleneckUnit
from models.units.shape import UnitShape
from simulator.assembly import assemble
from simulator.scenario import Scenario
from simulator.world import simulate
from tests.models.untrained import untrained_weights
from tests.models.untrained_images import untrained_aware, untrained_pictures
from tests.models.untrained_levels import untrained_levels
from tests.models.untrained_students import untrained_students

JPEGS = (Jpeg("444", 50),)
CONTENT = ContentPlan(seed=5, frames=3, calibration={"standard": 1}, replay={"busy": 1})
TIMING = TimingPlan(batch_sizes=(1, 2), rounds=2, server_rounds=2, warm_up=0, loads=1)


def untrained_early(folder: Path) -> None:
    """Write a unit at the early split point beside a backbone."""
    backbone, digest, _ = ladder.load_backbone(folder)
    image = render(seed=3, split="training", clip=0, t=0).image
    early = SPLITS["early"]
    unit = BottleneckUnit(1, UnitShape(features=early.features, channels=2), name="early-1").eval()
    unit.pick.weight.data *= 20  # so that symbols are not all zero
    ladder.halved(unit)
    with torch.inference_mode():
        features = cut(backbone, after=early.after).head(prepare(image[None]))
    unit.seal(unit.encode(features).numpy().astype(np.int32))
    ladder.save_unit(folder, unit, {"seed": 3}, backbone=digest)


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a profile of untrained units of every kind."""
    folder = untrained_weights(tmp_path_factory.mktemp("kinds") / "weights", (2,))
    untrained_early(folder)
    untrained_levels(folder)
    untrained_students(folder)
    untrained_aware(folder)
    untrained_pictures(folder)
    out = folder.parent / "kinds"
    cache = folder.parent / "cache"
    measure(folder, out, content=CONTENT, timing=TIMING, codecs=JPEGS, baselines=True, cache=cache)
    return out


@pytest.fixture(scope="module")
def profile(where: Path) -> Profile:
    """Return the profile as it was stored."""
    return load(where)


def test_each_stands_in_it_with_its_kind(profile: Profile) -> None:
    kinds = {unit.name: unit.kind for unit in profile.units}
    named = ("device", "unit-1", "early-1", "layered", "student-1", "jpeg444-q50-aware")
    assert {name: kinds[name] for name in named} == {
        "device": "on-device",
        "unit-1": "bottleneck",
        "early-1": "other-split",
        "jpeg444-q50-aware": "image-codec",
        "layered": "layered",
        "student-1": "student",
    }
    assert {kind for name, kind in kinds.items() if name.startswith("any-")} == {"continuous"}
    assert not any(name.startswith("layers-") for name in kinds)


def test_settings_share_weights_and_students_have_tails(profile: Profile) -> None:
    units = {unit.name: unit for unit in profile.units}
    assert {unit.module for unit in profile.units if unit.kind == "continuous"} == {"any"}
    assert units["unit-1"].tail is None
    tail = units["student-1"].tail
    assert tail is not None
    assert (tail.name, tail.times_ns.shape) == ("student-1", (2, 2))
    assert 0 < tail.memory_bytes < units["student-1"].memory_bytes
    assert tail.memory_bytes == pytest.approx(units["device"].memory_bytes, rel=0.2)


def test_units_elsewhere_and_aware_codecs_have_tails_by_name(profile: Profile) -> None:
    tails = {unit.name: unit.tail.name for unit in profile.units if unit.tail is not None}
    assert tails["early-1"] == "early"
    assert tails["jpeg444-q50-aware"] == "aware"
    assert "jpeg444-q50" not in tails


def test_layers_grow_to_the_unit(profile: Profile) -> None:
    layers = profile.units[profile.index("layered")].layers
    assert layers is not None
    assert layers.payload_bytes.min() > HEADER_BYTES
    assert len(layers.payload_bytes) == 3


def test_all_of_them_are_streamed(profile: Profile, where: Path) -> None:
    names = [name for name in profile.unit_names if name not in ("device", "layered")]
    record = {
        "name": "kinds",
        "duration": "3 s",
        "streams": {
            "cameras": {
                "profile": str(where),
                "units": [*names, "layered"],
                "fps": 10,
                "deadline": "150 ms",
                "resident": False,
                "policy": f"{Path(__file__).parents[1] / 'by_turns.py'}:ByTurns",
            }
        },
        "network": {"uplink": [{"trace": {"family": "us-lte-up", "seed": 1}}]},
        "server": {"memory": {"size": "100 MB"}, "batching": {"max": 2}},
    }
    log = simulate(assemble(Scenario.from_dict(record).record, 5, Path()).plan)
    assert set(log["unit"].tolist()) == {*range(len(names) + 1)}
    assert (log["bytes"] > 0).all()
