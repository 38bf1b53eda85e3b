from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from functools import reduce
from itertools import islice, product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from safetensors.numpy import load as parse_arrays
from safetensors.numpy import save as dump_arrays

from models.profile import Profile, Unit, combined, find, load, save, sealed, shipped
from models.profile.storage import _digest
from models.show import render
from simulator.foundation.errors import InputError
from tests.models.profiles import rich_profile, tiny_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def test_a_saved_profile_loads_as_it_was(tmp_path: Path) -> None:
    profile = tiny_profile()
    kept = save(profile, tmp_path / "tiny")
    found = load(tmp_path / "tiny")
    assert found.sha256 == kept.sha256 == profile.sha256 != ""
    assert found.unit_names == ("device", "unit-1", "unit-2", "jpeg444-q50")
    assert (found.clip_fps, found.batch_sizes, found.tasks) == (15.0, (1, 2, 4), profile.tasks)
    assert found.clip_half.tolist() == ["calibration", "calibration", "replay", "replay"]
    assert found.clip_set.tolist() == ["standard", "busy", "standard", "busy"]
    for before, after in zip(profile.units, found.units, strict=True):
        assert before.kind == after.kind
        np.testing.assert_array_equal(before.payload_bytes, after.payload_bytes)
        np.testing.assert_array_equal(before.confidence, after.confidence)
        np.testing.assert_array_equal(before.device_rows_ns, after.device_rows_ns)
        np.testing.assert_array_equal(before.scores["box_iou"], after.scores["box_iou"])


def test_scores_are_kept_to_a_255th() -> None:
    profile = tiny_profile()
    exact = profile.units[1].scores["box_iou"] * np.float32(0.777)
    unit = replace(profile.units[1], scores={**profile.units[1].scores, "box_iou": exact})
    kept = sealed(_with_unit(profile, 1, unit)).units[1].scores["box_iou"]
    assert np.abs(kept - exact).max() <= 0.5 / 255 + 1e-6


def test_payloads_over_64_kb_are_kept(tmp_path: Path) -> None:
    profile = tiny_profile()
    large = replace(profile.units[3], payload_bytes=profile.units[3].payload_bytes + 100_000)
    save(_with_unit(profile, 3, large), tmp_path)
    assert load(tmp_path).units[3].payload_bytes.min() > 100_000


def test_a_sealed_profile_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        tiny_profile().units[0].payload_bytes[0, 0] = 1


def test_halves_share_no_clip() -> None:
    profile = tiny_profile(clips=5)
    calibration, replay = profile.clips_of("calibration"), profile.clips_of("replay")
    assert (calibration.tolist(), replay.tolist()) == ([0, 1], [2, 3, 4])
    assert (profile.clips, profile.frames_per_clip) == (5, 30)


def test_other_files_of_the_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "evaluation.json").write_text("{}")
    save(tiny_profile(), tmp_path)
    assert (tmp_path / "evaluation.json").read_text() == "{}"


def test_an_unknown_unit_names_its_nearest() -> None:
    assert tiny_profile().index("unit-2") == 2
    with pytest.raises(InputError, match=r"unti-2 must be a unit.*did you mean 'unit-2'"):
        tiny_profile().index("unti-2")


def test_an_unknown_profile_names_the_shipped_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("models.profile.catalogue._SHIPPED", tmp_path)
    save(tiny_profile(), tmp_path / "shapes-224")
    assert shipped() == ("shapes-224",)
    assert find("shapes-224") == tmp_path / "shapes-224"
    with pytest.raises(InputError, match="did you mean 'shapes-224'"):
        load("shape-224")


def test_without_shipped_profiles_there_are_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("models.profile.catalogue._SHIPPED", tmp_path / "none")
    assert shipped() == ()


def _with_unit(profile: Profile, index: int, unit: Unit) -> Profile:
    units = list(profile.units)
    units[index] = unit
    return replace(profile, units=tuple(units))


def _unit_with(**changes: Any) -> Callable[[Profile], Profile]:  # noqa: ANN401 - any field
    return lambda profile: _with_unit(profile, 1, replace(profile.units[1], **changes))


def _profile_with(**changes: Any) -> Callable[[Profile], Profile]:  # noqa: ANN401 - any field
    return lambda profile: replace(profile, **changes)


