"""What stands at a report's foot: how the folder came to be, and what the words mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from simulator.report.reasons import WORDS, metric_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simulator.report.evidence import Evidence

__all__ = ["definitions", "facts", "without_paths"]

_DEFINITIONS: Final = (
    ("on time", "answered, and no later than the deadline after capture"),
    ("late", "answered after the deadline"),
    ("lost", "destroyed by the network"),
    ("skipped", "the policy's word: nothing was sent"),
    ("dropped", "discarded on our side of the network"),
    ("timely accuracy", "mean over all captured frames of score × [on time]; a miss scores zero"),
    ("latency", "capture to answer at the device"),
    ("answered p50, p95", "percentiles of the latency over answered frames alone, on time or late"),
    ("unit", "encoder, quantiser, prior and decoder put in at the split; one a rate"),
    ("ladder", "the units a stream may choose from, ordered by rate"),
    ("load", "what the top unit at full frame rate offers, over the link's mean capacity"),
    ("sent", "payloads and packet headers, put on the uplink, in bits a second of the run"),
)
_ABSOLUTE_PATH: Final = re.compile(r"(?<![\w.:/])(?:[A-Za-z]:)?[\\/](?:[^\s\\/'\",]+[\\/])+")


def definitions(evidence: Evidence) -> list[tuple[str, str]]:
    """Return the words that a report uses and what they mean, with the reasons that occurred."""
    cases = evidence.summary.cases
    happened = [r for r in WORDS if any(case.metric(metric_of(r)).mean for case in cases)]
    told = []
    for word, meaning in _DEFINITIONS:
        reasons = [r.meaning for r in happened if r.outcome and r.outcome.name.lower() == word]
        told.append((word, f"{meaning}: {'; '.join(reasons)}" if reasons else meaning))
    return told


def without_paths(text: str) -> str:
    """Return text with the folders of absolute paths left out: they tell of a machine.

    Example:
        >>> without_paths("splitcast run /home/me/city.yaml --out results/city")
        'splitcast run …/city.yaml --out results/city'
    """
    return _ABSOLUTE_PATH.sub("…/", text)


def _listing(pairs: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{without_paths(name)} {value[:12]}" for name, value in pairs)


def facts(evidence: Evidence) -> list[tuple[str, str]]:
    """Return what the folder says of its own making, without the paths of a machine."""
    manifest = evidence.manifest
    command = manifest.command
    machine = manifest.machine
    if isinstance(machine, dict):
        machine = ", ".join(f"{key} {value}" for key, value in machine.items())
    rows: Sequence[tuple[str, object]] = (
        ("command", command if isinstance(command, str) else " ".join(command)),
        ("scenario", f"{manifest.source} {manifest.scenario_sha256[:12]}".strip()),
        ("seed", manifest.scenario.get("seed", "")),
        ("profiles", _listing(manifest.profiles.items())),
        ("trace files", _listing(manifest.traces.items())),
        ("traces", ", ".join(evidence.summary.traces[:20])),
        ("policies", "; ".join(evidence.policies)),
        ("splitcast", manifest.splitcast),
        ("python", manifest.python),
        ("packages", ", ".join(f"{name} {version}" for name, version in manifest.packages.items())),
        ("machine", machine or ""),
        ("run on", manifest.created),
        ("took", "" if manifest.elapsed_s is None else f"{manifest.elapsed_s:.1f} s"),
    )
    return [(term, without_paths(str(value))) for term, value in rows if str(value)]
