"""The readers there are, by the name that ``format:`` uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traces.formats import mahimahi, pensieve, plain_csv

if TYPE_CHECKING:
    from traces.formats.interface import Reader

__all__ = ["READERS"]

READERS: dict[str, Reader] = {
    reader.name: reader for reader in (mahimahi.READER, pensieve.READER, plain_csv.READER)
}
"""Every format that can be read; `traces.sniff` tells them apart."""
