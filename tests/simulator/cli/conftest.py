"""A scenario file, and the command line called as a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from simulator.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = """\
name: small
description: Two cameras for two seconds.
duration: 2 s
streams:
  cameras: {{count: 2, profile: {profile}, fps: 10, deadline: 150 ms, policy: deadline}}
network: {{uplink: [{{trace: {{family: us-lte-up, seed: 1}}}}]}}
"""


class Called(NamedTuple):
    """What a command left."""

    code: int
    out: str
    err: str


@pytest.fixture
def scenario(tmp_path: Path, tiny_folder: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(TEXT.format(profile=tiny_folder))
    return path


@pytest.fixture
def splitcast(capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    def call(*arguments: object) -> Called:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as exit_:  # argparse
            code = int(exit_.code or 0)
        said = capsys.readouterr()
        return Called(code, said.out, said.err)

    return call
