"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes depends on what else the machine does; it is no property of the code.
settings.register_profile(
    "splitcast", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("splitcast")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder with real traces and ground truth, or skip where there is none."""
    folder = Path(os.environ.get("SPLITCAST_SHARED", ROOT.parent / "shared"))
    if not (folder / "traces").is_dir():
        pytest.skip("no folder with real traces; set SPLITCAST_SHARED to one")
    return folder
