from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from models.own.tasks import TASKS
from models.own.tasks.detection import Shown
from simulator.foundation.errors import InputError
from tests.models.own.data import classes, coco, picture, voc

if TYPE_CHECKING:
    from pathlib import Path

CLASSIFY, DETECT, SEGMENT = (TASKS[name] for name in TASKS)


def test_classes_are_folders_by_name(tmp_path: Path) -> None:
    clips = CLASSIFY.clips(classes(tmp_path, names="ba"))
    assert [clip.name for clip in clips] == ["a/0.png", "a/1.png", "b/0.png", "b/1.png"]
    assert [clip.truths for clip in clips] == [(0,), (0,), (1,), (1,)]


def test_numbered_frames_are_a_clip_in_order_of_their_numbers(tmp_path: Path) -> None:
    for clip, count in (("one", 12), ("two", 11)):
        for k in range(count):
            picture(tmp_path / "class" / clip / f"f{k}.jpg")
    first, second = CLASSIFY.clips(tmp_path)
    assert [path.stem for path in first.frames] == [f"f{k}" for k in range(11)]  # the shortest
    assert len(second.frames) == len(second.truths) == 11


def test_layouts_that_make_no_profile_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be a folder"):
        CLASSIFY.clips(tmp_path / "none")
    with pytest.raises(InputError, match="0 clips must be at least 2"):
        CLASSIFY.clips(tmp_path)
    classes(tmp_path)
    picture(tmp_path / "a" / "clip" / "1.png")
    picture(tmp_path / "a" / "clip" / "2.png")
    with pytest.raises(InputError, match="a mixture must be single pictures, or clips"):
        CLASSIFY.clips(tmp_path)
    picture(tmp_path / "a" / "clip" / "x2.png")
    with pytest.raises(InputError, match=r"x2\.png must end in a number of its own"):
        CLASSIFY.clips(tmp_path)


def test_too_many_frames_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.own.clips._MOST_FRAMES", 3)
    with pytest.raises(InputError, match="over 3 frames must be fewer"):
        CLASSIFY.clips(classes(tmp_path))


def test_the_largest_logit_answers() -> None:
    logits = torch.tensor([[0.0, 2.0], [3.0, 0.0]])
    found = CLASSIFY.score([logits], (1, 1), 32)
    assert found.scores["top1"].tolist() == [1.0, 0.0]
    np.testing.assert_allclose(found.confidence, [0.8808, 0.9526], atol=1e-4)
    with pytest.raises(InputError, match=r"\(2, 2\) must be \(n, classes\), with more than"):
        CLASSIFY.score([logits], (0, 2), 32)


def test_coco_boxes_are_shares_of_the_frame_and_crowds_are_left_out(tmp_path: Path) -> None:
    clips = DETECT.clips(coco(tmp_path))
    shown: Any = [clip.truths[0] for clip in clips]
    assert [len(each.classes) for each in shown] == [0, 1, 2, 0]
    np.testing.assert_allclose(shown[1].boxes, [[0.25, 0.25, 0.75, 0.75]])
    assert shown[2].classes.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("images", 3),
        ("annotations", [{"image_id": 99, "category_id": 1, "bbox": [0, 0, 1, 1]}]),
        ("annotations", [{"image_id": 10, "category_id": -1, "bbox": [0, 0, 1, 1]}]),
        ("annotations", [{"image_id": 10, "category_id": 1, "bbox": [0, 0, 1]}]),
        ("annotations", [{"image_id": 10, "category_id": 1, "bbox": ["nan", 0, 1, 1]}]),
        ("images", [{"id": 10, "file_name": "a", "width": 0, "height": 1}]),
    ],
)
def test_other_annotations_are_refused(key: str, value: object, tmp_path: Path) -> None:
    path = coco(tmp_path) / "annotations.json"
    document = json.loads(path.read_text())
    document["annotations"] = document["annotations"][:1]
    path.write_text(json.dumps(document | {key: value}))
    if key == "images" and isinstance(value, list):
        document["annotations"] = [{"image_id": 10, "category_id": 1, "bbox": [0, 0, 1, 1]}]
        path.write_text(json.dumps(document | {key: value}))
    with pytest.raises(InputError, match="must be images and annotations as in COCO"):
        DETECT.clips(tmp_path)


LEFT, RIGHT = [0.25, 0.5, 0.5, 1.0], [0.75, 0.5, 0.5, 1.0]  # centre and size
SEEN = Shown(np.array([0, 1]), np.array([[0, 0, 0.5, 1], [0.5, 0, 1, 1]], np.float32))
NOTHING = Shown(np.zeros(0, np.int64), np.zeros((0, 4), np.float32))


