"""A shared tail, a tail for each unit, and full copies, on the same arrivals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.world import simulate
from simulator.world.plan import MemoryPlan, Worker
from tests.simulator.world.pools import pool
from tests.simulator.world.small import MS, camera, scripted, served

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.framelog import FrameLog
    from simulator.world.plan import ServedModel, StreamPlan

TWO_UNITS = served([10.0, 12.0], [1.0, 1.5], units=2)
SHARED = replace(TWO_UNITS, modules=((0, 1), (0, 2)))
"""Tail 0 of 60 bytes for both; decoders 1 and 2 of 10 bytes."""
OWN_TAILS = replace(TWO_UNITS, tails=(0, 1), modules=((0, 1), (3, 2)))
"""Unit 1 has a tail of its own, module 3 of 60 bytes."""
COPIES = replace(TWO_UNITS, tails=(0, 1), modules=((4,), (5,)))
"""A whole network for each unit, of 75 bytes."""


def memory(held: Sequence[int], capacity_bytes: int = 80) -> MemoryPlan:
    return MemoryPlan(
        capacity_bytes=capacity_bytes,
        names=("tail", "decoder 0", "decoder 1", "tail 1", "network 0", "network 1"),
        module_bytes=(60, 10, 10, 60, 75, 75),
        load_ns=(6 * MS, MS, MS, 6 * MS, 7 * MS, 7 * MS),
        held=tuple(held),
    )


def by_turns() -> StreamPlan:
    """Units 0, 1, 0, 1, a tenth of a second apart."""
    choices = scripted(0, 1, 0, 1)
    return camera([0, 100, 200, 300], sizes=[1, 1], policy=choices, deadline_ms=99)


def busy_ms(log: FrameLog) -> list[float]:
    return [float(x) for x in (log["served_ns"] - log["service_start_ns"]) / MS]


def test_a_shared_tail_stays_and_only_the_second_decoder_is_loaded_once() -> None:
    log = simulate(pool(by_turns(), models=[SHARED], memory=memory([0, 1])))
    assert busy_ms(log) == [11, 11 + 1, 11, 11]


def test_tails_of_their_own_make_room_for_each_other_at_every_turn() -> None:
    # First tail 1 and decoder 1 come, tail 0 goes. Then one tail at a time: both decoders fit.
    log = simulate(pool(by_turns(), models=[OWN_TAILS], memory=memory([0, 1])))
    assert busy_ms(log) == [11, 11 + 7, 11 + 6, 11 + 6]


def test_full_copies_are_loaded_whole_at_every_turn() -> None:
    log = simulate(pool(by_turns(), models=[COPIES], memory=memory([4])))
    assert busy_ms(log) == [11, 11 + 7, 11 + 7, 11 + 7]


def test_enough_memory_loads_everything_once() -> None:
    plan = memory([], capacity_bytes=1000)
    assert busy_ms(simulate(pool(by_turns(), models=[OWN_TAILS], memory=plan))) == [
        11 + 7,
        11 + 7,
        11,
        11,
    ]


def batch(model: ServedModel) -> FrameLog:
    """A unit-0 frame at 0 keeps the worker while one of each unit comes."""
    cameras = [
        camera([at], sizes=[1, 1], name=str(at), policy=scripted(unit))
        for at, unit in ((0, 0), (1, 0), (2, 1))
    ]
    return simulate(pool(*cameras, models=[model], memory=memory([0, 1])))


def test_a_batch_of_two_units_runs_one_shared_tail_or_a_tail_each() -> None:
    shared, own = batch(SHARED), batch(OWN_TAILS)
    assert shared["batch_size"].tolist() == own["batch_size"].tolist() == [1, 2, 2]
    assert busy_ms(shared)[1] == 1 + 1 + 12 + 1  # two decoders, one tail for both, one load
    # Two decoders and two tails of one frame each; tail 1 and decoder 1 are loaded.
    assert busy_ms(own)[1] == 1 + 1 + 10 + 10 + 7


def test_each_worker_has_a_memory_of_its_own() -> None:
    cameras = [
        camera([at], sizes=[1, 1], name=str(at), policy=scripted(1)) for at in (0, 1, 30, 31)
    ]
    log = simulate(pool(*cameras, models=[SHARED], memory=memory([0, 1]), workers=(Worker(),) * 2))
    assert log["worker"].tolist() == [0, 1, 0, 1]
    assert busy_ms(log) == [12, 12, 11, 11]
