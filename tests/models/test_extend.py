from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.baselines.avif import Avif
from models.baselines.jpeg import Jpeg
from models.extend import extend
from models.measure import ContentPlan, TimingPlan, measure
from models.profile import DEVICE_STAGES, Profile, Unit, combined, load, save
from models.show import render
from models.subjects.sent_answer import TAIL
from simulator.foundation.errors import InputError
from tests.models.profiles import tiny_profile
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = ContentPlan(seed=5, frames=3, calibration={"standard": 1}, replay={"busy": 1})
TIMING = TimingPlan(batch_sizes=(1, 2), rounds=3, server_rounds=2, warm_up=0, loads=1)
AVIF, JPEG = Avif(30, speed=9), Jpeg("444", 50)
ANSWERS = ("answer-class", "answer-box", "answer-mask")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with weights, and a profile of them before there were AVIF and answers."""
    folder = tmp_path_factory.mktemp("extend")
    weights = untrained_weights(folder / "weights")
    cache = folder / "cache"
    whole = measure(
        weights, folder / "old", content=CONTENT, timing=TIMING, codecs=(JPEG,), cache=cache
    )
    units = tuple(unit for unit in whole.units if unit.kind != "answer")
    save(replace(whole, units=units, sha256=""), folder / "old")
    return folder


@pytest.fixture(scope="module")
def extended(here: Path) -> Profile:
    old = here / "old"
    (here / "new").mkdir()
    for file in old.iterdir():
        (here / "new" / file.name).write_bytes(file.read_bytes())
    return _extended(here, here / "new")


def _extended(here: Path, folder: Path, content: ContentPlan = CONTENT) -> Profile:
    return extend(
        here / "weights",
        folder,
        codecs=(AVIF,),
        content=content,
        timing=TIMING,
        cache=here / "cache",
    )


def test_units_are_added_in_order_of_bytes(here: Path, extended: Profile) -> None:
    names = extended.unit_names
    assert names[:3] == ("device", *ANSWERS[:2])
    assert set(names) == {"device", *ANSWERS, "unit-1", "unit-2", AVIF.name, JPEG.name}
    assert load(here / "new").sha256 == extended.sha256


def test_no_number_of_what_was_there_changes(here: Path, extended: Profile) -> None:
    for before in load(here / "old").units:
        after = extended.units[extended.index(before.name)]
        for field in fields(Unit):
            one, other = getattr(before, field.name), getattr(after, field.name)
            if isinstance(one, dict):
                assert one.keys() == other.keys()
                for task in one:
                    np.testing.assert_array_equal(one[task], other[task])
            else:
                np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(load(here / "old").tail_ns, extended.tail_ns)


def test_a_new_unit_is_measured_on_every_frame(extended: Profile) -> None:
    avif, said = (extended.units[extended.index(name)] for name in (AVIF.name, "answer-mask"))
    assert (avif.kind, said.kind) == ("image-codec", "answer")
    assert avif.payload_bytes.shape == said.payload_bytes.shape == (2, 3)
    assert said.tail is not None
    assert (said.tail.name, said.tail.memory_bytes) == (TAIL, 0)
    np.testing.assert_array_equal(said.scores["top1"], extended.clean_scores["top1"])
    assert said.module == "device"  # to answer there and to send the answer is one network


def test_before_it_is_coded_an_answer_takes_what_the_same_network_takes(extended: Profile) -> None:
    device = extended.units[0]
    said = extended.units[extended.index("answer-box")]
    stages = [stage != "entropy_encode" for stage in DEVICE_STAGES]

    def rows(unit: Unit) -> list[list[int]]:
        found: list[list[int]] = unit.device_rows_ns[:, stages].tolist()
        return sorted(found)

    assert rows(said) == rows(device)
    assert (said.device_rows_ns[:, DEVICE_STAGES.index("entropy_encode")] > 0).all()
    assert said.switch_ns == device.switch_ns


def test_behind_its_bitstream_a_picture_is_served_as_any_other(extended: Profile) -> None:
    avif, jpeg = (extended.units[extended.index(codec.name)] for codec in (AVIF, JPEG))
    np.testing.assert_array_equal(avif.decode_ns, jpeg.decode_ns)
    assert not np.array_equal(avif.entropy_decode_ns, jpeg.entropy_decode_ns)


def test_the_profile_says_where_new_units_were_timed(extended: Profile) -> None:
    info: Any = extended.info
    (added,) = info["added"]
    assert set(added["units"].split(", ")) == {*ANSWERS, AVIF.name}
    assert "pillow" in added["versions"]
    assert 0 < added["device_ms"]["median"] <= added["device_ms"]["p95"]
    assert set(extended.unit_names) == set(info["digests"]) == set(info["wall_ms"]["units"])
    text = render(extended)
    assert f"{added['units']}: timed on {added['processor']}, where device takes " in text


def test_a_profile_of_two_machines_says_so_too(extended: Profile) -> None:
    both = combined(extended, extended, "both")
    assert both.info["device_added"] == both.info["server_added"] == extended.info["added"]
    assert render(both).count("where device takes") == 2


def test_a_profile_that_lacks_nothing_stays_as_it_is(here: Path, extended: Profile) -> None:
    again = _extended(here, here / "new")
    assert again.sha256 == extended.sha256


def test_a_profile_of_other_weights_is_refused(here: Path, tmp_path: Path) -> None:
    save(tiny_profile(), tmp_path / "tiny")
    before = (tmp_path / "tiny" / "profile.json").read_bytes()
    with pytest.raises(InputError, match="must be those that the profile was measured with"):
        _extended(here, tmp_path / "tiny")
    assert (tmp_path / "tiny" / "profile.json").read_bytes() == before


@pytest.mark.parametrize("frames", [2, 4])
def test_a_profile_of_another_number_of_frames_is_refused(here: Path, frames: int) -> None:
    with pytest.raises(InputError, match=rf"must be the 2 of {frames} frames"):
        _extended(here, here / "old", replace(CONTENT, frames=frames))


def test_a_profile_whose_clips_show_something_else_is_refused(here: Path, tmp_path: Path) -> None:
    old = load(here / "old")
    other = {task: 1 - scores for task, scores in old.clean_scores.items()}
    save(replace(old, clean_scores=other, sha256=""), tmp_path / "other")
    with pytest.raises(InputError, match="100 % of answers differ"):
        _extended(here, tmp_path / "other")
