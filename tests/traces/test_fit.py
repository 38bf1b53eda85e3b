"""Hours of synthetic traces against what was measured, within tolerances stated here."""

from __future__ import annotations

import math

import pytest

from traces.families import families
from traces.synthetic import fit, fit_report

QUICK = ("us-lte-up", "us-3g-up", "lte-ghent", "fcc")
"""Families checked on every run of the tests; the others are slow."""

ABSOLUTE = {"acf_1s": 0.12, "acf_5s": 0.12, "acf_10s": 0.17, "empty_33ms": 0.03}
"""Largest difference, where a ratio would mean nothing. Autocorrelations are known to be low by up
to 0.15 at 10 s: an AR(1) of the ranks cannot have both their short and their long memory."""

RATIO = {
    "cv_1s": 1.3,
    "cv_10ms": 1.25,
    "cv_33ms": 1.25,
    "cv_100ms": 1.25,
    "fano_10ms": 1.5,
    "fano_33ms": 1.6,
    "fano_100ms": 1.7,
    "packets_per_busy_ms": 1.3,
    "gap_ms_p50": 2.0,
    "gap_ms_p90": 1.4,
    "gap_ms_p99": 1.5,
    "gaps_over_100ms_per_min": 1.5,
    "gaps_over_500ms_per_min": 2.0,
    "share_in_gaps_over_100ms": 1.5,
}
"""Largest ratio either way."""

KNOWN: dict[tuple[str, str], float] = {
    # Of the four measured uplinks a slow one, with long gaps, holds most of the pooled time.
    ("us-lte-up", "gap_ms_p90"): 2.2,
    # Grants every 50 ms or so, more regular over 100 ms than this process can be.
    ("nyc-3g-up", "fano_100ms"): 2.0,
    ("nyc-3g-up", "empty_33ms"): 0.09,
    # One network gives grants every 10 ms, the other in bursts: one process is a compromise.
    ("us-3g-up", "fano_100ms"): 1.9,
    ("us-3g-up", "gaps_over_100ms_per_min"): 1.7,
    ("us-3g-up", "gaps_over_500ms_per_min"): 2.2,
    # Silences of the measured two are rarer in time but bunched.
    ("nyc-4g-down", "gap_ms_p99"): 1.7,
    # Five traces with a memory of minutes: no two samples of them agree better.
    ("irish-5g-static", "acf_5s"): 0.15,
    # Averages over fetches leave a spread within traces that varies from 0.07 to 0.52.
    ("fcc", "cv_1s"): 1.6,
    ("puffer", "cv_1s"): 1.4,
    # Slow sessions spend time below the 0.1 Mbit/s that counts as an outage.
    ("puffer", "outage_share"): 0.03,
    # Traces of 30 s, many of them slow likewise.
    ("pantheon-cellular", "outage_share"): 0.045,
    ("pantheon-cellular", "acf_5s"): 0.2,
    ("pantheon-ethernet", "acf_1s"): 0.18,
    ("pantheon-ethernet", "acf_5s"): 0.24,
}
"""Where a family is known to be farther off, how far, and why."""


def allowed(name: str, statistic: str, target: float) -> float:
    """The largest ratio, or difference, between what is achieved and the target."""
    family = families()[name]
    if statistic == "mean_mbps":
        # The median of few traces is itself uncertain (two standard errors), and no distribution
        # of means is quite log-normal.
        return math.exp(2.5 * family.log_mean[1] / math.sqrt(family.traces) + 0.25)
    usual = ABSOLUTE.get(statistic) or RATIO.get(statistic) or 0.02 + 0.25 * target
    return KNOWN.get((name, statistic), usual)


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in families()],
)
def test_synthetic_traces_have_the_statistics_of_the_measured_ones(name: str) -> None:
    wrong = {}
    for statistic, (achieved, target) in fit(name, hours=2 if name in QUICK else 4).items():
        limit = allowed(name, statistic, target)
        if statistic in ABSOLUTE or statistic == "outage_share":
            good = abs(achieved - target) <= limit
        else:
            good = 1 / limit <= achieved / target <= limit
        if not good:
            wrong[statistic] = (round(achieved, 3), target, round(limit, 3))
    assert not wrong


def test_the_report_shows_achieved_and_target_side_by_side() -> None:
    report = fit_report("us-lte-up", hours=0.2).splitlines()
    assert report[0].startswith("us-lte-up: ")
    assert "4 traces, 0.39 h, capacity, uplink" in report[0]
    assert [line.split()[0] for line in report[2:]] == list(families()["us-lte-up"].targets)
