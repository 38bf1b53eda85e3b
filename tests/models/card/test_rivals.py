from __future__ import annotations

from typing import Any

import numpy as np

from models.card.rivals import families, in_short
from models.comparing.comparison import compare, leads
from models.comparing.measures import MEASURES, Drawn
from models.intervals import draws


def steady(size: float, score: float) -> Drawn:
    rows = len(draws(4))
    return Drawn(np.full(rows, size), dict.fromkeys(MEASURES, np.full(rows, score)))


SHORT = {
    "unit-1": steady(100, 0.7),
    "unit-2": steady(400, 0.95),
    "student-1": steady(300, 0.9),
    "crbq-coded-6c2b": steady(150, 0.7),
    "crbq-coded-12c2b": steady(600, 0.95),
    "jpeg444-q5": steady(2000, 0.6),
    "jpeg444-q50": steady(6000, 0.95),
    "jpeg444-q50-aware": steady(3000, 0.95),
    "webp-q50": steady(2000, 0.5),
}
STRETCHES = SHORT | {"h264_444-qp30": steady(150, 0.92), "av1_420-qp40": steady(300, 0.9)}


def compared() -> dict[str, Any]:
    sets = {}
    for name, found in (("short", SHORT), ("stretches", STRETCHES)):
        result = compare(found, steady(0, 0.92 - 1e-9))
        sets[name] = {
            "clips": 4,
            "scored_frames": 8,
            "settings": result.settings,
            "families": result.families,
            "best": result.best,
        }
    target = {"target": "a target", "found": "something", "met": False}
    return {"sets": sets, "targets": [target]}


def test_the_best_of_each_kind_stands_first() -> None:
    lines = list(in_short(compared(), []))
    cells = [line for line in lines if line.startswith("| ")]
    assert "students: 300 [300, 300] |" in cells[2]
    assert "(1.52x [1.52, 1.52]) |" in cells[3]  # CR+BQ: 150 (600 / 150) ^ (0.2 / 0.25) = 455 B
    assert "JPEG 4:4:4, aware: 3000 [3000, 3000] (10.00x [10.00, 10.00]) |" in cells[4]
    assert "H.264 4:4:4: 150 [150, 150] (0.50x [0.50, 0.50]) |" in cells[5]


def test_it_is_said_plainly_where_a_baseline_wins_ties_or_misses() -> None:
    text = "\n".join(in_short(compared(), []))
    short, stretches = text.split("Against the best of ours on 4 stretches")
    assert "- a baseline needs fewer bytes: none" in short
    assert "does not get there at any measured setting: WebP (4:2:0) (top1, map, miou)" in short
    assert "- a baseline needs fewer bytes: H.264 4:4:4 (top1, map, miou)" in stretches
    assert "- a tie, the interval reaches across 1: AV1 (4:2:0) (top1, map, miou)" in stretches
    assert "1 of 1 targets are missed." in stretches


def test_every_family_has_its_row_with_the_difference_to_the_units() -> None:
    text = "\n".join(families(compared()))
    assert "| students | 300 [300, 300] (best of ours) |" in text
    coded = next(line for line in text.splitlines() if line.startswith("| CR+BQ, entropy-coded"))
    assert "+50 [+50, +50] % (70 to 95)" in coded
    assert text.count("| H.264 4:4:4 |") == 1  # on stretches alone
    assert text.count("| JPEG 4:4:4 |") == 1  # on short clips alone


def one(found: dict[str, Drawn]) -> dict[str, Any]:
    """Return what is compared on two clips."""
    result = compare(found, steady(0, 0.92 - 1e-9))
    return {
        "clips": 2,
        "scored_frames": 4,
        "settings": result.settings,
        "families": result.families,
        "best": result.best,
        "facts": {"machine": {"processor": "a processor"}},
    }


def test_feature_codecs_have_no_ratio_to_units_at_another_split_point() -> None:
    shown = ("crbq-coded-6c2b", "crbq-coded-12c2b", "jpeg444-q5", "jpeg444-q50")
    found = one({name: SHORT[name] for name in shown} | {"late-1": steady(50, 0.95)})
    everything = {"sets": {"short": found, "stretches": found}, "targets": []}
    row = next(line for line in in_short(everything, []) if line.startswith("| other feature"))
    assert "CR+BQ, entropy-coded: 455 [455, 455] |" in row
    text = "\n".join(families(everything))
    assert "| CR+BQ, entropy-coded | 455 [455, 455] |" in text
    # 2000 (6000 / 2000) ^ (0.3 / 0.35) = 5128 B, 102.6 times 50
    assert "(102.57x [102.57, 102.57]) |" in text


def test_units_lead_feature_codecs_at_their_own_split_point_only() -> None:
    found = SHORT | {"late-1": steady(50, 0.9), "early-1": steady(700, 0.9)}
    assert set(leads(found, "crbq-coded", "top1")) == {"unit-1", "unit-2", "student-1"}


def test_a_missed_target_is_said_in_words_before_all_else() -> None:
    found = one({"unit-2": steady(400, 0.95)})
    target = {"target": "a target", "found": "something", "met": False}
    everything = {"sets": {"short": found, "stretches": found}, "targets": [target]}
    lines = list(in_short(everything, []))
    assert lines.index("**Missed:** a target. something.") < lines.index("### Targets")


def test_pictures_that_take_long_and_answers_are_judged_on_their_own_clips() -> None:
    short = one({"unit-2": steady(400, 0.95), "jpeg444-q50": steady(6000, 0.95)})
    slow = {
        "unit-2": steady(400, 0.95),
        "avif444-s6-q32-aware": steady(1000, 0.95),
        "jpeg444-q50": steady(6000, 0.95),
        "answer-class": steady(22, 0.95),
        "answer-box": steady(26, 0.95),
    }
    sets = {"short": short, "stretches": short, "stills": one(slow)}
    lines = list(in_short({"sets": sets, "targets": []}, []))
    rows = [line for line in lines if line.startswith("| ")]
    still, said = rows[4], rows[6]
    assert "AVIF 4:4:4, speed 6, aware: 1000 [1000, 1000] (2.50x [2.50, 2.50])" in still
    assert "answer sent, class: 22 [22, 22] (0.06x [0.06, 0.06])" in said  # 22 / 400, not 26
    slowly = "\n".join(lines).split("Against the best of ours on 2 of the short test clips:")[1]
    assert "fewer bytes: answer sent, class (top1, map, miou); answer sent, with box" in slowly
    assert "more bytes: AVIF 4:4:4, speed 6, aware (top1, map, miou)" in slowly
    assert "JPEG" not in slowly.split("### Targets")[0]  # it has more clips elsewhere