NAN = np.full((4, 30), np.nan, np.float32)
SIZES = np.full((4, 30), 200, np.int32)
ROWS = np.ones((3, 5), np.int64)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (_profile_with(clip_fps=0.0), "clip_fps: 0.0 must be finite and > 0"),
        (_profile_with(clip_fps=float("nan")), "clip_fps: nan must be finite"),
        (_profile_with(name="../up"), "name: ../up must be 1-48"),
        (_profile_with(primary_task="top5"), "primary_task: top5 must be one of"),
        (_profile_with(batch_sizes=(1, 4, 2)), r"batch_sizes: \(1, 4, 2\) must rise"),
        (_profile_with(batch_sizes=()), r"batch_sizes: \(\) must rise"),
        (_profile_with(units=()), "units: 0 must hold at least one unit"),
        (_profile_with(tail_ns=np.ones((2, 3), np.int64)), "tail_ns: .* must have the shape"),
        (_profile_with(clip_half=np.array(["replay"] * 4)), "no calibration clip must put"),
        (_profile_with(clip_half=np.array(["replay", "calibration", "x", "x"])), "one of calib"),
        (_profile_with(clip_set=np.array(["busy"])), "clip_set: 1 must name a set for each of 4"),
        (_profile_with(clean_scores={"top1": NAN}), "clean_scores.top1: nan to nan must be finite"),
        (_unit_with(name="device"), "must have distinct names"),
        (_unit_with(kind="codec"), "unit-1.kind: codec must be one of"),
        (_unit_with(payload_bytes=SIZES[:2]), "unit-1.payload_bytes: .* must have the shape"),
        (_unit_with(payload_bytes=SIZES * 0), "unit-1.payload_bytes: 0 must be > 0"),
        (_unit_with(payload_bytes=SIZES * 9), "units: .* must be ordered by rising mean"),
        (_unit_with(kind="on-device"), "must be 0 for an on-device unit"),
        (_unit_with(scores={"top1": NAN * 0 + 1}), "scores: .* must score the clean backbone's"),
        (_unit_with(scores={}), "unit-1.scores: .*must score"),
        (_unit_with(confidence=NAN[:1]), "unit-1.confidence: .* must have the shape"),
        (_unit_with(confidence=NAN), "unit-1.confidence: nan to nan"),
        (_unit_with(device_rows_ns=ROWS[:, :4]), "must have one column for each of prep"),
        (_unit_with(device_rows_ns=-ROWS), "unit-1.device_rows_ns: -1 must be >= 0"),
        (_unit_with(device_rows_ns=ROWS[:0]), "unit-1.device_rows_ns: .* one sample or more"),
        (_unit_with(device_rows_ns=ROWS * [[2], [1], [3]]), "unsorted samples must be sorted"),
        (_unit_with(entropy_decode_ns=-ROWS[:, 0]), "unit-1.entropy_decode_ns: -1 must be >= 0"),
        (_unit_with(decode_ns=ROWS[:2]), r"unit-1.decode_ns: .* must have the shape \(3, -1\)"),
        (_unit_with(switch_ns=-1), "unit-1.switch_ns: -1 must be >= 0"),
        (_unit_with(switch_ns=10**14), "unit-1.switch_ns: 100000000000000 must be at most"),
        (_unit_with(device_rows_ns=ROWS + 2**62), "unit-1.device_rows_ns: 46116860184273"),
        (_unit_with(entropy_decode_ns=ROWS[:, 0] + 10**14), "ns: 10000000000000"),
    ],
)
def test_a_broken_rule_is_named(spoil: Callable[[Profile], Profile], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        sealed(spoil(tiny_profile()))


def test_all_that_is_wrong_is_told_at_once() -> None:
    spoilt = _unit_with(switch_ns=-1, parameters=-2)(replace(tiny_profile(), clip_fps=-1.0))
    with pytest.raises(InputError) as caught:
        sealed(spoilt)
    assert len(caught.value.problems) == 3


def test_nothing_is_written_for_a_broken_profile(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        save(replace(tiny_profile(), clip_fps=-1.0), tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    save(tiny_profile(), tmp_path / "tiny")
    return tmp_path / "tiny"


def test_a_changed_array_breaks_the_digest(stored: Path) -> None:
    arrays = parse_arrays((stored / "arrays.safetensors").read_bytes())
    arrays["unit-1/payload_bytes"][0, 0] += 1
    (stored / "arrays.safetensors").write_bytes(dump_arrays(arrays))
    with pytest.raises(InputError, match=r"sha256: .* must be the digest of the content"):
        load(stored)


def test_a_changed_description_breaks_the_digest(stored: Path) -> None:
    text = (stored / "profile.json").read_text()
    (stored / "profile.json").write_text(text.replace('"clip_fps": 15.0', '"clip_fps": 30.0'))
    with pytest.raises(InputError, match="sha256"):
        load(stored)


def test_cut_arrays_are_refused(stored: Path) -> None:
    raw = (stored / "arrays.safetensors").read_bytes()
    for length in (0, 7, 100, len(raw) - 1):
        (stored / "arrays.safetensors").write_bytes(raw[:length])
        with pytest.raises(InputError, match="must be a whole safetensors file"):
            load(stored)


def test_missing_arrays_are_refused(stored: Path) -> None:
    (stored / "arrays.safetensors").unlink()
    with pytest.raises(InputError, match="does not exist"):
        load(stored)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "must be JSON"),
        ('{"schema_version": NaN}', "NaN is not allowed must be JSON"),
        ("[" * 100_000, "must be JSON"),
        ("[1]", "schema_version: None must be 1 in a JSON object"),
        ('{"schema_version": 99}', "schema_version: 99 must be 1"),
    ],
)
def test_a_foreign_description_is_refused(stored: Path, text: str, complaint: str) -> None:
    (stored / "profile.json").write_text(text)
    with pytest.raises(InputError, match=complaint):
        load(stored)


