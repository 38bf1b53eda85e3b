"""Drawn designs: in their ranges, spread over them, and the same for the same key."""

from __future__ import annotations

import pytest

from models.search.sampling import CHANNELS, STEPS, WIDTHS, WORTHS, Design, designs
from models.split import SPLITS


@pytest.mark.parametrize("split", SPLITS)
def test_designs_stay_in_their_ranges(split: str) -> None:
    for design in designs(3, split, 12):
        assert design.split == split
        assert CHANNELS[0] <= design.channels <= CHANNELS[1]
        assert WIDTHS[0] <= design.width <= WIDTHS[1]
        assert STEPS[0] <= design.step <= STEPS[1]
        assert WORTHS[0] <= design.worth <= WORTHS[1]


def test_each_part_of_a_range_is_drawn_from_once() -> None:
    # Four parts of 3..300 by its logarithm end at 9.5, 30 and 94.9.
    worths = sorted(design.worth for design in designs(1, "middle", 4))
    assert worths[0] <= 9.5 <= worths[1] <= 30 <= worths[2] <= 94.9 <= worths[3]
    assert sorted(design.stride for design in designs(1, "middle", 4)) == [1, 2, 4, 8]


def test_seeds_and_split_points_have_designs_of_their_own() -> None:
    assert designs(1, "early", 3) == designs(1, "early", 3)
    assert designs(1, "early", 3) != designs(2, "early", 3)
    assert designs(1, "early", 3)[0].worth != designs(1, "late", 3)[0].worth


def test_a_device_runs_the_head_and_the_encoder() -> None:
    design = Design(split="late", channels=10, stride=8, width=16, step=1.0, worth=1.0)
    # 4 x 4 cells, each an 8 x 8 window of 64 channels into 16, then 16 into 10.
    encoder = 16 * (8 * 8 * 64 * 16 + 16 * 10)
    assert design.shape.encoder_macs == encoder
    assert design.device_macs == SPLITS["late"].head_macs + encoder
