"""Which action pays in a scenario, and by how many points over the best fixed unit.

Three actions are open to a stream beside sending every frame with one unit: choosing *another
unit* for a frame, *skipping* a frame that would come too late, and *staying on the device*. Each
has a few arms (policies). The best fixed unit and the best arm of each action are chosen on some
traces, the gains are measured on others: nothing is tuned on what is reported. Gains are paired,
trace by trace, with a bootstrap interval over traces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator import batch
from simulator.assembly.ladder import ON_DEVICE, ladder_units
from simulator.assembly.sources import profile
from simulator.foundation.errors import InputError, Problem
from simulator.metrics.bootstrap import interval
from simulator.scenario import Scenario
from simulator.scenario.streams import ProfileGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["ACTIONS", "Arm", "Finding", "Gain", "findings_table", "investigate", "replace_table"]

ACTIONS = ("another unit", "skipping", "staying on the device")
"""In the order of the table's columns."""

REPORTED_SEEDS = tuple(range(1, 25))
SELECTION_SEEDS = tuple(range(1001, 1025))

_FIXED = "fixed"
_BEGIN, _END = "<!-- findings -->", "<!-- end of findings -->"
_METRIC = "timely_accuracy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One way to run a scenario.

    Attributes:
        action: One of `ACTIONS`, or ``fixed``.
        label: The policy in words.
        policy: What the scenario's ``policy`` becomes.
        units: What its ``units`` become.
    """

    action: str
    label: str
    policy: dict[str, Any]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What an action gains over the best fixed unit, in timely accuracy.

    Attributes:
        label: The arm chosen for it.
        mean: Over the reported traces.
        low: Lower end of the interval.
        high: Upper end.
    """

    label: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found in one scenario.

    Attributes:
        scenario: Its name.
        fixed: The best fixed unit.
        accuracy: Its timely accuracy on the reported traces.
        gains: Action to gain.
        pays: The action that pays, or ``none``.
        traces: How many traces are reported.
    """

    scenario: str
    fixed: str
    accuracy: float
    gains: Mapping[str, Gain]
    pays: str
    traces: int


def investigate(
    path: Path,
    *,
    workers: int = 1,
    overrides: Sequence[str] = (),
    selection: Sequence[int] = SELECTION_SEEDS,
    reported: Sequence[int] = REPORTED_SEEDS,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Finding:
    """Run a scenario with every arm on all traces, and return what was found.

    Args:
        path: A scenario with one group of streams and a synthetic trace; its sweep is replaced.
        workers: Processes.
        overrides: ``path=value`` texts.
        selection: Trace seeds to choose on.
        reported: Trace seeds to report.
        progress: Told after each run how many are done, of how many: first of the runs to choose
            by, then of those to report.

    Raises:
        InputError: If the scenario cannot be used.
    """
    scenario = Scenario.from_file(path, overrides)
    arms = list(_arms(scenario, path))
    tried = _accuracies(scenario, arms, selection, workers, progress)
    chosen = _chosen(arms, tried, scenario.name)
    told = _accuracies(scenario, [arms[k] for k in chosen.values()], reported, workers, progress)
    return _finding(
        scenario.name,
        {action: arms[k] for action, k in chosen.items()},
        dict(zip(chosen, tried[list(chosen.values())].mean(axis=1).tolist(), strict=True)),
        dict(zip(chosen, told, strict=True)),
    )


def _accuracies(
    scenario: Scenario,
    arms: Sequence[Arm],
    seeds: Sequence[int],
    workers: int,
    progress: Callable[[int, int], None],
) -> NDArray[np.float64]:
    """Return timely accuracies [arms, traces]; replications are averaged inside their trace."""
    group = next(iter(scenario.record.streams))
    sweep = {
        "zip": {
            f"streams.{group}.policy": [arm.policy for arm in arms],
            f"streams.{group}.units": [list(arm.units) for arm in arms],
        },
        "network.uplink.0.trace.seed": list(seeds),
    }
    document = {key: value for key, value in scenario.document.items() if key != "slo"}
    batched = Scenario.from_dict(document | {"sweep": sweep}, scenario.folder)
    runs = batch.run(batched, workers=workers, progress=progress).runs
    # Points go arm by arm, and seed by seed inside.
    means = runs.groupby("point")[_METRIC].mean().to_numpy(dtype=np.float64)
    return means.reshape(len(arms), len(seeds))


def _arms(scenario: Scenario, path: Path) -> Iterator[Arm]:
    record = scenario.record
    if len(record.streams) != 1:
        rule = "must be one group for its findings"
        raise _refused(str(path), "streams", ", ".join(record.streams), rule)
    name, group = next(iter(record.streams.items()))
    if not isinstance(group, ProfileGroup):
        raise _refused(str(path), f"streams.{name}", "a workload", "must be a profile's units")
    units = ladder_units(
        profile(group.profile, scenario.folder), group.units, f"streams.{name}.units"
    )
    ladder = tuple(unit.name for unit in units)
    sent = tuple(unit.name for unit in units if unit.kind != ON_DEVICE)
    another, skipping, staying = ACTIONS
    for unit in sent:
        yield Arm(action=_FIXED, label=unit, policy={"name": "fixed", "unit": unit}, units=ladder)
        skip = {"name": "fixed", "unit": unit, "infeasible": "skip"}
        yield Arm(action=skipping, label=f"{unit} or skip", policy=skip, units=ladder)
    for policy in ("throughput", "deadline"):
        yield Arm(action=another, label=policy, policy={"name": policy}, units=sent)
        if sent != ladder:
            yield Arm(
                action=staying,
                label=f"{policy} with device",
                policy={"name": policy},
                units=ladder,
            )
    for unit in ladder:
        if unit not in sent:
            fixed = {"name": "fixed", "unit": unit}
            yield Arm(action=staying, label="always", policy=fixed, units=ladder)


def _refused(where: str, what: str, value: str, rule: str) -> InputError:
    remedy = "leave this scenario out of the findings"
    return InputError(Problem(where=where, what=what, value=value, rule=rule, remedy=remedy))


def _chosen(arms: Sequence[Arm], tried: NDArray[np.float64], name: str) -> dict[str, int]:
    """Return the best arm of each action, the fixed unit first.

    Args:
        arms: All arms.
        tried: Their timely accuracies on the traces to choose on, [arms, traces].
        name: The scenario's, for the message.
    """
    means = tried.mean(axis=1)
    best: dict[str, int] = {}
    for action in (_FIXED, *ACTIONS):
        mine = [k for k, arm in enumerate(arms) if arm.action == action]
        if mine:
            best[action] = max(mine, key=lambda k: float(means[k]))
    if _FIXED not in best:
        rule = "must leave a unit that is sent for its findings"
        raise _refused(name, "units", "on-device only", rule)
    return best


def _finding(
    name: str,
    arms: Mapping[str, Arm],
    hopes: Mapping[str, float],
    told: Mapping[str, NDArray[np.float64]],
) -> Finding:
    """Return what was found.

    Args:
        name: The scenario's.
        arms: The arm chosen for each action and for ``fixed``.
        hopes: Their mean timely accuracies on the traces they were chosen on.
        told: Their timely accuracies on the reported traces, [traces] each.
    """
    gains = {}
    for action in arms:
        if action != _FIXED:
            mean, low, high = interval(told[action] - told[_FIXED])
            gains[action] = Gain(label=arms[action].label, mean=mean, low=low, high=high)
    hoped = max(gains, key=lambda action: hopes[action])
    return Finding(
        scenario=name,
        fixed=arms[_FIXED].label,
        accuracy=float(told[_FIXED].mean()),
        gains=gains,
        pays=hoped if gains[hoped].low > 0 else "none",
        traces=len(told[_FIXED]),
    )


def findings_table(findings: Sequence[Finding]) -> str:
    """Return findings as a Markdown table with a line that says how to read it."""
    lines = [
        f"| scenario | best fixed unit | {' | '.join(ACTIONS)} | what pays |",
        "|---|---|" + "---|" * (len(ACTIONS) + 1),
    ]
    for found in findings:
        cells = [_cell(found.gains.get(action)) for action in ACTIONS]
        best = f"{found.fixed}: {100 * found.accuracy:.1f}"
        pays = found.pays if found.pays == "none" else f"**{found.pays}**"
        lines.append(f"| {' | '.join([found.scenario, best, *cells, pays])} |")
    how = (
        "Timely accuracy in %, gains in points over the best fixed unit with 95 % bootstrap "
        f"intervals, paired over {findings[0].traces} traces. Units and policies were chosen on "
        "other traces."
    )
    return "\n".join([*lines, "", how])


def _cell(gain: Gain | None) -> str:
    if gain is None:
        return "-"
    mean, low, high = (f"{100 * value:+.1f}" for value in (gain.mean, gain.low, gain.high))
    return f"{mean} [{low}, {high}] ({gain.label})"


def replace_table(text: str, table: str, name: str) -> str:
    r"""Return a document with a table between its markers.

    Args:
        text: Markdown with the two markers on lines of their own.
        table: What goes between them.
        name: The document's, for the message.

    Raises:
        InputError: If it lacks a marker.

    Example:
        >>> replace_table(f"a\n{_BEGIN}\nold\n{_END}\nz", "new", "x.md").splitlines()
        ['a', '<!-- findings -->', 'new', '<!-- end of findings -->', 'z']
    """
    head, begin, rest = text.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not (begin and end):
        raise InputError(
            Problem(
                where=name,
                what="markers",
                value="(missing)",
                rule=f"must hold {_BEGIN} and, after it, {_END}",
                remedy="add both, each on a line of its own",
            )
        )
    return f"{head}{begin}\n{table}\n{end}{tail}"
