"""The set of bursts that inflate payloads: when they happen, what they do, the crafted pattern."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models import ladder
from models.backbone import SPLIT_AFTER, prepare
from models.scenes import SPIKES, calm, render
from models.scenes.script import ClipKey
from models.scenes.spikes import KINDS, Burst, burst_at, crafted_tile, spoilt
from models.split import cut
from models.training.frames import Recipe, rendered
from models.training.runs.crafted import QUICK, craft, train
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def key(clip: int) -> ClipKey:
    return ClipKey(seed=1, split="test", clip=clip, kind=SPIKES)


def bursts(clip: int, frames: int) -> list[Burst | None]:
    return [burst_at(key(clip), t) for t in range(frames)]


@given(clip=st.integers(0, 99), cycle=st.integers(0, 5))
def test_every_three_seconds_hold_one_burst_after_half_a_calm_second(clip: int, cycle: int) -> None:
    found = bursts(clip, 45 * (cycle + 1))[45 * cycle :]
    assert found[:8] == [None] * 8
    inside = [burst for burst in found if burst]
    assert 9 <= len(inside) <= 24
    assert [burst.since for burst in inside] == list(range(len(inside)))
    assert {burst.kind for burst in inside} == {KINDS[clip % 4]}
    assert len({(burst.strength, burst.cell) for burst in inside}) == 1


@pytest.mark.parametrize("clip", range(4))
def test_a_frame_outside_bursts_is_calm_and_the_truth_is_always_the_calm_ones(clip: int) -> None:
    found = bursts(clip, 45)
    quiet, hit = found.index(None), next(t for t, burst in enumerate(found) if burst)
    for t, differs in ((quiet, False), (hit, True)):
        name = {"seed": 1, "split": "test", "clip": clip, "t": t}
        shown, still = render(**name, kind=SPIKES), calm(**name)  # type: ignore[arg-type]
        assert bool((shown.image != still.image).any()) is differs
        assert shown.label == still.label
        assert (shown.mask == still.mask).all()


GREY = np.full((224, 224, 3), 100, np.uint8)


def hit(kind: str, **more: float) -> NDArray[np.int16]:
    about = {"strength": 0.0, "cell": 2, "since": 0} | more
    burst = Burst(kind=kind, **about)  # type: ignore[arg-type]
    return spoilt(GREY, burst, np.random.default_rng(1)).astype(np.int16) - 100


def test_noise_spreads_by_a_share_of_full_scale() -> None:
    assert hit("noise").std() == pytest.approx(0.06 * 255, rel=0.02)
    assert abs(hit("noise").mean() + 0.5) < 0.2  # digitising rounds down


def test_checks_go_up_and_down_and_turn_over() -> None:
    checks = hit("checks")[:, :, 0]
    assert checks[:4, :4].tolist() == [[25, 25, -26, -26]] * 2 + [[-26, -26, 25, 25]] * 2
    assert (hit("checks", since=1)[:, :, 0][:2, :2] == -26).all()


def test_strobe_light_is_bright_and_dark_in_turn() -> None:
    assert (hit("strobe") == 100).all()  # twice as bright
    assert (hit("strobe", since=1) == -50).all()


def test_the_crafted_pattern_is_small_and_repeats() -> None:
    pattern = hit("crafted")
    assert np.abs(pattern).max() == 8
    assert (pattern[:56, :56] == crafted_tile()).all()
    assert (pattern[168:, 112:168] == crafted_tile()).all()


@pytest.mark.parametrize("raw", [b"", bytes([17]) * 9408, bytes(9407)])
def test_a_file_that_is_no_pattern_is_refused(raw: bytes, tmp_path: Path) -> None:
    file = tmp_path / "crafted.u8"
    file.write_bytes(raw)
    with pytest.raises(InputError, match="must be 9408 bytes, each 0 to 16"):
        crafted_tile(file)


def test_the_shipped_pattern_doubles_the_bytes_of_the_units_it_was_made_for() -> None:
    shipped = ladder.load()
    head = cut(shipped.backbone, after=SPLIT_AFTER).head
    named = [(clip, t) for clip in (3, 7) for t, burst in enumerate(bursts(clip, 45)) if burst]
    for unit in shipped.units[1:5]:
        assert unit.tables is not None
        bits = []
        for draw in (calm, render):
            more = {"kind": SPIKES} if draw is render else {}
            frames = [
                draw(seed=1, split="test", clip=clip, t=t, **more).image for clip, t in named[::6]
            ]
            with torch.inference_mode():
                symbols = unit.encode(head(prepare(np.stack(frames)))).numpy()
            bits.append(sum(unit.tables.ideal_bits(frame) for frame in symbols))
        assert bits[1] > 2 * bits[0], unit.name


@settings(max_examples=5)
@given(seed=st.integers(0, 100))
def test_the_same_name_gives_the_same_pixels(seed: int) -> None:
    first, again = (render(seed=seed, split="test", clip=0, t=20, kind=SPIKES) for _ in range(2))
    assert (first.image == again.image).all()


def test_crafting_raises_bits_of_the_frames_it_sees(tmp_path: Path) -> None:
    weights = ladder.load(untrained_weights(tmp_path / "weights"))
    frames = rendered(tmp_path / "few", Recipe(seed=2, split="training", clips=2, per_clip=2))
    all_of_them = replace(QUICK, steps=6, batch=4)
    told: list[str] = []
    head = cut(weights.backbone, after=SPLIT_AFTER).head
    pattern = craft(head, weights.units, frames, settings=all_of_them, tell=told.append)
    said = [int(line.split(": ")[1].split()[0]) for line in told]
    assert said[-1] > said[0]
    assert pattern.shape == (56, 56, 3)
    assert np.abs(pattern).max() == 8


def test_a_crafted_pattern_is_written_beside_the_weights(tmp_path: Path) -> None:
    folder = untrained_weights(tmp_path / "weights")
    (path,) = train(folder, settings=replace(QUICK, steps=1), workers=1)
    assert path == folder / "crafted.u8"
    assert crafted_tile(path).shape == (56, 56, 3)
