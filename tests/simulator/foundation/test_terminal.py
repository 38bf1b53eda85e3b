from __future__ import annotations

from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from simulator.foundation.terminal import CleanStream, clean_line, clean_lines


@given(st.text())
def test_whatever_is_said_becomes_one_printable_line_of_the_same_length(text: str) -> None:
    assert clean_line(text).isprintable()
    assert len(clean_line(text)) == len(text)


@given(st.text(st.characters(exclude_categories=["C", "Z"])))
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    assert clean_line(text) == text


def test_lines_stay_lines() -> None:
    lines = clean_lines("a\x1b[0m\n\u202eb\n").splitlines()
    assert lines == ["a\N{REPLACEMENT CHARACTER}[0m", "\N{REPLACEMENT CHARACTER}b"]


def test_a_clean_stream_is_the_stream_but_for_what_is_written() -> None:
    below = StringIO()
    stream = CleanStream(below)
    assert stream.write("a\x07b\n") == 4
    assert below.getvalue() == "a\N{REPLACEMENT CHARACTER}b\n"
    assert stream.isatty() is False  # type: ignore[operator]


def test_a_clean_stream_that_is_closed_is_written_to_all_the_same() -> None:
    below = StringIO()
    stream = CleanStream(below)
    stream.close()
    stream.write("on")
    assert below.getvalue() == "on"
