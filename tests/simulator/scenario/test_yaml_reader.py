from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.foundation.errors import InputError
from simulator.scenario.yaml_reader import LIMIT_BYTES, read_file, read_text

if TYPE_CHECKING:
    from pathlib import Path


def test_values_keep_their_places() -> None:
    document = read_text("a: 1\nb:\n  - x\n  - {c: 'on'}\n", "s.yaml")
    assert document.value == {"a": 1, "b": ["x", {"c": "on"}]}
    assert document.place(("b", 1, "c")) == "s.yaml:4:9"
    assert document.place(("b", 1, "c"), of_key=True) == "s.yaml:4:6"


def test_what_is_missing_is_placed_at_what_would_hold_it() -> None:
    document = read_text("a:\n  b: 1\n", "s.yaml")
    assert document.place(("a", "missing", "deeper")) == "s.yaml:2:3"
    assert read_text("", "s.yaml").place(("a",)) == "s.yaml"


def test_quoted_words_are_text() -> None:
    assert read_text("a: '12'\nb: \"true\"\n", "s").value == {"a": "12", "b": "true"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "s.yaml:3:1 a: this key must not be given twice; remove one"),
        ("a: &x 1", "s.yaml:1:4 anchor: &x must not be used; write the value out"),
        ("a: *x", "s.yaml:1:4 anchor: *x must not be used; write the value out"),
        ("a: !x 1", "s.yaml:1:4 tag: !x must not be used; write the plain value"),
        ("a: 1\n---\nb: 2", "s.yaml:2:1 YAML: --- must hold one document; cut the file in two"),
        ("? [a]\n: 1", "s.yaml:1:3 key: a collection must be text"),
        ("a: [1", "s.yaml:1:6 YAML: while parsing a flow sequence expected ',' or ']', but got"),
        ("a: \x07", "s.yaml YAML: unacceptable character #x0007: special characters are not"),
    ],
)
def test_what_is_refused_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_text(text, "s.yaml")
    assert str(caught.value).startswith(said)


def test_all_refused_numbers_of_a_text_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read_text("a: .nan\nb: [1, .inf]", "s.yaml")
    assert [problem.what for problem in caught.value.problems] == ["a", "b.1"]


@pytest.mark.parametrize("text", ["[" * 50_000, "{a: " * 20_000, "- " * 40_000])
def test_deep_nesting_is_refused_before_it_costs_anything(text: str) -> None:
    with pytest.raises(InputError, match="at most 20 levels deep"):
        read_text(text, "s.yaml")


def test_too_many_values_are_refused() -> None:
    with pytest.raises(InputError, match="at most 20000 values"):
        read_text("[" + "1," * 25_000 + "]", "s.yaml")


def test_a_file_that_is_no_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"name: x\ndescription: caf\xe9\n")
    with pytest.raises(InputError, match=r"latin.yaml:2 encoding: byte 0xe9 must be UTF-8"):
        read_file(path)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x\n")
    assert read_file(path).value == {"name": "x"}


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (LIMIT_BYTES + 1))
    with pytest.raises(InputError, match="at most 128000 bytes"):
        read_file(path)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_but_never_crashes(text: str) -> None:
    with suppress(InputError):
        read_text(text, "s.yaml")
