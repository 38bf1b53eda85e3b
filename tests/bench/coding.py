"""Entropy coding with the shipped tables: bytes over the ideal, time a symbol, cost of a switch."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from models.coding.coder import RangeCoder
from models.subjects.opening import open_ladder, open_network
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from models.coding.prior import FrequencyTables

SYMBOL_NS = 30.0
FACTOR, EXTRA_BYTES = 1.005, 4.0
LEAST_BYTES = 500  # from here on the bound holds
POSITIONS = 196
FRAMES = 20


class Coding(NamedTuple):
    """What coding one unit's symbols takes.

    Attributes:
        ideal: Mean ideal code length of a frame, bytes.
        over: The largest excess of a frame over the bound, bytes; -inf where none is large enough.
        encode_ns: Time a symbol, best of all frames and runs.
        decode_ns: The same of decoding.
    """

    ideal: float
    over: float
    encode_ns: float
    decode_ns: float


def coded(tables: FrequencyTables, runs: int) -> Coding:
    """Return what coding takes for symbols that are drawn from the tables."""
    rng = generator(0, "bench", "symbols")
    coder = RangeCoder(tables)
    ideals, over = [], [-np.inf]
    encode, decode = [], []
    for _ in range(FRAMES):
        symbols = drawn(tables, rng)
        ideal, data = tables.ideal_bits(symbols) / 8, coder.encode(symbols)
        assert np.array_equal(coder.decode(data, POSITIONS), symbols)
        ideals.append(ideal)
        if ideal >= LEAST_BYTES:
            over.append(len(data) - (FACTOR * ideal + EXTRA_BYTES))
        for _ in range(runs):
            encode.append(spent_ns(partial(coder.encode, symbols)) / symbols.size)
            decode.append(spent_ns(partial(coder.decode, data, POSITIONS)) / symbols.size)
    return Coding(float(np.mean(ideals)), float(max(over)), min(encode), min(decode))


def drawn(tables: FrequencyTables, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return symbols [channel, position] as likely as the tables say."""
    rows = [rng.choice(len(f), POSITIONS, p=f / f.sum()) for f in tables.frequencies]
    symbols: NDArray[np.int64] = np.stack(rows) + tables.lowest[:, None]
    return symbols


def spent_ns(work: Callable[[], object]) -> int:
    """Return the CPU time of this thread that something takes."""
    start = time.thread_time_ns()
    work()
    return time.thread_time_ns() - start


def show_coding(runs: int) -> bool:
    """Print a line a shipped unit, and one on switching; return whether the targets are met."""
    print(f"\nrange coding, {POSITIONS} symbols a channel drawn from the shipped tables")
    met = True
    for unit in open_ladder("shapes-224").units:
        if unit.tables is None:
            raise AssertionError(unit.name)
        found = coded(unit.tables, runs)
        over = f"{found.over:+8.1f} B over" if np.isfinite(found.over) else " " * 15
        took = f"{found.encode_ns:7.1f} ns{found.decode_ns:7.1f} ns"
        print(f"  {unit.name:12}{found.ideal:9.0f} B{over}{took:>22}{_wanted():>34}", flush=True)
        met = met and found.over <= 0 and max(found.encode_ns, found.decode_ns) <= SYMBOL_NS
    show_switch(runs)
    return met


def _wanted() -> str:
    return f"<= {100 * (FACTOR - 1):g} % + {EXTRA_BYTES:g} B, <= {SYMBOL_NS:g} ns each"


def show_switch(runs: int) -> None:
    """Print what switching to a unit costs whose weights must be loaded, and to the whole network.

    Files lie in the page cache.
    """
    subjects = {subject.name: subject for subject in open_network("shapes-224", ()).subjects}
    costs = {
        name: min(spent_ns(subject.load) for _ in range(5 * runs)) / 1e6
        for name, subject in subjects.items()
    }
    device = costs.pop("device")
    slowest = max(costs, key=lambda name: costs[name])
    print(f"{'loading the slowest unit':34}{costs[slowest]:>11.2f} ms  ({slowest}, the slowest)")
    print(f"{'loading the tail':34}{device:>11.2f} ms", flush=True)
