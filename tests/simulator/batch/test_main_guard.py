from __future__ import annotations

import json
import subprocess
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from simulator.batch.main_guard import refuse_without_file
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import json, simulator
document = json.load(open({document!r}))
print("begun")
simulator.run(simulator.Scenario.from_dict(document), workers=2)
"""


def test_workers_without_a_main_guard_are_told_of(document: dict[str, Any], tmp_path: Path) -> None:
    document |= {"duration": "200 ms", "replications": 2}
    (tmp_path / "x.json").write_text(json.dumps(document))
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(document=str(tmp_path / "x.json")))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(
        "script.py workers: more than 1 must be asked for under a main guard, because each worker "
        'imports the script; put the call under `if __name__ == "__main__":`, or let workers be 1'
    )
    assert "RuntimeError" not in done.stderr
    assert done.stderr.count("Traceback") == 1


@pytest.mark.parametrize("file", ["<stdin>", "/nowhere/gone.py"])
def test_workers_of_a_program_without_a_file_are_refused(
    monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    main = ModuleType("__main__")
    main.__file__ = file
    monkeypatch.setitem(sys.modules, "__main__", main)
    with pytest.raises(InputError, match="must be asked for by a script in a file"):
        refuse_without_file()


def test_a_prompt_may_ask_for_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    refuse_without_file()
