"""Little folders of pictures in the layouts that tasks want."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def picture(path: Path, pixels: NDArray[np.uint8] | None = None) -> Path:
    """Write a picture: the given one, or soft blots drawn from its path's name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    blots = generator(1, path.name, path.parent.name).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    shown = Image.fromarray(blots).resize((48, 40)) if pixels is None else Image.fromarray(pixels)
    shown.save(path)
    return path


def classes(folder: Path, *, each: int = 2, names: str = "abc") -> Path:
    """Write some pictures of each class."""
    for name in names:
        for k in range(each):
            picture(folder / name / f"{k}.png")
    return folder


def coco(folder: Path) -> Path:
    """Write four pictures of 48x40: none, one and two boxes, and a crowd."""
    boxes = {0: [], 1: [(1, [12, 10, 24, 20])], 2: [(0, [0, 0, 24, 40]), (1, [24, 0, 24, 40])]}
    images = [
        {"id": 10 + k, "file_name": f"{k:012}.jpg", "width": 48, "height": 40} for k in range(4)
    ]
    annotations = [
        {"image_id": 10 + k, "category_id": label, "bbox": box, "iscrowd": 0}
        for k, shown in boxes.items()
        for label, box in shown
    ]
    annotations.append({"image_id": 13, "category_id": 0, "bbox": [0, 0, 9, 9], "iscrowd": 1})
    for image in images:
        picture(folder / "images" / str(image["file_name"]))
    document = {"images": images, "annotations": annotations}
    (folder / "annotations.json").write_text(json.dumps(document))
    return folder


def voc(folder: Path, clips: str = "xy", frames: int = 3) -> Path:
    """Write clips of numbered frames with masks: left half class 1, right half background."""
    mask = np.zeros((40, 48), np.uint8)
    mask[:, :24] = 1
    for clip in clips:
        for k in range(frames):
            picture(folder / "JPEGImages" / clip / f"frame-{k}.jpg")
            picture(folder / "SegmentationClass" / clip / f"frame-{k}.png", mask)
    return folder
