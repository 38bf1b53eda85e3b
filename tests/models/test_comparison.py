from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.measuring.answers import Answers
from models.measuring.comparison import compare, leads
from models.measuring.rivals import rivalry
from models.scoring import TASKS

CLIPS = 40


def answers(size: float, score: float) -> Answers:
    """Return the same size and score on every frame, but for one unlucky clip in four."""
    scores = np.full((CLIPS, 2), score + 0.01, np.float32)
    scores[::4] -= 0.04
    return Answers(
        payload_bytes=np.full((CLIPS, 3), round(size)),
        ideal_bytes=np.full((CLIPS, 3), np.nan),
        scores=dict.fromkeys(TASKS, scores),
        confidence=np.ones((CLIPS, 2), np.float32),
    )


CLEAN = answers(0, 0.92)
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
    return compare(FOUND, CLEAN)[1]


def test_settings_are_gathered_into_families(families: dict[str, Any]) -> None:
    assert families["crbq-coded"]["settings"] == ["crbq-coded-6c2b", "crbq-coded-12c2b"]
    assert set(families) == {"unit", "jpeg444", "webp", "h264_444", "crbq-coded", "zlib"}


def test_bytes_for_the_clean_score_less_two_points(families: dict[str, Any]) -> None:
    assert families["unit"]["bytes_needed"]["top1"]["mean"] == pytest.approx(400, rel=1e-3)
    assert families["jpeg444"]["over_units"]["top1"]["mean"] == pytest.approx(20, rel=1e-3)
    assert families["webp"]["bytes_needed"]["top1"] is None  # it does not get there
    assert families["unit"]["over_units"]["top1"] == {"mean": 1, "low": 1, "high": 1}


def test_a_draw_that_does_not_get_there_counts_as_larger_than_any() -> None:
    lucky = answers(300, 0.0)
    lucky.scores["top1"][:] = np.where(np.arange(CLIPS)[:, None] % 2, 0.0, 1.82)  # 0.91 on average
    found = {"unit-1": FOUND["unit-1"], "unit-2": answers(400, 0.95), "webp-q9": lucky}
    needed = compare(found, CLEAN)[1]["webp"]
    assert needed["bytes_needed"]["top1"] == {"mean": 300, "low": 300, "high": None}
    assert needed["over_units"]["top1"]["high"] is None
    assert needed["over_units"]["top1"]["low"] > 0


def test_ratios_are_paired(families: dict[str, Any]) -> None:
    # All settings are unlucky on the same clips: what is shared leaves the ratio alone.
    times = families["jpeg444"]["over_units"]["top1"]
    assert times["low"] == pytest.approx(times["high"], rel=1e-3)


def test_curves_without_shared_scores_are_not_compared(families: dict[str, Any]) -> None:
    assert families["webp"]["bd_rate"]["top1"] is None
    assert families["zlib"]["bd_rate"]["top1"] is None
    # Units: 100 B at 0.7, 400 B at 0.9; CR+BQ: 200 and 600 B. In the middle 346 over 200 B.
    found = families["crbq-coded"]["bd_rate"]["top1"]
    assert found["percent"]["mean"] == pytest.approx(100 * (12e4**0.5 / 200 - 1), rel=1e-3)
    assert found["scores"] == pytest.approx([0.7, 0.9])


def test_settings_tell_bytes_scores_and_paired_losses() -> None:
    setting = compare(FOUND, CLEAN)[0]["unit-1"]
    assert setting["bytes"]["mean"] == 100
    assert setting["points_over_clean"]["top1"]["mean"] == pytest.approx(-22, abs=1e-3)
    assert setting["points_over_clean"]["top1"]["low"] == pytest.approx(-22, abs=1e-3)


def test_leads_are_taken_at_each_unit_s_own_score() -> None:
    ratios = leads(FOUND, "crbq-coded", "top1")
    assert ratios["unit-1"]["mean"] == pytest.approx(2, rel=1e-3)
    assert ratios["unit-2"]["mean"] == pytest.approx(1.5, rel=1e-3)
    assert leads(FOUND, "webp", "top1") == {}


def rated(found: dict[str, Answers]) -> list[dict[str, Any]]:
    families = compare(found, CLEAN)[1]
    sets = {name: {"families": families} for name in ("short", "stretches")}
    return rivalry(sets, {"short": found, "stretches": found})


def test_targets_are_judged_against_the_best_rival() -> None:
    still, video, coded = rated(FOUND)
    assert (still["met"], video["met"], coded["met"]) == (True, False, True)
    assert still["found"].startswith("jpeg444 needs 8000 [")
    assert "0.50x" in video["found"]
    assert "unit-1 2.00x" in coded["found"]


def test_what_is_missing_or_never_gets_there_is_said() -> None:
    few = {name: FOUND[name] for name in ("unit-1", "webp-q5", "webp-q50")}
    assert [t["found"] for t in rated(few)] == [
        "no such codec gets there",
        "no such codec gets there",
        "no unit's score lies between those of CR+BQ",
    ]
    few["jpeg444-q50"] = FOUND["jpeg444-q50"]
    assert rated(few)[0]["found"] == "the units do not get there"
    assert not any(target["met"] for target in rated(few))
