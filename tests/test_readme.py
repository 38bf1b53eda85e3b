"""The README's commands and Python lines, run as a reader would run them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

_TRACE = "t_s,mbps\n0,4\n1,2.5\n2,0\n3,6\n"
_FRAMES = "flow,frame_id,t_send_s,bytes\n0,0,0,9000\n1,0,0.01,1200\n0,1,0.033333333,7000\n"
_CUSTOMERS = "id,arrival_s\n1,0\n2,0.004\n3,0.031\n"
_POLICY = """\
class MyPolicy:
    def choose(self, seen):
        return 0 if seen.unacknowledged else len(seen.units) - 1
"""


def _blocks(root: Path, language: str) -> list[str]:
    text = (root / "README.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def desk(root: Path, tmp_path: Path) -> Path:
    """A reader's folder: the clone's files; a trace, frames, customers and a policy of his own."""
    for name in ("Makefile", "README.md", "scenarios", "constraints.txt", "pyproject.toml"):
        (tmp_path / name).symlink_to(root / name)
    (tmp_path / "my-uplink.csv").write_text(_TRACE)
    (tmp_path / "my-frames.csv").write_text(_FRAMES)
    (tmp_path / "my-customers.csv").write_text(_CUSTOMERS)
    (tmp_path / "my_policy.py").write_text(_POLICY)
    return tmp_path


def _run(words: list[str], desk: Path, root: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "MPLBACKEND": "agg"}
    return subprocess.run(
        words, cwd=desk, env=environment, capture_output=True, text=True, check=False, timeout=240
    )


def test_every_command_of_the_readme_works_in_its_order(root: Path, desk: Path) -> None:
    lines = "".join(_blocks(root, "sh")).splitlines()
    assert len(lines) > 10
    for line in lines:
        words = shlex.split(line)
        if words[0] == ".":
            continue  # the environment this test runs in is active
        if words[0] == "make":
            words.append("--dry-run")  # make test would run this test
        else:
            assert words[0] == "splitcast"
            words[0] = str(Path(sys.executable).with_name("splitcast"))
        done = _run(words, desk, root)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    assert (desk / "results/my-cameras/report.html").stat().st_size > 10_000


def test_the_readme_s_python_runs(root: Path, desk: Path) -> None:
    (block,) = _blocks(root, "python")
    done = _run([sys.executable, "-c", block], desk, root)
    assert done.returncode == 0, done.stderr
    assert "deadline" in done.stdout


def test_every_link_of_the_documents_leads_somewhere(root: Path) -> None:
    for document in root.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            if not target.startswith("http"):
                assert (root / target).exists(), f"{document.name}: {target}"
