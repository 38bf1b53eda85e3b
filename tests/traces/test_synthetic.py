"""Synthetic traces: reproducible, prefix-stable, fast, and with the statistics they promise."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import traces
from simulator.foundation.errors import InputError
from traces import OpportunityTrace, RateTrace, TraceAbout
from traces.bursts import _renewals
from traces.families import Family, Outages, families
from traces.seconds import second_rates
from traces.statistics import statistics
from traces.synthetic import synthesise, synthesise_whole

if TYPE_CHECKING:
    from pathlib import Path

S = 10**9
ABOUT = TraceAbout(name="made up")
MEASURED = [name for name, family in families().items() if family.bursts_of == name]


@pytest.mark.parametrize("name", families())
def test_a_family_says_what_it_rests_on(name: str) -> None:
    family = families()[name]
    about = synthesise(name, 3, 30 * S).about
    assert about.name == f"{name}/3"
    assert about.measures in {"capacity", "flow-rate"}
    assert about.direction == family.direction
    assert about.hours == family.hours > 0
    assert family.traces > 1
    assert family.source in about.source
    assert sum(weight for weight, _ in family.components) <= 1
    assert list(family.quantiles) == sorted(family.quantiles)
    assert len(family.quantiles) == len(family.levels)


def test_uplinks_are_the_families_measured_as_such() -> None:
    uplinks = {name for name, family in families().items() if family.direction == "uplink"}
    assert uplinks == {"us-lte-up", "us-3g-up", "nyc-3g-up"}


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(sorted(families())),
    st.integers(0, 10**6),
    st.integers(S, 40 * S),
    st.integers(0, 60 * S),
)
def test_a_longer_trace_begins_with_a_shorter_one(
    name: str, seed: int, short_ns: int, more_ns: int
) -> None:
    try:
        short = synthesise(name, seed, short_ns)
    except InputError as error:
        assert "take another seed" in str(error)  # noqa: PT017  # most do not raise
        return
    assert short.period_ns == short_ns
    longer = synthesise(name, seed, short_ns + more_ns)
    at = [k * short_ns // 50 for k in range(51)]
    assert [longer.capacity(t) for t in at] == [short.capacity(t) for t in at]


def test_the_same_seed_gives_the_same_trace_in_another_process(root: Path) -> None:
    code = (
        "from traces.synthetic import synthesise;"
        "print([synthesise(f, 5, 20 * 10**9).capacity(19 * 10**9) for f in ('us-3g-up', 'fcc')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    here = [synthesise(f, 5, 20 * S).capacity(19 * S) for f in ("us-3g-up", "fcc")]
    assert done.stdout.strip() == str(here)
    assert synthesise("fcc", 5, 20 * S) != synthesise("fcc", 6, 20 * S)


def test_importing_traces_imports_no_numpy_and_using_families_no_scipy(root: Path) -> None:
    code = (
        "import sys, traces; assert 'numpy' not in sys.modules;"
        "traces.synthesise('us-lte-up', 1, 10**9); assert 'scipy' not in sys.modules;"
        "import traces.statistics; assert 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = traces.nothing


def test_kinds_are_as_announced() -> None:
    for name, family in families().items():
        kind = OpportunityTrace if family.kind == "opportunities" else RateTrace
        assert isinstance(synthesise(name, 1, 20 * S), kind)


def test_a_second_keeps_its_mean_rate_however_it_is_spread() -> None:
    family = families()["lte-ghent"]
    rates = second_rates(family, 2, 300)
    _, spread = traces.rates_on_grid(synthesise("lte-ghent", 2, 300 * S), S, 300 * S)
    kept = np.isclose(spread, rates, rtol=1e-5)
    assert kept.mean() > 0.98  # the others are silent for most of the second
    assert (spread <= rates * 1.00001).all()


def test_outages_have_the_length_and_share_that_was_asked_for() -> None:
    outages = Outages(enter=0.05, short_share=0.8, short_exit=0.5, long_exit=0.1)
    calm = families()["oboe"]
    fields = {name: getattr(calm, name) for name in Family.__slots__}
    family = Family(**{**fields, "outages": outages})
    down = np.array([second_rates(family, seed, 400) == 0 for seed in range(200)])
    expected = (0.8 / 0.5 + 0.2 / 0.1) / (0.8 / 0.5 + 0.2 / 0.1 + 1 / 0.05)
    assert down.mean() == pytest.approx(expected, rel=0.1)
    assert down[:, 0].mean() == pytest.approx(expected, abs=0.06)  # stationary from the start


def test_renewals_reach_the_end_however_short_their_gaps() -> None:
    instants = _renewals(lambda n: np.full(n, 0.5), shape=2.0, until=100.0)
    assert instants.tolist() == [0.25 * k for k in range(1, 401)]


@pytest.mark.parametrize(
    ("family", "duration_ns", "said"),
    [
        ("us-lte-upp", S, "did you mean 'us-lte-up'"),
        ("us-lte-up", S - 1, "duration: 1 s must be from 1 s to 6 h"),
        ("us-lte-up", 7 * 3600 * S, "duration: 25200 s must be from 1 s to 6 h"),
    ],
)
def test_what_cannot_be_made_is_refused(family: str, duration_ns: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        synthesise(family, 1, duration_ns)


@pytest.mark.parametrize("name", ["hsdpa-norway", "puffer"])
def test_a_trace_that_is_one_outage_is_refused(name: str) -> None:
    refused = 0
    for seed in range(100):
        try:
            synthesise(name, seed, S)
        except InputError as error:
            assert "an outage of 1 s must be above 0" in str(error)  # noqa: PT017
            refused += 1
    assert 0 < refused < 60


def test_statistics_of_packets_are_those_counted_by_hand() -> None:
    # A packet every 5 ms in the even seconds, 5 packets every 25 ms in the odd ones: 2.4 Mbit/s.
    even = list(range(5, 1001, 5))
    odd = [1000 + ms for ms in range(25, 1001, 25) for _ in range(5)]
    trace = OpportunityTrace.from_stamps(
        [(ms - 1) * 10**6 + 1 for ms in even + odd], period_ns=2 * S, about=ABOUT
    )
    found = statistics([trace])
    assert found["mean_mbps"] == pytest.approx(200 * 1504 * 8 / 1e6)
    assert found["cv_1s"] == pytest.approx(0)
    assert found["outage_share"] == 0
    # 10 ms: 2 packets always; or 5, 5, 0, 5, 0 in turn, variance 6.
    assert found["fano_10ms"] == pytest.approx((0 + 6) / (2 + 2))
    assert found["empty_33ms"] == 0
    assert found["packets_per_busy_ms"] == pytest.approx(400 / 240)
    assert found["gap_ms_p50"] == 5
    assert found["gap_ms_p99"] == 25
    assert found["gaps_over_100ms_per_min"] == found["share_in_gaps_over_100ms"] == 0


def test_statistics_of_short_or_slow_traces_leave_out_what_they_cannot_say() -> None:
    trace = OpportunityTrace.from_stamps([S // 2, S, 2 * S], about=ABOUT)
    assert "acf_5s" not in statistics([trace])
    assert "fano_10ms" not in statistics([trace])
    rates = RateTrace.from_steps([0, S], [8, 16], period_ns=2 * S, about=ABOUT)
    assert "gap_ms_p50" not in statistics([rates, trace])


@pytest.mark.parametrize("name", ["hsdpa-norway", "puffer"])
def test_a_run_s_trace_lasts_until_its_outage_is_over(name: str) -> None:
    longer = 0
    for seed in range(100):
        made = synthesise_whole(name, seed, S)
        assert made.capacity(made.period_ns) > 0
        assert made.period_ns % S == 0
        if made.period_ns > S:
            longer += 1
            assert made == synthesise(name, seed, made.period_ns)  # what a longer run meets
            assert made.capacity(made.period_ns // 2) == 0  # and no longer than is needed
    assert longer > 0


def test_an_outage_of_a_whole_family_is_refused_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("traces.synthetic.second_rates", lambda *_: np.zeros(9))
    with pytest.raises(InputError, match="an outage of 21600 s must be above 0 somewhere"):
        synthesise_whole("fcc", 1, 3600 * S)
