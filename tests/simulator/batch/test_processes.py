"""Signals, deaths and full disks in the middle of a batch, from the outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.slow  # whole programs, begun and ended

TEXT = """\
name: slow
duration: 2 s
replications: 40
streams:
  cameras: {{profile: {profile}, fps: 10, deadline: 150 ms, policy: "./slow.py:Slow"}}
network: {{uplink: [{{trace: {{family: us-lte-up, seed: 1}}}}]}}
"""
POLICY = """\
import os, time

class Slow:
    def choose(self, seen):
        if os.path.exists({flag!r}):
            time.sleep(0.02)
        return 1
"""
INTERRUPTED = "interrupted; a batch with --out can be finished with --resume\n"


@pytest.fixture
def folder(tmp_path: Path, tiny_folder: Path) -> Path:
    (tmp_path / "slow.yaml").write_text(TEXT.format(profile=tiny_folder))
    (tmp_path / "slow.py").write_text(POLICY.format(flag=str(tmp_path / "slowly")))
    (tmp_path / "slowly").touch()
    return tmp_path


def until(true: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + 120
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = {int(k): Path(f"/proc/{k}/cmdline").read_text() for k in text}
    return [k for k, line in lines.items() if "spawn_main" in line]


def alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture
def begun(folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return what starts a batch and waits until some of its runs are done."""
    started: list[subprocess.Popen[str]] = []

    def begin(workers: int) -> subprocess.Popen[str]:
        code = "import sys; from simulator.cli import main; sys.exit(main())"
        words = ["run", "slow.yaml", "--out", "r", "--workers", str(workers)]
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words],
            cwd=folder,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        until(lambda: len(list(folder.glob("r/frames/*.parquet"))) >= 2)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def resumed(folder: Path) -> bool:
    """Return whether what is left can be finished, quickly."""
    (folder / "slowly").unlink()
    from simulator import Scenario, run

    scenario = Scenario.from_file(folder / "slow.yaml")
    return len(run(scenario, out=folder / "r", resume=True).runs) == 40


needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@needs_proc
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_that_asks_to_end_ends_all_with_one_line(
    folder: Path, begun: Callable[..., subprocess.Popen[str]], number: int, code: int
) -> None:
    process = begun(2)
    workers = children(process.pid)
    assert len(workers) == 2
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == code
    assert [line for line in said.splitlines(keepends=True) if "run " not in line] == [INTERRUPTED]
    assert not any(map(alive, workers))
    assert resumed(folder)


@needs_proc
def test_workers_end_with_a_parent_that_is_killed(
    begun: Callable[..., subprocess.Popen[str]],
) -> None:
    process = begun(2)
    workers = children(process.pid)
    process.kill()
    assert "Traceback" not in process.communicate(timeout=60)[1]
    until(lambda: not any(map(alive, workers)))


@needs_proc
def test_a_killed_worker_is_told_with_its_run(
    folder: Path, begun: Callable[..., subprocess.Popen[str]]
) -> None:
    process = begun(2)
    os.kill(children(process.pid)[0], signal.SIGKILL)
    said = process.communicate(timeout=60)[1].splitlines()
    assert process.returncode == 2
    assert said[-1].startswith("run p0000-r")
    assert "worker: killed by SIGKILL before it was done; is there enough memory?" in said[-1]
    assert resumed(folder)
