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


def test_reasons_are_told_in_a_line_where_there_are_several(document: dict[str, Any]) -> None:
    summary = simulator.run(simulator.Scenario.from_dict(document)).document
    metrics = summary["cases"][0]["metrics"]
    for name in ("replaced", "expired", "overflow", "corrupted"):
        metrics[name] = {"mean": 0.0}
    plain = results_table(summary)
    metrics["overflow"] = {"mean": 0.031}
    assert results_table(summary) == plain
    metrics["corrupted"] = {"mean": 0.2}
    told = results_table(summary).replace(plain.split("\n\n")[1], "")
    assert "  deadline: lost % = 3.1 queue full + 20.0 packet lost\n" in told
    metrics["replaced"] = metrics["expired"] = {"mean": 0.01}
    assert "; dropped % = 1.0 replaced + 1.0 expired\n" in results_table(summary)
