from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from models.profile import load
from simulator.cli.init import _TEMPLATE, SCHEMA_FILE
from simulator.cli.progress import Progress
from simulator.cli.text_table import text_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.simulator.cli.conftest import Called


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


def test_help_is_light() -> None:
    code = (
        "import resource, sys\nfrom simulator.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pandas', 'torch', 'pydantic', 'yaml'} & set(sys.modules)\n"
        "print(heavy, resource.getrusage(resource.RUSAGE_SELF).ru_utime, file=sys.stderr)\n"
    )
    done = python(code)
    heavy, seconds = done.stderr.split(" ")
    assert "exit codes: 0 done" in done.stdout
    assert heavy == "set()"
    assert float(seconds) < 0.3


def test_the_version_is_told(splitcast: Callable[..., Called]) -> None:
    called = splitcast("--version")
    assert (called.code, called.out) == (0, "splitcast 0.1.0\n")


@pytest.mark.parametrize(
    "command", ["run", "demo", "validate", "init", "schema", "report", "replay"]
)
def test_every_command_has_help(splitcast: Callable[..., Called], command: str) -> None:
    assert splitcast(command, "--help").code == 0


def test_a_sound_scenario_validates(splitcast: Callable[..., Called], scenario: Path) -> None:
    called = splitcast("validate", scenario)
    assert called == (0, f"{scenario} is fine. Runs: 1, cases: 1, frames: 40\n", "")


def test_an_unsound_scenario_does_not(splitcast: Callable[..., Called], scenario: Path) -> None:
    called = splitcast("validate", scenario, "--set", "streams.cameras.fps=0")
    assert (called.code, called.out) == (2, "")
    assert called.err.count("\n") == 1


def test_init_writes_an_example_that_validates_and_never_overwrites(
    splitcast: Callable[..., Called], tmp_path: Path, tiny_folder: Path
) -> None:
    path = tmp_path / "mine.yaml"
    assert splitcast("init", path).code == 0
    modeline, _, rest = path.read_text().partition("\n")
    assert modeline == f"# yaml-language-server: $schema={SCHEMA_FILE}"
    assert rest == _TEMPLATE.read_text()
    schema = tmp_path / SCHEMA_FILE
    assert json.loads(schema.read_text())["title"] == "splitcast scenario"
    schema.write_text("my own")
    assert splitcast("init", tmp_path / "second.yaml").code == 0
    assert schema.read_text() == "my own"
    profile = f"streams.cameras.profile={tiny_folder}"
    assert splitcast("validate", path, "--set", profile).code == 0
    path.write_text("precious")
    assert splitcast("init", path).code == 2
    assert path.read_text() == "precious"


def test_the_schema_is_json(splitcast: Callable[..., Called]) -> None:
    assert json.loads(splitcast("schema").out)["title"] == "splitcast scenario"


