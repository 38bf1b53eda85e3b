from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.profile import Profile, combined, load, save, sealed
from models.show import as_json, render
from simulator.cli import main
from simulator.foundation.errors import InputError
from tests.models.profiles import rich_profile, tiny_profile, unit_of

if TYPE_CHECKING:
    from pathlib import Path

DIGESTS = {name: f"digest of {name}" for name in tiny_profile().unit_names}


def _wall(ms: float) -> dict[str, Any]:
    time = {"median": ms, "p95": 2 * ms}
    unit = {"device": {"total": time}, "entropy_decode": time, "decode": {"1": time, "4": time}}
    return {"units": dict.fromkeys(DIGESTS, unit), "tail": {"1": time}}


def _measured_on(machine: str, factor: int, **changes: Any) -> Profile:  # noqa: ANN401 - any fact
    """Return the tiny profile as a machine that is slower by a factor would measure it."""
    profile = tiny_profile()
    facts = {
        "machine": {"processor": machine},
        "threads": 1,
        "clock": f"the clock of {machine}",
        "digests": DIGESTS,
        "wall_ms": _wall(float(factor)),
    }
    units = tuple(
        replace(
            unit,
            device_rows_ns=unit.device_rows_ns * factor,
            entropy_decode_ns=unit.entropy_decode_ns * factor,
            decode_ns=unit.decode_ns[:2] * factor,
            switch_ns=unit.switch_ns * factor,
        )
        for unit in profile.units
    )
    return replace(
        profile,
        name=machine,
        units=units,
        batch_sizes=(1, factor),
        tail_ns=profile.tail_ns[:2] * factor,
        info={key: value for key, value in (facts | changes).items() if value is not None},
    )


CAMERA, SERVER = _measured_on("camera", 9), _measured_on("rack", 2)


def test_each_side_is_that_of_its_own_machine(tmp_path: Path) -> None:
    found = save(combined(CAMERA, SERVER, "both"), tmp_path / "both")
    assert load(tmp_path / "both").sha256 == found.sha256
    assert (found.name, found.batch_sizes) == ("both", (1, 2))
    np.testing.assert_array_equal(found.tail_ns, SERVER.tail_ns)
    for unit, camera, rack in zip(found.units, CAMERA.units, SERVER.units, strict=True):
        np.testing.assert_array_equal(unit.device_rows_ns, camera.device_rows_ns)
        np.testing.assert_array_equal(unit.payload_bytes, camera.payload_bytes)
        np.testing.assert_array_equal(unit.entropy_decode_ns, rack.entropy_decode_ns)
        np.testing.assert_array_equal(unit.decode_ns, rack.decode_ns)
        assert unit.switch_ns == camera.switch_ns


def test_tails_and_layers_are_served_by_the_servers_machine() -> None:
    rich = rich_profile()
    info = {"digests": {name: f"digest of {name}" for name in rich.unit_names}}
    device = replace(rich, info=info)
    layers = unit_of(rich, "layered").layers
    assert layers is not None
    slow = replace(layers, entropy_decode_ns=layers.entropy_decode_ns * 4)
    tails = {tail.name: replace(tail, times_ns=tail.times_ns * 4) for tail in rich.tails}
    units = tuple(
        replace(
            unit,
            tail=unit.tail and tails[unit.tail.name],
            entropy_decode_ns=unit.entropy_decode_ns * 4,
            layers=slow if unit.layers else None,
        )
        for unit in rich.units
    )
    found = sealed(combined(device, replace(device, name="rack", units=units), "both"))
    for tail, its in zip(found.tails, rich.tails, strict=True):
        np.testing.assert_array_equal(tail.times_ns, 4 * its.times_ns)
    joined = unit_of(found, "layered").layers
    assert joined is not None
    np.testing.assert_array_equal(joined.entropy_decode_ns, 4 * layers.entropy_decode_ns)
    assert unit_of(found, "any-1").module == "any"
    assert unit_of(found, "h264-qp30").chain is not None


def test_both_machines_are_named() -> None:
    found = combined(CAMERA, SERVER, "both")
    assert found.info["kind"] == "combined"
    assert found.info["device_machine"] == {"processor": "camera"}
    assert found.info["server_clock"] == "the clock of rack"
    assert "device_machine: processor camera" in render(found)
    wall: Any = found.info["wall_ms"]
    unit = wall["units"]["unit-1"]
    assert (unit["device"]["total"]["median"], unit["decode"]["4"]["median"]) == (9.0, 2.0)
    assert wall["tail"]["1"]["median"] == 2.0
    assert as_json(found)["info"] == found.info


def test_wall_times_are_left_out_where_one_machine_has_none() -> None:
    bare = _measured_on("camera", 9, wall_ms=None)
    assert "wall_ms" not in combined(bare, SERVER, "both").info


def test_a_side_of_a_combined_profile_can_be_taken_again() -> None:
    both = combined(CAMERA, SERVER, "both")
    again = combined(both, _measured_on("cloud", 4), "again")
    assert again.info["device_machine"] == {"processor": "camera"}
    assert again.info["server_machine"] == {"processor": "cloud"}


@pytest.mark.parametrize(
    ("device", "server", "complaint"),
    [
        (
            CAMERA,
            _measured_on("rack", 2, digests=DIGESTS | {"unit-2": "other weights"}),
            "profile rack unit-2: other weights must be the digest in camera, digest of unit-2",
        ),
        (CAMERA, replace(SERVER, units=SERVER.units[:3]), "jpeg444-q50: missing must be measured"),
        (CAMERA, _measured_on("rack", 2, digests=None), "unit-1: no digest must be the digest"),
        (_measured_on("camera", 9, digests=None), SERVER, "must say what it was measured from"),
    ],
)
def test_other_weights_are_refused(device: Profile, server: Profile, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        combined(device, server, "both")


def test_all_units_that_differ_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        combined(CAMERA, _measured_on("rack", 2, digests=None), "both")
    assert len(caught.value.problems) == len(CAMERA.units)


def test_the_command_writes_the_profile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for profile in (CAMERA, SERVER):
        save(profile, tmp_path / profile.name)
    sides = ["--device", str(tmp_path / "camera"), "--server", str(tmp_path / "rack")]
    assert main(["profile", "combine", *sides, "--out", str(tmp_path / "both")]) == 0
    assert "server_machine: processor rack" in capsys.readouterr().out
    assert load(tmp_path / "both").info["kind"] == "combined"
    sides[1] = "shapes-224"
    assert main(["profile", "combine", *sides, "--out", str(tmp_path / "none")]) == 2
    assert "must be measured as in shapes-224" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
