"""Units of any rate and in layers from end to end: trained shortly, opened, measured."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models import ladder
from models.backbone import prepare
from models.scenes import render
from models.subjects.any_rate import AtLevel
from models.subjects.opening import open_network
from models.subjects.prefix import Prefix
from models.subjects.subject import Shown
from models.training.continuous import started
from models.training.runs import continuous, layered
from models.units.bottleneck import BottleneckUnit
from models.units.continuous import ContinuousUnit
from models.units.shape import UnitShape
from models.weightfile import read
from tests.models.untrained import untrained_weights
from tests.models.untrained_levels import Features, untrained_levels

if TYPE_CHECKING:
    from pathlib import Path

    from models.subjects.network import Network


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    folder = untrained_weights(tmp_path_factory.mktemp("levels") / "weights")
    untrained_levels(folder)
    return open_network(folder, ())


@pytest.fixture(scope="module")
def shown(network: Network) -> Shown:
    frames = [render(seed=3, split="test", clip=1, t=t).image for t in (0, 40)]
    images = np.stack(frames)
    with torch.inference_mode():
        return Shown(images=images, features=network.head(prepare(images)))


def test_both_are_opened_where_they_lie_beside_a_ladder(network: Network) -> None:
    names = [subject.name for subject in network.subjects]
    assert names[3:] == [f"any-{k}" for k in range(1, 7)] + [f"layers-{k}" for k in (1, 2, 3)]
    assert {network.kin.module(name) for name in names[3:9]} == {"any"}
    assert network.kin.layered == {"layered": ("layers-1", "layers-2", "layers-3")}
    assert len({subject.digest for subject in network.subjects}) == len(names)


def test_subjects_code_frames_to_the_bytes_they_say(network: Network, shown: Shown) -> None:
    for subject in network.subjects[3:]:
        coded = subject.code(shown)
        value: object = shown.images
        for step in subject.device_steps.values():
            with torch.inference_mode():
                value = step(value)
        assert isinstance(value, list)
        assert [len(payload) for payload in value] == coded.payload_bytes.tolist()
        headers = 20 * int(subject.name[-1]) if isinstance(subject, Prefix) else 21
        assert (coded.payload_bytes >= headers).all()
        over = coded.payload_bytes - headers - 1.01 * coded.ideal_bytes
        assert over.max() <= 4 * (3 if isinstance(subject, Prefix) else 1)
        received = [subject.receive(payload) for payload in value]
        torch.testing.assert_close(subject.decode(received), coded.features)
        subject.load()


def test_more_layers_cost_more_and_settings_share_one_file(network: Network, shown: Shown) -> None:
    layers = [s for s in network.subjects if isinstance(s, Prefix)]
    first, second, third = (s.code(shown).payload_bytes for s in layers)
    assert (first < second).all()
    assert (second < third).all()
    levels = [s for s in network.subjects if isinstance(s, AtLevel)]
    assert len({id(s.costs) for s in levels}) == 1


def test_a_payload_that_decodes_to_other_symbols_stops_the_measuring(
    network: Network, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    for subject in network.subjects[3:]:
        if isinstance(subject, AtLevel | Prefix):
            first = subject._codec.decode
            with monkeypatch.context() as patch:

                def wrong(payload: object, first: object = first) -> object:
                    found = first(payload)  # type: ignore[operator]
                    (found.symbols if hasattr(found, "symbols") else found[0])[0, 0, 0] += 1
                    return found

                patch.setattr(subject._codec, "decode", wrong)
                with pytest.raises(RuntimeError, match="decodes to other symbols"):
                    subject.code(shown)


def test_at_level_1_a_started_unit_is_the_one_it_started_from() -> None:
    torch.manual_seed(1)
    top = BottleneckUnit(5, UnitShape(channels=3)).eval()
    top.pick.weight.data *= 60
    unit = ContinuousUnit(top.shape).eval()
    started(unit, top, span=400.0)
    x = Features().features
    symbols = unit.encode(x, 1.0)
    assert torch.equal(symbols, top.encode(x))
    torch.testing.assert_close(unit.decode(symbols, torch.full((4,), 255)), top.decode(symbols))
    assert unit.encode(x, 0.0).abs().sum() < symbols.abs().sum() / 8  # 400 ** 0.4 is 11


def losses(told: list[str], what: str) -> list[float]:
    found = (re.match(rf"{what} \d+/\d+ loss ([0-9.]+)", line) for line in told)
    return [float(match[1]) for match in found if match]


def test_short_training_writes_both_units(tmp_path: Path) -> None:
    folder = untrained_weights(tmp_path / "weights")
    told: list[str] = []
    written = [
        *continuous.train(folder, settings=continuous.QUICK, workers=1, tell=told.append),
        *layered.train(folder, settings=layered.QUICK, workers=1, tell=told.append),
    ]
    assert [path.name for path in written] == ["any.safetensors", "layered.safetensors"]
    for name in ("any", "layered"):
        assert losses(told, name)
    network = open_network(folder, ())
    assert [s.name for s in network.subjects][-1] == "layers-3"
    about = read(written[0])[1]
    assert about["start"] == "unit-2"
    assert about["backbone"] == ladder.load_backbone(folder)[1]
    sizes = [scores["ideal_bytes"] for scores in about["selection"].values()]
    assert len(sizes) == 6
    assert sizes == sorted(sizes)
