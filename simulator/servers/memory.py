"""What a worker's memory holds; what a batch needs besides is loaded, the least recently used goes.

Modules are tails and decoders, named by integers. A frozen tail that all units share is one module
that every batch finds in place; a tail for each rate is one module each, and costs its load time
whenever it has made room for another.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Memory"]


class Memory:
    """Modules held, in the order of their last use.

    No module that a batch needs makes room for another of the same batch. Where all of them
    together are larger than the memory, those that find no room are loaded for this batch alone
    and not held.

    Args:
        capacity_bytes: What it holds.
        module_bytes: Of each module.
        load_ns: To load each module.
        held: Modules in place at the start, the least recently used first.

    Raises:
        InputError: If a module is larger than the memory, or those held at the start are.

    Example:
        >>> memory = Memory(100, module_bytes=[60, 30, 30], load_ns=[6000, 3000, 3000], held=[0])
        >>> memory.fetch([0, 1]), memory.fetch([2]), memory.fetch([1, 0])  # 2 evicts 0, 0 evicts 2
        (3000, 3000, 6000)
    """

    __slots__ = ("_bytes", "_free_bytes", "_held", "_load_ns")

    def __init__(
        self,
        capacity_bytes: int,
        module_bytes: Sequence[int],
        load_ns: Sequence[int],
        held: Sequence[int] = (),
    ) -> None:
        """Start with what is in place."""
        for module, size in enumerate(module_bytes):
            if size > capacity_bytes:
                rule = f"must fit into the memory of {capacity_bytes} bytes"
                raise _refuse(f"module {module}", f"{size} bytes", rule)
        self._held = OrderedDict.fromkeys(held)
        self._bytes = module_bytes
        self._load_ns = load_ns
        self._free_bytes = capacity_bytes - sum(module_bytes[module] for module in self._held)
        if self._free_bytes < 0:
            rule = f"must fit into the memory of {capacity_bytes} bytes together"
            total = f"{capacity_bytes - self._free_bytes} bytes"
            raise _refuse("modules held at the start", total, rule)

    def fetch(self, modules: Sequence[int]) -> int:
        """Return how long loading takes what a batch needs and is missing, one after the other.

        Args:
            modules: What it needs, each once. They are the most recently used then, in this order.
        """
        held = self._held
        missing = [module for module in modules if module not in held]
        if missing:
            self._load(missing, needed=frozenset(modules))
        for module in modules:
            if module in held:
                held.move_to_end(module)
        return sum(self._load_ns[module] for module in missing)

    def _load(self, missing: Sequence[int], needed: frozenset[int]) -> None:
        sizes, held = self._bytes, self._held
        others = [module for module in held if module not in needed]
        others.reverse()  # the least recently used last
        for module in missing:
            room = self._free_bytes + sum(sizes[other] for other in others)
            if sizes[module] > room:
                continue
            while self._free_bytes < sizes[module]:
                evicted = others.pop()
                del held[evicted]
                self._free_bytes += sizes[evicted]
            held[module] = None
            self._free_bytes -= sizes[module]


def _refuse(what: str, value: object, rule: str) -> InputError:
    remedy = "give more memory, or smaller modules"
    return InputError(Problem(where="memory", what=what, value=value, rule=rule, remedy=remedy))
