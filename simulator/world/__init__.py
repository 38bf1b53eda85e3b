"""The simulated world: SimPy processes and alarms around the arithmetic of links and servers."""

from __future__ import annotations

from simulator.world.run import simulate

__all__ = ["simulate"]
