"""Which paired comparisons a report shows: the better policy first, the best one against all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.results.documents import Comparison, Measured

if TYPE_CHECKING:
    from simulator.report.evidence import Evidence

__all__ = ["pairs_of", "ranked"]

_MOST_PAIRS: Final = 6


def ranked(evidence: Evidence, setting: str) -> list[str]:
    """Return the policies of a setting, highest timely accuracy first, unmeasured ones last."""

    def key(policy: str) -> tuple[bool, float]:
        mean = means[policy]
        return (mean is None, -(mean or 0.0))

    means = {c.policy: c.metric("timely_accuracy").mean for c in evidence.cases_of(setting)}
    return sorted(means, key=key)


def pairs_of(evidence: Evidence, setting: str) -> list[Comparison]:
    """Return the comparisons to show, each as the higher ranked policy minus the lower.

    All of them up to four policies; with more, those of the best policy.
    """
    order = ranked(evidence, setting)
    found = [
        comparison
        if order.index(comparison.policy) < order.index(comparison.versus)
        # The same numbers the other way round.
        else _turned(comparison)
        for comparison in evidence.comparisons_of(setting)
        if comparison.policy in order and comparison.versus in order
    ]
    if len(found) > _MOST_PAIRS:
        found = [comparison for comparison in found if comparison.policy == order[0]]
    return sorted(found, key=lambda c: (order.index(c.policy), order.index(c.versus)))


def _turned(comparison: Comparison) -> Comparison:
    return Comparison(
        setting=comparison.setting,
        policy=comparison.versus,
        versus=comparison.policy,
        traces=comparison.traces,
        metrics={name: _negated(measured) for name, measured in comparison.metrics.items()},
    )


def _negated(measured: Measured) -> Measured:
    def minus(value: float | None) -> float | None:
        return None if value is None else -value

    return Measured(
        mean=minus(measured.mean),
        low=minus(measured.high),
        high=minus(measured.low),
        by_trace={trace: minus(value) for trace, value in measured.by_trace.items()},
    )
