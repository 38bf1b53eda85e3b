"""Policies in users' own files, looked at without running them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from policies.parsed import look_at
from simulator.assembly.problems import every
from simulator.batch.check import placed
from simulator.foundation.errors import InputError
from simulator.scenario.policy_spec import PolicySpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.batch.cases import RunSpec
    from simulator.scenario import Scenario

__all__ = ["look_at_policies", "with_stand_ins"]

_STAND_IN = PolicySpec(name="fixed")


def look_at_policies(scenario: Scenario, specs: Sequence[RunSpec]) -> list[str]:
    """Parse the files of own policies; return what could not be known without running them.

    Args:
        scenario: Valid as a document.
        specs: Its runs.

    Raises:
        InputError: With everything that was found wrong.
    """
    looks = {
        (name, group.policy.name, tuple(group.policy.params)): spec
        for spec in reversed(specs)
        for name, group in spec.point.record.streams.items()
        if _is_own(group.policy)
    }
    steps = [partial(_look, scenario, spec, *key) for key, spec in reversed(looks.items())]
    return list(dict.fromkeys(filter(None, every(steps))))


def with_stand_ins(specs: Sequence[RunSpec]) -> list[RunSpec]:
    """Return runs that follow a shipped policy wherever they would run a user's file."""
    return [_with_stand_ins(spec) for spec in specs]


def _look(
    scenario: Scenario, spec: RunSpec, group: str, policy: str, params: tuple[str, ...]
) -> str:
    file, _, name = policy.rpartition(":")
    try:
        return look_at(f"{scenario.folder / file}:{name}", params, where=f"streams.{group}")
    except InputError as error:
        path = f"streams.{group}.policy"
        raise InputError(*(placed(one, scenario, spec, path) for one in error.problems)) from error


def _with_stand_ins(spec: RunSpec) -> RunSpec:
    record = spec.point.record
    streams = {
        name: group.model_copy(update={"policy": _STAND_IN}) if _is_own(group.policy) else group
        for name, group in record.streams.items()
    }
    shown = record.model_copy(update={"streams": streams})
    return replace(spec, point=replace(spec.point, record=shown))


def _is_own(policy: PolicySpec) -> bool:
    return ":" in policy.name
