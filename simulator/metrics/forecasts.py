"""How good the size forecasts were that policies chose by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from simulator.metrics.selection import Selection

__all__ = ["forecast_metrics"]

_LEVEL = 0.9


def forecast_metrics(frames: Selection) -> dict[str, float]:
    """Return coverage and pinball loss of the forecast 90th percentile, over sent frames.

    The pinball loss of a forecast q of y at level a is a (y - q) if y > q, else (1 - a) (q - y)
    (Koenker and Bassett, "Regression quantiles", Econometrica 1978).
    """
    sent = frames.sent
    if not sent.any():
        return dict.fromkeys(("forecast_coverage", "forecast_pinball_bytes"), float("nan"))
    excess = frames["bytes"][sent] - frames["forecast_high_bytes"][sent].astype(np.float64)
    pinball = np.where(excess > 0, _LEVEL * excess, (_LEVEL - 1) * excess)
    return {
        "forecast_coverage": float((excess <= 0).mean()),
        "forecast_pinball_bytes": float(pinball.mean()),
    }
