"""One reader a file format, and the table of them."""

from __future__ import annotations

from traces.formats.interface import Reader, ReadOptions
from traces.formats.table import READERS

__all__ = ["READERS", "ReadOptions", "Reader"]
