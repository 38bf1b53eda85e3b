"""Seeded procedural video at 224x224: what every split, unit and profile is measured on."""

from __future__ import annotations

from models.scenes.render import CLIP_FPS, SIDE, Frame, calm, render
from models.scenes.script import PROFILED, SETS, SPIKES, SPLITS
from models.scenes.vocabulary import CLASSES, EMPTY

__all__ = [
    "CLASSES",
    "CLIP_FPS",
    "EMPTY",
    "PROFILED",
    "SETS",
    "SIDE",
    "SPIKES",
    "SPLITS",
    "Frame",
    "calm",
    "render",
]
