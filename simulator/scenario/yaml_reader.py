"""YAML text turned into plain values with the line and column of each, hostile text refused.

Only the parser of PyYAML's pure-Python loader is used (the C one crashes on deep nesting): values
are built here from its events, without recursion. Duplicate keys, anchors and aliases, tags,
several documents, deep nesting and files over 128 kB are refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

import yaml

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded
from simulator.scenario.scalars import plain_scalar

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LIMIT_BYTES", "Document", "Trail", "dotted", "read_file", "read_text"]

LIMIT_BYTES = 128_000
_DEEPEST = 20
_GRAMMAR = "write keys, a colon, a space and values; `splitcast init` writes an example"
_MOST_VALUES = 20_000

Trail: TypeAlias = "tuple[str | int, ...]"
"""Where a value lies in a document: keys and indices from the root."""


class _Mark(Protocol):
    """Where the parser found something, counted from 0."""

    line: int
    column: int


@dataclass(slots=True)
class Document:
    """A parsed text.

    Attributes:
        name: What messages call the text: its file name.
        value: Plain dicts, lists, texts, numbers, booleans and None.
        places: Trail of each value to where it stands, ``city.yaml:14:11``.
        keys: Trail of each entry of a mapping to where its key stands.
    """

    name: str
    value: object = None
    places: dict[Trail, str] = field(default_factory=dict)
    keys: dict[Trail, str] = field(default_factory=dict)

    def place(self, trail: Trail, *, of_key: bool = False) -> str:
        """Return where the value at a trail stands, or else what encloses it."""
        if of_key and trail in self.keys:
            return self.keys[trail]
        for length in range(len(trail), -1, -1):
            if trail[:length] in self.places:
                return self.places[trail[:length]]
        return self.name


def read_file(path: Path) -> Document:
    """Return a YAML file's content.

    Raises:
        InputError: If the file cannot be read, is no UTF-8, too large, or no acceptable YAML.
    """
    data = read_bounded(path, limit_bytes=LIMIT_BYTES, what="scenario")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = Problem(
            where=f"{path.name}:{line}",
            what="encoding",
            value=f"byte 0x{data[error.start]:02x}",
            rule="must be UTF-8 text",
            remedy="save the file as UTF-8",
        )
        raise InputError(problem) from error
    return read_text(text, path.name)


def read_text(text: str, name: str) -> Document:
    r"""Return the one document in a YAML text.

    Args:
        text: YAML.
        name: What messages call it.

    Raises:
        InputError: At the first thing that makes it unreadable, and for all refused numbers.

    Example:
        >>> document = read_text("fps: 15\nnested: {at: 14:11}", "city.yaml")
        >>> document.value
        {'fps': 15, 'nested': {'at': '14:11'}}
        >>> document.places["nested", "at"]
        'city.yaml:2:14'
    """
    builder = _Builder(Document(name))
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise builder.refusal(mark, "YAML", said, "cannot be parsed", _GRAMMAR) from error
    except yaml.YAMLError as error:  # a character that YAML forbids
        said = str(error).splitlines()[0]
        raise builder.refusal(None, "YAML", said, "cannot be parsed", _GRAMMAR) from error
    if builder.problems:
        raise InputError(*builder.problems)
    return builder.document


@dataclass(slots=True)
class _Open:
    """A mapping or list that is not closed yet."""

    path: Trail
    into: dict[str, object] | list[object]
    key: str | None = None


class _Builder:
    """Builds a document from parser events."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._documents = 0

    def refusal(
        self, mark: _Mark | None, what: str, value: object, rule: str, remedy: str
    ) -> InputError:
        """Return the error for something at a mark."""
        return InputError(
            Problem(where=self._place(mark), what=what, value=value, rule=rule, remedy=remedy)
        )

    def take(self, event: yaml.Event) -> None:
        """Take the parser's next event."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self.refusal(
                    event.start_mark, "YAML", "---", "must hold one document", "cut the file in two"
                )
        elif isinstance(event, yaml.AliasEvent):
            self._refuse_anchor(event.start_mark, f"*{event.anchor}")
        elif isinstance(event, yaml.NodeEvent):
            self._check(event)
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            else:
                self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()

    def _check(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            self._refuse_anchor(event.start_mark, f"&{event.anchor}")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self.refusal(
                event.start_mark, "tag", tag, "must not be used", "write the plain value"
            )
        if len(self._open) >= _DEEPEST:
            rule = f"must be at most {_DEEPEST} levels deep"
            raise self.refusal(event.start_mark, "nesting", _DEEPEST + 1, rule, "nest less")
        if len(self.document.places) >= _MOST_VALUES:
            rule = f"must hold at most {_MOST_VALUES} values"
            raise self.refusal(
                event.start_mark, "document", "this one", rule, "cut it into several"
            )

    def _refuse_anchor(self, mark: _Mark | None, name: str) -> None:
        raise self.refusal(mark, "anchor", name, "must not be used", "write the value out")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        inside = self._open[-1] if self._open else None
        if inside is not None and isinstance(inside.into, dict) and inside.key is None:
            if event.value in inside.into:
                what = dotted((*inside.path, event.value))
                raise self.refusal(
                    event.start_mark, what, "this key", "must not be given twice", "remove one"
                )
            inside.key = event.value
            self.document.keys[(*inside.path, event.value)] = self._place(event.start_mark)
            inside.into[event.value] = None
            return
        value: object = event.value
        if event.implicit[0]:
            try:
                value = plain_scalar(event.value)
            except ValueError as error:
                path = self._next_path()
                self.problems.append(
                    Problem(
                        where=self._place(event.start_mark),
                        what=dotted(path),
                        value=event.value,
                        rule=str(error),
                        remedy="put it in quotes if it is text",
                    )
                )
        self._put(value, event.start_mark)

    def _start(self, event: yaml.NodeEvent) -> None:
        inside = self._open[-1] if self._open else None
        if inside is not None and isinstance(inside.into, dict) and inside.key is None:
            raise self.refusal(event.start_mark, "key", "a collection", "must be text", _GRAMMAR)
        into: dict[str, object] | list[object]
        into = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._put(into, event.start_mark)
        self._open.append(_Open(path, into))

    def _next_path(self) -> Trail:
        if not self._open:
            return ()
        inside = self._open[-1]
        if isinstance(inside.into, list):
            return (*inside.path, len(inside.into))
        return (*inside.path, str(inside.key))

    def _put(self, value: object, mark: _Mark | None) -> Trail:
        path = self._next_path()
        self.document.places[path] = self._place(mark)
        if not self._open:
            self.document.value = value
        elif isinstance(inside := self._open[-1].into, list):
            inside.append(value)
        else:
            inside[str(self._open[-1].key)] = value
            self._open[-1].key = None
        return path

    def _place(self, mark: _Mark | None) -> str:
        if mark is None:
            return self.document.name
        return f"{self.document.name}:{mark.line + 1}:{mark.column + 1}"


def dotted(trail: Trail) -> str:
    """Return a trail as `--set` and `sweep` write it."""
    return ".".join(map(str, trail)) or "document"
