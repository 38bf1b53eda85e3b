"""Scenarios: YAML read safely, validated in full, and expanded into the points of a sweep."""

from __future__ import annotations

from simulator.scenario.scenario import Point, Scenario

__all__ = ["Point", "Scenario"]
