"""Units that share weights, bring a tail of their own, have layers or hang together."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from safetensors.numpy import load as parse_arrays
from safetensors.numpy import save as dump_arrays

from models.profile import Chain, Profile, load, save, sealed
from models.profile.storage import _digest
from simulator.foundation.errors import InputError
from tests.models.profiles import MS, rich_profile, tiny_profile, unit_of

if TYPE_CHECKING:
    from pathlib import Path

    from models.profile import LayerTable, Tail


def layers_of(profile: Profile) -> LayerTable:
    """Return the layers of the unit that has some."""
    found = unit_of(profile, "layered").layers
    assert found is not None
    return found


def tail_of(profile: Profile, name: str) -> Tail:
    """Return the tail of a unit that has one."""
    found = unit_of(profile, name).tail
    assert found is not None
    return found


@pytest.fixture
def found(tmp_path: Path) -> Profile:
    """Return a profile with all of it that was stored and loaded."""
    kept = save(rich_profile(), tmp_path / "rich")
    loaded = load(tmp_path / "rich")
    assert loaded.sha256 == kept.sha256 != tiny_profile().sha256
    return loaded


def test_a_unit_loads_weights_of_its_own_unless_it_says_otherwise(found: Profile) -> None:
    modules = {unit.name: unit.module for unit in found.units}
    assert (modules["any-1"], modules["any-2"]) == ("any", "any")
    assert (modules["unit-1"], modules["student-1"]) == ("unit-1", "student-1")


def test_units_with_one_tail_share_its_record(found: Profile) -> None:
    assert [tail.name for tail in found.tails] == ["student-1", "early"]
    assert unit_of(found, "unit-1").tail is None
    assert tail_of(found, "early-1") is tail_of(found, "early-2")
    assert tail_of(found, "early-1").memory_bytes == 500_000
    assert tail_of(found, "student-1").times_ns[0].mean() == 9 * MS


def test_a_layered_unit_is_what_its_layers_are_together(found: Profile) -> None:
    unit, layers = unit_of(found, "layered"), layers_of(found)
    assert layers.payload_bytes[:, 0, 0].tolist() == [300, 300, 600]
    assert (unit.payload_bytes == 1200).all()
    np.testing.assert_array_equal(unit.scores["top1"], layers.scores["top1"][2])
    np.testing.assert_array_equal(unit.confidence, layers.confidence[2])
    assert unit.entropy_decode_ns.mean() == layers.entropy_decode_ns[2].mean() == 0.7 * MS
    assert not unit.payload_bytes.flags.writeable


def test_a_video_codec_keeps_its_chain(found: Profile) -> None:
    chain = unit_of(found, "h264-qp30").chain
    assert chain is not None
    assert (chain.refresh, chain.intra_bytes.shape) == (10, (4, 30))
    assert (chain.intra_bytes == 4000).all()


def test_a_profile_without_any_of_it_is_stored_as_ever(tmp_path: Path) -> None:
    save(tiny_profile(), tmp_path)
    document = json.loads((tmp_path / "profile.json").read_text())
    costs = {"switch_ns", "memory_bytes", "storage_bytes", "parameters"}
    assert "tails" not in document
    assert all(set(unit) == {"name", "kind"} | costs for unit in document["units"])


def test_layers_are_not_kept_twice(tmp_path: Path) -> None:
    save(rich_profile(), tmp_path)
    arrays = parse_arrays((tmp_path / "arrays.safetensors").read_bytes())
    assert arrays["layered/payload_bytes"].shape == (3, 4, 30)
    assert [name for name in arrays if name.startswith("layered/") and "payload" in name] == [
        "layered/payload_bytes"
    ]


@pytest.mark.parametrize("what", ["module", "tail", "layers", "refresh"])
def test_the_digest_covers_each_of_them(tmp_path: Path, what: str) -> None:
    save(rich_profile(), tmp_path)
    document = json.loads((tmp_path / "profile.json").read_text())
    for unit in document["units"]:
        unit.pop(what, None)
    (tmp_path / "profile.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match=r"sha256: .* must be the digest of the content"):
        load(tmp_path)


def _spoilt(name: str, **changes: Any) -> Profile:  # noqa: ANN401 - any field
    profile = rich_profile()
    units = [replace(u, **changes) if u.name == name else u for u in profile.units]
    return replace(profile, units=tuple(units))


def _with_layers(**changes: Any) -> Profile:  # noqa: ANN401 - any field
    return _spoilt("layered", layers=replace(layers_of(rich_profile()), **changes))


LAYERS = layers_of(rich_profile())
INTRA = np.full((4, 30), 4000, np.int32)


@pytest.mark.parametrize(
    ("spoilt", "complaint"),
    [
        (_spoilt("any-1", module="../x"), r"name: \.\./x must be 1-48"),
        (
            _spoilt("student-1", tail=replace(tail_of(rich_profile(), "student-1"), name="A b")),
            "name: A b must be 1-48",
        ),
        (
            _spoilt("early-1", tail=replace(tail_of(rich_profile(), "early-1"), memory_bytes=5)),
            "early-2.tail: early must be one record|early-1.tail: early must be one record",
        ),
        (_spoilt("student-1", memory_bytes=249_999), "249999 must count those of its tail, too"),
        (
            _spoilt("device", tail=tail_of(rich_profile(), "early-1"), memory_bytes=500_000),
            "device.tail: early means nothing for an on-device unit",
        ),
        (
            _spoilt(
                "student-1",
                tail=replace(tail_of(rich_profile(), "student-1"), times_ns=np.ones((2, 3), int)),
            ),
            r"tails.student-1: \(2, 3\) must have the shape \(3, -1\)",
        ),
        (
            _spoilt(
                "student-1", tail=replace(tail_of(rich_profile(), "student-1"), memory_bytes=-1)
            ),
            "tails.student-1.memory_bytes: -1 must be >= 0",
        ),
        (_with_layers(payload_bytes=LAYERS.payload_bytes[:1]), "where -1 is 2 to 20 layers"),
        (_with_layers(payload_bytes=LAYERS.payload_bytes[:, :2]), "must have the shape"),
        (
            _with_layers(payload_bytes=LAYERS.payload_bytes * [[[0]], [[1]], [[1]]]),
            "layers.payload_bytes: 0 must be > 0 for each layer",
        ),
        (_with_layers(payload_bytes=LAYERS.payload_bytes + 1), "must make up the unit's payloads"),
        (
            _with_layers(scores={"top1": LAYERS.scores["top1"]}),
            "layers.scores: top1 must score the unit's tasks",
        ),
        (
            _with_layers(scores={**LAYERS.scores, "top1": LAYERS.scores["top1"] + 1}),
            "layers.scores.top1: .* between 0 and 1",
        ),
        (_with_layers(confidence=LAYERS.confidence[:2]), "layers.confidence: .* the shape"),
        (_with_layers(entropy_decode_ns=LAYERS.entropy_decode_ns[:2]), r"the shape \(3, -1\)"),
        (
            _spoilt("layered", chain=Chain(refresh=2, intra_bytes=INTRA)),
            "layered.chain: layered must be given for a video codec, and for no other",
        ),
        (_spoilt("layered", layers=None), "layers: layered must be given for a layered unit"),
        (
            _spoilt("layered", kind="bottleneck"),
            "layered.layers: bottleneck must be given for a layered unit, and for no other",
        ),
        (_spoilt("h264-qp30", chain=None), "chain: video-codec must be given for a video codec"),
        (
            _spoilt("unit-1", chain=Chain(refresh=2, intra_bytes=INTRA)),
            "unit-1.chain: bottleneck must be given for a video codec, and for no other",
        ),
        (
            _spoilt("h264-qp30", chain=Chain(refresh=0, intra_bytes=INTRA)),
            "chain.refresh: 0 must be >= 1",
        ),
        (
            _spoilt("h264-qp30", chain=Chain(refresh=2, intra_bytes=INTRA[:2])),
            r"chain.intra_bytes: \(2, 30\) must have the shape \(4, 30\)",
        ),
        (
            _spoilt("h264-qp30", chain=Chain(refresh=2, intra_bytes=INTRA * 0)),
            "chain.intra_bytes: 0 must be > 0",
        ),
    ],
)
def test_a_broken_rule_is_named(spoilt: Profile, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        sealed(spoilt)


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("layers", 2, "must hold every field and array of a profile"),
        ("layers", 10**12, "must hold every field and array of a profile"),
        ("layers", "x", "is not as in a profile: Input should be a valid integer"),
        ("tail", "nobody", "must hold every field and array of a profile"),
        ("tail", [], "is not as in a profile: Input should be a valid string"),
    ],
)
def test_a_document_that_does_not_fit_its_arrays_is_refused(
    tmp_path: Path, key: str, value: object, rule: str
) -> None:
    save(rich_profile(), tmp_path)
    document = json.loads((tmp_path / "profile.json").read_text())
    arrays = parse_arrays((tmp_path / "arrays.safetensors").read_bytes())
    for unit in document["units"]:
        if key in unit:
            unit[key] = value
    document["sha256"] = _digest(document, arrays)
    (tmp_path / "profile.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match=rule):
        load(tmp_path)


def test_layers_whose_sum_is_too_large_are_refused(tmp_path: Path) -> None:
    save(rich_profile(), tmp_path)
    document = json.loads((tmp_path / "profile.json").read_text())
    arrays = parse_arrays((tmp_path / "arrays.safetensors").read_bytes())
    arrays["layered/payload_bytes"] = np.full((3, 4, 30), 2**31 - 1, np.int32)
    document["sha256"] = _digest(document, arrays)
    (tmp_path / "profile.json").write_text(json.dumps(document))
    (tmp_path / "arrays.safetensors").write_bytes(dump_arrays(arrays))
    with pytest.raises(InputError, match="int64 values do not fit into int32"):
        load(tmp_path)
