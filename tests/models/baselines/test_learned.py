"""The learned image codec: symbols and pictures, real bytes, files, training shortened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from models.backbone import prepare
from models.baselines import learned_file
from models.baselines.learned import LearnedPicture, PictureShape
from models.coding.payloads import PayloadCodec
from models.training.runs.pictures import FULL, QUICK, train
from models.units.gdn import GDN
from models.units.inverse_gdn import InverseGDN
from models.weightfile import write
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_weights
from tests.models.untrained_images import FRAME, SHAPE, untrained_picture

if TYPE_CHECKING:
    from pathlib import Path


def test_symbols_are_sixteen_times_coarser_than_pixels() -> None:
    codec = LearnedPicture(1, PictureShape(channels=5, width=8)).eval()
    symbols = codec.encode(torch.zeros(2, 3, 224, 96))
    assert symbols.shape == (2, 5, 14, 6)
    assert codec.decode(symbols).shape == (2, 224, 96, 3)


def test_one_layer_undoes_what_the_other_did_where_energies_are_alike() -> None:
    x = torch.full((1, 2, 1, 1), 2.0)
    down, up = GDN(2), InverseGDN(2)
    with torch.no_grad():
        for layer, gamma in ((down, 0.5), (up, 1.0)):
            layer.root_beta.copy_(torch.tensor([1.0, 1.0]))
            layer.root_gamma.copy_(torch.eye(2) * gamma**0.5)
        y = down(x)
        # 2 / sqrt(1.001 + 0.5 * 4) = 1.1545, and 1.1545 * sqrt(1.001 + 1.1545^2) = 1.7638
        torch.testing.assert_close(y, torch.full_like(x, 1.15451), atol=1e-4, rtol=0)
        torch.testing.assert_close(up(y), torch.full_like(x, 1.76380), atol=1e-3, rtol=0)


def test_training_sees_the_pictures_that_are_decoded() -> None:
    codec = untrained_picture()
    codec.tables = None
    x = prepare(FRAME[None])
    with torch.no_grad():
        after, bits = codec(x, torch.zeros(1, 4, 14, 14))
    decoded = codec.decode(codec.encode(x))
    levels = torch.round((after.clamp(-1, 1) + 1) * 127.5)[0].permute(1, 2, 0).numpy()
    assert np.abs(levels - decoded[0]).max() <= 1
    assert bits.shape == (1,)
    assert bits.item() > 0


def test_real_bytes_come_back_as_the_same_symbols() -> None:
    codec = untrained_picture()
    assert codec.tables is not None
    symbols = codec.encode(prepare(FRAME[None])).numpy()[0]
    wire = PayloadCodec(unit_id=codec.number, tables=codec.tables, grid=(14, 14))
    payload = wire.encode(symbols)
    np.testing.assert_array_equal(wire.decode(payload), symbols)
    ideal = codec.tables.ideal_bits(symbols) / 8
    assert len(payload) - 20 == pytest.approx(ideal, abs=8)


def test_what_was_saved_is_what_is_loaded(tmp_path: Path) -> None:
    codec = untrained_picture(2)
    learned_file.save(tmp_path, codec, {"seed": 6})
    (found,) = learned_file.load_all(tmp_path)
    assert (found.name, found.rank, found.shape) == ("picture-2", 2, SHAPE)
    x = prepare(FRAME[None])
    torch.testing.assert_close(found.encode(x), codec.encode(x))
    np.testing.assert_array_equal(found.decode(found.encode(x)), codec.decode(codec.encode(x)))


def test_an_unsealed_codec_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sealed"):
        learned_file.save(tmp_path, LearnedPicture(1, SHAPE), {})


@pytest.mark.parametrize(
    ("about", "complaint"),
    [
        ({"rank": 0}, "must name its rank, 1 to 255"),
        ({"channels": "4"}, "must name its channels"),
        ({"width": 10**9}, "must name its width"),
        ({"width": 9}, "must have this network's tensors"),
    ],
)
def test_foreign_files_are_refused(
    tmp_path: Path, about: dict[str, object], complaint: str
) -> None:
    _written(tmp_path, untrained_picture(), about)
    with pytest.raises(InputError, match=complaint):
        learned_file.load_all(tmp_path)


def test_tables_of_another_number_of_channels_are_refused(tmp_path: Path) -> None:
    codec = untrained_picture()
    assert codec.tables is not None
    codec.tables = type(codec.tables)(codec.tables.frequencies[:2], codec.tables.lowest[:2])
    _written(tmp_path, codec, {})
    with pytest.raises(InputError, match="must hold tables for 4"):
        learned_file.load_all(tmp_path)


def _written(folder: Path, codec: LearnedPicture, about: dict[str, Any]) -> None:
    assert codec.tables is not None
    extra = {name: torch.from_numpy(value) for name, value in codec.tables.arrays().items()}
    facts = {"rank": 1, "channels": 4, "width": 8} | about
    write(folder / "picture-1.safetensors", codec, facts, extra)


def test_each_rate_goes_on_from_the_one_below_it() -> None:
    assert [(recipe.start, recipe.rank) for recipe in FULL.codecs] == [(None, 1), (1, 2), (2, 3)]
    worths = [recipe.worth for recipe in FULL.codecs]
    assert worths == sorted(worths)


def test_a_quick_training_learns_and_writes_every_rate(tmp_path: Path) -> None:
    folder = untrained_weights(tmp_path / "weights", (2,))
    told: list[str] = []
    written = train(folder, settings=QUICK, workers=1, tell=told.append)
    assert [path.name for path in written] == ["picture-1.safetensors", "picture-2.safetensors"]
    shown = [line for line in told if line.startswith("picture-1 ") and "loss" in line]
    losses = [float(line.split("loss ")[1].split()[0]) for line in shown]
    assert losses[-1] < losses[0]
    assert any(line.startswith("picture-2 on the selection split: top1") for line in told)
    assert [codec.rank for codec in learned_file.load_all(folder)] == [1, 2]
