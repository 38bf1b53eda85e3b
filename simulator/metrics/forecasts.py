"""How good the size forecasts were that policies chose by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.metrics.selection import Selection

__all__ = ["forecast_metrics"]

_LEVEL = 0.9
_FIRST = 10


def forecast_metrics(
    frames: Selection, chosen: NDArray[np.bool_] | None = None
) -> dict[str, float]:
    """Return coverage and pinball loss of the forecast 90th percentile, over sent frames.

    The first ten frames of each stream do not count: its average of sizes begins at the mean.

    The pinball loss of a forecast q of y at level a is a (y - q) if y > q, else (1 - a) (q - y)
    (Koenker and Bassett, "Regression quantiles", Econometrica 1978).

    Args:
        frames: A run's, or a group's.
        chosen: Which of them, such as those of one unit; all if left out.
    """
    sent = frames.sent & (frames["frame"] >= _FIRST)
    if chosen is not None:
        sent &= chosen
    if not sent.any():
        return dict.fromkeys(("forecast_coverage", "forecast_pinball_bytes"), float("nan"))
    excess = frames["bytes"][sent] - frames["forecast_high_bytes"][sent].astype(np.float64)
    pinball = np.where(excess > 0, _LEVEL * excess, (_LEVEL - 1) * excess)
    return {
        "forecast_coverage": float((excess <= 0).mean()),
        "forecast_pinball_bytes": float(pinball.mean()),
    }
