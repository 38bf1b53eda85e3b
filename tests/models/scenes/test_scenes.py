"""The procedural video: frames that render alone, honest truth, splits that share nothing."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import numpy as np
import pytest

from models.scenes import CLASSES, EMPTY, PROFILED, SETS, SIDE, SPLITS, Frame, render
from models.scenes.figures import Figure, lay, patch_window
from models.scenes.script import ClipKey, shot_at
from models.scenes.vocabulary import DISTRACTOR_SHAPES, SHAPES, TEXTURES, class_parts
from simulator.foundation.errors import InputError

EXPECTED_MEANS = [83.53, 118.1, 35.82, 156.71, 96.69, 37.53]
EXPECTED_CLASSES = [
    "square zigzag blue-yellow",
    "square rings blue-yellow",
    "triangle rings blue-yellow",
    "cross rings blue-yellow",
    "square zigzag red-green",
    "empty",
]


def clip_frames(kind: str, clip: int, instants: range) -> list[Frame]:
    return [render(seed=3, split="test", clip=clip, t=t, kind=kind) for t in instants]


def same(left: Frame, right: Frame) -> bool:
    return (
        left.label == right.label
        and bool((left.image == right.image).all())
        and bool((left.mask == right.mask).all())
        and bool((left.box == right.box).all())
    )


@pytest.mark.parametrize("kind", SETS)
def test_a_frame_renders_alone_as_it_does_in_sequence(kind: str) -> None:
    in_order = clip_frames(kind, 5, range(0, 60, 6))
    backwards = clip_frames(kind, 5, range(54, -1, -6))
    assert all(same(a, b) for a, b in zip(in_order, reversed(backwards), strict=True))


def test_frames_have_the_documented_shapes() -> None:
    frame = render(seed=1, split="training", clip=0, t=9)
    assert frame.image.shape == (SIDE, SIDE, 3)
    assert frame.image.dtype == np.uint8
    assert frame.mask.shape == (SIDE, SIDE)
    assert frame.box.dtype == np.float32


def test_splits_seeds_clips_and_instants_show_different_pictures() -> None:
    names = [("seed", 2), ("clip", 1), ("t", 3), ("kind", "busy")]
    names += [("split", split) for split in SPLITS if split != "training"]
    first: dict[str, object] = {"seed": 1, "split": "training", "clip": 0, "t": 2}
    pictures = {
        sha256(render(**(first | dict([change]))).image.tobytes()).hexdigest()  # type: ignore[arg-type]
        for change in names
    }
    assert len(pictures) == len(names)


def test_the_pixels_are_those_that_the_weights_were_trained_on() -> None:
    drawn = [
        render(seed=1, split="training", clip=c, t=20, kind=k) for c in (0, 1) for k in PROFILED
    ]
    means = [float(frame.image.mean()) for frame in drawn]
    assert means == pytest.approx(EXPECTED_MEANS, abs=0.05)
    assert [CLASSES[frame.label] for frame in drawn] == EXPECTED_CLASSES


@pytest.mark.parametrize("kind", SETS)
def test_the_box_is_the_tightest_around_the_mask(kind: str) -> None:
    for frame in clip_frames(kind, 2, range(0, 90, 9)):
        left, top, right, bottom = (frame.box * SIDE).round().astype(int)
        inside = frame.mask[top:bottom, left:right]
        assert inside.sum() == frame.mask.sum()
        assert (frame.label == EMPTY) == (frame.mask.sum() == 0)
        if frame.label != EMPTY:
            assert inside[0].any()
            assert inside[-1].any()
            assert inside[:, 0].any()
            assert inside[:, -1].any()


def test_subjects_come_go_and_change_inside_busy_clips() -> None:
    changes_at_cuts = changes_within_shots = 0
    for clip in range(5):
        for before, after in pairwise(clip_frames("busy", clip, range(0, 150, 3))):
            changed = before.label != after.label
            changes_at_cuts += changed and before.shot != after.shot
            changes_within_shots += changed and before.shot == after.shot
    assert changes_at_cuts >= 3
    assert changes_within_shots >= 3


def test_some_frames_are_empty_and_many_classes_occur() -> None:
    frames = [f for clip in range(30) for f in clip_frames("standard", clip, range(10, 120, 30))]
    empty = sum(frame.label == EMPTY for frame in frames)
    assert 0.04 * len(frames) < empty < 0.4 * len(frames)
    assert len({frame.label for frame in frames}) > 20


def test_subjects_are_small_and_large() -> None:
    frames = [f for clip in range(30) for f in clip_frames("standard", clip, range(10, 120, 30))]
    sides = [max(f.box[2] - f.box[0], f.box[3] - f.box[1]) for f in frames if f.label != EMPTY]
    assert min(sides) < 0.16
    assert max(sides) > 0.5


def test_clutter_swings_within_busy_clips_more_than_within_standard_ones() -> None:
    def swing(kind: str) -> float:
        shots = [
            [
                len(shot_at(ClipKey(seed=1, split="test", clip=c, kind=kind), s).visits)
                for s in range(20)
            ]
            for c in range(20)
        ]
        return float(np.mean([np.std(row) for row in shots]))

    assert swing("busy") > 1.5 * swing("standard")


def test_night_is_dark() -> None:
    dark, light = (clip_frames(kind, 1, range(1)) for kind in ("shifted", "standard"))
    assert dark[0].image.mean() < 0.6 * light[0].image.mean()


def test_every_class_is_a_shape_a_texture_and_a_chroma() -> None:
    parts = {class_parts(label) for label in range(EMPTY)}
    assert len(parts) == len(CLASSES) - 1 == 32
    assert {shape for shape, _, _ in parts} == set(range(len(SHAPES)))


@pytest.mark.parametrize("shape", SHAPES + DISTRACTOR_SHAPES)
@pytest.mark.parametrize("texture", [*TEXTURES, "plain"])
def test_a_figure_stays_within_its_window_and_is_filled(shape: str, texture: str) -> None:
    figure = Figure(
        shape=shape, texture=texture, chroma=0, x=32, y=30, radius=20, angle=0.7, period=5,
        colour=(0.5, 0.5, 0.5), contrast=0.2, evidence=0.1,
    )  # fmt: skip
    canvas = np.zeros((64, 64, 3), dtype=np.float32)
    laid = lay(canvas, figure)
    assert laid is not None
    coverage, _window = laid
    edge = np.concatenate([coverage[0], coverage[-1], coverage[:, 0], coverage[:, -1]])
    assert edge.max() == 0
    assert 0.15 * 20**2 < coverage.sum() < np.pi * 20**2


def test_a_figure_outside_the_frame_is_not_drawn() -> None:
    figure = Figure(
        shape="disc", texture="plain", chroma=0, x=-40, y=30, radius=20, angle=0, period=5,
        colour=(1, 1, 1), contrast=0, evidence=0,
    )  # fmt: skip
    assert patch_window(figure, 64) is None
    assert lay(np.zeros((64, 64, 3), dtype=np.float32), figure) is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"split": "tests"}, "did you mean 'test'"),
        ({"kind": "buzy"}, "did you mean 'busy'"),
        ({"clip": -1}, "clip: -1 must be >= 0"),
        ({"t": -4}, "t: -4 must be >= 0"),
    ],
)
def test_a_frame_that_cannot_be_named_is_refused(wrong: dict[str, object], said: str) -> None:
    name: dict[str, object] = {"seed": 1, "split": "test", "clip": 0, "t": 0}
    with pytest.raises(InputError, match=said):
        render(**(name | wrong))  # type: ignore[arg-type]
