"""The models that a server serves: the backbone of each profile, and each workload's frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from simulator.assembly.logs import logged_model
from simulator.assembly.memory import tails_of
from simulator.assembly.problems import every
from simulator.assembly.sources import profile, workload
from simulator.assembly.times import served_model
from simulator.foundation.errors import InputError, Problem
from simulator.scenario.streams import WorkloadGroup
from simulator.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from models.profile import Profile
    from simulator.scenario.server import Memory
    from simulator.scenario.streams import Group
    from simulator.scenario.texts import BatchTime
    from simulator.world.plan import ServedModel

__all__ = ["Model", "known_profiles", "models_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A backbone, or a workload with the time of its batches.

    Attributes:
        source: Where its times come from.
        batch_time: As the scenario gives it for a workload.
        named: What the ladders of a profile name: units, and kinds of unit.
    """

    source: Profile | Workload
    batch_time: BatchTime | None = None
    named: frozenset[str] = frozenset()

    @property
    def key(self) -> object:
        """What groups that share batches have in common."""
        return self.source.sha256, self.batch_time

    def served(
        self, max_batch: int, memory: Memory | None, modules: tuple[tuple[int, ...], ...]
    ) -> ServedModel:
        """Return its tables.

        Args:
            max_batch: The largest batch that will be served.
            memory: Of the server, as the scenario has it.
            modules: For each unit what a worker must hold.

        Raises:
            InputError: If no batch that large was measured.
        """
        if isinstance(self.source, Workload):
            return logged_model(self.source, self.batch_time, max_batch)
        return served_model(self.source, max_batch, tails_of(self.source, memory), modules)


def models_of(groups: Iterable[Group], folder: Path) -> list[Model]:
    """Return each model that some group uses, once, in the order of the groups.

    Args:
        groups: As the scenario has them.
        folder: What relative paths in them are relative to.

    Raises:
        InputError: With everything that is wrong with any profile or workload.
    """
    found: dict[object, Model] = {}
    for model in every(partial(_model, group, folder) for group in groups):
        before = found.get(model.key, model)
        found[model.key] = replace(before, named=before.named | model.named)
    return list(found.values())


def known_profiles(models: Sequence[Model]) -> list[tuple[Profile, frozenset[str]]]:
    """Return the profiles of models, and what ladders name of each, where all come from one.

    Raises:
        InputError: If there is a workload: nobody knows what its networks weigh.
    """
    profiles = [
        (model.source, model.named) for model in models if not isinstance(model.source, Workload)
    ]
    if len(profiles) == len(models):
        return profiles
    rule = "means nothing with a workload, which does not say what its networks weigh"
    raise InputError(
        Problem(
            where="scenario", what="server.memory", value="this one", rule=rule, remedy="remove it"
        )
    )


def _model(group: Group, folder: Path) -> Model:
    if isinstance(group, WorkloadGroup):
        return Model(source=workload(group.workload, folder), batch_time=group.batch_time)
    return Model(source=profile(group.profile, folder), named=frozenset(group.units))
