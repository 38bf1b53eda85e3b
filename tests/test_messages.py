"""What every refusal has: where, what, rule and remedy, on one line of readable length."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import simulator
from models.profile import load, save
from simulator.cli.program import run_command
from simulator.foundation.errors import InputError, Problem
from simulator.replay.frames import read_frames
from simulator.workload import read_workload
from tests.models.profiles import tiny_profile
from tests.simulator.scenario.test_bad_scenarios import BAD as BAD_SCENARIO
from tests.traces.examples import BAD as BAD_TRACES
from tests.traces.examples import GOOD, OPTIONS
from traces import read as read_trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MOST_BEFORE_REMEDY = 400
MOST_REMEDY = 2010
LONG = "x" * 9_000
STEERING = "\x1b[2J\x9b31m\r\nnext\x00"
OTHERS: tuple[Any, ...] = (None, True, -1, 1e308, "", STEERING, LONG, [], {}, ["a"], {"a": 1})


def check(problem: Problem) -> None:
    said = str(problem)
    assert all(part.strip() for part in (problem.where, problem.what, problem.rule)), said
    assert problem.remedy.strip(), said
    assert said.isprintable(), said
    head = str(replace(problem, remedy="remedy")).removesuffix("; remedy")
    assert len(head) <= MOST_BEFORE_REMEDY, said
    assert len(said) <= len(head) + MOST_REMEDY, said


def refusals(act: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        act()
    except InputError as error:
        return error.problems
    return ()


def forgeries(document: Any) -> Iterator[Any]:  # noqa: ANN401 - of any shape
    """Yield a document with each of its values replaced by each other kind, or left out."""
    for place in list(document) if isinstance(document, dict) else range(len(document)):
        for other in OTHERS:
            yield _with(document, place, other)
        if isinstance(document, dict):
            yield {key: value for key, value in document.items() if key != place}
            yield {(f"{key}x" if key == place else key): v for key, v in document.items()}
        if isinstance(document[place], dict | list):
            for forged in forgeries(document[place]):
                yield _with(document, place, forged)


def _with(document: Any, place: Any, value: object) -> Any:  # noqa: ANN401
    changed = copy.copy(document)
    changed[place] = value
    return changed


SCENARIO = {
    "name": "city",
    "duration": "2 s",
    "streams": {
        "cameras": {
            "count": 2,
            "profile": "shapes-224",
            "fps": 10,
            "deadline": "150 ms",
            "policy": {"name": "fixed", "unit": "unit-1"},
            "device": {"speed": 1},
        }
    },
    "network": {
        "uplink": [
            {
                "trace": {"family": "us-lte-up", "seed": 1},
                "load": {"rho": 1, "for": 8},
                "loss": {"good": "1 s", "bad": "1 s"},
                "cross": [{"rate": "300 kbit/s"}],
                "queue": "64 kB",
            }
        ]
    },
    "server": {
        "kinds": [{"name": "gpu", "count": 2}],
        "outages": [{"worker": "gpu/0", "at": "1 s", "for": "1 s"}],
    },
    "slo": {"on_time": ">= 0.95"},
    "sweep": {"streams.cameras.policy": ["fixed", "deadline"]},
}


def test_of_scenarios() -> None:
    simulator.Scenario.from_dict(SCENARIO)
    found = [
        problem
        for document in forgeries(SCENARIO)
        for problem in refusals(lambda: simulator.Scenario.from_dict(document))  # noqa: B023
    ]
    assert len(found) > 300
    for problem in found:
        check(problem)


@pytest.mark.parametrize(
    "text",
    [
        *(
            BAD_SCENARIO,
            "",
            "a: [",
            "- 1",
            "a: &x [*x]",
            "\ta: 1",
            "a: 1\na: 2",
            "{" * 999,
            "!!x 3",
        ),
        *(f"{LONG}: {LONG}", f'"{STEERING}": 1'.replace("\r\n", " "), "name: \x00", "? [a]\n: 1"),
        *("a: !!python/object:os.system 1", "name: 0x", "<<: 1", "duration: 1:30"),
    ],
)
def test_of_scenario_files(text: str, tmp_path: Path) -> None:
    path = tmp_path / "city.yaml"
    path.write_bytes(text.encode())
    found = refusals(lambda: simulator.Scenario.from_file(path))
    assert found
    for problem in found:
        check(problem)


@pytest.mark.parametrize("assignment", ["", "=", "a", "a=", f"{LONG}=1", f"a={LONG}", STEERING])
def test_of_settings(assignment: str, tmp_path: Path) -> None:
    path = tmp_path / "city.yaml"
    path.write_text(yaml.safe_dump(SCENARIO))
    found = refusals(lambda: simulator.Scenario.from_file(path, [assignment]))
    assert found
    for problem in found:
        check(problem)


@pytest.mark.parametrize("name", GOOD)
def test_of_traces(name: str, tmp_path: Path) -> None:
    path = tmp_path / "trace"
    steered = [data.replace(b"1", STEERING.encode()) for data in BAD_TRACES[name]]
    for data in (*BAD_TRACES[name], *steered, b"", b"\xff\xfe\x00", LONG.encode(), b"\x00" * 99):
        path.write_bytes(data)
        for reader in (name, None):
            for problem in refusals(lambda: read_trace(path, reader, **OPTIONS.get(name, {}))):  # noqa: B023
                check(problem)


TABLES = [
    *("", "a", "a,b\n1,2\n", LONG, STEERING, "frame_id,t_send_s,bytes\n0,-1,x\n"),
    *("frame_id,t_send_s,bytes\n0,1e99,5\n", f"frame_id,t_send_s,bytes\n{LONG},0,5\n"),
    *(
        "t_s,unit,bytes\n0,a,-1\n",
        f"t_s,unit,bytes,{LONG}\n",
        "frame,t_s\n" * 3,
        "\x00,\x00\n1,1\n",
    ),
]


@pytest.mark.parametrize("text", TABLES)
def test_of_tables(text: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    found = (*refusals(lambda: read_frames(path)), *refusals(lambda: read_workload(path)))
    assert found
    for problem in found:
        check(problem)


def test_of_profiles(tmp_path: Path) -> None:
    save(tiny_profile(clips=2, frames=2), tmp_path)
    path = tmp_path / "profile.json"
    document = json.loads(path.read_bytes())
    seen = 0
    for forged in (*forgeries(document.get("profile", document)), [], 3):
        with suppress(ValueError):
            path.write_text(json.dumps(forged))
        for problem in refusals(lambda: load(tmp_path)):
            check(problem)
            seen += 1
    assert seen > 100


@pytest.mark.parametrize(
    "text",
    [
        *("", "import sys; sys.exit(0)", "raise SystemExit", "class Mine: pass", "\x00", "("),
        *("class Mine:\n def choose(self, seen): raise BaseException('a\\nb\\x1b')",),
        *("class Mine:\n def choose(self, seen): return 'x' * 9000",),
        *("class Mine:\n def choose(self, seen): raise ValueError('x' * 9000)",),
        *("class Mine:\n def __init__(self): raise KeyboardInterrupt",),
    ],
)
def test_of_policy_files(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(text)
    document = copy.deepcopy(SCENARIO) | {"sweep": {}, "duration": "500 ms"}
    document["streams"]["cameras"]["policy"] = f"{path}:Mine"  # type: ignore[index]
    found = refusals(lambda: simulator.run(simulator.Scenario.from_dict(document)))
    assert found
    for problem in found:
        check(problem)


ARGUMENTS = [
    "validate {city} --set streams.cameras.policy={{name:fixed,unit:[1]}}",
    "validate {city} --set network.uplink.0.trace={{folder:" + "x" * 5000 + "}}",
    "validate {city} --set network.uplink.0.trace.file=" + "x" * 5000 + "*",
    "replay --trace loop --frames loop --out x",
    *("run {city} --workers 0", "run {city} --workers x", "run {city} --wrkers 1", "rnu", "run"),
    *("run {city} --out /dev/null/x", "run nowhere.yaml", "run {city} --set", "report /nowhere"),
    *("validate /dev/null", "traces info /dev/null", "traces info x --unit furlongs", "traces"),
    *("traces convert {city} --to wav --out x", "traces synth moon", "profile show moon"),
    *(
        "policies check x",
        "run {city} --" + LONG,
        "run " + LONG,
        LONG,
        "policies check x.py:",
        "replay",
        "replay --trace {city}",
    ),
    *("replay --trace {city} --frames {city} --out x --delay yesterday", "findings --only moon"),
    *("replay --customers {city} --workers -1 --out x", "init /", "units train", "profile latency"),
]


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_of_options(
    arguments: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "city.yaml").write_text(yaml.safe_dump(SCENARIO))
    (tmp_path / "loop").symlink_to("loop")
    try:
        code: object = run_command(arguments.format(city="city.yaml").split())
    except SystemExit as ended:  # argparse
        code = ended.code
    said = capsys.readouterr().err
    assert code == 2, said
    told = [line for line in said.splitlines() if not line.startswith(("usage: ", " "))]
    assert told
    for line in told:
        assert line.isprintable()
        assert "; " in line[: MOST_BEFORE_REMEDY + 2], line
