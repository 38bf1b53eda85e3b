from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from simulator.foundation.errors import InputError
from simulator.foundation.lock import LOCK, held

if TYPE_CHECKING:
    from pathlib import Path

HOLDING = """
import sys, time
from pathlib import Path
from simulator.foundation.lock import held
with held(Path(sys.argv[1]), "splitcast run a.yaml"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_held_folder_is_refused_with_who_holds_it_until_he_is_dead(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(InputError) as caught, held(tmp_path):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
    said = json.loads((tmp_path / LOCK).read_text())
    assert said["pid"] == process.pid
    assert f"process {process.pid} on {said['host']}, since {said['since']}" in str(caught.value)
    assert "`splitcast run a.yaml`" in str(caught.value)
    with held(tmp_path):
        assert json.loads((tmp_path / LOCK).read_text())["pid"] == os.getpid()
    assert list(tmp_path.iterdir()) == []


def test_a_second_thread_of_the_same_process_is_refused_too(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(InputError, match="in use"), held(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_what_is_no_lock_of_ours_is_neither_waited_for_nor_touched(
    kind: str, tmp_path: Path
) -> None:
    if kind == "pipe":
        os.mkfifo(tmp_path / LOCK)
    elif kind == "link":
        (tmp_path / "thesis").write_text("mine")
        (tmp_path / LOCK).symlink_to("thesis")
    else:
        (tmp_path / LOCK).mkdir()
    with pytest.raises(InputError, match="must be a plain file"), held(tmp_path):
        pass
    assert (tmp_path / LOCK).exists()
    assert kind != "link" or (tmp_path / "thesis").read_text() == "mine"


def test_a_lock_that_was_removed_while_it_was_opened_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    real = os.fstat

    def removed_once(descriptor: int) -> os.stat_result:
        if not seen:
            (tmp_path / LOCK).unlink()
        seen.append(descriptor)
        return real(descriptor)

    with ExitStack() as stack:
        monkeypatch.setattr(os, "fstat", removed_once)
        stack.enter_context(held(tmp_path))
        monkeypatch.undo()
        assert (tmp_path / LOCK).exists()
        with pytest.raises(InputError), held(tmp_path):
            pass


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"pid": 1}'])
def test_a_holder_that_has_not_signed_yet_is_refused_for_all_that(
    text: str, tmp_path: Path
) -> None:
    with held(tmp_path):
        (tmp_path / LOCK).write_text(text)
        with pytest.raises(InputError, match="one that has just begun"), held(tmp_path):
            pass


def test_a_file_system_without_locks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(38, os.strerror(38))

    monkeypatch.setattr("fcntl.flock", none)
    with pytest.raises(InputError, match=r"with locks .*; give a folder on a local disk"):
        held(tmp_path).__enter__()
