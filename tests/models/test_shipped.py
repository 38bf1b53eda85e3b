"""What ships: the profile, its evaluation and the model card belong together."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

from models.card import render
from models.profile import find, load

if TYPE_CHECKING:
    from pathlib import Path

NAME = "shapes-224"


def test_all_weights_and_profiles_are_under_25_megabytes(root: Path) -> None:
    shipped = [root / "models" / folder for folder in ("weights", "profiles")]
    files = [path for folder in shipped for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 25_000_000


def test_the_shipped_profile_has_over_300_clips_and_at_least_five_trained_units() -> None:
    profile = load(NAME)
    assert profile.clips >= 300
    assert sum(unit.kind == "bottleneck" for unit in profile.units) >= 5
    assert {unit.kind for unit in profile.units} >= {"bottleneck", "image-codec", "on-device"}
    assert set(profile.clip_set.tolist()) == {"standard", "busy", "shifted"}


def test_calibration_has_seen_nothing_of_the_shifted_set() -> None:
    profile = load(NAME)
    assert "shifted" not in profile.clip_set[profile.clips_of("calibration")].tolist()


def test_sizes_of_a_clip_hang_together_from_frame_to_frame() -> None:
    profile = load(NAME)
    sizes = profile.units[profile.index("unit-3")].payload_bytes.astype(float)
    steps = abs(sizes[:, 1:] - sizes[:, :-1]).mean()
    apart = abs(sizes[1:] - sizes[:-1]).mean()
    assert steps < 0.5 * apart


def test_larger_batches_take_longer_but_less_a_frame() -> None:
    profile = load(NAME)
    medians = [sorted(row.tolist())[len(row) // 2] for row in profile.tail_ns]
    assert all(earlier < later for earlier, later in pairwise(medians))
    assert medians[-1] < medians[0] * profile.batch_sizes[-1]


def test_the_committed_model_card_is_what_the_command_writes(root: Path) -> None:
    evaluation = json.loads((find(NAME) / "evaluation.json").read_text())
    assert (root / "docs" / "model-card.md").read_text() == render(load(NAME), evaluation)


def test_profile_and_evaluation_measured_the_same_weights() -> None:
    evaluation = json.loads((find(NAME) / "evaluation.json").read_text())
    evaluated: dict[str, str] = evaluation["facts"]["digests"]
    profiled = load(NAME).info["digests"]
    assert isinstance(profiled, dict)
    both = evaluated.keys() & profiled.keys()
    assert {name: evaluated[name] for name in both} == {name: profiled[name] for name in both}
    # A profile holds a layered unit whole, video, which is evaluated on stretches, and a JPEG
    # answered by the aware backbone, which the comparison has under its own digests.
    assert {name.split("-")[0] for name in evaluated.keys() - both} == {"layers"}
    video = {"h264_444-qp36", "h264_444-qp36-aware", "hevc_444-qp36"}
    stills = evaluation["comparison"]["sets"]["stills"]["facts"]["digests"]
    slow = {name for name in profiled if name.startswith(("answer-", "avif"))}
    assert {"answer-class", "answer-box", "answer-mask"} <= slow
    assert {name: stills[name] for name in slow} == {name: profiled[name] for name in slow}
    assert profiled.keys() - both == {"layered", "jpeg444-q35-aware", *video, *slow}


def test_the_evaluation_has_at_least_3000_test_clips() -> None:
    evaluation = json.loads((find(NAME) / "evaluation.json").read_text())
    assert evaluation["groups"]["test"]["clips"] >= 3000
