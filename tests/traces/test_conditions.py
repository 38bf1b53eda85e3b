"""Loss and delay are looked up exactly, wherever in a trace and however it ends."""

from __future__ import annotations

import pickle
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traces import Conditions, OpportunityTrace, RateTrace, TraceAbout

if TYPE_CHECKING:
    from traces.about import After

S = 10**9
ABOUT = TraceAbout(name="made up")


def bad_second(after: After = "loop") -> Conditions:
    """Loss of a tenth and 30 ms in the second second of three, else none and 10 ms."""
    return Conditions.from_steps(
        [0, S, 2 * S],
        loss=[0, 0.1, 0],
        delay_ns=[10**7, 3 * 10**7, 10**7],
        period_ns=3 * S,
        after=after,
    )


def test_a_value_holds_from_its_start_to_the_next() -> None:
    bad = bad_second()
    assert [bad.loss_at(t) for t in (0, S - 1, S, 2 * S - 1, 2 * S)] == [0, 0, 0.1, 0.1, 0]
    assert [bad.delay_ns_at(t) for t in (0, S, 2 * S)] == [10**7, 3 * 10**7, 10**7]
    assert bad.mean_loss == pytest.approx(0.1 / 3)
    assert bad.mean_delay_ns == 16_666_667
    assert bad.least_delay_ns == 10**7


def test_after_the_end_they_come_round_or_keep_the_last_value() -> None:
    assert bad_second().loss_at(4 * S) == 0.1
    for after in ("hold", "stop"):
        ended = Conditions.from_steps([0, S], loss=[0, 0.2], period_ns=2 * S, after=after)
        assert [ended.loss_at(t) for t in (2 * S, 99 * S)] == [0.2, 0.2]


def test_they_shift_with_their_trace_and_are_not_scaled() -> None:
    trace = RateTrace.from_steps([0], [8], period_ns=3 * S, about=ABOUT, conditions=bad_second())
    later = trace.shifted(S).shifted(5 * S).scaled(Fraction(1, 3)).conditions
    assert later is not None
    assert [later.loss_at(t) for t in (0, S, 2 * S)] == [0, 0.1, 0]
    later = trace.shifted(S).conditions
    assert later is not None
    assert [later.loss_at(t) for t in (0, S, 2 * S)] == [0.1, 0, 0]
    assert later.mean_loss == bad_second().mean_loss
    ended = bad_second("stop").shifted(S)
    assert [ended.loss_at(t) for t in (0, S, 9 * S)] == [0.1, 0, 0]


def test_neighbours_that_say_the_same_are_one_step() -> None:
    calm = Conditions.from_steps([0, 1, 2, 3], loss=[0.5, 0.5, 0, 0], period_ns=4)
    assert (calm.starts_ns, calm.loss) == ((0, 2), (0.5, 0))
    both = Conditions.from_steps([0, 1, 2], loss=[0, 0, 0], delay_ns=[5, 6, 6], period_ns=4)
    assert both.starts_ns == (0, 1)


def test_what_a_file_does_not_say_is_no_zero() -> None:
    lossy = Conditions.from_steps([0], loss=[0.5], period_ns=S)
    assert (lossy.delay_ns, lossy.mean_delay_ns, lossy.least_delay_ns) == (None, None, None)
    with pytest.raises(ValueError, match="says nothing of delay"):
        lossy.delay_ns_at(0)
    late = Conditions.from_steps([0], delay_ns=[5], period_ns=S)
    assert late.mean_loss is None
    with pytest.raises(ValueError, match="says nothing of loss"):
        late.loss_at(0)
    assert OpportunityTrace.from_stamps([S], about=ABOUT).conditions is None
    assert RateTrace.from_steps([0], [1], period_ns=S, about=ABOUT).conditions is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"loss": None}, "there must be loss or delay"),
        ({"starts_ns": []}, "one of each a start"),
        ({"loss": [0]}, "one of each a start"),
        ({"delay_ns": [1, 2, 3]}, "one of each a start"),
        ({"starts_ns": [1, 2]}, "must begin at 0"),
        ({"starts_ns": [0, 0]}, "increase"),
        ({"period_ns": 5}, "before the period"),
        ({"loss": [0, 1.1]}, "from 0 to 1"),
        ({"loss": [0, -0.1]}, "from 0 to 1"),
        ({"loss": [0, float("nan")]}, "from 0 to 1"),
        ({"delay_ns": [0, -1]}, "delays must be from 0"),
        ({"delay_ns": [0, 60 * S + 1]}, "delays must be from 0 to 60000000000"),
    ],
)
def test_steps_that_make_no_sense_are_refused(wrong: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {"starts_ns": [0, 5], "loss": [0, 1], "period_ns": 9, **wrong}
    with pytest.raises(ValueError, match=said):
        Conditions.from_steps(**given)


def test_they_last_as_long_as_the_capacity_and_end_as_it_does() -> None:
    with pytest.raises(ValueError, match="the period and the end of the capacity"):
        RateTrace.from_steps([0], [8], period_ns=S, about=ABOUT, conditions=bad_second())
    with pytest.raises(ValueError, match="the period and the end of the capacity"):
        RateTrace.from_steps([0], [8], period_ns=3 * S, about=ABOUT, conditions=bad_second("stop"))


def test_a_grid_shows_the_mean_of_each_cell() -> None:
    bad = bad_second()
    assert bad.loss is not None
    half = S // 2
    assert bad.means_on_grid(bad.loss, 3 * half, 6 * S) == pytest.approx([0.1 / 3] * 4)
    assert bad.shifted(half).means_on_grid(bad.loss, S, 4 * S) == pytest.approx(
        [0.05, 0.05, 0, 0.05]
    )
    ended = Conditions.from_steps([0, S], loss=[0, 0.2], period_ns=2 * S, after="stop")
    assert ended.loss is not None
    assert ended.means_on_grid(ended.loss, 3 * half, 6 * S) == pytest.approx([0.2 / 3, *[0.2] * 3])


def test_they_survive_pickling() -> None:
    assert pickle.loads(pickle.dumps(bad_second())) == bad_second()  # noqa: S301  # our own bytes


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 10), st.integers(0, 3)), min_size=1, max_size=8),
    st.sampled_from(["loop", "hold", "stop"]),
    st.integers(0, 50),
    st.integers(0, 50),
)
def test_a_lookup_is_what_walking_the_steps_finds(
    steps: list[tuple[int, int]], after: After, offset: int, t_ns: int
) -> None:
    values = [value for width, value in steps for _ in range(width)]
    starts = [sum(width for width, _ in steps[:k]) for k in range(len(steps))]
    found = Conditions.from_steps(
        starts, delay_ns=[value for _, value in steps], period_ns=len(values), after=after
    ).shifted(offset)
    at = t_ns + offset
    expected = values[at % len(values)] if after == "loop" else values[min(at, len(values) - 1)]
    assert found.delay_ns_at(t_ns) == expected
