"""The codec-aware backbone: what it learns from, its file, and codecs that it answers behind."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models import ladder
from models.baselines import aware_file
from models.baselines.jpeg import Jpeg
from models.baselines.lossless import Lossless
from models.baselines.video import VideoCodec
from models.coding.wire import pack
from models.measuring.answers import collect, measure_blocks
from models.measuring.content import short_clips
from models.measuring.stretches import collect_videos, measure_videos, stretches
from models.subjects.answerer import plain_answerer
from models.subjects.image_unit import ImageUnit, Once
from models.subjects.opening import open_ladder, open_network
from models.training.runs.aware import FULL, QUICK, train
from models.training.spoiling import spoiled
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_weights
from tests.models.untrained_images import FRAME, untrained_aware, untrained_pictures

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

VIDEO = VideoCodec(codec="h264", sampling="444", quantiser=36, preset="veryfast", refresh=4)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = untrained_weights(tmp_path_factory.mktemp("aware") / "weights", (2,))
    untrained_aware(folder)
    untrained_pictures(folder)
    return folder


def test_codecs_are_drawn_by_key_and_some_frames_stay_clean() -> None:
    frames = np.stack([FRAME] * 60)
    once, again = (spoiled(frames, seed=1, step=7) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    clean = [bool((frame == FRAME).all()) for frame in once]
    assert 3 <= sum(clean) <= 24  # 12 of 60 on average
    errors = np.abs(once.astype(int) - FRAME).mean((1, 2, 3))
    assert len(np.unique(errors)) > 20
    assert not np.array_equal(once, spoiled(frames, seed=1, step=8))


def test_the_file_names_the_backbone_it_goes_on_from(weights: Path, tmp_path: Path) -> None:
    found = aware_file.load(open_ladder(weights))
    assert found is not None
    assert len(found[1]) == 64
    other = untrained_weights(tmp_path / "other", (2,))
    network, _, _ = ladder.load_backbone(other)
    aware_file.save(other, network, {}, backbone="another")
    with pytest.raises(InputError, match="must go on from the backbone"):
        open_network(other, (), baselines=True)


def test_without_its_file_nothing_is_aware(tmp_path: Path) -> None:
    folder = untrained_weights(tmp_path / "weights", (2,))
    network = open_network(folder, (Jpeg("444", 50),), baselines=True)
    assert network.aware is None
    assert not any(subject.name.endswith("-aware") for subject in network.subjects)


def test_every_image_codec_comes_plain_and_aware(weights: Path) -> None:
    network = open_network(weights, (Jpeg("444", 50),), baselines=True)
    sent = {s.name: s for s in network.subjects if s.kind == "image-codec"}
    assert set(sent) == {
        "server-png",
        "picture-1",
        "jpeg444-q50",
        "picture-1-aware",
        "jpeg444-q50-aware",
    }
    assert len({subject.digest for subject in sent.values()}) == len(sent)
    kin, aware = network.kin, sent["jpeg444-q50-aware"]
    assert {name for name, subject in sent.items() if kin.tail(subject)} == {
        "picture-1-aware",
        "jpeg444-q50-aware",
    }
    assert (kin.tail(aware), kin.module(aware.name)) == ("aware", "aware")
    assert kin.module("picture-1-aware") == "picture-1"
    # A whole backbone at the server, of which most is the tail.
    backbone = sum(v.numel() for v in open_ladder(weights).backbone.parameters())
    assert aware.costs["memory_bytes"] == 4 * backbone
    assert 0.9 * 4 * backbone < aware.costs["tail_bytes"] < 4 * backbone
    own = sent["picture-1"].costs["memory_bytes"]
    assert sent["picture-1-aware"].costs["memory_bytes"] == own + 4 * backbone


def test_only_with_the_baselines_are_there_aware_ones(weights: Path) -> None:
    network = open_network(weights, (Jpeg("444", 50),))
    assert [s.name for s in network.subjects] == ["device", "unit-1", "jpeg444-q50"]


def test_both_networks_are_sent_the_same_bytes_and_answer_otherwise(
    weights: Path, tmp_path: Path
) -> None:
    opened = partial(open_network, weights, (Jpeg("444", 20),), baselines=True)
    blocks = short_clips(seed=3, kind="standard", clips=2)
    measure_blocks(opened, blocks, tmp_path)
    found = {s.name: collect(s, blocks, tmp_path) for s in opened().subjects}
    for name in ("jpeg444-q20", "picture-1"):
        plain, aware = found[name], found[f"{name}-aware"]
        np.testing.assert_array_equal(plain.payload_bytes, aware.payload_bytes)
        assert not np.array_equal(plain.confidence, aware.confidence)
    clean, whole = found["device"], found["server-png"]
    np.testing.assert_array_equal(whole.confidence, clean.confidence)
    assert (whole.payload_bytes > 20_000).all()


def test_video_is_decoded_once_and_answered_twice(weights: Path, tmp_path: Path) -> None:
    opened = partial(open_network, weights, (), baselines=True)
    over = stretches(seed=5, kind="busy", clips=1, frames=5, scored=2)
    digest, aware = open_ladder(weights).digest, opened().aware
    assert aware is not None
    measure_videos(opened, [VIDEO], over, tmp_path, digest=digest)
    first, second = (
        collect_videos(VIDEO, over, tmp_path, digest=each) for each in (digest, aware.digest)
    )
    np.testing.assert_array_equal(first.encode_ns, second.encode_ns)
    np.testing.assert_array_equal(first.answers.payload_bytes, second.answers.payload_bytes)
    assert not np.array_equal(first.answers.confidence, second.answers.confidence)


class Counting:
    """A codec that counts how often it encodes."""

    name, library = "counting", "none"

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, image: NDArray[np.uint8]) -> bytes:
        self.encoded += 1
        return bytes(image.ravel()[:3])

    def decode(self, payload: bytes, where: str = "payload") -> NDArray[np.uint8]:
        assert where
        return np.full((8, 8, 3), payload[0], np.uint8)


def test_the_same_frames_are_not_coded_again() -> None:
    codec = Counting()
    once, images = Once(codec), np.arange(384, dtype=np.uint8).reshape(2, 8, 8, 3)
    sizes, decoded = once.made(images)
    assert sizes.tolist() == [3, 3]
    assert decoded[:, 0, 0, 0].tolist() == [0, 192]
    assert once.made(images)[1] is decoded
    assert codec.encoded == 2
    once.made(images.copy())
    assert codec.encoded == 4


def test_lossless_frames_come_back_whole_and_damaged_ones_never() -> None:
    png = Lossless()
    payload = png.encode(FRAME)
    np.testing.assert_array_equal(png.decode(payload), FRAME)
    for broken, complaint in (
        (payload[:-1], "length"),
        (payload[:500] + bytes([payload[500] ^ 1]) + payload[501:], "CRC-32"),
        (Jpeg("444", 50).encode(FRAME), "unit id"),
        (pack(b"no picture", png.identity), "must be an RGB picture of 224x224"),
        (pack(Lossless(8).encode(FRAME[:8, :8])[20:], png.identity), "must be an RGB picture"),
    ):
        with pytest.raises(InputError, match=complaint):
            png.decode(broken)


def test_a_plain_answerer_asks_nothing_more_of_the_server() -> None:
    unit = ImageUnit(Once(Lossless()), plain_answerer(lambda x: x, "digest"))
    assert (unit.name, unit.tail) == ("server-png", None)
    assert set(unit.costs.values()) == {0}


def test_the_shipped_schedule_has_a_units_computing_time() -> None:
    assert FULL.backbone.images == 57_600
    assert 20 in FULL.qualities


def test_a_quick_training_writes_an_aware_backbone_and_resumes(tmp_path: Path) -> None:
    folder = untrained_weights(tmp_path / "weights", (2,))
    told: list[str] = []
    (path,) = train(folder, settings=QUICK, workers=1, tell=told.append)
    assert path.name == "backbone-aware.safetensors"
    steps = [line.split()[1] for line in told if "loss" in line]
    assert steps == ["2/4", "4/4"]
    assert sum("on the selection split" in line for line in told) == 2
    first = path.read_bytes()
    again: list[str] = []
    train(folder, settings=QUICK, workers=1, tell=again.append)
    assert not any("loss" in line for line in again)
    assert path.read_bytes() == first
