"""A small measured profile, and a scenario that uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from models.profile import save
from tests.models.profiles import tiny_profile

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a profile of four units: device, unit-1, unit-2, jpeg444-q50."""
    folder = tmp_path_factory.mktemp("profiles") / "tiny"
    save(tiny_profile(clips=8, frames=20), folder)
    return folder


@pytest.fixture
def document(tiny_folder: Path) -> dict[str, Any]:
    """Return a scenario of two cameras for two seconds: 20 frames each."""
    return {
        "name": "small",
        "duration": "2 s",
        "streams": {
            "cameras": {
                "count": 2,
                "profile": str(tiny_folder),
                "fps": 10,
                "deadline": "150 ms",
                "policy": "deadline",
            }
        },
        "network": {"uplink": [{"trace": {"family": "us-lte-up", "seed": 1}}]},
    }
