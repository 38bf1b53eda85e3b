"""The command line: one file a command; heavy libraries are imported where they are used."""

from __future__ import annotations

from simulator.cli.main import main

__all__ = ["main"]
