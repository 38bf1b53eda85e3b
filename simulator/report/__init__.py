"""The report: plots and one self-contained page, made from a results folder and nothing else."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.report.builder import build, draw

__all__ = ["build", "draw"]


def __getattr__(name: str) -> object:
    """Import the drawing libraries only when a report is built (PEP 562)."""
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module("simulator.report.builder"), name)
