"""Payloads in bursts: pairs of the same frames, means and extremes, the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.baselines.jpeg import Jpeg
from models.baselines.video import LADDER
from models.measuring.growth import Grown, _summed, stretch
from models.robustness import lines, write
from models.scenes.script import ClipKey
from models.scenes.spikes import burst_at
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path


def test_a_stretch_ends_with_its_first_burst() -> None:
    found = stretch(2)
    key = ClipKey(seed=1, split="test", clip=2, kind="spikes")
    assert found.kind == "strobe"
    assert burst_at(key, found.begins - 1) is None
    assert burst_at(key, len(found.calm) - 1) is not None
    assert burst_at(key, len(found.calm)) is None
    same = (found.calm == found.spoilt).all(axis=(1, 2, 3))
    assert same.tolist() == [True] * found.begins + [False] * (len(found.calm) - found.begins)


def test_growth_is_told_in_multiples_of_the_calm_mean() -> None:
    pair = np.array([[100.0, 300.0], [300.0, 900.0]])
    assert _summed(pair) == Grown(calm_bytes=200.0, times=3.0, most_times=4.5)


def test_the_table_has_a_line_a_unit_and_a_column_a_kind() -> None:
    found = {
        "unit-1": {
            "noise": Grown(calm_bytes=100, times=2, most_times=3),
            "strobe": Grown(calm_bytes=50, times=1.25, most_times=1.5),
        }
    }
    assert lines(found) == [
        "| unit | bytes | noise: mean, most | strobe: mean, most |",
        "| --- | --- | --- | --- |",
        "| `unit-1` | 75 | 2.00x, 3.00x | 1.25x, 1.50x |",
    ]


def test_the_page_names_every_unit_and_codec_that_sends(tmp_path: Path) -> None:
    folder = untrained_weights(tmp_path / "weights")
    page, told = tmp_path / "robustness.md", list[str]()
    videos = [codec for codec in LADDER if codec.name == "h264_420-qp32"]
    write(folder, page, clips=2, images=(Jpeg("420", 50),), videos=videos, tell=told.append)
    rows = [line for line in page.read_text().splitlines() if line.startswith("| `")]
    named = [row.split("`")[1] for row in rows]
    assert named[:2] == ["unit-1", "unit-2"]
    assert {"zlib-8b", "jpeg420-q50", "h264_420-qp32"} < set(named)
    assert not {"device", "jpeg420-q50-aware"} & set(named)
    assert told[-1] == "coded 2 of 2 bursts"
    jpeg = next(row for row in rows if "jpeg420-q50" in row)
    noise = float(jpeg.split("|")[3].split("x")[0])
    assert noise > 1.5  # what JPEG makes of noise needs no training


@pytest.mark.parametrize("clip", range(4))
def test_clips_take_turns_with_what_happens(clip: int) -> None:
    assert stretch(clip).kind == ("noise", "checks", "strobe", "crafted")[clip]
