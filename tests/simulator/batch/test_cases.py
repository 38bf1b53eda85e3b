from __future__ import annotations

from typing import Any

from simulator.batch.cases import run_specs
from simulator.scenario import Scenario


def specs(document: dict[str, Any], sweep: dict[str, Any]) -> list[tuple[int, str, str]]:
    found = run_specs(Scenario.from_dict(document | {"sweep": sweep}))
    return [(spec.case, spec.policy, spec.setting) for spec in found]


def test_traces_and_seeds_of_one_policy_are_one_case(document: dict[str, Any]) -> None:
    found = specs(document, {"network.uplink.0.trace.seed": [1, 2], "seed": [3, 4]})
    assert found == [(0, "deadline", "")] * 4


def test_policies_are_cases_of_the_same_setting(document: dict[str, Any]) -> None:
    found = specs(
        document,
        {
            "network.uplink.0.trace.seed": [1, 2],
            "streams.cameras.policy": ["throughput", {"name": "fixed", "unit": "unit-1"}],
        },
    )
    assert found == [(0, "throughput", ""), (1, "fixed(unit=unit-1)", "")] * 2


def test_everything_else_is_a_setting_with_a_short_name(document: dict[str, Any]) -> None:
    found = specs(
        document,
        {"network.uplink.0.load": [0.5, 1], "streams.cameras.fps": [5], "server.workers": [1, 2]},
    )
    assert [setting for _, _, setting in found] == [
        "load=0.5, server.workers=1",
        "load=0.5, server.workers=2",
        "load=1, server.workers=1",
        "load=1, server.workers=2",
    ]
    assert [case for case, _, _ in found] == [0, 1, 2, 3]


def test_files_are_traces_and_families_are_settings(document: dict[str, Any]) -> None:
    path = "network.uplink.0.trace"
    files = specs(document, {path: [{"file": "a.csv"}, {"file": "b.csv", "offset": "5 s"}]})
    assert {case for case, _, _ in files} == {0}
    families = specs(
        document,
        {path: [{"family": f, "seed": s} for f in ("us-3g-up", "us-lte-up") for s in (1, 2)]},
    )
    assert families == [
        (0, "deadline", "trace.family=us-3g-up"),
        (0, "deadline", "trace.family=us-3g-up"),
        (1, "deadline", "trace.family=us-lte-up"),
        (1, "deadline", "trace.family=us-lte-up"),
    ]


def test_hops_of_a_path_are_told_apart_by_name_or_place(document: dict[str, Any]) -> None:
    hop = {"trace": {"family": "us-lte-up"}}
    document["network"] = {
        "uplink": [hop | {"name": "access"}, hop],
        "downlink": hop | {"name": "back"},
    }
    found = specs(
        document,
        {
            "network.uplink.0.load": [1, 2],
            "network.uplink.1.load": [3, 4],
            "network.downlink.trace.seed": [1, 2],
            "network.downlink.delay": ["1 ms"],
            "network.downlink.queue": ["9 kB", "8 kB"],
        },
    )
    assert [setting for _, _, setting in found[:2]] == [
        "access.load=1, uplink.1.load=3, back.queue=9 kB",
        "access.load=1, uplink.1.load=3, back.queue=8 kB",
    ]
    assert len({case for case, _, _ in found}) == 8


def test_several_groups_are_named_where_their_policies_differ(document: dict[str, Any]) -> None:
    camera = document["streams"]["cameras"]
    document["streams"] = {"doors": camera, "gates": camera | {"policy": "fixed"}}
    found = specs(document, {"streams.gates.device": [{"speed": 1.0}, {"speed": 2.0}]})
    assert found == [
        (0, "doors: deadline, gates: fixed", "gates.device={speed: 1.0}"),
        (1, "doors: deadline, gates: fixed", "gates.device={speed: 2.0}"),
    ]


def test_runs_are_named_by_point_and_replication(document: dict[str, Any]) -> None:
    document["replications"] = 2
    found = run_specs(Scenario.from_dict(document | {"sweep": {"streams.cameras.fps": [5, 10]}}))
    assert [spec.name for spec in found] == ["p0000-r0", "p0000-r1", "p0001-r0", "p0001-r1"]
    assert found[0].seed == found[2].seed != found[1].seed
