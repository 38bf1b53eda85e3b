from __future__ import annotations

import pickle
from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.foundation.errors import InputError
from simulator.scenario import Scenario
from simulator.scenario.cross import Cross
from simulator.scenario.hops import UplinkHop
from simulator.scenario.json_schema import json_schema
from simulator.scenario.server import Server
from simulator.scenario.streams import ProfileGroup, WorkloadGroup

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.scenario.records import ScenarioRecord


def fps(record: ScenarioRecord) -> float:
    group = record.streams["cameras"]
    assert isinstance(group, ProfileGroup)
    return group.fps


def test_quantities_become_integers_in_base_units(document: dict[str, Any]) -> None:
    document["network"]["uplink"][0] |= {"delay": "35 ms", "queue": "unlimited", "load": 1}
    document["streams"]["cameras"] |= {"probe": "never", "count": 1e1}
    record = Scenario.from_dict(document).record
    link, group = record.network.uplink[0], record.streams["cameras"]
    assert record.duration_ns == 2 * 10**9
    assert (link.delay_ns, link.queue.whole_bytes, link.load) == (35_000_000, None, 1.0)
    assert (group.deadline_ns, group.probe_ns, group.count) == (150_000_000, None, 10)


def test_a_policy_may_be_a_name_a_mapping_or_a_file(document: dict[str, Any]) -> None:
    labels = []
    for policy in ["fixed", {"name": "fixed", "unit": "unit-1"}, "./a/mine.py:Mine"]:
        document["streams"]["cameras"]["policy"] = policy
        labels.append(Scenario.from_dict(document).record.streams["cameras"].policy.label)
    assert labels == ["fixed", "fixed(unit=unit-1)", "mine.py:Mine"]


def test_traces_are_named_by_family_and_seed_or_file_and_offset(document: dict[str, Any]) -> None:
    labels = []
    for trace in [{"family": "f", "seed": 3}, {"file": "a.csv", "offset": "30 s"}]:
        document["network"]["uplink"][0]["trace"] = trace
        labels.append(Scenario.from_dict(document).record.network.uplink[0].trace.label)
    assert labels == ["f/3", "a.csv@30 s"]


def test_objectives_are_read(document: dict[str, Any]) -> None:
    document["slo"] = {"on_time": ">= 0.95", "latency_p95": "<= 120 ms"}
    first, second = Scenario.from_dict(document).record.slo
    assert (first.metric, first.at_least, first.bound) == ("on_time", True, 0.95)
    assert (second.metric, second.at_least, second.bound) == ("latency_p95", False, 120.0)


def test_a_grid_is_all_combinations_the_last_fastest(document: dict[str, Any]) -> None:
    document["sweep"] = {"streams.cameras.fps": [5, 10], "network.uplink.0.trace.seed": [1, 2]}
    points = Scenario.from_dict(document).points
    assert [list(point.settings.values()) for point in points] == [[5, 1], [5, 2], [10, 1], [10, 2]]
    assert fps(points[2].record) == 10


def test_zipped_lists_go_in_lock_step(document: dict[str, Any]) -> None:
    document["sweep"] = {
        "seed": [1, 2],
        "zip": {"streams.cameras.fps": [5, 10], "server.workers": [3, 3]},
    }
    points = Scenario.from_dict(document).points
    assert [tuple(point.settings.values()) for point in points] == [
        (1, 5, 3),
        (1, 10, 3),
        (2, 5, 3),
        (2, 10, 3),
    ]


def test_a_key_may_stand_in_the_sweep_alone(document: dict[str, Any]) -> None:
    del document["streams"]["cameras"]["policy"]
    document["sweep"] = {"streams.cameras.policy": ["fixed", "deadline"]}
    assert len(Scenario.from_dict(document).points) == 2


@pytest.mark.parametrize(
    ("sweep", "said"),
    [
        ([1], "sweep: [1] must be a mapping of paths to lists"),
        ({"name": ["a"]}, "must begin with one of streams, network"),
        ({"seed": 3}, "must be a list of at least one value"),
        ({"seed": []}, "must be a list of at least one value"),
        ({"seed": [1, 2, 1]}, "must not hold a value twice"),
        ({"seed": list(range(10_001))}, "must hold at most 10,000 values"),
        ({"streams.camera.fps": [1]}, "did you mean 'cameras'?"),
        ({"network.uplink.3.load": [1]}, "must name an item of network.uplink by a number below 1"),
        ({"duration.x": ["1 s"]}, "must not go into duration, which is '2 s'"),
        ({"streams..fps": [1]}, "must be names joined by dots"),
        ({"streams.cameras.device": [{}], "streams.cameras.device.speed": [1]}, "must not overlap"),
        ({"zip": {}}, "must be a mapping of paths to lists"),
        ({"zip": {"seed": [1, 2], "server.workers": [1]}}, "must be lists of equal length"),
        ({"zip": {"seed": [1, 1], "server.workers": [2, 2]}}, "must not hold a combination twice"),
        ({"seed": list(range(5000)), "server.workers": [1, 2, 3]}, "at most 10,000 runs"),
        ({"streams.cameras.fps": [1, -5]}, "streams.cameras.fps: -5 must be >= 0.001"),
    ],
)
def test_a_sweep_is_checked(document: dict[str, Any], sweep: object, said: str) -> None:
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(document | {"sweep": sweep})
    assert said in str(caught.value)


