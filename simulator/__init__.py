"""splitcast: split-DNN streaming over changing networks, simulated from measured data.

>>> import simulator
>>> scenario = simulator.Scenario.from_file("scenarios/one-camera-load-1.yaml")  # doctest: +SKIP
>>> simulator.run(scenario).summary  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.batch import run
    from simulator.results import Results
    from simulator.scenario import Scenario

__all__ = ["Results", "Scenario", "run"]
__version__ = "0.1.0"

_HOME = {"Results": "simulator.results", "Scenario": "simulator.scenario", "run": "simulator.batch"}


def __getattr__(name: str) -> object:
    """Import what is exported when it is asked for (PEP 562), so that `--help` stays light."""
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name)
