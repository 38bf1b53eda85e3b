"""Assembly: the one place where a scenario's point and a seed become the plan of a world.

All chance is drawn here, keyed by the run's seed, the first trace, the stream's name and the
purpose, never by the policy: two runs of a scenario that differ in their policy see the same
frames at the same instants, encoded and served with the same luck.
"""

from __future__ import annotations

from simulator.assembly.world import Assembly, assemble, frames_of, run_seed

__all__ = ["Assembly", "assemble", "frames_of", "run_seed"]
