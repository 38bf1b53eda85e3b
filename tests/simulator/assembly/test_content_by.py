"""What the content of a run goes with: the trace of the first uplink hop, or nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.assembly import assemble
from simulator.foundation import keyed
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.world.plan import StreamPlan, WorldPlan

SEED = 5
DRAWN = ("captured_ns", "clip", "device_ns", "entropy_decode_ns", "batch_draw")
LOG = "t_capture_s,bytes,device_ms,server_ms\n" + "".join(
    f"{k / 10},{900 + k},{2 + k % 3},3\n" for k in range(40)
)


def plan_of(document: dict[str, Any], folder: Path) -> WorldPlan:
    return assemble(Scenario.from_dict(document, folder).record, SEED, folder).plan


def streams(document: dict[str, Any], folder: Path) -> tuple[StreamPlan, ...]:
    return plan_of(document, folder).streams


def same(first: StreamPlan, second: StreamPlan) -> bool:
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in DRAWN)


def on(document: dict[str, Any], trace: dict[str, Any], **hop: object) -> dict[str, Any]:
    """Return a document with another trace on the first hop."""
    changed = deepcopy(document)
    changed["network"]["uplink"][0] = {"trace": trace, **hop}
    return changed


def family(**fields: object) -> dict[str, Any]:
    return {"family": "us-lte-up", **fields}


@pytest.mark.parametrize("name", DRAWN)
def test_another_trace_brings_other_content(
    name: str, document: dict[str, Any], tmp_path: Path
) -> None:
    plans = [streams(on(document, family(seed=seed)), tmp_path) for seed in range(1, 7)]
    drawn = {np.asarray(getattr(plan[0], name)).tobytes() for plan in plans}
    # Six draws among four clips may meet; all else is drawn from far more.
    assert len(drawn) > 1 if name == "clip" else len(drawn) == 6


def test_the_offset_counts_and_one_of_nothing_is_none(
    document: dict[str, Any], tmp_path: Path
) -> None:
    plain, none, later = (
        streams(on(document, family(seed=1, **more)), tmp_path)[0]
        for more in ({}, {"offset": "0 s"}, {"offset": "5 s"})
    )
    assert same(plain, none)
    assert not same(plain, later)


def test_a_seed_left_out_is_the_default(document: dict[str, Any], tmp_path: Path) -> None:
    first, second = (streams(on(document, t), tmp_path)[0] for t in (family(), family(seed=1)))
    assert same(first, second)


def test_with_same_content_goes_with_the_seed_alone(
    document: dict[str, Any], tmp_path: Path
) -> None:
    document["content_by"] = "same"
    first, second = (streams(on(document, family(seed=k)), tmp_path)[0] for k in (1, 2))
    assert same(first, second)
    phase = keyed.uniforms(SEED, "cameras/0", "phase", n=1)[0]
    assert first.captured_ns[0] == int(phase * 100_000_000)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["network"]["uplink"][0].update(load=3),
        lambda d: d["network"]["uplink"][0].update(each="stream"),
        lambda d: d["network"]["uplink"][0].update(delay="3 ms", sharing="drr", loss=0.1),
        lambda d: d["network"]["uplink"].append({"trace": family(seed=9)}),
        lambda d: d["network"].update(downlink={"trace": family(seed=8)}),
        lambda d: d["streams"]["cameras"].update(count=30),
        lambda d: d["streams"]["cameras"].update(policy={"name": "fixed", "unit": "unit-1"}),
        lambda d: d["server"].update(workers=3),
    ],
    ids=["load", "links", "link", "hop", "way back", "count", "policy", "server"],
)
def test_nothing_but_the_first_trace_changes_content(
    change: Callable[[dict[str, Any]], None], document: dict[str, Any], tmp_path: Path
) -> None:
    changed = deepcopy(document) | {"server": {"speed": 2}}
    document |= {"server": {"speed": 2}}
    change(changed)
    for before, after in zip(
        streams(document, tmp_path), streams(changed, tmp_path)[:2], strict=True
    ):
        assert same(before, after)


def test_a_file_in_another_folder_brings_the_same_content(
    document: dict[str, Any], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "deep" / "down"
    elsewhere.mkdir(parents=True)
    (tmp_path / "a.csv").write_text("t_s,mbps\n0,1\n1,2\n")
    shutil.copy(tmp_path / "a.csv", elsewhere / "a.csv")
    shutil.copy(tmp_path / "a.csv", tmp_path / "b.csv")
    here, there, other, whole = (
        streams(on(document, {"file": file, **more}), tmp_path)[0]
        for file, more in (
            ("a.csv", {}),
            ("deep/down/a.csv", {"format": "csv"}),
            ("b.csv", {}),
            (str(tmp_path / "a.csv"), {}),
        )
    )
    assert same(here, there)
    assert same(here, whole)
    assert not same(here, other)


def test_a_file_entered_by_each_stream_is_one_trace(
    document: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("t_s,mbps\n0,1\n1,2\n")
    shared, own = (
        streams(on(document, {"file": "a.csv"}, **hop), tmp_path)
        for hop in ({}, {"each": "stream"})
    )
    assert all(same(before, after) for before, after in zip(shared, own, strict=True))


def test_a_constant_link_of_another_rate_is_another_capacity_and_no_other_trace(
    document: dict[str, Any], tmp_path: Path
) -> None:
    slow, fast = (
        streams(on(document, {"rate": rate}), tmp_path)[0] for rate in ("1 Mbit/s", "20 Mbit/s")
    )
    assert same(slow, fast)


def test_a_workload_starts_at_a_row_of_the_trace(document: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    document["streams"] = {
        "lidars": {"workload": "log.csv", "deadline": "200 ms", "policy": "fixed"}
    }
    starts = {
        by: {
            streams(on(document | {"content_by": by}, family(seed=seed)), tmp_path)[0]
            .payload_bytes[0, :5]
            .tobytes()
            for seed in range(1, 7)
        }
        for by in ("trace", "same")
    }
    assert len(starts["trace"]) > 1
    assert len(starts["same"]) == 1


def test_drawn_outages_and_dice_go_with_the_trace(document: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "dice.py").write_text(
        "class Dice:\n"
        "    def __init__(self, rng):\n        self.first = rng.random()\n"
        "    def choose(self, seen):\n        return 0\n"
    )
    document["streams"]["cameras"]["policy"] = "./dice.py:Dice"
    document["server"] = {"outages": {"every": "500 ms", "lasting": "200 ms"}}
    plans = [plan_of(on(document, family(seed=seed)), tmp_path) for seed in (1, 2, 1)]
    assert plans[0].server.workers == plans[2].server.workers != plans[1].server.workers
    dice = [vars(plan.streams[0].policy)["first"] for plan in plans]
    assert dice[0] == dice[2] != dice[1]


def test_correlated_cameras_stay_so_on_every_trace(
    document: dict[str, Any], tmp_path: Path
) -> None:
    document["streams"]["cameras"]["content"] = "same"
    for seed in range(1, 4):
        first, second = streams(on(document, family(seed=seed)), tmp_path)
        assert np.array_equal(first.clip, second.clip)


def test_another_process_draws_the_same(document: dict[str, Any], tmp_path: Path) -> None:
    code = (
        "import json, sys, pathlib\n"
        "from simulator.assembly import assemble\n"
        "from simulator.scenario import Scenario\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "record = Scenario.from_dict(json.loads(sys.argv[2]), here).record\n"
        f"plan = assemble(record, {SEED}, here).plan\n"
        "print(plan.streams[0].captured_ns.tolist())\n"
    )
    text = json.dumps(document)
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), text],
        capture_output=True,
        check=True,
        text=True,
    )
    assert ran.stdout.strip() == str(streams(document, tmp_path)[0].captured_ns.tolist())
