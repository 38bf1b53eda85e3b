from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.comparing.comparison import compare, leads, times
from models.comparing.measures import MEASURES, Drawn
from models.comparing.rival_targets import device_share, rivalry
from models.intervals import draws
from tests.models.profiles import tiny_profile

CLIPS = 40
UNLUCKY = np.where(np.arange(CLIPS) % 4, 0.01, -0.03)  # one clip in four


def answers(size: float, score: float) -> Drawn:
    """Return the same size and score on every frame, but for one unlucky clip in four."""
    weights = draws(CLIPS)
    drawn = weights @ (score + UNLUCKY)
    return Drawn(np.full(len(weights), size), dict.fromkeys(MEASURES, drawn))


CLEAN = answers(0, 0.92 - 1e-9)  # so that 0.9 is enough, however it is rounded
FOUND = {
    "unit-1": answers(100, 0.7),
    "unit-2": answers(400, 0.9),
    "jpeg444-q5": answers(2000, 0.6),
    "jpeg444-q50": answers(8000, 0.9),
    "webp-q5": answers(1000, 0.3),
    "webp-q50": answers(2000, 0.5),
    "h264_444-qp40": answers(50, 0.5),
    "h264_444-qp30": answers(200, 0.9),
    "crbq-coded-6c2b": answers(200, 0.7),
    "crbq-coded-12c2b": answers(600, 0.9),
    "zlib-8b": answers(20000, 0.92),
}


@pytest.fixture(scope="module")
def families() -> dict[str, Any]:
    return compare(FOUND, CLEAN).families


def test_settings_are_gathered_into_families(families: dict[str, Any]) -> None:
    assert families["crbq-coded"]["settings"] == ["crbq-coded-6c2b", "crbq-coded-12c2b"]
    assert set(families) == {"unit", "jpeg444", "webp", "h264_444", "crbq-coded", "zlib"}


def test_bytes_for_the_clean_score_less_two_points(families: dict[str, Any]) -> None:
    assert families["unit"]["bytes_needed"]["top1"]["mean"] == pytest.approx(400, rel=1e-3)
    assert families["jpeg444"]["over_ours"]["top1"]["mean"] == pytest.approx(20, rel=1e-3)
    assert families["webp"]["bytes_needed"]["top1"] is None  # it does not get there
    assert families["unit"]["over_ours"]["top1"] == {"mean": 1, "low": 1, "high": 1}


def test_a_draw_that_does_not_get_there_counts_as_larger_than_any() -> None:
    on_average = draws(CLIPS) @ np.where(np.arange(CLIPS) % 2, 0.0, 1.82)  # 0.91
    lucky = Drawn(answers(300, 0.0).sizes, dict.fromkeys(MEASURES, on_average))
    found = {"unit-1": FOUND["unit-1"], "unit-2": answers(400, 0.95), "webp-q9": lucky}
    needed = compare(found, CLEAN).families["webp"]
    assert needed["bytes_needed"]["top1"] == {"mean": 300, "low": 300, "high": None}
    assert needed["over_ours"]["top1"]["high"] is None
    assert needed["over_ours"]["top1"]["low"] > 0


def test_a_draw_in_which_ours_do_not_get_there_wins_nothing() -> None:
    assert times([8.0, 8.0, 8.0], [4.0, 2.0, None]) == {"mean": 2, "low": 0, "high": 4}
    assert times([8.0, 8.0], [None, 2.0]) is None
    assert times([None, 8.0], [2.0, 2.0]) is None


def test_the_best_of_ours_may_be_another_family_than_the_units() -> None:
    found = compare(FOUND | {"student-1": answers(200, 0.91)}, CLEAN)
    assert found.best == dict.fromkeys(("top1", "map", "miou"), "student")
    assert found.families["jpeg444"]["over_ours"]["top1"]["mean"] == pytest.approx(40)
    assert found.families["unit"]["over_ours"]["miou"]["mean"] == pytest.approx(2)
    assert compare({"unit-1": FOUND["unit-1"]}, CLEAN).best["top1"] is None


def test_ratios_are_paired(families: dict[str, Any]) -> None:
    # All settings are unlucky on the same clips: what is shared leaves the ratio alone.
    ratio = families["jpeg444"]["over_ours"]["top1"]
    assert ratio["low"] == pytest.approx(ratio["high"], rel=1e-3)


