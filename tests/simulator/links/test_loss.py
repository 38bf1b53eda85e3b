from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.foundation.keyed import key_of, uniform_at
from simulator.links.loss import Bernoulli, GilbertElliott, LossModel, LossSteps
from traces.conditions import Conditions

MS = 1_000_000
KEY = key_of(3, "loss")


def chain(key: bytes = KEY) -> GilbertElliott:
    """900 ms good, 100 ms bad on average."""
    return GilbertElliott(900 * MS, 100 * MS, 0.01, 0.5, key=key)


def test_over_a_long_time_loss_is_the_mixture_of_both_states() -> None:
    model = chain()
    packets = 200_000  # 10 ms apart: about 2000 bursts
    lost = sum(uniform_at(KEY, 1, k) < model.probability(k * 10 * MS) for k in range(packets))
    # 0.9 x 0.01 + 0.1 x 0.5; the share of 2000 bursts has a standard deviation of some 3 %.
    assert lost / packets == pytest.approx(0.059, rel=0.1)


def test_bursts_last_as_long_as_they_should() -> None:
    model = chain()
    spans = [
        (loss, len(list(same)))
        for loss, same in groupby(model.probability(t * MS) for t in range(2_000_000))
    ]
    for loss, mean in ((0.5, 100), (0.01, 900)):
        found = [length for state, length in spans if state == loss]
        assert len(found) > 1500
        # An exponential's standard deviation is its mean: 2.3 % of it for a mean of 2000.
        assert sum(found) / len(found) == pytest.approx(mean, rel=0.1)


def test_a_run_begins_in_either_state_as_often_as_it_is_in_it() -> None:
    bad = sum(chain(key_of(seed, "start")).probability(0) == 0.5 for seed in range(3000))
    assert bad / 3000 == pytest.approx(0.1, abs=0.02)


@settings(deadline=None)
@given(
    asked=st.lists(st.integers(0, 20_000 * MS), max_size=20),
    at=st.integers(0, 20_000 * MS),
    seed=st.integers(),
)
def test_the_state_at_an_instant_does_not_depend_on_what_was_asked_before(
    asked: list[int], at: int, seed: int
) -> None:
    key = key_of(seed, "link")
    model = chain(key)
    for t_ns in asked:
        model.probability(t_ns)
    assert model.probability(at) == chain(key).probability(at)


@settings(deadline=None)
@given(sent=st.dictionaries(st.integers(0, 999), st.integers(0, 10_000 * MS)), also=st.integers(0))
@pytest.mark.parametrize("make", [lambda: Bernoulli(0.3), chain])
def test_a_packet_has_the_same_luck_whatever_else_is_sent(
    make: type[LossModel], sent: dict[int, int], also: int
) -> None:
    def lost(packets: dict[int, int]) -> set[int]:
        model = make()
        return {
            packet
            for packet, t_ns in packets.items()
            if uniform_at(KEY, packet) < model.probability(t_ns)
        }

    few = {packet: t_ns for packet, t_ns in sent.items() if (packet + also) % 3}
    assert lost(few) == lost(sent) & few.keys()


def test_states_of_a_nanosecond_and_of_ages_are_legal() -> None:
    busy = GilbertElliott(1, 1, 0.0, 1.0, key=KEY)
    assert {busy.probability(t_ns) for t_ns in range(100)} == {0.0, 1.0}
    calm = GilbertElliott(10**30, 1, 0.0, 1.0, key=KEY)
    assert calm.probability(10**17) == 0.0


def test_a_column_of_a_trace_gives_the_probability() -> None:
    column = Conditions.from_steps([0, 5], loss=[0.1, 0.2], period_ns=10, after="hold")
    assert [LossSteps(column).probability(t_ns) for t_ns in (0, 4, 5, 99)] == [0.1, 0.1, 0.2, 0.2]
