"""The units that ship at other split points: read from their files, and set beside the search."""

from __future__ import annotations

import numpy as np
import pytest

from models import ladder
from models.search.sampling import Design
from models.search.shipped import Shipped, compared, shipped
from models.search.tables import longer_rows
from models.units.bottleneck import BottleneckUnit
from models.units.shape import UnitShape
from tests.models.search.outcomes import outcome
from tests.models.untrained import untrained_weights

SCORES = {"top1": 0.9, "box_iou": 0.8, "mask_iou": 0.7}
SHAPE = UnitShape(features=(64, 28, 28), channels=2, width=8)


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shipped, ...]:
    """Return late units: two tell their scores and code length, one neither."""
    folder = untrained_weights(tmp_path_factory.mktemp("shipped") / "weights")
    digest = ladder.load_backbone(folder)[1]
    told = {
        "late-1": {"selection": SCORES | {"ideal_bytes": 142.0}},
        "late-2": {"selection": SCORES | {"ideal_bytes": 140.0}},
        "late-3": {},
    }
    for number, (name, about) in enumerate(told.items(), start=31):
        unit = BottleneckUnit(number, SHAPE, name=name).eval()
        unit.seal(np.zeros((1, 2, 14, 14), dtype=np.int32))
        shown = {"worth": 8.0, "images": 1000, "warm_images": 234}
        ladder.save_unit(folder, unit, about | shown, backbone=digest)
    return shipped(ladder.load(folder))


def test_units_are_as_their_files_tell_and_without_scores_they_are_left_out(
    units: tuple[Shipped, ...],
) -> None:
    assert [unit.name for unit in units] == ["late-1", "late-2"]
    first = units[0]
    design = Design(split="late", channels=2, stride=2, width=8, step=1.0, worth=8.0)
    assert first.design == design
    assert (first.images, first.scores) == (1234, SCORES)
    assert first.mean_score == pytest.approx(0.8)


def test_code_lengths_get_the_header_and_a_mark(units: tuple[Shipped, ...]) -> None:
    assert [unit.payload_bytes for unit in units] == [162.0, 160.0]  # with a header of 20
    rows = longer_rows([outcome("longer-late", 339, 0.8, split="late"), *units])
    assert [row.split(" | ")[7] for row in rows[2:]] == ["339", "~162", "~160"]


def test_a_searched_design_stands_beside_the_unit_of_the_nearest_score(
    units: tuple[Shipped, ...],
) -> None:
    late, early = (outcome("x", 339, 0.79, split=split) for split in ("late", "early"))
    assert compared([early, late], units) == [
        "Late: the searched design takes 339 B at 79.0 % top-1, `late-1` ~162 B at 90.0 %."
    ]
