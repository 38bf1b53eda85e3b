"""The readers there are, by the name that ``format:`` uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traces.formats import (
    genet,
    gnettrack,
    header_table,
    hsdpa_ghent,
    iperf3,
    lumos5g,
    mahimahi,
    nyu_mets,
    oboe,
    opennetlab,
    pensieve,
    sabre,
    starlink,
)

if TYPE_CHECKING:
    from traces.formats.interface import Reader

__all__ = ["READERS"]

READERS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        mahimahi.READER,
        pensieve.READER,
        header_table.READER,
        sabre.READER,
        hsdpa_ghent.HSDPA,
        hsdpa_ghent.GHENT,
        oboe.READER,
        gnettrack.READER,
        nyu_mets.READER,
        iperf3.READER,
        opennetlab.READER,
        lumos5g.READER,
        genet.READER,
        starlink.READER,
    )
}
"""Every format that can be read; `traces.sniff` tells them apart."""
