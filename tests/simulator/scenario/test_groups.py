from __future__ import annotations

from typing import Any

import pytest

from simulator.foundation.errors import InputError
from simulator.scenario import Scenario
from simulator.scenario.json_schema import json_schema
from simulator.scenario.streams import WorkloadGroup
from simulator.scenario.texts import BatchTime

LOGGED = {"workload": "log.csv", "deadline": "200 ms", "policy": "fixed"}


def refused(document: dict[str, Any], group: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(document | {"streams": {"cameras": group}})
    return str(caught.value)


def test_a_group_with_a_workload_needs_no_frame_rate(document: dict[str, Any]) -> None:
    group = LOGGED | {"batch_time": "10 ms + 4 ms", "count": 3, "calibration": "other.csv"}
    found = Scenario.from_dict(document | {"streams": {"lidars": group}}).record
    lidars = found.streams["lidars"]
    assert isinstance(lidars, WorkloadGroup)
    assert (lidars.batch_time, lidars.count, lidars.units) == (
        BatchTime(10_000_000, 4_000_000),
        3,
        None,
    )
    assert found.frames == 0  # the file tells


def test_captures_are_counted_between_start_and_stop(document: dict[str, Any]) -> None:
    camera = document["streams"]["cameras"]
    camera |= {"start": "500 ms", "stop": "1 s"}
    assert (
        Scenario.from_dict(document).record.frames == 10
    )  # two cameras at 10 fps for half a second
    camera["stop"] = "60 s"  # beyond the run, which ends them
    assert Scenario.from_dict(document).record.frames == 30


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start": "1 s", "stop": "1 s"}, "cameras.stop: 1 s must be after its start, 1 s"),
        ({"start": "2 s"}, "streams.cameras.start: 2 s must be before the run's end, 2 s"),
        ({"weight": 0}, "weight: 0 must be >= 1"),
        ({"transport": "tcp"}, "transport: tcp must be 'datagram' or 'retransmit'"),
        ({"cancel": True}, "cancel: True must be 'never', 'too-late' or 'superseded'"),
        ({"result": "0 B"}, "result: 0 B must be between 1 B and 1 MB"),
        ({"decode_by": "150 ms"}, "decode_by: 150 ms must be before the deadline, 150 ms"),
        ({"tasks": {"box_iou": "later"}}, "tasks.box_iou: later must be a duration with a unit"),
        ({"tasks": {"warmup": "1 s"}}, "tasks.warmup: 1 s must not be the name of a task"),
        ({"tasks": ["box_iou"]}, "tasks: a list must be a mapping"),
        ({"device": {"sped": 1}}, "'sped' is not a known key; did you mean 'speed'?"),
    ],
)
def test_a_group_is_checked(document: dict[str, Any], change: dict[str, Any], said: str) -> None:
    assert said in refused(document, document["streams"]["cameras"] | change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fps": 10}, "streams.cameras.fps: 'fps' is not a known key"),
        ({"profile": "tiny"}, "'profile' is not a known key"),
        ({"tasks": {}}, "'tasks' is not a known key"),
        ({"workload": ""}, "workload: (empty) must have at least 1 character"),
        ({"batch_time": "4 ms"}, "batch_time: 4 ms must be a base and a time a frame"),
        ({"policy": None}, "policy: nothing must be a policy's name"),
    ],
)
def test_a_logged_group_is_checked(
    document: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    assert said in refused(document, LOGGED | change)


def test_a_group_named_like_a_key_is_no_key(document: dict[str, Any]) -> None:
    camera = document["streams"]["cameras"] | {"polcy": "fixed"}
    with pytest.raises(InputError, match="did you mean 'policy'"):
        Scenario.from_dict(document | {"streams": {"device": camera}})


def test_the_schema_knows_short_forms_and_both_sources() -> None:
    schema = json_schema()
    records = schema["$defs"]
    hop = records["UplinkHop"]["properties"]
    assert hop["queue"]["default"] == "64 kB"
    assert {"ProfileGroup", "WorkloadGroup", "Bursts", "Jitter", "Outage", "Memory"} <= set(records)
    assert hop["jitter"]["anyOf"][0]["type"] == "string"
    assert len(records["Network"]["properties"]["downlink"]["oneOf"][1]["anyOf"]) == 2
    assert records["ProfileGroup"]["properties"]["policy"]["anyOf"][0]["type"] == "string"
    assert schema["properties"]["server"]["default"] == {}
    for record in records.values():
        for name, entry in record.get("properties", {}).items():
            assert "description" in entry or "$ref" in entry, name