def _answer(*answers: tuple[list[float], list[float]]) -> list[torch.Tensor]:
    logits, boxes = zip(*answers, strict=True)
    return [torch.tensor([logits]), torch.tensor([boxes])]


def test_right_boxes_score_one() -> None:
    found = DETECT.score(_answer(([9.0, 0, 0], LEFT), ([0, 9.0, 0], RIGHT)), (SEEN,), 32)
    assert found.scores["ap50"].tolist() == pytest.approx([1.0])
    assert found.scores["box_iou"].tolist() == pytest.approx([1.0])
    assert found.confidence[0] > 0.99


def test_a_wrong_class_scores_nothing_for_it() -> None:
    found = DETECT.score(_answer(([9.0, 0, 0], LEFT), ([9.0, 0, 0], RIGHT)), (SEEN,), 32)
    # Class 0: the surest answer is right. Class 1: both are equally unsure, the first is wrong.
    assert found.scores["ap50"].tolist() == pytest.approx([0.75])
    assert found.scores["box_iou"].tolist() == pytest.approx([0.5])


def test_a_frame_without_boxes_wants_silence() -> None:
    sure, unsure = _answer(([9.0, 0, 0], LEFT)), _answer(([0, 0, 9.0], LEFT))
    for answer, score in ((sure, 0.0), (unsure, 1.0)):
        found = DETECT.score(answer, (NOTHING,), 32)
        assert {name: values.tolist() for name, values in found.scores.items()} == {
            "ap50": [score],
            "box_iou": [score],
        }


def test_more_boxes_than_answers_are_missed() -> None:
    both_zero = Shown(np.array([0, 0]), SEEN.boxes)
    found = DETECT.score(_answer(([9.0, 0, 0], LEFT)), (both_zero,), 32)
    assert found.scores["ap50"].tolist() == pytest.approx([0.5])
    assert found.scores["box_iou"].tolist() == pytest.approx([0.5])


def test_answers_of_another_form_are_refused() -> None:
    for shape in ((1, 3), (1, 2, 3), (1, 3, 1)):
        with pytest.raises(InputError, match=r"must be \(n, answers, classes"):
            DETECT.score([torch.zeros(shape), torch.zeros(1, 3, 4)], (SEEN,), 32)
    with pytest.raises(InputError, match="1 classes must have one for category 1"):
        DETECT.score([torch.zeros(1, 1, 2), torch.zeros(1, 1, 4)], (SEEN,), 32)
    with pytest.raises(InputError, match=r"must be \(n, classes, height"):
        SEGMENT.score([torch.zeros(1, 3)], ("mask.png",), 32)


def test_masks_lie_beside_their_frames(tmp_path: Path) -> None:
    clips = SEGMENT.clips(voc(tmp_path))
    assert [clip.name for clip in clips] == ["x", "y"]
    assert str(clips[0].truths[2]).endswith("SegmentationClass/x/frame-2.png")
    (tmp_path / "SegmentationClass" / "y" / "frame-0.png").unlink()
    assert [len(clip.frames) for clip in SEGMENT.clips(tmp_path)] == [2, 2]


def test_cells_are_stretched_to_the_frame_and_compared_class_by_class(tmp_path: Path) -> None:
    (clip, _) = SEGMENT.clips(voc(tmp_path))
    right = torch.zeros(1, 2, 8, 8)
    right[:, 1, :, :4], right[:, 0, :, 4:] = 9.0, 9.0
    assert SEGMENT.score([right], clip.truths[:1], 8).scores["mask_iou"].tolist() == [1.0]
    # All class 1: half of class 1 is right, nothing of the background.
    all_one = torch.tensor([0.0, 9.0])[None, :, None, None].expand(1, 2, 2, 2)
    found = SEGMENT.score([all_one], clip.truths[:1], 8)
    assert found.scores["mask_iou"].tolist() == [0.25]
    assert found.confidence[0] > 0.99


def test_a_mask_that_is_ignored_throughout_is_right(tmp_path: Path) -> None:
    path = picture(tmp_path / "m.png", np.full((4, 4), 255, np.uint8))
    assert SEGMENT.score([torch.zeros(1, 2, 2, 2)], (path,), 4).scores["mask_iou"].tolist() == [1.0]


def test_a_constant_answer_scores_the_share_of_the_commonest_class() -> None:
    assert TASKS["classification"].chance([0, 1, 1, 2]) == {"top1": 0.5}
    assert TASKS["detection"].chance([{}]) == TASKS["segmentation"].chance(["a.png"]) == {}