def test_arrays_of_other_types_are_refused(stored: Path) -> None:
    arrays = parse_arrays((stored / "arrays.safetensors").read_bytes())
    arrays["tail_ns"] = arrays["tail_ns"].astype(np.float64)
    (stored / "arrays.safetensors").write_bytes(dump_arrays(arrays))
    with pytest.raises(InputError, match="must hold integers only"):
        load(stored)


def _reseal(stored: Path, document: dict[str, Any], arrays: dict[str, Any]) -> None:
    document["sha256"] = _digest(document, arrays)
    (stored / "profile.json").write_text(json.dumps(document))
    (stored / "arrays.safetensors").write_bytes(dump_arrays(arrays))


def test_a_missing_field_is_refused_even_with_a_matching_digest(stored: Path) -> None:
    document = json.loads((stored / "profile.json").read_text())
    arrays = parse_arrays((stored / "arrays.safetensors").read_bytes())
    del document["tasks"]
    _reseal(stored, document, arrays)
    with pytest.raises(InputError, match=r"tasks: nothing .* Field required"):
        load(stored)


def test_a_broken_rule_is_refused_even_with_a_matching_digest(stored: Path) -> None:
    document = json.loads((stored / "profile.json").read_text())
    arrays = parse_arrays((stored / "arrays.safetensors").read_bytes())
    document["units"][1]["switch_ns"] = -5
    _reseal(stored, document, arrays)
    with pytest.raises(InputError, match=r"unit-1\.switch_ns: -5 must be >= 0"):
        load(stored)


def test_a_profile_needs_no_torch_coder_or_imaging_library() -> None:
    heavy = "{'torch', 'constriction', 'PIL'}"
    code = f"import sys, models.profile; print(sorted({heavy} & {{*sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


OTHER_VALUES: tuple[object, ...] = (None, True, 10**400, 2.5, "text", [], ["a"], {"a": {}})


