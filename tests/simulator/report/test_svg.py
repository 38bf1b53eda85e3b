from __future__ import annotations

import xml.etree.ElementTree as ET

from simulator.report.shares import Part, draw
from simulator.report.svg import inline, render


def document(name: str = "late") -> str:
    return render(
        draw(["fixed"], [Part(name=name, colour="#b3263f", values=(50.0,))], label="x [%]")
    )


def test_a_figure_gives_the_same_bytes_each_time_and_no_date() -> None:
    first, second = document(), document()
    assert first == second
    assert "<metadata>" not in first or "date" not in first


def test_words_are_text_and_a_dollar_is_a_dollar() -> None:
    assert ">$x$ &lt;b&gt;</text>" in document("$x$ <b>")


def test_numbers_are_cut_to_a_hundredth_of_a_point() -> None:
    assert max(len(n.partition(".")[2]) for n in document().split('"')[1].split()) <= 2


def test_glyphs_that_our_font_lacks_are_left_to_the_readers() -> None:
    assert "日本" in document("日本")


def test_an_inlined_figure_has_its_own_identifiers_and_the_pages_colours_and_font() -> None:
    element = inline(document(), key="a", label="What became of it")
    root = ET.fromstring(element)  # noqa: S314 -- our own drawing
    identifiers = [node.get("id") for node in root.iter() if node.get("id")]
    assert identifiers
    assert all(name.startswith("a-") for name in identifiers if name)
    assert "var(--cb3263f)" in element
    assert "#b3263f" not in element
    assert "DejaVu" not in element
    assert "<style" not in element
    assert root.get("role") == "img"
    assert root.get("aria-label") == "What became of it"
    assert root.get("width") is None


def test_references_follow_the_identifiers() -> None:
    element = inline(document(), key="a", label="x")
    for part in element.split("url(#")[1:] + element.split('href="#')[1:]:
        assert part.startswith("a-")


def test_a_label_cannot_break_out_of_its_attribute() -> None:
    element = inline(document(), key="a", label='"><script>alert(1)</script>')
    assert "<script" not in element


def test_a_name_like_a_colour_or_an_identifier_stays_what_it_is() -> None:
    element = inline(document('#b3263f id="x" url(#y)'), key="a", label="x")
    assert '>#b3263f id="x" url(#y)</text>' in element
