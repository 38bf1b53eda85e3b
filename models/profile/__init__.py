"""Measured ladders as plain arrays: records, checks, storage, the shipped ones. Numpy only."""

from models.profile.catalogue import files_of, find, shipped
from models.profile.combined import combined
from models.profile.records import (
    DEVICE_STAGES,
    HALVES,
    UNIT_KINDS,
    Chain,
    LayerTable,
    Profile,
    Tail,
    Unit,
)
from models.profile.storage import load, refuse_foreign, save, sealed

__all__ = [
    "DEVICE_STAGES",
    "HALVES",
    "UNIT_KINDS",
    "Chain",
    "LayerTable",
    "Profile",
    "Tail",
    "Unit",
    "combined",
    "files_of",
    "find",
    "load",
    "refuse_foreign",
    "save",
    "sealed",
    "shipped",
]
