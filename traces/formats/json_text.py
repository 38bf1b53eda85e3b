"""JSON read in bounded memory, with the line of whatever is wrong in it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from traces.formats.interface import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from simulator.foundation.errors import InputError

__all__ = ["JsonText", "Path"]

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices that lead from the document to a value."""

_MOST_VALUES = 5_000_000
_BLANK = re.compile(r"[ \t\r\n]*")
_CORRECT = "correct the file"


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonText:
    """A document and the text it came from.

    Attributes:
        name: The file as the user named it.
        text: Its content.
        document: What it says.
        first_line: The line of the file on which the text begins.
        root: Where in the text the document is.
    """

    name: str
    text: str
    document: object
    first_line: int = 1
    root: Path = ()

    @classmethod
    def parse(cls, data: bytes, name: str) -> JsonText:
        r"""Parse a file.

        Raises:
            InputError: For text that is no JSON, nested too deep, or of too many values.

        Example:
            >>> JsonText.parse(b'[{"a": 1}]', "x").document
            [{'a': 1}]
            >>> JsonText.parse(b'[1,\n2', "x")
            Traceback (most recent call last):
            simulator.foundation.errors.InputError: x:2 JSON: Expecting ',' delimiter ...
        """
        (found,) = cls._parsed(data, name, several=False)
        return found

    @classmethod
    def parse_all(cls, data: bytes, name: str) -> list[JsonText]:
        r"""Parse a file of one document after another, as of `JSON lines` or reports appended.

        A last document that is cut off has ``document`` None.

        Raises:
            InputError: As `parse`.

        Example:
            >>> [one.document for one in JsonText.parse_all(b'{"a": 1}\n{"b": 2}\n{"c"', "x")]
            [{'a': 1}, {'b': 2}, None]
        """
        return cls._parsed(data, name, several=True)

    @classmethod
    def _parsed(cls, data: bytes, name: str, *, several: bool) -> list[JsonText]:
        values = data.count(b",") + data.count(b"[") + data.count(b"{")
        if values > _MOST_VALUES:
            rule, remedy = f"must be at most {_MOST_VALUES}", "cut it into smaller files"
            raise refuse(name, None, "number of values", values, rule=rule, remedy=remedy)
        text = data.decode("utf-8-sig", "replace")

        def not_finite(constant: str) -> float:
            line = text[: text.find(constant)].count("\n") + 1
            raise refuse(name, line, "JSON", constant, rule="must be finite", remedy=_CORRECT)

        decoder = json.JSONDecoder(parse_constant=not_finite)
        found: list[JsonText] = []
        at, line = _blanks(text, 0), 1
        line += text.count("\n", 0, at)
        while not found or at < len(text):
            try:
                document, end = decoder.raw_decode(text, at)
                if not several and (rest := _blanks(text, end)) < len(text):
                    raise json.JSONDecodeError("Extra data", text, rest)  # noqa: TRY301
            except json.JSONDecodeError as error:
                cut_off = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
                if found and several and cut_off:
                    found.append(cls(name=name, text=text[at:], document=None, first_line=line))
                    break
                rule = "at this place makes it no JSON"
                raise refuse(
                    name, error.lineno, "JSON", error.msg, rule=rule, remedy=_CORRECT
                ) from None
            except (RecursionError, ValueError) as error:
                deep = isinstance(error, RecursionError)
                value = "nesting" if deep else "a number"
                rule = "is too deep" if deep else "is too long"
                raise refuse(name, None, "JSON", value, rule=rule, remedy=_CORRECT) from None
            found.append(cls(name=name, text=text[at:end], document=document, first_line=line))
            after = _blanks(text, end)
            line += text.count("\n", at, after)
            at = after
        return found

    def line(self, *path: str | int) -> int:
        r"""Return the line on which a value that exists begins.

        Example:
            >>> JsonText.parse(b'{"a":\n [1,\n  {"b": 5}]}', "x").line("a", 1, "b")
            3
        """
        at = self._after(0)
        for step in (*self.root, *path):
            try:
                at = self._step(at, step)
            except json.JSONDecodeError:  # of two members of one name the last one counts
                break
        return self.text.count("\n", 0, at) + self.first_line

    def _step(self, at: int, step: str | int) -> int:
        """Return where a member or an item begins of the value that begins at a position."""
        decode = json.JSONDecoder().raw_decode
        at = self._after(at + 1)
        place = 0
        while True:
            if isinstance(step, str):
                key, end = decode(self.text, at)
                at = self._after(self._after(end) + 1)
                found = key == step
            else:
                found = place == step
            if found:
                return at
            _, end = decode(self.text, at)
            at = self._after(self._after(end) + 1)
            place += 1

    def _after(self, at: int) -> int:
        return _blanks(self.text, at)

    def refuse(self, path: Path, what: str, value: object, *, rule: str) -> InputError:
        """Return the error for the value at a path."""
        return refuse(self.name, self.line(*path), what, value, rule=rule, remedy=_CORRECT)

    def member(self, key: str) -> object:
        """Return a member of the document.

        Raises:
            InputError: If the document is no object or lacks it.
        """
        if not isinstance(self.document, dict) or key not in self.document:
            raise self.refuse((), "document", "no member", rule=f"must be named {key!r}")
        return self.document[key]

    def number(self, key: str) -> float:
        """Return a member of the document that must be a number.

        Raises:
            InputError: With the line, if it is none or not there.
        """
        found = self.member(key)
        if not _is_number(found):
            raise self.refuse((key,), key, found, rule="must be a finite number")
        return float(found)  # type: ignore[arg-type]  # a number

    def entries(self, found: object, path: Path) -> list[object]:
        """Return a value that must be a list of at least one.

        Raises:
            InputError: With the line, if it is not.
        """
        if not isinstance(found, list) or not found:
            what = str(path[-1]) if path else "document"
            value = "[]" if found == [] else type(found).__name__
            raise self.refuse(path, what, value, rule="must be a list with entries")
        return found

    def numbers(
        self, entries: list[object], key: str | None, path: Path, *, inner: Path = ()
    ) -> NDArray[np.float64]:
        """Return the numbers of a list, or of one key of the objects in a list.

        Args:
            entries: The list.
            key: The key; None where the entries themselves are the numbers.
            path: Where the list is.
            inner: What leads from an element of that list to the entry.

        Raises:
            InputError: With the line, for an entry without the key or with anything but a number.
        """
        pick: Callable[[object], object] = _itself if key is None else _member_of(key)
        found = list(map(pick, entries))
        if set(map(type, found)) <= {int, float}:
            try:
                values = np.array(found, dtype=np.float64)
            except OverflowError:
                pass
            else:
                if np.isfinite(values).all():
                    return values
        k = next(k for k, value in enumerate(found) if not _is_number(value))
        if key is not None and found[k] is _MISSING:
            raise self.refuse((*path, k), f"entry {k + 1}", "no member", rule=f"is named {key!r}")
        place: Path = (*path, k) if key is None else (*path, k, *inner, key)
        raise self.refuse(place, key or f"entry {k + 1}", found[k], rule="must be a finite number")

    def numbers_there(
        self, entries: list[object], key: str, path: Path, *, inner: Path = ()
    ) -> NDArray[np.float64] | None:
        r"""Return the numbers of a key that some objects in a list have, NaN for the others.

        None if no object has it. The arguments are those of `numbers`.

        Raises:
            InputError: With the line, for anything but a number.

        Example:
            >>> text = JsonText.parse(b'[{"a": 1}, {"b": 2}]', "x")
            >>> text.numbers_there(text.entries(text.document, ()), "b", ())
            array([nan,  2.])
        """
        lacking = [not isinstance(entry, dict) or key not in entry for entry in entries]
        if all(lacking):
            return None
        stand_in: object = {key: 0}
        filled = [stand_in if no else entry for no, entry in zip(lacking, entries, strict=True)]
        values = self.numbers(filled, key, path, inner=inner)
        values[lacking] = np.nan
        return values


def _blanks(text: str, at: int) -> int:
    """Return where the blanks that begin at a position end."""
    blank = _BLANK.match(text, at)
    return at if blank is None else blank.end()


class _Missing:
    """Stands for a member that is not there."""


_MISSING = _Missing()


def _itself(entry: object) -> object:
    return entry


def _member_of(key: str) -> Callable[[object], object]:
    def pick(entry: object) -> object:
        return entry.get(key, _MISSING) if isinstance(entry, dict) else _MISSING

    return pick


def _is_number(value: object) -> bool:
    try:
        return type(value) in {int, float} and bool(np.isfinite(float(value)))  # type: ignore[arg-type]
    except OverflowError:
        return False
