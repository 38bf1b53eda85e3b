"""What the server's workers hold: modules of the networks, their sizes, and what loading costs.

Three ways to serve several units are told apart. *Shared*: one frozen tail serves all units of a
backbone, each unit adds its decoder. *Per unit*: each unit has a tail of its own, as a network
trained for each rate has, besides its decoder. *Copies*: each unit is a whole network of its own.
Image and video codecs need no network of their own in any of them: they are served by the clean
backbone.
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
    from collections.abc import Iterator, Sequence

    from models.profile import Profile, Unit
    from simulator.scenario.server import Memory

__all__ = ["Residence", "residence", "tails_of"]


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
    """Return which tail each unit of a profile needs: the same for all, or each its own.

    Image codecs share the clean backbone's, number 0.
    """
    if memory is None or memory.tails == "shared":
        return (0,) * len(profile.units)
    own = (unit.kind == "bottleneck" for unit in profile.units)
    return tuple(number if alone else 0 for number, alone in enumerate(own, start=1))


def residence(memory: Memory, profiles: Sequence[Profile]) -> Residence:
    """Return what the server's memory holds of some profiles' networks.

    A tail is what the on-device unit weighs: the head is in every device's memory, so a profile
    counts the tail for it (``models.measuring``). A decoder counts as all that the profile says its
    unit weighs, encoder, decoder and tables: an upper bound. The head, which image codecs and
    copies have at the server, is in no profile and counts nothing: it is small beside the tail.

    Where the scenario does not say how fast modules are loaded, a byte takes the median over the
    profile's units of measured load time over measured size.

    Args:
        memory: As the scenario has it.
        profiles: Of the server's models, in their order.

    Raises:
        InputError: If a profile does not say what its tail weighs, some unit's modules do not fit
            together, or what is held at first is unknown or too large.
    """
    sizes: dict[str, int] = {}
    load_ns: dict[str, int] = {}
    needs = []
    for profile in profiles:
        prefix = f"{profile.name}/" if len(profiles) > 1 else ""
        tail = _tail_bytes(profile, memory)
        ns_per_byte = _ns_per_byte(profile, memory)
        of_profile = []
        for unit in profile.units:
            parts = {prefix + name: size for name, size in _parts(unit, tail, memory) if size}
            sizes |= parts
            load_ns |= {name: round(size * ns_per_byte) for name, size in parts.items()}
            of_profile.append(tuple(parts))
            if sum(parts.values()) > memory.size_bytes:
                rule = f"must hold what {unit.name} needs: {format_bytes(sum(parts.values()))}"
                raise _refuse("size", format_bytes(memory.size_bytes), rule, "let it be larger")
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


def _parts(unit: Unit, tail_bytes: int, memory: Memory) -> Iterator[tuple[str, int]]:
    """Yield the modules one unit needs, with their bytes."""
    shared = memory.tails == "shared"
    if unit.kind in ("image-codec", "video-codec"):
        yield "tail" if shared else "backbone", tail_bytes
    elif unit.kind == "bottleneck" and memory.tails == "copies":
        yield unit.name, tail_bytes + unit.memory_bytes
    elif unit.kind == "bottleneck":
        yield "tail" if shared else f"{unit.name}/tail", tail_bytes
        yield unit.name, unit.memory_bytes


def _tail_bytes(profile: Profile, memory: Memory) -> int:
    found = max((unit.memory_bytes for unit in profile.units if unit.kind == ON_DEVICE), default=0)
    if not found:
        rule = f"needs to know what a tail weighs, and profile {profile.name} does not say it"
        raise _refuse("size", format_bytes(memory.size_bytes), rule, "measure an on-device unit")
    return found


def _ns_per_byte(profile: Profile, memory: Memory) -> float:
    if memory.load_bps is not None:
        return 8e9 / memory.load_bps
    weighty = [unit for unit in profile.units if unit.memory_bytes]
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
