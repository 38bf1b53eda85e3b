from __future__ import annotations

import pytest
from matplotlib.colors import to_rgb

from simulator.framelog import Outcome
from simulator.metrics import STAGES as MEASURED_STAGES
from simulator.report import palette


def luma(colour: str) -> float:
    red, green, blue = to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_eight_policies_have_eight_colours_and_the_ninth_the_first() -> None:
    colours = palette.of_policies([f"p{k}" for k in range(9)])
    assert len(set(colours.values())) == 8
    assert colours["p8"] == colours["p0"]


def test_units_grow_lighter_along_the_ladder() -> None:
    names = [f"unit-{k}" for k in range(7)]
    lumas = [luma(colour) for colour in palette.of_units(names).values()]
    assert lumas == sorted(lumas)
    assert len(set(lumas)) == 7


def test_a_unit_on_the_device_keeps_its_own_colour_and_leaves_the_scale_alone() -> None:
    with_device = palette.of_units(["device", "a", "b"], ["device"])
    assert with_device["device"] == palette.ON_DEVICE
    assert palette.of_units(["a", "b"]) == {k: with_device[k] for k in ("a", "b")}


def test_a_ladder_of_one_unit_has_a_colour() -> None:
    assert len(palette.of_units(["only"])) == 1


def test_every_outcome_and_every_measured_stage_has_a_colour_in_order() -> None:
    assert list(palette.OUTCOMES) == list(Outcome)
    assert tuple(palette.STAGES) == MEASURED_STAGES


@pytest.mark.parametrize("colour", [*palette.OUTCOMES.values(), *palette.STAGES.values()])
def test_words_on_an_area_stand_out_from_it(colour: str) -> None:
    assert abs(luma(palette.ink_on(colour)) - luma(colour)) > 0.3
