from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simulator.foundation.errors import InputError
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from pathlib import Path

BAD = """\
name: City
duration: 120
seed: -7
streams:
  cameras:
    count: 8.5
    fps: -5
    deadline: 150
    device: {speeed: 0.25}
    policy: {nam: mpc, horizon: 5}
network:
  uplink:
    - trace: {family: us-lte-up, sed: 1}
      load: 0
      sharing: turns
      delay: 20 parsecs
      queue: lots
server: 3
slo: {on_tim: ">= 0.95"}
foo: 1
"""


def complaints(document: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(document)
    return str(caught.value)


def test_everything_wrong_in_a_file_is_told_at_once_with_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(BAD)
    with pytest.raises(InputError) as caught:
        Scenario.from_file(path)
    assert [(p.where.removeprefix("bad.yaml:"), p.what) for p in caught.value.problems] == [
        ("1:7", "name"),
        ("2:11", "duration"),
        ("3:7", "seed"),
        ("5:3", "streams.cameras.profile"),
        ("6:12", "streams.cameras.count"),
        ("7:10", "streams.cameras.fps"),
        ("8:15", "streams.cameras.deadline"),
        ("9:14", "streams.cameras.device.speeed"),
        ("10:5", "streams.cameras.policy.name"),
        ("13:34", "network.uplink.0.trace.sed"),
        ("14:13", "network.uplink.0.load"),
        ("15:16", "network.uplink.0.sharing"),
        ("16:14", "network.uplink.0.delay"),
        ("17:14", "network.uplink.0.queue"),
        ("18:9", "server"),
        ("19:15", "slo.on_tim"),
        ("20:1", "foo"),
    ]
    said = str(caught.value)
    assert "'speeed' is not a known key; did you mean 'speed'?" in said
    assert (
        "'sed' is not a known key; did you mean 'seed'? known: conditions, family, offset, seed"
        in said
    )
    assert "streams.cameras.profile: (missing) must be given; add it: a shipped profile" in said
    assert "20 parsecs must be a duration with a unit" in said
    assert "lots must be a size with a unit, one of" in said
    assert "or 'unlimited'" in said


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ({"deadline": "2 h"}, "deadline: 2 h must be between 1 us and 60 s"),
        ({"fps": True}, "fps: True must be a number"),
        ({"fps": 1e6}, "fps: 1000000.0 must be <= 1000"),
        ({"count": 1.5}, "count: 1.5 must be a whole number"),
        ({"count": "many"}, "count: many must be a whole number"),
        ({"units": []}, "units: an empty list must hold at least 1"),
        ({"units": "bottleneck"}, "units: bottleneck must be a list"),
        ({"waiting": "oldest"}, "waiting: oldest must be 'newest' or 'queue'"),
        ({"resident": 1}, "resident: 1 must be true or false"),
        ({"profile": 3}, "profile: 3 must be text"),
        ({"profile": ""}, "must have at least 1 character"),
        ({"device": None}, "device: nothing must be a mapping"),
        ({"policy": 5}, "policy: 5 must be a policy's name, or a mapping"),
        ({"policy": {"name": "fixed", "unit": [["a"]]}}, "must have plain values, or lists"),
        ({"policy": {"name": "fixed", "unit": {"a": 1}}}, "must have plain values, or lists"),
        ({"jitter": "200 ms"}, "jitter: 200 ms must be at most one frame interval"),
        ({"probe": "soon"}, "probe: soon must be a duration with a unit"),
    ],
)
def test_a_group_of_streams_is_checked(
    document: dict[str, Any], group: dict[str, Any], said: str
) -> None:
    document["streams"]["cameras"] |= group
    assert said in complaints(document)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("duration", "200 h", "must be between 1 ms and 24 h"),
        ("replications", 0, "replications: 0 must be >= 1"),
        ("replications", 10_000, "must be <= 1000"),
        ("streams", {}, "streams: a mapping must hold at least 1"),
        ("streams", {"Bad Name": {}}, "Bad Name"),
        ("slo", [], "slo: an empty list must be a mapping of metrics to rules"),
        ("slo", {"on_time": "> 0.9"}, "slo.on_time: > 0.9 must be >= or <= and a bound"),
        (
            "slo",
            {"on_time": ">= 95"},
            "slo.on_time: >= 95 must bound a share by a number between 0",
        ),
        ("slo", {"latency_p95": "<= 1"}, "slo.latency_p95: <= 1 must be a duration with a unit"),
        ("seed", 2**60, "must be < 9.0072e+15"),
        ("network", {"uplink": []}, "network.uplink: an empty list must hold at least 1"),
        ("server", {"workers": 1, "batching": {"max": 0}}, "server.batching.max: 0 must be >= 1"),
    ],
)
def test_the_whole_scenario_is_checked(
    document: dict[str, Any], key: str, value: object, said: str
) -> None:
    assert said in complaints(document | {key: value})


def test_a_trace_from_a_file_takes_other_keys_than_a_family(document: dict[str, Any]) -> None:
    document["network"]["uplink"][0]["trace"] = {"file": "x.csv", "seed": 3}
    assert "'seed' is not a known key" in complaints(document)
    document["network"]["uplink"][0]["trace"] = {"hold": "until-next"}
    assert "network.uplink.0.trace.file: (missing) must be given" in complaints(document)


def test_a_run_of_too_many_frames_is_refused(document: dict[str, Any]) -> None:
    document["streams"]["cameras"]["fps"] = 1000
    assert (
        "document: this scenario must capture at most 2,000,000 frames a run, not 172,800,000"
        in (complaints(document | {"duration": "24 h"}))
    )


def test_a_thousand_streams_too_many_are_refused(document: dict[str, Any]) -> None:
    one = document["streams"]["cameras"] | {"count": 10_000, "fps": 1}
    assert "must have at most 10,000 streams, not 20,000" in complaints(
        document | {"streams": {"a": one, "b": one}}
    )


@pytest.mark.parametrize("value", [None, [], "text"])
def test_what_is_no_mapping_is_no_scenario(tmp_path: Path, value: object) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("" if value is None else str(value))
    with pytest.raises(InputError, match="must be a mapping with name, duration"):
        Scenario.from_file(path)
