"""The instant that stands for never again."""

from __future__ import annotations

from typing import Final

__all__ = ["FOREVER_NS"]

FOREVER_NS: Final = 1 << 62
"""An instant after every run, 146 years: when a link is free that delivers nothing any more, or a
worker that never comes back."""
