"""Which runs a batch has, and which of them belong together.

A point's settings fall into three kinds: those that name a *policy* (what is compared), those
that name a *trace* or seed (what is averaged over), and the rest, its *setting*. A case is one
policy in one setting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.assembly import run_seed

if TYPE_CHECKING:
    from simulator.scenario import Point, Scenario
    from simulator.scenario.records import ScenarioRecord

__all__ = ["RunSpec", "run_specs"]

_POLICY = re.compile(r"streams\.[^.]+\.policy(\..*)?")
_HOP = r"network\.(?:uplink\.\d+|downlink(?:\.\d+)?)\."
_TRACE = re.compile(_HOP + r"trace(\.(seed|file|format|offset))?")
_KINDS = ("family", "rate")
"""Keys of a trace that say what kind of link it is, not which recording of it."""
_PREFIX = re.compile(r"^(network\.|streams\.(?=[^.]+\.))")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """One run of a batch.

    Attributes:
        name: ``p0003-r1``: point and replication.
        case: Index of its case.
        point: The point.
        replication: From 0.
        seed: The run's own.
        policy: What is compared: ``deadline``, or ``doors: fixed, gates: deadline``.
        setting: The other settings, for people.
        settings: The same by path.
    """

    name: str
    case: int
    point: Point
    replication: int
    seed: int
    policy: str
    setting: str
    settings: dict[str, Any]


def run_specs(scenario: Scenario) -> list[RunSpec]:
    """Return every run of a scenario, by point and replication."""
    cases: dict[tuple[str, str], int] = {}
    specs = []
    found = [_settings(point) for point in scenario.points]
    varying = _varying(found)
    for point, changed in zip(scenario.points, found, strict=True):
        policy = _policy(point.record)
        # A setting that is the same at every point tells nothing.
        settings = {path: value for path, value in changed.items() if path in varying}
        setting = ", ".join(f"{_short(path, scenario)}={_text(v)}" for path, v in settings.items())
        case = cases.setdefault((policy, setting), len(cases))
        specs += [
            RunSpec(
                name=f"p{point.index:04d}-r{replication}",
                case=case,
                point=point,
                replication=replication,
                seed=run_seed(point.record.seed, replication),
                policy=policy,
                setting=setting,
                settings=settings,
            )
            for replication in range(point.record.replications)
        ]
    return specs


def _policy(record: ScenarioRecord) -> str:
    labels = {name: group.policy.label for name, group in record.streams.items()}
    if len(set(labels.values())) == 1:
        return next(iter(labels.values()))
    return ", ".join(f"{name}: {label}" for name, label in labels.items())


def _settings(point: Point) -> dict[str, Any]:
    """Return what a point changes besides policy, trace and seed."""
    found: dict[str, Any] = {}
    for path, value in point.settings.items():
        if path == "seed" or _POLICY.fullmatch(path):
            continue
        if not _TRACE.fullmatch(path):
            found[path] = value
        elif isinstance(value, dict):
            found |= {f"{path}.{key}": value[key] for key in _KINDS if key in value}
    return found


def _varying(settings: list[dict[str, Any]]) -> set[str]:
    """Return the paths whose values are not the same at every point."""
    first = settings[0]
    paths = {path for found in settings for path in found}
    return {path for path in paths if any(_differ(path, first, other) for other in settings)}


def _differ(path: str, one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (path in one) != (path in other) or one.get(path) != other.get(path)


def _short(path: str, scenario: Scenario) -> str:
    groups = scenario.record.streams
    if len(groups) == 1:
        path = path.removeprefix(f"streams.{next(iter(groups))}.")
    network = scenario.record.network
    for place, hop in network.hops():
        if hop.name:
            path = re.sub(rf"^{re.escape(place)}\.", f"{hop.name}.", path)
    if len(network.downlink_hops) == 1 and network.downlink_hops[0].name:  # without a list
        path = re.sub(r"^network\.downlink\.", f"{network.downlink_hops[0].name}.", path)
    if len(network.uplink) == 1:
        path = path.removeprefix("network.uplink.0.")
    return _PREFIX.sub("", path)


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(item)}" for key, item in value.items()) + "}"
    return str(value)
