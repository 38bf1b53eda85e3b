from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.links.fattest import Fattest, FlowLine
from simulator.links.waiting import Waiting


@settings(deadline=None, max_examples=300)
@given(
    steps=st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0, 0, 100, 100, 200, 300]))),
    rounds=st.integers(1, 40),
)
def test_it_finds_what_a_look_at_all_flows_finds(steps: list[tuple[int, int]], rounds: int) -> None:
    fattest: Fattest[int] = Fattest()
    lines: list[FlowLine[int]] = [FlowLine() for _ in range(5)]
    waiting: dict[int, None] = {}  # in the order in which they began to wait
    for number, (k, size) in enumerate(steps * rounds):
        if size:
            lines[k].append(Waiting(number, k, 0), size)
            waiting.setdefault(k)
            fattest.grown(lines[k])
        elif lines[k].packets:
            lines[k].take()
            if not lines[k].packets:
                del waiting[k]
        if waiting and number % 3:
            expected = max(waiting, key=lambda k: lines[k].wire_bytes)
            assert fattest.find() is lines[expected]
        assert len(fattest._notes) <= 80
