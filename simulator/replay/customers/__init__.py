"""Customers whose instants are given, through a pool of workers: who is served, and when."""

from __future__ import annotations

from simulator.replay.customers.choice import BatchTime, PoolChoice, batch_time
from simulator.replay.customers.output import visits_table
from simulator.replay.customers.run import Visits, serve
from simulator.replay.customers.table import CustomerTable, read_customers

__all__ = [
    "BatchTime",
    "CustomerTable",
    "PoolChoice",
    "Visits",
    "batch_time",
    "read_customers",
    "serve",
    "visits_table",
]
