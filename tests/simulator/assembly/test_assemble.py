from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.assembly import Assembly, assemble, run_seed
from simulator.assembly.hops import load_factor
from simulator.foundation.errors import InputError
from simulator.scenario import Scenario
from simulator.world import simulate


def built(document: dict[str, Any], seed: int = 5, folder: Path = Path()) -> Assembly:
    return assemble(Scenario.from_dict(document).record, seed, folder)


def test_a_stream_of_ten_is_the_same_stream_of_two(document: dict[str, Any]) -> None:
    two = built(document).plan.streams[1]
    document["streams"]["cameras"]["count"] = 10
    ten = built(document).plan.streams[1]
    for name in ("captured_ns", "clip", "clip_frame", "payload_bytes", "device_ns", "batch_draw"):
        np.testing.assert_array_equal(getattr(two, name), getattr(ten, name))


def test_every_policy_meets_the_same_luck(document: dict[str, Any]) -> None:
    first = built(document).plan.streams[0]
    document["streams"]["cameras"]["policy"] = {"name": "fixed", "unit": "unit-1"}
    second = built(document).plan.streams[0]
    for name in ("captured_ns", "payload_bytes", "device_ns", "entropy_decode_ns", "batch_draw"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_another_seed_is_other_luck_on_the_same_trace(document: dict[str, Any]) -> None:
    first, second = built(document, 5), built(document, 6)
    assert first.trace == second.trace == "us-lte-up/1"
    assert first.plan.uplink[0][0].trace is second.plan.uplink[0][0].trace
    assert (first.plan.streams[0].captured_ns != second.plan.streams[0].captured_ns).any()


def test_frames_show_what_the_profile_measured(document: dict[str, Any]) -> None:
    document["streams"]["cameras"]["units"] = ["image-codec", "device"]
    stream = built(document).plan.streams[0]
    assert stream.ladder.names == ("device", "jpeg444-q50")
    assert (stream.payload_bytes[0] == 0).all()
    assert set(np.unique(stream.score)) <= {0.0, 1.0}
    assert stream.clip.min() >= 4


def test_groups_on_the_same_backbone_share_tail_batches_whatever_their_ladders(
    document: dict[str, Any],
) -> None:
    camera = document["streams"]["cameras"]
    document["streams"] = {
        "doors": camera,
        "gates": dict(camera),
        "roofs": camera | {"units": ["unit-1"]},
    }
    plan = built(document).plan
    assert [stream.model for stream in plan.streams] == [0] * 6
    assert [stream.decoders for stream in plan.streams[::2]] == [(0, 1, 2), (0, 1, 2), (1,)]
    assert [stream.name for stream in plan.streams][:3] == ["doors/0", "doors/1", "gates/0"]


def test_load_scales_the_mean_capacity_to_what_the_top_unit_offers(
    document: dict[str, Any],
) -> None:
    document["network"]["uplink"][0]["load"] = 0.5
    plan = built(document)
    stream = plan.plan.streams[0]
    sizes = stream.ladder.mean_bytes[-1]
    offered_bps = 2 * 10 * 8 * (sizes + 28)  # two cameras at 10 fps, one packet a frame
    assert plan.plan.uplink[0][0].trace.mean_bps == pytest.approx(offered_bps / 0.5, rel=1e-3)
    assert plan.link.startswith("us-lte-up/1 x ")


def test_load_leaves_a_ladder_that_sends_nothing_alone(document: dict[str, Any]) -> None:
    document["network"]["uplink"][0]["load"] = 0.5
    document["streams"]["cameras"]["units"] = ["device"]
    assert built(document).link == "us-lte-up/1"


@given(st.floats(1e3, 1e9), st.floats(1e-3, 1e3), st.floats(1e3, 1e9))
def test_a_load_factor_is_exact_to_a_millionth(offered: float, load: float, mean: float) -> None:
    factor = load_factor(offered, load, mean)
    assert float(factor) == pytest.approx(offered / load / mean, rel=1e-6)
    assert min(factor.numerator, factor.denominator) <= 10**6


def test_a_trace_file_is_found_beside_the_scenario(
    document: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "step.csv").write_text("t_s,mbps\n0,1\n10,3\n20,0\n")
    document["network"]["uplink"][0]["trace"] = {
        "file": "step.csv",
        "format": "csv",
        "after": "loop",
        "offset": "10 s",
    }
    found = built(document, folder=tmp_path)
    trace = found.plan.uplink[0][0].trace
    assert found.trace == "step.csv@10 s"
    assert trace.capacity(10**9) == 3_000_000 // 8 * trace.units_per_byte


def test_flow_rates_used_as_an_uplink_are_doubted(document: dict[str, Any]) -> None:
    document["network"]["uplink"][0]["trace"] = {"family": "oboe"}
    assert built(document).warnings == (
        "oboe/1 measures a flow rate on a downlink: real uplink capacity may differ",
    )


def test_a_profile_of_means_only_is_told_once(document: dict[str, Any]) -> None:
    camera = document["streams"]["cameras"]
    camera |= {"profile": "entropic-student-2022", "units": ["bottleneck"], "policy": "throughput"}
    document["streams"] = {"doors": camera, "gates": dict(camera)}
    document["server"] = {"batching": {"kind": "pull", "max": 1}}
    (warning,) = built(document).warnings
    assert warning.startswith("profile entropic-student-2022 holds published means only")


def test_a_profile_is_found_beside_the_scenario(
    document: dict[str, Any], tiny_folder: Path
) -> None:
    document["streams"]["cameras"]["profile"] = "tiny"
    assert len(built(document, folder=tiny_folder.parent).plan.streams) == 2
    document["streams"]["cameras"]["profile"] = "./tiny"
    assert len(built(document, folder=tiny_folder.parent).plan.streams) == 2


def test_a_policy_of_ones_own_is_found_beside_the_scenario(
    document: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(
        "class Mine:\n"
        "    def __init__(self, rng):\n        self.unit = int(rng.integers(1, 3))\n"
        "    def choose(self, seen):\n        return self.unit\n"
    )
    document["streams"]["cameras"]["policy"] = "mine.py:Mine"
    log = simulate(built(document, folder=tmp_path).plan)
    assert set(np.unique(log["unit"])) <= {1, 2}


def test_a_missing_policy_is_named_with_its_group(document: dict[str, Any]) -> None:
    document["streams"]["cameras"]["policy"] = "fixd"
    with pytest.raises(InputError, match=r"streams.cameras policy: fixd is no policy"):
        built(document)


def test_switching_costs_are_felt_where_units_are_not_resident(document: dict[str, Any]) -> None:
    document["streams"]["cameras"] |= {"resident": False, "waiting": "queue", "jitter": "10 ms"}
    stream = built(document).plan.streams[0]
    assert stream.ladder.switch_ns[1] == 3_000_000
    assert stream.waiting == "queue"


def test_replications_have_seeds_of_their_own() -> None:
    assert len({run_seed(seed, replication) for seed in (1, 2) for replication in range(5)}) == 10
