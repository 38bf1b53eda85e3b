from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from simulator.scenario.json_schema import json_schema
from simulator.scenario.settings import with_settings
from simulator.scenario.yaml_reader import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
BUNDLED = sorted((ROOT / "scenarios").glob("*.yaml"))
SCHEMA = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def _complaints(document: object) -> Iterator[str]:
    for error in VALIDATOR.iter_errors(document):
        deepest = min(error.context, key=lambda inner: -len(inner.path)) if error.context else error
        yield ".".join(map(str, deepest.absolute_path))


def _own() -> dict[str, Any]:
    camera = {"profile": "../profiles/mine", "fps": 15, "deadline": "150 ms"}
    return {
        "name": "own-files",
        "duration": "1.5 min",
        "streams": {
            "cameras": camera | {"policy": "./policies/mine.py:Mine", "probe": "never"},
            "logs": {
                "workload": "my-log.csv",
                "deadline": "90ms",
                "policy": {"name": "deadline", "reserve": 0.2},
            },
        },
        "network": {
            "uplink": [{"trace": {"file": "traces/a.csv", "unit": "Mbit/s"}, "queue": "50 packets"}]
        },
        "sweep": {
            "streams.cameras.fps": [5, 15],
            "zip": {"network.uplink.0.delay": ["1 ms"], "seed": [3]},
        },
        "slo": {"on_time": ">= 0.95", "latency_p95": "<=120 ms"},
    }


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_a_bundled_scenario_keeps_to_the_schema(path: Path) -> None:
    assert list(_complaints(read_file(path).value)) == []


def test_the_template_keeps_to_the_schema() -> None:
    path = ROOT / "simulator" / "cli" / "template.yaml"
    assert list(_complaints(read_file(path).value)) == []


def test_a_scenario_with_files_of_ones_own_keeps_to_the_schema() -> None:
    assert list(_complaints(_own())) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("network.uplink.0.trace", {"folder": "mine/", "unit": "Mbit/s", "conditions": "d.csv"}),
        ("network.uplink.0.trace", {"file": "mine/*.csv", "column": "Rate A", "time_column": 1}),
        ("sweep", {"network.uplink.0.trace.file": "mine/*"}),
        ("sweep", {"network.uplink.0.trace": {"folder": "mine/"}}),
    ],
)
def test_several_trace_files_keep_to_the_schema(path: str, value: object) -> None:
    assert list(_complaints(with_settings(_own(), {path: value}))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("network.uplink.0.trace", {"unit": "Mbit/s"}),
        ("network.uplink.0.trace", {"folder": "mine/", "file": "a.csv"}),
        ("duration", "90"),
        ("duration", "90 parsecs"),
        ("duration", 90),
        ("name", "Own Files"),
        ("streams.cameras.profile", "shapes-22"),
        ("streams.cameras.policy", "deadlin"),
        ("streams.cameras.policy", "mine.py"),
        ("streams.cameras.policy", {"name": "deadlin"}),
        ("streams.cameras.units", []),
        ("streams.cameras.probe", "sometimes"),
        ("network.uplink.0.trace", {"family": "us-lte-u"}),
        ("network.uplink.0.queue", "50 pockets"),
        ("network.uplink.0.loss", "2 percent"),
        ("sweep", {"stream.cameras.fps": [1]}),
        ("sweep", {"streams.cameras.fps": 5}),
        ("sweep", {"streams.cameras.fps": []}),
        ("sweep", {"zip": {}}),
        ("sweep", {"zip": {"zip": [1]}}),
        ("slo", {"on_tim": ">= 0.95"}),
        ("slo", {"on_time": "0.95"}),
        ("slo", {"on_time": ">= 120 ms"}),
        ("slo", {"latency_p95": "<= 0.9"}),
    ],
)
def test_what_no_run_would_take_an_editor_underlines(path: str, value: object) -> None:
    found = list(_complaints(with_settings(_own(), {path: value})))
    assert found