def test_curves_without_shared_scores_are_not_compared(families: dict[str, Any]) -> None:
    assert families["webp"]["bd_rate"]["top1"] is None
    assert families["zlib"]["bd_rate"]["top1"] is None
    # Units: 100 B at 0.7, 400 B at 0.9; CR+BQ: 200 and 600 B. In the middle 346 over 200 B.
    found = families["crbq-coded"]["bd_rate"]["top1"]
    assert found["percent"]["mean"] == pytest.approx(100 * (12e4**0.5 / 200 - 1), rel=1e-3)
    assert found["scores"] == pytest.approx([0.7, 0.9])


def test_settings_tell_bytes_scores_and_paired_losses() -> None:
    setting = compare(FOUND, CLEAN).settings["unit-1"]
    assert setting["bytes"]["mean"] == 100
    assert setting["points_over_clean"]["top1"]["mean"] == pytest.approx(-22, abs=1e-3)
    assert setting["points_over_clean"]["top1"]["low"] == pytest.approx(-22, abs=1e-3)


def test_leads_are_taken_at_each_unit_s_own_score() -> None:
    ratios = leads(FOUND, "crbq-coded", "top1")
    assert ratios["unit-1"]["mean"] == pytest.approx(2, rel=1e-3)
    assert ratios["unit-2"]["mean"] == pytest.approx(1.5, rel=1e-3)
    assert leads(FOUND, "webp", "top1") == {}


def rated(found: dict[str, Drawn]) -> list[dict[str, Any]]:
    compared = compare(found, CLEAN)
    return rivalry(dict.fromkeys(SETS, compared), dict.fromkeys(SETS, found))


SETS = ("short", "stretches")


def test_targets_are_judged_against_the_best_rival() -> None:
    still, video, coded = rated(FOUND)
    assert (still["met"], video["met"], coded["met"]) == (True, False, True)
    assert still["found"].startswith("JPEG 4:4:4 8000 [")
    assert "0.50x" in video["found"]
    assert "unit-1 2.00x" in coded["found"]


def test_the_ladder_stands_beside_a_family_of_ours_that_needs_less() -> None:
    still, *_ = rated(FOUND | {"late-1": answers(100, 0.9)})
    assert "units, late split 100 [100, 100] B: 80.00x" in still["found"]
    assert "bottleneck units 400 [400, 400] B: 20.00x" in still["found"]


def test_what_is_missing_or_never_gets_there_is_said() -> None:
    few = {name: FOUND[name] for name in ("unit-1", "webp-q5", "webp-q50")}
    assert [t["found"] for t in rated(few)] == [
        "no such codec gets there",
        "no such codec gets there",
        "no score of ours lies between those of CR+BQ",
    ]
    few["jpeg444-q50"] = FOUND["jpeg444-q50"]
    assert rated(few)[0]["found"] == "none of ours gets there"
    assert not any(target["met"] for target in rated(few))


def test_an_aware_rival_is_a_rival() -> None:
    aware = FOUND | {"webp-q50-aware": answers(1200, 0.91)}
    still = rated(aware)[0]
    assert still["found"].startswith("WebP (4:2:0), aware 1200 [")
    assert not still["met"]


def test_many_leads_are_told_by_the_largest_and_the_least() -> None:
    many = FOUND | {f"any-{k}": answers(100 + 10 * k, 0.71) for k in range(8)}
    told = rated(many)[2]["found"]
    assert told.startswith("CR+BQ over any-0 2.1")
    assert "; least: any-7 1.2" in told


def test_the_slowest_student_is_held_against_the_quickest_unit() -> None:
    profile = tiny_profile()
    assert device_share(profile) is None
    student = replace(profile.units[1], name="student-1")
    share = device_share(replace(profile, units=(*profile.units, student)))
    assert share is not None
    assert not share["met"]
    assert "student-1, the slowest" in share["found"]
    quick = replace(student, device_rows_ns=student.device_rows_ns // 2)
    share = device_share(replace(profile, units=(*profile.units, quick)))
    assert share is not None
    assert share["met"]
    assert share["found"].endswith("0.50 of it")
