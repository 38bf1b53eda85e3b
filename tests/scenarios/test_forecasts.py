"""Upper forecasts of sizes are what they say, over the bundled scenarios of one camera."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from simulator.assembly import assemble, run_seed
from simulator.scenario import Scenario
from simulator.world import simulate

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
MEASURED = ("one-camera-load-0.25", "one-camera-load-1", "one-camera-load-4")
UNITS = [f"unit-{k}" for k in range(1, 7)]


def within_by_unit(name: str, policies: str, traces: int = 10) -> dict[str, list[bool]]:
    """Return for each unit which of its payloads were at or below their upper forecasts."""
    seeds = list(range(1, traces + 1))
    sweep = f"{{streams.cameras.policy: [{policies}], network.uplink.0.trace.seed: {seeds}}}"
    scenario = Scenario.from_file(FOLDER / f"{name}.yaml", [f"sweep={sweep}"])
    found: dict[str, list[bool]] = defaultdict(list)
    for point in scenario.points:
        seed = run_seed(point.record.seed, 0)
        plan = assemble(point.record, seed, scenario.folder).plan
        log = simulate(plan)
        counted = (log["frame"] >= 10) & (log["sent_ns"] >= 0)
        within = log["bytes"] <= log["forecast_high_bytes"]
        for index, unit in enumerate(plan.streams[0].ladder.names):
            found[unit] += within[counted & (log["unit"] == index)].tolist()
    return {unit: its for unit, its in found.items() if its}


@pytest.mark.slow
def test_nine_payloads_in_ten_that_policies_choose_are_within_their_upper_forecast() -> None:
    found: dict[str, list[bool]] = defaultdict(list)
    for name in MEASURED:
        for unit, its in within_by_unit(name, "throughput, deadline").items():
            found[unit] += its
    shares = {unit: sum(its) / len(its) for unit, its in found.items()}
    assert set(shares) == set(UNITS)
    assert all(0.88 <= share <= 0.92 for share in shares.values()), shares


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_so_are_those_of_each_unit_alone(unit: str) -> None:
    found = within_by_unit("one-camera-load-1", f"{{name: fixed, unit: {unit}}}")
    (its,) = found.values()
    assert 0.88 <= sum(its) / len(its) <= 0.92


def test_sizes_that_never_vary_are_forecast_exactly() -> None:
    found = within_by_unit("published-one-camera-load-1", "deadline", traces=1)
    assert len(found) > 1
    assert all(map(all, found.values()))
