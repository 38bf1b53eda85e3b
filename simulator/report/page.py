"""The page: what a report shows, and its one HTML file that needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from simulator.report.palette import DARK
from simulator.report.tables import COLUMNS

if TYPE_CHECKING:
    from markupsafe import Markup

    from simulator.report.tables import Cell, Row

__all__ = ["Drawn", "Page", "Section", "Verdict", "render"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A figure in place: its anchor, words, and SVG element."""

    anchor: str
    title: str
    caption: str
    drawing: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A service level of one case."""

    policy: str
    setting: str
    group: str
    wanted: str
    measured: Cell
    traces: int
    frames: int
    answered: int
    verdict: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One setting: its finding, tables and figures."""

    anchor: str
    title: str
    finding: str
    rows: list[Row]
    comparisons: list[Row]
    plates: list[Drawn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything on the page, in its order; texts are plain and not yet escaped."""

    name: str
    description: str
    simulated: str
    beware: list[str]
    slo: list[Verdict]
    slo_tally: str
    intervals: str
    overview: list[Row]
    overview_note: str
    along: list[Drawn]
    sections: list[Section]
    left_out: str
    definitions: list[tuple[str, str]]
    facts: list[tuple[str, str]]


def render(page: Page) -> str:
    """Return the page as HTML; every text is escaped, only our own drawings are not."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.get_template("page.html.j2")
    return template.render(
        page=page, columns=[title for title, _, _ in COLUMNS], colours=list(DARK.items())
    )