def test_values_of_a_sweep_are_told_where_they_stand(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    path = write(tmp_path, document, "sweep:\n  streams.cameras.fps: [1, x, -5]\n")
    with pytest.raises(InputError) as caught:
        Scenario.from_file(path)
    last = len(path.read_text().splitlines())
    assert [problem.where for problem in caught.value.problems] == [
        f"s.yaml:{last}:28",
        f"s.yaml:{last}:31",
    ]


def test_settings_replace_values_by_the_rules_of_yaml(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    path = write(tmp_path, document, "")
    scenario = Scenario.from_file(
        path,
        ["streams.cameras.fps=30", "server.batching.max=2", "streams.cameras.policy={name: x}"],
    )
    assert fps(scenario.record) == 30
    assert scenario.record.server.batching.max == 2
    assert scenario.record.streams["cameras"].policy.name == "x"
    assert scenario.document["server"] == {"batching": {"max": 2}}


_SWEEP = """\
sweep:
  streams.cameras.policy: [fixed, deadline]
  zip: {streams.cameras.fps: [10, 20], seed: [1, 2]}
"""


@pytest.mark.parametrize(
    ("settings", "points"),
    [
        ([], 4),
        (["streams.cameras.policy=throughput"], 2),
        (["streams.cameras.fps=5"], 4),
        (["streams.cameras.fps=5", "seed=9"], 2),
        (["streams.cameras.fps=5", "seed=9", "streams.cameras.policy=fixed"], 1),
    ],
)
def test_a_value_that_is_set_is_swept_no_longer(
    tmp_path: Path, document: dict[str, Any], settings: list[str], points: int
) -> None:
    scenario = Scenario.from_file(write(tmp_path, document, _SWEEP), settings)
    assert len(scenario.points) == points
    for setting in settings:
        path = setting.partition("=")[0]
        assert not any(path in point.settings for point in scenario.points)


def test_nothing_can_be_set_within_a_value_that_is_swept(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    path = write(tmp_path, document, "sweep: {server.batching: [{max: 1}, {max: 2}]}\n")
    with pytest.raises(InputError, match=r"must not go into server.batching, which is swept"):
        Scenario.from_file(path, ["server.batching.max=4"])


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("fps", "--set assignment: fps must be path=value"),
        ("streams.camera.fps=1", "did you mean 'cameras'?"),
        ("streams.cameras.fps=-3", "--set streams.cameras.fps=-3 streams.cameras.fps: -3 must be"),
        ("streams.cameras.fpz=3", "'fpz' is not a known key; did you mean 'fps'?"),
        ("streams.cameras.fps=[1", "cannot be parsed"),
        ("sweep={seed: [1], server.workers: [x]}", "--set sweep={seed"),
    ],
)
def test_a_wrong_setting_is_named(
    tmp_path: Path, document: dict[str, Any], setting: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        Scenario.from_file(write(tmp_path, document, ""), [setting])
    assert said in str(caught.value)


def test_the_digest_follows_the_content(document: dict[str, Any]) -> None:
    same, other = Scenario.from_dict(dict(document)), Scenario.from_dict(document | {"seed": 2})
    assert Scenario.from_dict(document).sha256 == same.sha256 != other.sha256


def test_a_scenario_can_be_sent_to_another_process(document: dict[str, Any]) -> None:
    scenario = Scenario.from_dict(document)
    assert pickle.loads(pickle.dumps(scenario.points)) == scenario.points  # noqa: S301


def test_a_scenario_built_in_code_keeps_its_own_document(document: dict[str, Any]) -> None:
    scenario = Scenario.from_dict(document)
    document["streams"]["cameras"]["fps"] = 99
    assert scenario.document["streams"]["cameras"]["fps"] == 10


def test_the_schema_names_every_key_with_its_default() -> None:
    schema = json_schema()
    assert schema["title"] == "splitcast scenario"
    assert set(schema["required"]) == {"name", "duration", "streams", "network"}
    streams = schema["$defs"]["ProfileGroup"]["properties"]
    assert streams["probe"]["default"] == "1 s"
    assert streams["count"]["maximum"] == 10_000
    assert all("description" in entry or "$ref" in entry for entry in streams.values())


def write(folder: Path, document: dict[str, Any], more: str) -> Path:
    """Write a document as YAML by hand, so that lines are known."""
    camera = document["streams"]["cameras"]
    path = folder / "s.yaml"
    path.write_text(
        "name: small\nduration: 2 s\nstreams:\n  cameras:\n    count: 2\n"
        f"    profile: {camera['profile']}\n    fps: 10\n    deadline: 150 ms\n"
        "    policy: deadline\nnetwork:\n  uplink:\n"
        f"    - trace: {{family: us-lte-up, seed: 1}}\n{more}"
    )
    return path


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({1: 2}, "scenario sweep: 1 must be text, as every key"),
        (b"x", "scenario sweep: a bytes must be a mapping, list, text"),
        ([float("nan")], "scenario sweep.0: nan must be a finite number"),
    ],
)
def test_a_scenario_built_in_code_says_only_what_yaml_could(
    document: dict[str, Any], value: object, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(document | {"sweep": value})
    assert str(caught.value).startswith(said)


def test_a_scenario_built_in_code_may_not_be_endless(document: dict[str, Any]) -> None:
    document["sweep"] = document
    with pytest.raises(InputError, match="at most 20 levels deep"):
        Scenario.from_dict(document)


VALUES = [
    *(None, True, 0, -1, 3, 1e300, 0.5, 2**62, "", "x", "1 ms", "64 kB", "fixed", [], {}, [1]),
    *("1 %", "5 packets", "1 Mbit/s", "2 h", "unlimited", "trace", "head", "fair", "form", "gpu/0"),
    *([[1, 2]], {"a": 1}, {"name": "fixed"}, {"family": 3}, {"file": "x"}, "a" * 1000, "é\x00"),
]
PLACES = [
    *(("name",), ("duration",), ("streams",), ("streams", "cameras"), ("network",), ("server",)),
    *(("sweep",), ("sweep", "zip"), ("sweep", "zip", "server.speed"), ("slo",), ("slo", "late")),
    *(("streams", "cameras", key) for key in ProfileGroup.model_json_schema()["properties"]),
    *(("network", key) for key in ("uplink", "downlink")),
    *(("network", "uplink", 0, key) for key in UplinkHop.model_json_schema()["properties"]),
    *(("network", "uplink", 0, "cross", 0, key) for key in Cross.model_json_schema()["properties"]),
    *(("network", "uplink", 0, "loss", key) for key in ("good", "bad", "loss_bad")),
    *(("network", "downlink", key) for key in ("trace", "delay")),
    *(("streams", "logs", key) for key in WorkloadGroup.model_json_schema()["properties"]),
    *(("server", key) for key in (*Server.model_json_schema()["properties"], "nonsense")),
    *(("server", "memory", key) for key in ("size", "tails", "holds")),
    *(("server", "outages", 0, key) for key in ("worker", "at", "for")),
]


@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(VALUES)), max_size=3))
def test_whatever_is_written_is_a_scenario_or_refused(
    changes: list[tuple[tuple[str | int, ...], object]],
) -> None:
    camera = {"profile": "p", "fps": 10, "deadline": "150 ms", "policy": "fixed"}
    logs = {"workload": "w.csv", "deadline": "150 ms", "policy": "fixed"}
    whole: dict[str, Any] = {
        "name": "small",
        "duration": "2 s",
        "streams": {"cameras": camera, "logs": logs},
        "network": {
            "uplink": [
                {
                    "trace": {"family": "us-lte-up"},
                    "cross": [{"rate": "1 Mbit/s"}],
                    "loss": {"good": "1 s", "bad": "1 s"},
                }
            ],
            "downlink": {"trace": {"family": "us-lte-down"}},
        },
        "server": {
            "memory": {"size": "9 MB"},
            "outages": [{"worker": 0, "at": "1 s", "for": "1 s"}],
        },
        "slo": {},
        "sweep": {"seed": [1, 2], "zip": {"server.workers": [1, 2], "server.speed": [1, 2]}},
    }
    for place, value in changes:
        holder: Any = whole
        with suppress(KeyError, IndexError, TypeError):  # an earlier change took it away
            for part in place[:-1]:
                holder = holder[part]
            holder[place[-1]] = deepcopy(value)
    with suppress(InputError):
        assert Scenario.from_dict(whole).points
