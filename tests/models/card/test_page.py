from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from models.baselines.avif import Avif
from models.baselines.jpeg import Jpeg
from models.baselines.video import VideoCodec
from models.baselines.webp import WebP
from models.card import render, write
from models.card.costs import costs_of
from models.card.rate_plot import draw
from models.comparing.ladder_targets import verdicts
from models.comparing.opponents import Opponents, StretchPlan
from models.comparing.stills import StillPlan
from models.evaluate import EvaluationPlan, add_stills, evaluate
from models.measuring.content import short_clips
from models.profile import save
from simulator.foundation.errors import InputError
from tests.models.profiles import tiny_profile
from tests.models.untrained import untrained_reduced, untrained_weights

if TYPE_CHECKING:
    from pathlib import Path

PLAN = EvaluationPlan(seed=5, standard=3, busy=2, shifted=2)
JPEGS = (Jpeg("444", 10), Jpeg("444", 90))
AGAINST = Opponents(
    images=(*JPEGS, WebP(50)),
    videos=(
        VideoCodec(codec="h264", sampling="444", quantiser=30, preset="veryfast", refresh=4),
        VideoCodec(codec="h264", sampling="444", quantiser=44, preset="veryfast", refresh=4),
    ),
    stretches=StretchPlan(seed=5, standard=2, busy=1, frames=8, scored=2),
    stills=StillPlan(
        seed=5, standard=2, busy=1, codecs=(*JPEGS, Avif(20, speed=8), Avif(60, speed=8))
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a profile's folder with an evaluation of untrained weights beside it."""
    here = tmp_path_factory.mktemp("card")
    save(tiny_profile(), here / "tiny")
    untrained_reduced(untrained_weights(here / "weights"))
    evaluate(
        here / "weights",
        here / "tiny" / "evaluation.json",
        plan=PLAN,
        jpegs=JPEGS,
        against=AGAINST,
        cache=here / "cache",
    )
    return here / "tiny"


@pytest.fixture(scope="module")
def evaluation(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "evaluation.json").read_text())
    return found


def test_short_clips_are_test_clips_with_instants_of_their_own() -> None:
    blocks = short_clips(seed=1, kind="busy", clips=5, per_block=2)
    clips = [clip for block in blocks for clip in block.clips]
    assert [len(block.clips) for block in blocks] == [2, 2, 1]
    assert {clip.split for clip in clips} == {"test"}
    assert len({clip.instants for clip in clips}) == 5
    assert all(first < second < 150 for first, second in (clip.instants for clip in clips))


def test_groups_count_their_clips(evaluation: dict[str, Any]) -> None:
    clips = {name: group["clips"] for name, group in evaluation["groups"].items()}
    assert clips == {"test": 5, "standard": 3, "busy": 2, "shifted": 2}
    assert evaluation["groups"]["test"]["frames"] == 10


def test_differences_are_paired_with_the_uncompressed_network(evaluation: dict[str, Any]) -> None:
    group = evaluation["groups"]["test"]
    for unit in group["units"].values():
        for task, loss in unit["points_over_clean"].items():
            apart = unit["scores"][task]["mean"] - group["clean"][task]["mean"]
            assert loss["mean"] == pytest.approx(100 * apart, abs=1e-3)
            assert loss["low"] <= loss["mean"] <= loss["high"]


def test_real_bytes_are_held_against_the_ideal(evaluation: dict[str, Any]) -> None:
    units = evaluation["groups"]["test"]["units"]
    coding = units["unit-2"]["coding"]
    assert coding["frames_over_bound"] == 0
    assert 0 < coding["real_bytes"] - coding["ideal_bytes"] < 4
    assert "coding" not in units["jpeg444-q10"]


def test_the_card_shows_every_unit_and_target(folder: Path, evaluation: dict[str, Any]) -> None:
    text = write(folder, folder / "model-card.md")
    assert (folder / "model-card.md").read_text() == text
    assert text.startswith("# Model card: tiny")
    for target in evaluation["targets"]:
        assert target["target"] in text
    for unit in ("uncompressed", "unit-1", "unit-2"):
        assert text.count(f"| {unit} |") >= 4  # short, stretches, shifted, apart
    assert "**no**" in text  # untrained units do not reach 20 points


def test_the_answer_comes_first_and_details_last(evaluation: dict[str, Any]) -> None:
    text = render(tiny_profile(), evaluation)
    parts = [line.strip("# ") for line in text.splitlines() if line.startswith(("# ", "## "))]
    assert parts[:4] == [
        "Model card: tiny",
        "In short",
        "Score against bytes",
        "What the device spends",
    ]
    assert parts[-1] == "Times"
    assert parts.index("Details") > parts.index("Limits")


def test_what_the_device_spends_is_counted_and_timed(evaluation: dict[str, Any]) -> None:
    load = evaluation["costs"]["device"]
    assert load["jpeg444-q10"] == {"macs": 0, "weights_bytes": 0}
    # Head: stem 8x8/4 to 32 channels at 56x56, then 3x3/2 to 48 at 28x28; weights and biases.
    head = 56 * 56 * 32 * (3 * 8 * 8) + 28 * 28 * 48 * (32 * 3 * 3)
    assert load["zlib-8b"]["macs"] == head
    assert load["zlib-8b"]["weights_bytes"] == 2 * (32 * (3 * 64 + 1) + 48 * (32 * 9 + 1))
    assert load["unit-2"]["macs"] > load["unit-1"]["macs"] > head
    found = {cost.name: cost for cost in costs_of(tiny_profile(), evaluation)}
    assert list(found) == ["unit-1", "unit-2"]  # those of both, the profile and the evaluation
    assert found["unit-1"].device_ms == pytest.approx(5, rel=0.2)
    assert found["unit-1"].network_ms == pytest.approx(3, rel=0.2)
    assert found["unit-1"].macs == load["unit-1"]["macs"]


def test_a_card_without_misses_says_so(evaluation: dict[str, Any]) -> None:
    good = [{**target, "met": True} for target in evaluation["targets"]]
    assert "All targets are met." in render(tiny_profile(), {**evaluation, "targets": good})


@pytest.mark.parametrize("content", ["[]", "{}", "{", '{"targets": 3}'])
def test_a_foreign_evaluation_writes_nothing(tmp_path: Path, content: str) -> None:
    save(tiny_profile(), tmp_path / "tiny")
    (tmp_path / "tiny" / "evaluation.json").write_text(content)
    with pytest.raises(InputError, match="must be what an evaluation wrote"):
        write(tmp_path / "tiny", tmp_path / "card.md")
    assert not (tmp_path / "card.md").exists()


def test_a_missing_evaluation_is_named(tmp_path: Path) -> None:
    save(tiny_profile(), tmp_path / "tiny")
    with pytest.raises(InputError, match=r"evaluation\.json does not exist"):
        write(tmp_path / "tiny", tmp_path / "card.md")


def test_everything_is_compared_on_the_same_clips(evaluation: dict[str, Any]) -> None:
    sets = evaluation["comparison"]["sets"]
    assert {name: found["clips"] for name, found in sets.items()} == {
        "short": 5,
        "stretches": 3,
        "stills": 3,
    }
    assert {name: found["scored_frames"] for name, found in sets.items()} == {
        "short": 10,
        "stretches": 6,
        "stills": 6,
    }
    families = {"unit", "zlib", "crbq-packed", "crbq-coded", "jpeg444", "webp", "server"}
    assert set(sets["short"]["families"]) == families
    assert set(sets["stretches"]["families"]) == families | {"h264_444"}
    answers = {"answer-class", "answer-box", "answer-mask"}
    assert set(sets["stills"]["families"]) == {"unit", "jpeg444", "avif444-s8"} | answers
    short = evaluation["groups"]["test"]["units"]["unit-2"]
    assert sets["short"]["settings"]["unit-2"]["bytes"] == short["bytes"]


def test_packed_symbols_take_their_fixed_length(evaluation: dict[str, Any]) -> None:
    settings = evaluation["comparison"]["sets"]["short"]["settings"]
    packed, coded = (settings[f"crbq-{how}-4c2b"] for how in ("packed", "coded"))
    assert packed["bytes"] == dict.fromkeys(("mean", "low", "high"), 20 + 4 * 196 * 2 / 8)
    assert coded["scores"] == packed["scores"]


def test_video_settings_say_what_a_simulator_needs(evaluation: dict[str, Any]) -> None:
    found = evaluation["comparison"]["sets"]["stretches"]["settings"]["h264_444-qp30"]
    assert (found["kind"], found["chained"], found["refresh"]) == ("video-codec", True, 4)
    mean = (2 * found["intra_bytes"] + 6 * found["predicted_bytes"]) / 8
    assert found["bytes"]["mean"] == pytest.approx(mean, abs=0.2)
    assert found["encode_ms"]["median"] > 0


def test_answers_from_the_device_score_what_the_server_then_has(evaluation: dict[str, Any]) -> None:
    found = evaluation["comparison"]["sets"]["stills"]
    clean, own = found["clean"], found["settings"]
    for name, size in (("class", 22), ("box", 26)):
        assert own[f"answer-{name}"]["bytes"]["mean"] == size
        assert own[f"answer-{name}"]["scores"]["top1"]["mean"] == clean["top1"]
    assert own["answer-mask"]["scores"]["mask_iou"]["mean"] == clean["mask_iou"]
    assert own["answer-box"]["scores"]["box_iou"]["mean"] == pytest.approx(
        clean["box_iou"], abs=0.02
    )
    load = evaluation["costs"]["device"]
    assert load["answer-class"] == load["device"]  # the whole network runs there


def test_pictures_that_take_long_say_what_they_take(evaluation: dict[str, Any]) -> None:
    own = evaluation["comparison"]["sets"]["stills"]["settings"]
    for part in ("encode_ms", "decode_ms"):
        assert 0 < own["avif444-s8-q60"][part]["median"] <= own["avif444-s8-q60"][part]["p95"]
        assert part not in own["unit-1"]
    text = render(tiny_profile(), evaluation)
    assert "AVIF takes a picture the time of many networks" in text
    assert text.count("| avif444-s8-q60 |") == 2  # its time, and all settings


def test_slow_pictures_are_measured_into_an_evaluation_that_stays_as_it_is(
    folder: Path, evaluation: dict[str, Any], tmp_path: Path
) -> None:
    file, weights = tmp_path / "evaluation.json", folder.parent / "weights"
    before: dict[str, Any] = json.loads(json.dumps(evaluation))
    for part in (before["comparison"]["sets"], before["seeds"]):
        part.pop("stills")
    still, *others = before["comparison"]["targets"]
    before["comparison"]["targets"] = [still | {"found": "JPEG alone", "met": True}, *others]
    file.write_text(json.dumps(before))
    add_stills(weights, file, plan=AGAINST.stills, cache=folder.parent / "cache")
    after = json.loads(file.read_text())
    assert after["comparison"]["targets"] == evaluation["comparison"]["targets"]
    assert "stills" in after["seeds"]
    added = after["comparison"]["sets"].pop("stills")
    assert added["families"] == evaluation["comparison"]["sets"]["stills"]["families"]
    assert after["comparison"]["sets"] == before["comparison"]["sets"]
    assert after["groups"] == before["groups"]


@pytest.mark.parametrize("content", ["[]", "{}", "{", '{"facts": {"digests": {}}}'])
def test_slow_pictures_are_not_measured_into_a_foreign_file(
    folder: Path, tmp_path: Path, content: str
) -> None:
    (tmp_path / "evaluation.json").write_text(content)
    with pytest.raises(InputError, match="must be what `splitcast units evaluate --baselines`"):
        add_stills(folder.parent / "weights", tmp_path / "evaluation.json")
    assert (tmp_path / "evaluation.json").read_text() == content


def test_the_card_shows_the_comparison_and_its_plot(
    folder: Path, evaluation: dict[str, Any]
) -> None:
    text = write(folder, folder / "model-card.md")
    assert text.count("| CR+BQ, entropy-coded |") == 1
    assert "with an intra frame every 4 frames" in text
    for target in evaluation["comparison"]["targets"]:
        assert target["target"] in text
    plot = (folder / "rate-accuracy.svg").read_text()
    assert plot == draw(tiny_profile(), evaluation)
    for name in ("bottleneck units", "WebP (4:2:0)", "H.264 4:4:4", "mask (mIoU), %"):
        assert name in plot
    costs = (folder / "rate-accuracy-cost.svg").read_text()
    assert "device time of a frame, ms (median)" in costs


def test_a_card_without_a_comparison_says_what_is_not_compared(
    evaluation: dict[str, Any], tmp_path: Path
) -> None:
    alone = {name: part for name, part in evaluation.items() if name != "comparison"}
    save(tiny_profile(), tmp_path / "tiny")
    (tmp_path / "tiny" / "evaluation.json").write_text(json.dumps(alone))
    text = write(tmp_path / "tiny", tmp_path / "card.md")
    assert "Score against bytes" not in text
    assert "Only JPEG is compared here" in text
    assert not (tmp_path / "rate-accuracy.svg").exists()


def group(sizes: list[float], top1: list[float], jpeg: float | None) -> dict[str, Any]:
    def about(mean: float) -> dict[str, float]:
        return {"mean": mean, "low": mean, "high": mean}

    units: dict[str, Any] = {
        f"unit-{k}": {
            "kind": "bottleneck",
            "bytes": about(size),
            "scores": {"top1": about(score)},
            "points_over_clean": {"top1": about(100 * (score - 0.9))},
            "coding": {
                "payloads": 10,
                "frames_over_bound": 0,
                "worst_bytes_over_bound": -1.0,
                "real_bytes": 102.0,
                "ideal_bytes": 100.0,
            },
        }
        for k, (size, score) in enumerate(zip(sizes, top1, strict=True), start=1)
    }
    needed = about(jpeg) if jpeg else None
    for unit in units.values():
        for part in ("scores", "points_over_clean"):
            unit[part] |= dict.fromkeys(("box_iou", "mask_iou"), about(0.0))
    return {"units": units, "jpeg444_bytes_for_clean_minus_2_points": {"top1": needed}}


COSTS = {"backbone_bytes": 1000, "unit_bytes": {"unit-1": 59, "unit-2": 60}}


@pytest.mark.parametrize(
    ("found", "costs", "met"),
    [
        (group([100, 800], [0.65, 0.896], 8000.0), COSTS, [1, 1, 1, 1, 1, 1]),
        (group([100, 790], [0.71, 0.89], 8000.0), COSTS, [0, 0, 0, 1, 1, 1]),
        (group([100, 790], [0.71, 0.89], 790.0), COSTS, [0, 0, 0, 0, 1, 1]),
        (group([100, 790], [0.71, 0.89], None), COSTS, [0, 0, 0, 0, 1, 1]),
        (
            group([100, 800], [0.65, 0.896], 6300.0),
            {"backbone_bytes": 900, "unit_bytes": {"unit-1": 59}},
            [1, 1, 1, 0, 1, 0],
        ),
    ],
)
def test_targets_are_judged(found: dict[str, Any], costs: dict[str, Any], met: list[int]) -> None:
    assert [int(verdict.met) for verdict in verdicts(found, costs)] == met
