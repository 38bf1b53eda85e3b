"""Batches: every point of a sweep with every replication, in one process or many."""

from __future__ import annotations

from simulator.batch.batch import run

__all__ = ["run"]
