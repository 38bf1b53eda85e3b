from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.foundation.errors import InputError
from simulator.servers.memory import Memory

BYTES = [10, 20, 30, 40, 50]
LOAD_NS = [1, 2, 4, 8, 16]  # any sum of different ones names them


def memory(capacity: int, held: tuple[int, ...] = ()) -> Memory:
    return Memory(capacity, BYTES, LOAD_NS, held)


def test_what_is_held_costs_nothing_and_what_is_missing_its_load_time() -> None:
    worker = memory(100, held=(0, 1))
    assert [worker.fetch(batch) for batch in ([0, 1], [1, 2, 3], [3, 2, 1, 0])] == [0, 4 + 8, 0]


def test_the_module_used_longest_ago_makes_room() -> None:
    worker = memory(60, held=(0, 1, 2))
    assert worker.fetch([0]) == 0  # now 1 is the oldest
    assert worker.fetch([1]) == 0  # now 2 is
    assert worker.fetch([2]) == 0  # now 0 is
    assert worker.fetch([3]) == 8  # 40 bytes: 0 and 1 go, and then 2
    assert worker.fetch([1]) == 2
    assert worker.fetch([3]) == 0


def test_a_batch_uses_its_modules_in_order() -> None:
    worker = memory(60, held=(2, 0, 1))
    assert worker.fetch([1, 0, 2]) == 0  # the oldest is 1 now
    assert worker.fetch([3]) == 8
    worker = memory(60, held=(0, 1, 2))
    assert worker.fetch([2, 0]) == 0
    assert worker.fetch([3]) == 8  # 1 and 2 go; 0 need not
    assert worker.fetch([0]) == 1 - 1


def test_no_module_of_a_batch_makes_room_for_another_of_it() -> None:
    worker = memory(70, held=(0, 1, 3))
    # 0 is the oldest, but needed: 1 goes, and with 60 bytes free 4 still finds no room beside 0.
    assert worker.fetch([0, 4]) == 16
    assert worker.fetch([0, 4]) == 0


def test_modules_too_large_together_are_loaded_for_their_batch_and_not_held() -> None:
    worker = memory(70, held=(3,))
    assert worker.fetch([3, 4]) == 16
    assert worker.fetch([3]) == 0
    assert worker.fetch([4]) == 16  # now alone: 3 goes
    assert worker.fetch([4]) == 0


def test_a_tail_a_rate_is_loaded_again_and_again_where_a_shared_tail_stays() -> None:
    shared = Memory(100, [70, 10, 10], [700, 100, 100])
    assert sum(shared.fetch([0, 1 + k % 2]) for k in range(10)) == 700 + 100 + 100
    a_tail_each = Memory(100, [80, 80], [800, 800])
    assert sum(a_tail_each.fetch([k % 2]) for k in range(10)) == 10 * 800


@pytest.mark.parametrize(
    ("capacity", "held", "message"),
    [
        (49, (), "memory module 4: 50 bytes must fit into the memory of 49 bytes; give more"),
        (50, (1, 3), "memory modules held at the start: 60 bytes must fit into the memory of 50"),
    ],
)
def test_what_does_not_fit_is_refused(capacity: int, held: tuple[int, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        memory(capacity, held)


@given(
    st.integers(50, 150),
    st.lists(st.lists(st.sampled_from(range(5)), min_size=1, unique=True), max_size=20),
)
def test_memory_is_never_over_full_and_serves_a_repeated_batch_at_once(
    capacity: int, batches: list[list[int]]
) -> None:
    worker = memory(capacity)
    for batch in batches:
        worker.fetch(batch)
        held = list(worker._held)
        assert sum(BYTES[module] for module in held) == capacity - worker._free_bytes <= capacity
        if sum(BYTES[module] for module in batch) <= capacity:
            assert held[-len(batch) :] == batch
            assert worker.fetch(batch) == 0
