from __future__ import annotations

from typing import Any

import simulator
from simulator.cli.results_table import results_table


def test_one_trace_makes_a_table_without_intervals(document: dict[str, Any]) -> None:
    document["sweep"] = {"streams.cameras.policy": ["fixed", "deadline"]}
    said = results_table(simulator.run(simulator.Scenario.from_dict(document)).document)
    assert "small: 2 runs over 1 trace" in said
    assert "paired on 1 trace" in said
    assert "[" not in said
