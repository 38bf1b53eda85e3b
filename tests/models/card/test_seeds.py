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
