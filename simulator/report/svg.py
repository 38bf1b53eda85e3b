"""Figures as SVG text or PNG: the same bytes each time; SVG tamed to live inside a page."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from simulator.report.palette import DARK
from simulator.report.style import house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["inline", "png", "render"]

_TAG: Final = re.compile(r"<[^>]+>")
_LONG_NUMBER: Final = re.compile(r"-?\d+\.\d{3,}")
_IDENTITY: Final = re.compile(r'(\bid="|url\(#|href="#)')
_COLOUR: Final = re.compile("|".join(DARK))
_FONT: Final = re.compile(r"font-family: [^;\"]+;? ?|'DejaVu Sans'(, [^;\"]*)?")
_PROLOG: Final = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_PAGE_WIDE: Final = re.compile(r"\s*<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)
_SIZE: Final = re.compile(r' (?:width|height)="[\d.]+pt"')


def _shortened(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def render(figure: Figure) -> str:
    """Return a figure as a document of its own: no date, no version, words as text."""
    stream = io.StringIO()
    blank = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with house_style(), warnings.catch_warnings():
        # The reader's browser has the glyphs that matplotlib's own font lacks.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure.savefig(stream, format="svg", metadata=blank)
    # A hundredth of a point is finer than any screen.
    return _TAG.sub(lambda tag: _LONG_NUMBER.sub(_shortened, tag[0]), stream.getvalue())


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG image of 150 dots an inch: no date, no version."""
    stream = io.BytesIO()
    with house_style():
        figure.savefig(stream, format="png", dpi=150, metadata={"Software": None})
    return stream.getvalue()


def inline(document: str, *, key: str, label: str) -> Markup:
    """Return a rendered figure as an element of a page.

    Its identifiers get a prefix, so that figures do not meet; its colours become the page's
    variables, so that they follow a dark theme; its words take the page's font. The rule for
    line ends, which would reach the whole page, is left to the page's style sheet.

    Args:
        document: From `render`.
        key: The prefix; unique in the page, letters, digits and hyphens.
        label: What a screen reader says.
    """

    def tamed(tag: re.Match[str]) -> str:
        text = _IDENTITY.sub(rf"\g<1>{key}-", tag[0])
        text = _COLOUR.sub(lambda colour: f"var(--c{colour[0].lstrip('#')})", text)
        return _FONT.sub("", text)

    body = _PAGE_WIDE.sub("", _PROLOG.sub("", document, count=1), count=1)
    head, rest = body.split(">", maxsplit=1)
    head = _SIZE.sub("", head) + f' role="img" aria-label="{escape(label)}"'
    return Markup(_TAG.sub(tamed, head + ">" + rest).strip())  # noqa: S704 -- matplotlib escapes words