def _everywhere(value: object, trail: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the trail of every value in a document."""
    if trail:
        yield trail
    inner = dict(enumerate(value)) if isinstance(value, list) else value
    for key, item in inner.items() if isinstance(inner, dict) else ():
        yield from _everywhere(item, (*trail, key))


def test_a_field_of_any_other_kind_never_ends_in_an_error_of_ours(tmp_path: Path) -> None:
    profile = save(rich_profile(frames=2), tmp_path / "tiny")
    spread = {"median": 1.0, "p95": 2.0}
    info = {
        "kind": "measured",
        "source": "nowhere",
        "figures": {"units.x": "typed: page 1"},
        "digests": dict.fromkeys(profile.unit_names, "ab"),
        "wall_ms": {
            "units": {name: {"device": {"total": spread}} for name in profile.unit_names},
            "tail": {"1": spread},
            "tails": {"own": {"1": spread}},
        },
        "machine": {"processor": "made up"},
    }
    file = tmp_path / "tiny" / "profile.json"
    whole = json.loads(file.read_text()) | {"info": info}
    arrays = parse_arrays((tmp_path / "tiny" / "arrays.safetensors").read_bytes())
    outcomes = Counter[str]()
    alike = {"any-1", "early-1", "any-2", "unit-2", "early-2"}
    trails = [
        trail
        for trail in _everywhere(whole)
        if not alike.intersection(trail)
        and not (
            len(trail) > 1 and trail[0] == "units" and whole["units"][trail[1]]["name"] in alike
        )
    ]
    for trail, other in islice(product(trails, OTHER_VALUES), 0, None, 5):  # two a trail
        changed = json.loads(json.dumps(whole))
        reduce(lambda part, key: part[key], trail[:-1], changed)[trail[-1]] = other
        if trail != ("sha256",):
            changed["sha256"] = _digest(changed, arrays)
        file.write_text(json.dumps(changed))
        try:
            found = load(tmp_path / "tiny")
        except InputError:
            outcomes["refused"] += 1
            continue
        assert render(found)
        with suppress(InputError):
            combined(found, found, "both")
        outcomes["fine"] += 1
    assert outcomes["refused"] > 3 * outcomes["fine"] > 0


def test_numbers_that_do_not_fit_are_refused_not_cut(tmp_path: Path) -> None:
    save(tiny_profile(), tmp_path)
    arrays = parse_arrays((tmp_path / "arrays.safetensors").read_bytes())
    arrays["unit-1/payload_bytes"] = arrays["unit-1/payload_bytes"].astype(np.int64) + 2**32
    described = json.loads((tmp_path / "profile.json").read_text())
    described["sha256"] = _digest(described, arrays)
    (tmp_path / "profile.json").write_text(json.dumps(described))
    (tmp_path / "arrays.safetensors").write_bytes(dump_arrays(arrays))
    with pytest.raises(InputError, match="int64 values do not fit into int32"):
        load(tmp_path)


def test_a_number_too_large_for_a_double_is_refused(tmp_path: Path) -> None:
    save(tiny_profile(), tmp_path)
    text = (tmp_path / "profile.json").read_text()
    (tmp_path / "profile.json").write_text(text.replace('"clip_fps": 15.0', '"clip_fps": 1e999'))
    with pytest.raises(InputError, match="1e999 is too large"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["profile.json", "arrays.safetensors"])
@pytest.mark.parametrize("kind", ["a file", "a folder", "a link"])
def test_files_of_others_are_not_replaced_by_a_profile(
    name: str, kind: str, tmp_path: Path
) -> None:
    if kind == "a folder":
        (tmp_path / name).mkdir()
    elif kind == "a link":
        (tmp_path / name).symlink_to("nothing")
    else:
        (tmp_path / name).write_text('{"name": "my web app", "schema_version": 1}')
    with pytest.raises(InputError, match=f"{kind} must be a profile's, to be replaced"):
        save(tiny_profile(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_profile_cut_off_between_its_files_is_written_again(tmp_path: Path) -> None:
    save(tiny_profile(), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "arrays.safetensors").unlink()
    save(tiny_profile(), tmp_path)
    assert load(tmp_path).name == tiny_profile().name
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_an_export_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "export").symlink_to("/")
    with pytest.raises(InputError, match="a link must be a profile's"):
        save(tiny_profile(), tmp_path)


def test_scores_that_are_right_or_wrong_are_kept_as_bits(tmp_path: Path) -> None:
    tiny = tiny_profile(clips=4, frames=30)
    right = (np.arange(120).reshape(4, 30) % 3 == 0).astype(np.float32)
    unit = replace(tiny.units[1], scores={**tiny.units[1].scores, "top1": right})
    save(replace(tiny, units=(tiny.units[0], unit, *tiny.units[2:]), sha256=""), tmp_path)
    arrays = parse_arrays((tmp_path / "arrays.safetensors").read_bytes())
    assert arrays["unit-1/scores/top1.bits"].shape == (4, 4)  # 30 frames in 32 bits
    assert "unit-1/scores/top1" not in arrays
    np.testing.assert_array_equal(load(tmp_path).units[1].scores["top1"], right)
    described = json.loads((tmp_path / "profile.json").read_text())
    cut = arrays["unit-1/scores/top1.bits"][:, :3].copy()
    arrays["unit-1/scores/top1.bits"] = cut
    (tmp_path / "arrays.safetensors").write_bytes(dump_arrays(arrays))
    described["sha256"] = _digest(described, arrays)
    (tmp_path / "profile.json").write_text(json.dumps(described))
    with pytest.raises(InputError, match="are not the bits of 30 frames"):
        load(tmp_path)


def test_numbers_take_the_narrowest_integers_that_hold_them(tmp_path: Path) -> None:
    save(tiny_profile(), tmp_path)
    arrays = parse_arrays((tmp_path / "arrays.safetensors").read_bytes())
    assert arrays["device/payload_bytes"].dtype == np.uint8
    assert arrays["jpeg444-q50/payload_bytes"].dtype == np.uint16
    assert arrays["tail_ns"].dtype == np.uint32
