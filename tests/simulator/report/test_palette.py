from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from simulator.framelog import Outcome, Reason
from simulator.metrics import STAGES as MEASURED_STAGES
from simulator.report import palette

if TYPE_CHECKING:
    from collections.abc import Iterable

# How linear RGB looks without one kind of cone (Machado, Oliveira and Fernandes, "A
# physiologically-based model for simulation of color vision deficiency", 2009, severity 1).
EYES = {
    "usual": np.eye(3),
    "no red": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "no green": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "no blue": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
) / np.array([[0.95047], [1.0], [1.08883]])


def nearest(colours: Iterable[str], eye: str) -> float:
    """Return the least distance between two colours in CIE L*a*b* as an eye sees them."""
    seen = []
    for colour in colours:
        encoded = np.array(to_rgb(colour))
        linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
        x, y, z = np.cbrt(TO_XYZ @ np.clip(EYES[eye] @ linear, 0, 1))
        seen.append(np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)]))
    return min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2))


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
    assert set(palette.REASONS) == set(Reason) - {Reason.NONE}
    assert tuple(palette.STAGES) == MEASURED_STAGES


@pytest.mark.parametrize(
    "colour", [*palette.OUTCOMES.values(), *palette.REASONS.values(), *palette.STAGES.values()]
)
def test_words_on_an_area_stand_out_from_it(colour: str) -> None:
    assert abs(luma(palette.ink_on(colour)) - luma(colour)) > 0.3


@pytest.mark.parametrize("eye", EYES)
def test_colours_that_meet_in_a_plot_stay_apart_for_every_eye(eye: str) -> None:
    assert nearest(palette.of_policies([f"p{k}" for k in range(8)]).values(), eye) > 12
    fates = {*palette.OUTCOMES.values(), *palette.REASONS.values()}
    assert len(fates) == 13
    assert nearest(fates, eye) > 12
    assert nearest({palette.DARK.get(colour, colour) for colour in fates}, eye) > 9
    assert nearest(palette.STAGES.values(), eye) > 12
    units = palette.of_units(["device", *(f"unit-{k}" for k in range(6))], ["device"])
    assert nearest(units.values(), eye) > 8