def test_a_trace_file_is_described(splitcast: Callable[..., Called], tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("t_s,mbps\n0,8\n10,0\n20,0\n")
    called = splitcast("traces", "info", path)
    assert called.code == 0
    assert "mean       4 Mbit/s" in called.out
    assert "outage     50.0% of seconds below 100 kbit/s" in called.out


def test_a_trace_of_a_downlink_is_doubted(splitcast: Callable[..., Called], shared: Path) -> None:
    path = shared / "traces" / "mahimahi" / "ATT-LTE-driving-2016.down"
    assert "warning    ATT-LTE-driving-2016.down measures a downlink" in (
        splitcast("traces", "info", path).out
    )


@pytest.mark.parametrize(("name", "doubted"), [("mine.down", True), ("mine.up", False)])
def test_the_name_of_a_mahimahi_file_says_which_way_it_goes(
    splitcast: Callable[..., Called], tmp_path: Path, name: str, *, doubted: bool
) -> None:
    (tmp_path / name).write_text("1\n2\n3\n")
    told = splitcast("traces", "info", tmp_path / name).out
    assert (f"warning    {name} measures a downlink" in told) == doubted


def test_a_very_short_trace_has_no_seconds(
    splitcast: Callable[..., Called], tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("t_s,mbps\n0,8\n0.5,0\n")
    assert "outage" not in splitcast("traces", "info", path).out


def test_families_are_listed(splitcast: Callable[..., Called]) -> None:
    called = splitcast("traces", "families")
    assert called.out.splitlines()[0].split() == [
        "family",
        "fitted",
        "to",
        "measures",
        "direction",
        "traces",
        "hours",
    ]
    assert "us-lte-up" in called.out


def test_policies_are_listed_with_their_parameters(splitcast: Callable[..., Called]) -> None:
    lines = splitcast("policies", "list").out.splitlines()
    assert any(line.startswith("deadline") and "reserve=0.0" in line for line in lines)


def test_a_policy_is_checked(splitcast: Callable[..., Called], tmp_path: Path) -> None:
    called = splitcast("policies", "check", "fixed")
    assert called.code == 0
    assert called.out.startswith("fixed keeps to the rules:\n  ")
    (tmp_path / "bad.py").write_text("class Bad:\n    def choose(self, seen):\n        return 99\n")
    called = splitcast("policies", "check", f"{tmp_path}/bad.py:Bad")
    assert called.code == 2
    assert "returned 99 for a ladder of" in called.err


def test_a_profile_is_shown(splitcast: Callable[..., Called], tiny_folder: Path) -> None:
    assert "jpeg444-q50" in splitcast("profile", "show", tiny_folder).out
    assert json.loads(splitcast("profile", "show", tiny_folder, "--json").out)["name"] == "tiny"
    assert splitcast("profile", "show", "nothing").code == 2


def test_measuring_and_training_pass_their_arguments_on(
    splitcast: Callable[..., Called],
    tmp_path: Path,
    tiny_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measure, kinds, evaluate, card, report, robustness = (
        pytest.importorskip(f"models.{name}")
        for name in (
            "measure",
            "training.kinds",
            "evaluate",
            "card",
            "search.report",
            "robustness",
        )
    )
    latency = pytest.importorskip("simulator.latency")
    asked: list[tuple[object, ...]] = []

    def measured(weights: str, out: Path, **options: Any) -> object:  # noqa: ANN401
        options["tell"]("measuring")
        names = [codec.name for codec in options["codecs"]]
        asked.append(("measure", weights, out, options["content"].replay["standard"]))
        videos = [codec.codec for codec in options["videos"]]
        asked.append(("baselines", "webp-q50" in names, "h264" in videos, options["baselines"]))
        return load(tiny_folder)

    def trained(out: Path, which: Sequence[Any], **options: object) -> None:
        asked.append(("train", out, len(which), options["seed"], options["quick"]))

    monkeypatch.setattr(measure, "measure", measured)
    monkeypatch.setattr(kinds, "train", trained)

    def evaluated(*given: object, **options: Any) -> None:  # noqa: ANN401
        asked.append(("evaluate", *given, options["against"] is not None))

    monkeypatch.setattr(evaluate, "evaluate", evaluated)
    monkeypatch.setattr(evaluate, "add_stills", lambda *a, **_: asked.append(("stills", *a)))
    monkeypatch.setattr(card, "write", lambda *a: asked.append(("card", *a)))
    monkeypatch.setattr(robustness, "write", lambda *a, **_: asked.append(("spikes", *a)))
    monkeypatch.setattr(latency, "measure_latency", lambda folder, **_: folder)
    monkeypatch.setattr(latency, "latency_markdown", lambda folder: f"of {folder.name}")
    monkeypatch.setattr(report, "write", lambda folder, to: asked.append((folder.name, to)))
    out = tmp_path / "out"
    called = splitcast("profile", "measure", "w", out, "--share", "0.5")
    assert (called.code, called.err) == (0, "measuring\n")
    assert "profile tiny" in called.out
    assert splitcast("units", "train", out, "--quick", "--seed", "3").out.startswith("ladder, ")
    assert splitcast("units", "evaluate", "w", out).code == 0
    assert splitcast("units", "card", "tiny", out).code == 0
    assert splitcast("units", "search", "shapes-224", out).code == 0
    assert splitcast("units", "spikes", "w", out).code == 0
    assert asked == [
        ("measure", "w", out, 60),
        ("baselines", False, False, False),
        ("train", out, len(kinds.KINDS), 3, True),
        ("evaluate", "w", out, False),
        ("card", "tiny", out),
        ("shapes-224", out),
        ("spikes", "w", out),
    ]
    asked.clear()
    assert splitcast("profile", "measure", "w", out, "--baselines").code == 0
    assert splitcast("profile", "measure", "w", out, "--videos").code == 0
    assert splitcast("units", "train", out, "--only", "crbq").out.startswith(f"crbq in {out}; ")
    assert splitcast("units", "evaluate", "w", out, "--baselines", "--card", out).code == 0
    assert splitcast("units", "evaluate", "w", out, "--stills").code == 0
    assert asked[1:] == [
        ("baselines", True, False, True),
        ("measure", "w", out, 120),
        ("baselines", False, True, False),
        ("train", out, 1, 1, False),
        ("evaluate", "w", out, True),
        ("card", out.parent, out),
        ("stills", "w", out),
    ]
    assert (tmp_path / "latency.md").read_text() == f"of {tmp_path.name}"


@pytest.mark.parametrize(
    ("only", "wanted"), [((), (1, True)), (("answers",), (0, True)), (("avif",), (1, False))]
)
def test_extending_passes_on_what_is_wanted(
    splitcast: Callable[..., Called],
    tiny_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    only: Sequence[str],
    wanted: tuple[int, bool],
) -> None:
    extend, asked = pytest.importorskip("models.extend"), []

    def extended(weights: str, folder: Path, **options: Any) -> object:  # noqa: ANN401
        asked.append((weights, folder, len(options["codecs"]), options["answers"]))
        return load(tiny_folder)

    monkeypatch.setattr(extend, "extend", extended)
    said = [word for name in only for word in ("--only", name)]
    called = splitcast("profile", "extend", "w", tiny_folder, *said)
    assert (called.code, asked) == (0, [("w", tiny_folder, *wanted)])
    assert "unit-1" in called.out


@pytest.mark.parametrize("share", ["0", "2", "half"])
def test_a_share_of_clips_is_checked(splitcast: Callable[..., Called], share: str) -> None:
    called = splitcast("profile", "measure", "w", "out", "--share", share)
    assert called.code == 2
    assert "--share" in called.err


def test_a_package_that_only_models_need_is_asked_for(
    splitcast: Callable[..., Called], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("models.training")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    called = splitcast("units", "train", tmp_path / "weights", "--quick")
    assert called.code == 2
    assert called.err.startswith("splitcast package: torch must be installed for this command; ")


def test_an_internal_error_is_short_and_says_how_to_see_more(
    splitcast: Callable[..., Called], scenario: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("the sky\nfell")

    monkeypatch.setattr("simulator.batch.check.check", broken)
    called = splitcast("validate", scenario)
    assert called.code == 1
    assert called.err.splitlines() == [
        "splitcast: internal error: ZeroDivisionError: the sky",
        "set SPLITCAST_DEBUG=1 to see where, and please report it",
    ]
    monkeypatch.setenv("SPLITCAST_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        splitcast("validate", scenario)


def test_an_interruption_is_no_error(
    splitcast: Callable[..., Called], scenario: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("simulator.batch.check.check", interrupted)
    called = splitcast("validate", scenario)
    assert called.code == 130
    assert called.err.startswith("interrupted")


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    # The reading end is closed before anything is written.
    code = (
        "import os, sys\nfrom simulator.cli import main\n"
        "reading, writing = os.pipe()\nos.close(reading)\nos.dup2(writing, 1)\n"
        "sys.exit(main(['schema']))\n"
    )
    done = python(code)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_table_is_aligned() -> None:
    assert text_table([["a", "b"], ["long", "1"]], indent="  ") == "  a     b\n  long  1"


class Terminal:
    """A stream that is, or is not, a terminal."""

    def __init__(self, *, live: bool) -> None:
        self.live = live
        self.text = ""

    def isatty(self) -> bool:
        return self.live

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""


def test_progress_rewrites_its_line_on_a_terminal() -> None:
    stream = Terminal(live=True)
    with Progress(stream) as progress:  # type: ignore[arg-type]
        progress(1, 3)
        progress(2, 3)
    assert stream.text.startswith("\r\033[Krun 1 of 3\r\033[Krun 2 of 3, 0 s left")
    assert stream.text.endswith("\r\033[K")


def test_progress_is_a_few_plain_lines_elsewhere() -> None:
    stream = Terminal(live=False)
    with Progress(stream) as progress:  # type: ignore[arg-type]
        for done in range(1, 1001):
            progress(done, 1000)
    lines = stream.text.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "run 1000 of 1000"


def test_time_left_is_told_in_minutes_when_long(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 65.0])
    monkeypatch.setattr("simulator.cli.progress.time.monotonic", lambda: next(clock))
    stream = Terminal(live=True)
    progress = Progress(stream)  # type: ignore[arg-type]
    progress(1, 4)
    progress(2, 4)
    assert "run 2 of 4, 2 min 10 s left" in stream.text
