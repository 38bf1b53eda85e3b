"""What the server's workers hold: modules of the networks, their sizes, and what loading costs.

Three ways to serve several units are told apart. *Shared*: one frozen tail serves all units of a
backbone but those that were measured with another one, each unit adds its decoder. *Per unit*: each
unit has a tail of its own, as a network trained for each rate has, besides its decoder. *Copies*:
each unit is a whole network of its own. Settings of one network, such as a unit of continuous rate,
are one unit in all of them. Codecs need no network of their own in any of them: they are served by
the clean backbone, behind a decoder that is a module where it weighs something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.assembly.ladder import ON_DEVICE
from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.foundation.quantities import format_bytes
from simulator.world.plan import MemoryPlan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from models.profile import Profile, Unit
    from simulator.scenario.server import Memory

__all__ = ["Residence", "residence", "tails_of"]

_SHARED = "tail"
_TRAINED = ("bottleneck", "continuous", "layered", "other-split", "student")
"""Kinds of unit that might as well have been trained with a tail of their own each."""
_UNSERVED = (ON_DEVICE, "answer")
"""Kinds of unit for which a server holds nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residence:
    """What workers hold, and what each unit needs of it.

    Attributes:
        plan: The memory.
        modules: For each profile, for each of its units, the modules it needs; see
            ``ServedModel.modules``.
    """

    plan: MemoryPlan
    modules: tuple[tuple[tuple[int, ...], ...], ...]


def tails_of(profile: Profile, memory: Memory | None) -> tuple[int, ...]:
    """Return which tail each unit of a profile needs; units with the same number share batches.

    The profile's shared tail is number 0.
    """
    apart = memory is not None and memory.tails != "shared"
    numbers = {_SHARED: 0}
    return tuple(
        numbers.setdefault(_tail(unit, apart=apart), place)
        for place, unit in enumerate(profile.units, start=1)
    )


def residence(memory: Memory, profiles: Sequence[tuple[Profile, Collection[str]]]) -> Residence:
    """Return what the server's memory holds of some profiles' networks.

    A tail is what the on-device unit weighs: the head is in every device's memory, so a profile
    counts the tail for it (``models.measuring``). A decoder counts as all that the profile says its
    unit weighs, encoder, decoder and tables, but for a tail of its own: an upper bound. The head,
    which image codecs and copies have at the server, is in no profile and counts nothing: it is
    small beside the tail.

    Where the scenario does not say how fast modules are loaded, a byte takes the median over the
    profile's units of measured load time over measured size.

    Args:
        memory: As the scenario has it.
        profiles: Of the server's models, in their order, each with what ladders name of it: units,
            and kinds of unit. Others that are too large are left out.

    Raises:
        InputError: If a profile does not say what its tail weighs, the modules of a unit that is
            named do not fit together, or what is held at first is unknown or too large.
    """
    sizes: dict[str, int] = {}
    load_ns: dict[str, int] = {}
    needs = []
    for profile, named in profiles:
        prefix = f"{profile.name}/" if len(profiles) > 1 else ""
        tail = _tail_bytes(profile, memory)
        ns_per_byte = _ns_per_byte(profile, memory)
        of_profile = []
        for unit in profile.units:
            parts = {prefix + name: size for name, size in _parts(unit, tail, memory) if size}
            if sum(parts.values()) > memory.size_bytes:
                if unit.name in named or unit.kind in named:
                    rule = f"must hold what {unit.name} needs: {format_bytes(sum(parts.values()))}"
                    raise _refuse("size", format_bytes(memory.size_bytes), rule, "let it be larger")
                parts = {}
            for name, size in parts.items():  # settings of one network may differ in their tables
                sizes[name] = max(size, sizes.get(name, 0))
                load_ns[name] = round(sizes[name] * ns_per_byte)
            of_profile.append(tuple(parts))
        needs.append(of_profile)
    names = tuple(sizes)
    _check_held(memory, sizes)
    plan = MemoryPlan(
        capacity_bytes=memory.size_bytes,
        names=names,
        module_bytes=tuple(sizes.values()),
        load_ns=tuple(load_ns.values()),
        held=tuple(names.index(name) for name in memory.holds),
    )
    modules = tuple(
        tuple(tuple(map(names.index, parts)) for parts in of_profile) for of_profile in needs
    )
    return Residence(plan=plan, modules=modules)


def _parts(unit: Unit, shared_bytes: int, memory: Memory) -> Iterator[tuple[str, int]]:
    """Yield the modules one unit needs, with their bytes."""
    own_bytes = 0 if unit.tail is None else unit.tail.memory_bytes
    tail_bytes = own_bytes or shared_bytes
    if unit.kind in _UNSERVED:
        return
    if memory.tails == "copies" and unit.kind in _TRAINED:
        yield unit.module, tail_bytes + unit.memory_bytes - own_bytes
        return
    apart = memory.tails != "shared"
    tail = _tail(unit, apart=apart)
    yield "backbone" if apart and tail == _SHARED else tail, tail_bytes
    yield unit.module, unit.memory_bytes - own_bytes


def _tail(unit: Unit, *, apart: bool) -> str:
    """Return the name of the tail that a unit needs, where each network has one or where not."""
    if apart and unit.kind in _TRAINED:
        return f"{unit.module}/tail"
    return _SHARED if unit.tail is None else f"{unit.tail.name}/tail"


def _tail_bytes(profile: Profile, memory: Memory) -> int:
    found = max((unit.memory_bytes for unit in profile.units if unit.kind == ON_DEVICE), default=0)
    if not found:
        rule = f"needs to know what a tail weighs, and profile {profile.name} does not say it"
        raise _refuse("size", format_bytes(memory.size_bytes), rule, "measure an on-device unit")
    return found


def _ns_per_byte(profile: Profile, memory: Memory) -> float:
    if memory.load_bps is not None:
        return 8e9 / memory.load_bps
    # What a device loads has no tail of its own in it.
    weighty = [unit for unit in profile.units if unit.memory_bytes and unit.tail is None]
    return float(np.median([unit.switch_ns / unit.memory_bytes for unit in weighty]))


def _check_held(memory: Memory, sizes: dict[str, int]) -> None:
    problems = [
        Problem(
            where="scenario",
            what=f"server.memory.holds.{index}",
            value=name,
            rule=f"must be a module of {memory.tails} tails",
            remedy=did_you_mean(name, sizes),
        )
        for index, name in enumerate(memory.holds)
        if name not in sizes
    ]
    if problems:
        raise InputError(*problems)
    held = sum(sizes[name] for name in memory.holds)
    if held > memory.size_bytes:
        rule = f"must fit into {format_bytes(memory.size_bytes)} together"
        raise _refuse("holds", format_bytes(held), rule, "hold less")


def _refuse(what: str, value: str, rule: str, remedy: str) -> InputError:
    what = f"server.memory.{what}"
    return InputError(Problem(where="scenario", what=what, value=value, rule=rule, remedy=remedy))
