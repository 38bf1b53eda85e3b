"""The manifest: what a results folder was made from, and what `--resume` goes by."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import simulator
from simulator.foundation.files import write_atomically
from simulator.results.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from simulator.scenario import Scenario

__all__ = ["MANIFEST", "differences", "new_manifest", "write_json"]

MANIFEST = "manifest.json"

_PACKAGES = ("numpy", "pandas", "pyarrow", "pydantic", "pyyaml", "scipy", "simpy")
_IDENTITY = {
    "scenario_sha256": "scenario",
    "profiles": "profiles",
    "traces": "trace files",
    "workloads": "workload files",
    "policies": "policy files",
    "splitcast": "version of splitcast",
}
"""What must be the same for runs to belong into one folder, and what it is to people."""


def new_manifest(
    scenario: Scenario,
    runs: Sequence[Mapping[str, Any]],
    inputs: Mapping[str, Mapping[str, str]],
    command: str,
) -> dict[str, Any]:
    """Return the manifest of a batch that begins now.

    Args:
        scenario: What is simulated.
        runs: Name, case, point, replication, seed and settings of each run.
        inputs: ``profiles``, ``traces``, ``workloads`` and ``policies``: names or files to SHA-256.
        command: The command line, "" from Python.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": scenario.document,
        "scenario_sha256": scenario.sha256,
        "source": scenario.source,
        **{kind: dict(found) for kind, found in inputs.items()},
        "splitcast": simulator.__version__,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
        "machine": {
            "system": platform.system(),
            "architecture": platform.machine(),
            "cores": os.cpu_count(),
        },
        "command": command,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "state": "running",
        "runs": [dict(run) for run in runs],
    }


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return in words what keeps two manifests' runs from belonging together."""
    return [words for key, words in _IDENTITY.items() if old.get(key) != new.get(key)]


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write a JSON document; NaN is refused rather than written."""
    write_atomically(path, json.dumps(document, indent=1, allow_nan=False) + "\n")
