from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.intervals import Estimate, estimate
from models.show import as_json, render
from tests.models.profiles import MS, rich_profile, tiny_profile, unit_of, with_video


def test_the_json_is_json_and_names_every_unit() -> None:
    shown = json.loads(json.dumps(as_json(tiny_profile()), allow_nan=False))
    assert [unit["name"] for unit in shown["units"]] == list(tiny_profile().unit_names)
    assert shown["clips"] == {"calibration": 2, "replay": 2}
    assert shown["sets"] == {"standard": 2, "busy": 2, "all": 4}
    assert shown["clean"]["all"]["top1"] == {"mean": 1.0, "low": 1.0, "high": 1.0}


def test_sizes_and_times_are_those_of_the_arrays() -> None:
    profile = tiny_profile()
    shown = as_json(profile)["units"][1]  # type: ignore[index]
    sizes = profile.units[1].payload_bytes
    assert shown["content"]["all"]["bytes"]["mean"] == pytest.approx(sizes.mean(), abs=0.06)
    standard = sizes[[0, 2]]
    assert shown["content"]["standard"]["bytes"]["p5"] == pytest.approx(
        np.quantile(standard, 0.05), abs=0.06
    )
    assert shown["device_ms"]["total"]["median"] == 5.0
    assert shown["device_ms"]["head"]["median"] == 2.0
    assert "tail" not in shown["device_ms"]
    assert shown["decode_ms"]["4"]["median"] == 4.0
    assert shown["switch_ms"] == 3.0


def test_the_table_shows_sets_apart_and_every_unit_in_each() -> None:
    text = render(tiny_profile())
    assert "standard (2 clips)" in text
    assert "busy (2 clips)" in text
    assert text.count("jpeg444-q50") == 4  # standard, busy, all, costs
    assert text.count("(uncompressed)") == 3
    assert "machine: made up" in text


def test_a_video_codec_shows_both_kinds_of_frames() -> None:
    profile = with_video(tiny_profile(), refresh=4)
    text = render(profile)
    unit = profile.units[profile.index("h264_444-qp36")]
    assert unit.chain is not None
    predicted, intra = unit.payload_bytes.mean(), unit.chain.intra_bytes.mean()
    said = f"h264_444-qp36: {predicted:.0f} B predicted, {intra:.0f} B intra, every 4 frames"
    assert said in text
    shown: Any = as_json(profile)["units"]
    mean = shown[profile.index("h264_444-qp36")]["content"]["all"]["bytes"]["mean"]
    assert mean == pytest.approx(0.75 * predicted + 0.25 * intra, abs=0.06)
    assert "intra" not in render(tiny_profile())


def test_shared_weights_tails_and_layers_are_told() -> None:
    profile = rich_profile()
    text = render(profile)
    assert "any, weights: any-1, any-2" in text
    assert "early, tail, not the shared one: early-1, early-2" in text
    assert "student-1, tail, not the shared one: student-1" in text
    assert "tail early, 500 kB, by batch size: 7.00 (7.63) at 1, 9.00 (9.81) at 2" in text
    top1 = 100 * float(unit_of(profile, "layered").scores["top1"].mean())
    said = "layered, by layers that are there (top1 / box_iou / mask_iou %): 300 B "
    line = next(line for line in text.splitlines() if line.startswith(said))
    assert f"300 B {top1 / 3:.1f}" in line
    assert f"1200 B {top1:.1f} / " in line
    shown: Any = as_json(profile)
    by_name = {unit["name"]: unit for unit in shown["units"]}
    assert (by_name["any-1"]["module"], by_name["unit-1"]["module"]) == ("any", "unit-1")
    assert by_name["early-1"]["tail"] == "early"
    assert "tail" not in by_name["unit-1"]
    assert [layer["bytes"] for layer in by_name["layered"]["layers"]] == [300, 600, 1200]
    assert shown["other_tails"]["student-1"]["memory_bytes"] == 250_000
    plain = render(tiny_profile())
    assert "weights:" not in plain
    assert "not the shared one" not in plain


def test_what_a_unit_does_not_run_stays_blank() -> None:
    line = next(line for line in render(tiny_profile()).splitlines()[::-1] if "device  " in line)
    assert "4.00" in line  # its tail


def test_few_nested_facts_share_a_line_and_many_are_left_to_the_json() -> None:
    many = {f"unit-{k}": "digest" for k in range(9)}
    facts = {"versions": {"numpy": "2", "torch": "3"}, "digests": many}
    profile = replace(tiny_profile(), info=facts)
    assert "versions: numpy 2, torch 3" in render(profile)
    assert "digest" not in render(profile)
    assert as_json(profile)["info"] == facts


def test_intervals_take_the_clip_as_the_unit() -> None:
    # Ten clips, wholly right or wholly wrong: a frame more or less in them says nothing new.
    few = np.repeat([[0.0], [1.0]] * 5, 2, axis=1)
    many = np.repeat([[0.0], [1.0]] * 5, 200, axis=1)
    assert estimate(few) == estimate(many)
    assert estimate(few).mean == 0.5
    assert estimate(few).high - estimate(few).low > 0.4


def test_an_estimate_in_points() -> None:
    points = Estimate(mean=0.5, low=0.25, high=0.75).scaled(100)
    assert points == Estimate(mean=50, low=25, high=75)


def test_showing_needs_no_heavy_library() -> None:
    heavy = "{'torch', 'constriction', 'PIL', 'pandas'}"
    code = f"import sys, models.show; print(sorted({heavy} & {{*sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_times_are_in_milliseconds() -> None:
    assert MS == 10**6
