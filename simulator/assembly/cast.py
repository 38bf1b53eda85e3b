"""A group of streams with all that its streams share, whatever its frames come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from policies.table import resolve
from simulator.foundation import keyed
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.quantities import format_ns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np

    from policies.interface import Policy
    from simulator.scenario.network import Packets
    from simulator.scenario.streams import StreamGroup
    from simulator.world.plan import LadderPlan, StreamPlan

__all__ = ["Cast", "Run", "built_policy", "decode_by_ns", "with_traits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is the same for all streams of a run.

    Attributes:
        duration_ns: Frames are captured for so long.
        seed: The run's; links draw by it.
        content_seed: What streams and the server draw by; see `simulator.assembly.content`.
        folder: What relative paths in the scenario are relative to.
    """

    duration_ns: int
    seed: int
    content_seed: int
    folder: Path


class Cast(Protocol):
    """The streams of a group."""

    @property
    def name(self) -> str:
        """The group's name."""

    @property
    def group(self) -> StreamGroup:
        """The group as the scenario has it."""

    @property
    def streams(self) -> int:
        """How many streams it has."""

    @property
    def fixed_streams(self) -> bool:
        """Whether its file says how many."""

    @property
    def ladder(self) -> LadderPlan:
        """What its devices know of their units."""

    @property
    def layered(self) -> bool:
        """Whether some unit of the ladder has layers."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is doubtful about its frames."""

    def frames_per_s(self, index: int | None) -> float:
        """Return how often one stream captures, or all of them together for None."""

    def offered_bps(self, index: int | None, packets: Packets) -> float:
        """Return what one stream, or all for None, offer on the wire with the top unit."""

    def stream(self, index: int, run: Run) -> StreamPlan:
        """Return the plan of a stream, without what `with_traits` adds."""


def built_policy(cast: Cast, index: int, run: Run) -> Policy:
    """Build a stream's policy; a file's path is relative to the scenario."""
    spec = cast.group.policy
    file, colon, name = spec.name.rpartition(":")
    whole = f"{run.folder / file}:{name}" if colon else spec.name
    rng: Callable[[], np.random.Generator] = lambda: keyed.generator(  # noqa: E731
        run.content_seed, f"{cast.name}/{index}", "policy"
    )
    return resolve(whole, spec.params, rng, where=f"streams.{cast.name}")


def with_traits(plan: StreamPlan, group: StreamGroup, decode_by: int) -> StreamPlan:
    """Return a stream's plan with how it is sent and answered, as its group says.

    Raises:
        InputError: If intra frames are to be asked for, and no unit knows any.
    """
    if group.intra_request and not any(plan.chains):
        rule = "means nothing where no unit of the ladder is a video codec"
        raise _refuse(f"streams.{plan.group}.intra_request", "true", rule, "remove it")
    return replace(
        plan,
        weight=group.weight,
        transport=group.transport,
        cancel=group.cancel,
        result_bytes=group.result_bytes,
        decode_by_ns=decode_by,
        asks_intra=group.intra_request,
    )


def decode_by_ns(cast: Cast, back_ns: int) -> int:
    """Return when, after capture, the server begins with the layers that are there.

    Where the group does not say it: the deadline, less the way back and twice the mean service
    of the slowest unit. 0 for a ladder without layers.

    Args:
        cast: The group.
        back_ns: Propagation from the server back.

    Raises:
        InputError: For options about layers where no unit has any, and where no time is left.
    """
    group, where = cast.group, f"streams.{cast.name}"
    rule = "means nothing where no unit of the ladder has layers"
    if not cast.layered:
        if group.decode_by_ns is not None:
            raise _refuse(f"{where}.decode_by", format_ns(group.decode_by_ns), rule, "remove it")
        if group.cancel == "superseded":
            raise _refuse(f"{where}.cancel", "superseded", rule, "write cancel: too-late")
        return 0
    if group.decode_by_ns is not None:
        return group.decode_by_ns
    left_ns = group.deadline_ns - back_ns - 2 * max(cast.ladder.server_mean_ns)
    if left_ns <= 0:
        rule = "leaves no time to send: the way back and twice the mean service take all of it"
        value = format_ns(group.deadline_ns)
        raise _refuse(f"{where}.deadline", value, rule, "let it be later, or give decode_by")
    return left_ns


def _refuse(what: str, value: str, rule: str, remedy: str) -> InputError:
    return InputError(Problem(where="scenario", what=what, value=value, rule=rule, remedy=remedy))
