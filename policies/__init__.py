"""Rate controllers: each names, frame by frame, the unit a stream sends, or skips the frame."""

from __future__ import annotations

from policies.interface import Answer, Delivery, Observation, Pending, Policy, UnitForecast

__all__ = ["Answer", "Delivery", "Observation", "Pending", "Policy", "UnitForecast"]
