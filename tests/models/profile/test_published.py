from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.profile import DEVICE_STAGES, Profile, find, load, save, sealed
from models.published import published
from models.show import as_json, render
from simulator.cli import main
from simulator.foundation.errors import InputError
from simulator.scenario.yaml_reader import read_file, read_text

if TYPE_CHECKING:
    from pathlib import Path

NAME = "entropic-student-2022"
PAPER = """
name: paper
source: A paper
task: top1
uncompressed: {typed: 0.76126, at: Table 1}
units:
  high:
    kind: bottleneck
    bytes: {typed: 3.5 kB, at: Table 2}
    score: {typed: 0.75096, at: Table 2}
    device: {assumed: 14 ms, because: not given}
    server: {assumed: 5 ms, because: not given}
  low:
    kind: image-codec
    bytes: {typed: 900 B, at: Table 2}
    score: {typed: 0.57, at: Table 2}
    device: {assumed: 4 ms, because: not given}
    server: {assumed: 5 ms, because: not given}
  device:
    kind: on-device
    score: {typed: 0.76126, at: Table 1}
    device: {typed: 1.5 s, at: Section 4}
"""


def _read(text: str) -> Profile:
    document = read_text(text, "paper.yaml")
    return published(document.value, document.place)


def test_every_frame_carries_the_means() -> None:
    profile = sealed(_read(PAPER))
    assert profile.means_only
    assert profile.unit_names == ("device", "low", "high")
    assert profile.clip_half.tolist() == ["calibration", "replay"]
    device, _, high = profile.units
    assert set(high.payload_bytes.ravel().tolist()) == {3500}
    assert high.device_rows_ns[:, DEVICE_STAGES.index("encode")].tolist() == [14_000_000]
    assert (high.decode_ns.tolist(), profile.batch_sizes) == ([[5_000_000]], (1,))
    assert device.device_rows_ns[:, DEVICE_STAGES.index("tail")].tolist() == [1_500_000_000]
    assert not device.decode_ns.any()


def test_means_are_kept_to_a_65535th(tmp_path: Path) -> None:
    kept = save(_read(PAPER), tmp_path / "paper")
    found = load(tmp_path / "paper")
    assert kept.sha256 == found.sha256
    np.testing.assert_allclose(found.units[2].scores["top1"], 0.75096, atol=1e-5)
    np.testing.assert_allclose(found.clean_scores["top1"], 0.76126, atol=1e-5)


def test_what_is_shown_says_that_they_are_means_and_where_they_stand() -> None:
    profile = _read(PAPER)
    text = render(profile)
    assert "PUBLISHED MEANS ONLY" in text
    assert "  typed: Table 2: high.bytes, high.score, low.bytes, low.score" in text
    assert "  assumed: not given: high.device, high.server, low.device, low.server" in text
    assert "[" not in text  # no interval
    assert as_json(profile)["means_only"] is True
    assert json.loads(json.dumps(as_json(profile)))["info"]["source"] == "A paper"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "{typed: 0.57, at: Table 2}",
            "0.57",
            r"paper.yaml:16:12 units.low.score: 0.57 must be",
        ),
        ("typed: 0.57, at", "typed: 57, at", "units.low.score.typed: 57 must be a number between"),
        ("typed: 0.57, at", "typed: true, at", "units.low.score.typed: True must be a number"),
        ("typed: 900 B", "typed: 900", "units.low.bytes.typed: 900 must be a size"),
        ("typed: 900 B", "typed: 0 B", "units.low.bytes.typed: 0 B must be 1 to"),
        ("typed: 900 B", "typed: 9 GB", "units.low.bytes.typed: 9 GB must be 1 to"),
        ("typed: 900 B, at: Table 2", "typed: 900 B", "units.low.bytes: nothing must have at"),
        (
            "typed: 900 B, at",
            "typed: 900 B, because",
            "because is no field here; .*known: at",
        ),
        ("{typed: 900 B,", "{typed: 900 B, assumed: 9 B,", r"must be \{typed: VALUE, at"),
        (
            "at: Table 1}\nunits",
            "at: ''}\nunits",
            "uncompressed.at: .empty. must be a text",
        ),
        ("kind: image-codec", "kind: image-codek", "did you mean 'image-codec'"),
        ("source: A paper", "sauce: A paper", "sauce is no field here; did you mean 'source'"),
        ("task: top1", "task: [top1]", "task: .* must be a text of at most 400"),
        ("    kind: on-device\n", "    kind: on-device\n    server: 5 ms\n", "units.device.server"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, complaint: str) -> None:
    assert old in PAPER
    with pytest.raises(InputError, match=complaint):
        _read(PAPER.replace(old, new))


@pytest.mark.parametrize("text", ["[]", "3", "units: 3", "units: {a: 3}", "units: {}", "name: 7"])
def test_other_documents_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="must"):
        _read(text)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        _read(PAPER.replace("14 ms", "14").replace("1.5 s", "x").replace("900 B", "x"))
    assert len(caught.value.problems) == 3


def test_the_shipped_means_are_those_of_the_file_beside_them() -> None:
    document = read_file(find(NAME) / "published.yaml")
    profile = load(NAME)
    assert sealed(published(document.value, document.place)).sha256 == profile.sha256
    figures: Any = profile.info["figures"]
    assert {origin.partition(":")[0] for origin in figures.values()} == {"typed", "assumed"}


def test_the_command_reads_json_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "paper.json"
    path.write_text(json.dumps(read_text(PAPER, "paper.yaml").value))
    assert main(["profile", "publish", str(path), "--out", str(tmp_path / "paper")]) == 0
    assert "PUBLISHED MEANS ONLY" in capsys.readouterr().out
    assert load(tmp_path / "paper").means_only
    path.write_text("{")
    assert main(["profile", "publish", str(path), "--out", str(tmp_path / "none")]) == 2
    assert not (tmp_path / "none").exists()
