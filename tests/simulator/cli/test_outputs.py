"""Where commands may write, and how they end; the same for each."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.batch import pool
from simulator.cli import program
from simulator.foundation.processes import ended_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulator.cli.conftest import Called

COMMANDS = {
    "run": ["run", "small.yaml", "--out", "OUT"],
    "demo": ["demo", "--out", "OUT"],
    "init": ["init", "OUT"],
    "convert": ["traces", "convert", "t.csv", "--to", "csv", "--out", "OUT"],
    "plot": ["traces", "plot", "t.csv", "--out", "OUT.svg"],
    "synth": ["traces", "synth", "us-lte-up", "--out", "OUT"],
    "replay": ["replay", "--trace", "t.csv", "--frames", "f.csv", "--out", "OUT"],
    "packets": [
        *("replay", "--trace", "t.csv", "--frames", "f.csv", "--out", "a.csv"),
        *("--packets-out", "OUT"),
    ],
    "customers": ["replay", "--customers", "c.csv", "--out", "OUT"],
    "latency": ["profile", "latency", "shapes-224", "--out", "OUT"],
    "measure": ["profile", "measure", "shapes-224", "OUT"],
    "train": ["units", "train", "OUT", "--quick", "--only", "ladder"],
    "evaluate": ["units", "evaluate", "shapes-224", "OUT"],
    "card": ["units", "card", "shapes-224", "OUT"],
    "spikes": ["units", "spikes", "shapes-224", "OUT"],
    "search": ["units", "search", "shapes-224", "OUT"],
    "findings": ["findings", "small.yaml", "--readme", "OUT"],
}
IMPOSSIBLE = ["/dev/null/x", "a" * 300, "a\0b", "mine/below"]


@pytest.fixture
def desk(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(scenario.parent)
    Path("mine").write_text("years of work")
    Path("t.csv").write_text("t_s,mbps\n0,1\n9,0\n")
    Path("f.csv").write_text("flow,frame_id,t_send_s,bytes\n0,0,0,900\n")
    Path("c.csv").write_text("id,arrival_s,service_time_s\n1,0,1\n")
    return scenario.parent


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("out", IMPOSSIBLE)
def test_a_place_where_nothing_can_be_written_is_bad_input_before_the_work(
    splitcast: Callable[..., Called], desk: Path, command: str, out: str
) -> None:
    before = sorted(desk.rglob("*"))
    called = splitcast(*(word.replace("OUT", out) for word in COMMANDS[command]))
    assert called.code == 2
    assert "Traceback" not in called.err
    assert "output: " in called.err
    assert called.err.count("\n") == 1
    assert sorted(desk.rglob("*")) == before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signals_that_ask_to_end_interrupt_and_are_let_go_again(
    splitcast: Callable[..., Called],
    desk: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
    code: int,
) -> None:
    def killed(*_: object, **__: object) -> None:
        os.kill(os.getpid(), number)

    monkeypatch.setattr(pool, "execute", killed)
    before = signal.getsignal(number)
    called = splitcast("run", desk / "small.yaml", "--out", desk / "r")
    assert called.code == code
    assert called.err == "interrupted; a batch with --out can be finished with --resume\n"
    assert signal.getsignal(number) is before
    monkeypatch.undo()
    assert splitcast("run", desk / "small.yaml", "--out", desk / "r", "--resume").code == 0


def test_an_ignored_hang_up_stays_ignored(
    splitcast: Callable[..., Called], desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        monkeypatch.setattr(pool, "execute", lambda *_: os.kill(os.getpid(), signal.SIGHUP))
        called = splitcast("run", desk / "small.yaml", "--out", desk / "r")
    finally:
        signal.signal(signal.SIGHUP, before)
    assert "interrupted" not in called.err


def test_too_little_memory_is_told_with_the_run(
    splitcast: Callable[..., Called], desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pool, "execute", out_of_memory)
    called = splitcast("run", desk / "small.yaml", "--out", desk / "r")
    assert called.code == 2
    assert called.err.startswith("run p0000-r0 worker: out of memory before it was done; ")


def test_a_full_disk_behind_the_standard_output_is_bad_input(
    splitcast: Callable[..., Called], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(program, "_parser", lambda: full(None))
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    monkeypatch.setattr("sys.stdout.fileno", lambda: 1, raising=False)
    called = splitcast("traces", "families")
    assert called.code == 2
    assert "cannot be written (No space left on device)" in called.err


def test_the_end_of_a_process_is_told_in_words() -> None:
    assert ended_by(-15) == "killed by SIGTERM"
    assert ended_by(-40) in {"killed by signal 40", "killed by SIGRTMIN+6"}
    assert ended_by(None) == "ended with exit code None"
