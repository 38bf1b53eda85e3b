from __future__ import annotations

from typing import Any

from models.card.seeds import seeds
from models.comparing.measures import CURVED


def value(mean: float, low: float, high: float | None) -> dict[str, float | None]:
    return {"mean": mean, "low": low, "high": high}


def run(seed: int, needed: float, *, backbone: str = "shapes-224") -> dict[str, Any]:
    score = {measure: value(0.92, 0.91, 0.93) for measure in CURVED}
    loss = {measure: value(-1.5, -2.0, -1.0) for measure in CURVED}
    setting = {"bytes": {"mean": 300.0}, "scores": score, "points_over_clean": loss}
    figures = {measure: value(needed, needed - 50, needed + 50) for measure in CURVED}
    return {
        "backbone": backbone,
        "width": 1.0 if backbone == "shapes-224" else 1.25,
        "seed": seed,
        "family": "unit",
        "clean": dict.fromkeys(CURVED, 0.94),
        "training": {"unit-3": {"start": "unit-4", "warm_images": 10 * seed, "images": 400}},
        "settings": {"unit-3": setting},
        "bytes_needed": figures | {"map": None},
        "jpeg444_over_units": {measure: value(10.0, 8.0, None) for measure in CURVED},
    }


SPREAD = [
    {
        "backbone": "shapes-224",
        "family": "unit",
        "seeds": 2,
        "bytes_needed": {
            "top1": {"mean": 450.0, "low": 400.0, "high": 500.0, "deviation": 70.7},
            "map": None,
            "miou": {"mean": 1.0, "low": 1.0, "high": 1.0},
        },
        "jpeg444_over_units": dict.fromkeys(CURVED, None),
    }
]


def test_runs_stand_beside_their_spread() -> None:
    runs = [run(1, 400), run(2, 500), run(1, 450, backbone="wide")]
    text = "\n".join(seeds({"seeds": {"runs": runs, "spread": SPREAD}}))
    assert (
        "| shapes-224 | 1 | bottleneck units | 2 | 94.0 | 94.0 | 94.0 | 500 [450, 550] | - "
        "| 500 [450, 550] |" in text
    )
    assert "10.00 [8.00, never]" in text
    assert "| wide | 1.25 | bottleneck units | 1 |" in text
    assert (
        "- shapes-224, bottleneck units: unit-3 from unit-4, 10 by features alone and 400 pictures"
        in text
    )
    assert (
        "- shapes-224, bottleneck units, 2 seeds, bytes for clean - 2 points: "
        "class (top-1) 450, 400 to 500, deviation 71; "
        "box (mAP) not reached by each; mask (mIoU) 1, 1 to 1" in text
    )
    assert "| shapes-224 | 2 | unit-3 | 300 | 92.0 (-1.50 [-2.00, -1.00]) |" in text


def test_one_training_alone_has_no_such_section() -> None:
    assert list(seeds({})) == []
    assert list(seeds({"seeds": {"runs": [], "spread": []}})) == []


def test_seeds_are_held_against_the_best_picture_on_its_own_clips() -> None:
    times = {measure: value(12.5, 9.0, None) for measure in CURVED}
    one = {
        "seed": 3,
        "family": "late",
        "rival": dict.fromkeys(CURVED, "avif444-s6-aware"),
        "bytes_needed": {"top1": value(200, 150, 250), "map": None, "miou": value(1, 1, 1)},
        "still_over_units": times | {"miou": None},
    }
    spread = {"mean": 12.5, "low": 12.5, "high": 12.5}
    stills = {
        "runs": [one],
        "spread": {
            "bytes_needed": dict.fromkeys(CURVED, None),
            "still_over_units": dict.fromkeys(CURVED, spread),
        },
    }
    found = {"runs": [run(1, 400)], "spread": [], "stills": stills}
    sets = {"stills": {"clips": 96}}
    text = "\n".join(seeds({"seeds": found, "comparison": {"sets": sets}}))
    assert "Against the best still-image codec, AVIF among them, on 96 of the clips" in text
    assert (
        "| 3 | units, late split | 200 [150, 250] B; AVIF 4:4:4, speed 6, aware 12.50 "
        "[9.00, never] times that | - | - |" in text
    )
    assert "- 1 seed, the best still-image codec over the units: class (top-1) 12.50, " in text
