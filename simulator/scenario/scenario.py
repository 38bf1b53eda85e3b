"""A scenario: a validated document, the points of its sweep, and the folder its paths start at."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import ValidationError

from simulator.foundation.errors import InputError, Problem
from simulator.scenario.complaints import in_order, problems_of
from simulator.scenario.names import unknown_names
from simulator.scenario.plain_values import plain
from simulator.scenario.records import ScenarioRecord
from simulator.scenario.settings import override, trail_of, with_settings
from simulator.scenario.sweep import Settings, axes, combinations
from simulator.scenario.trace_files import spread
from simulator.scenario.yaml_reader import Document, dotted, read_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.scenario.sweep import Step
    from simulator.scenario.yaml_reader import Trail

__all__ = ["Point", "Scenario"]

_MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a sweep.

    Attributes:
        index: Its number in the sweep.
        settings: The values it changes, by path.
        record: The scenario with them.
    """

    index: int
    settings: Settings
    record: ScenarioRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario that passed every check.

    Attributes:
        document: What was written, with overrides applied, as plain values.
        folder: What relative paths in it are relative to.
        source: The file's name, or "" for one built in code.
        points: The points of its sweep; one without a sweep.
        places: Path of a value to where it stands in the file.
        left_out: Which files of folders and patterns of traces are none, in words.

    Example:
        >>> camera = {"profile": "tiny", "fps": 15, "deadline": "150 ms", "policy": "fixed"}
        >>> link = {"trace": {"family": "us-lte-up"}}
        >>> scenario = Scenario.from_dict({
        ...     "name": "two-rates", "duration": "10 s", "streams": {"cameras": camera},
        ...     "network": {"uplink": [link]}, "sweep": {"streams.cameras.fps": [5, 15]}})
        >>> [point.record.streams["cameras"].fps for point in scenario.points]
        [5.0, 15.0]
    """

    document: dict[str, Any]
    folder: Path
    source: str
    points: tuple[Point, ...]
    places: Mapping[str, str] = field(repr=False)
    left_out: tuple[str, ...] = ()

    @classmethod
    def from_file(cls, path: str | Path, overrides: Sequence[str] = ()) -> Self:
        """Read a scenario from YAML.

        Args:
            path: The file; relative paths in it are relative to its folder.
            overrides: ``path=value`` texts that replace values of it.

        Raises:
            InputError: With everything that is wrong in it.
        """
        path = Path(path)
        document = read_file(path)
        override(document, overrides)
        return cls._checked(document, path.parent, path.name)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any], folder: str | Path = ".") -> Self:
        """Build a scenario from plain values, written as in YAML.

        A policy may also be a class with a method ``choose``, or an object of one, of which each
        stream gets a copy. It is known as ``MyPolicy@3f9a0c21``, the digest being that of its
        source and state, and in this process alone: run it with ``workers=1``, or name its file,
        ``my_policy.py:MyPolicy``, to use several. Results are resumed if it is still the same.

        Args:
            document: The scenario.
            folder: What relative paths in it are relative to.

        Raises:
            InputError: With everything that is wrong in it.
        """
        return cls._checked(Document("scenario", plain(document)), Path(folder), "")

    @classmethod
    def _checked(cls, document: Document, folder: Path, source: str) -> Self:
        if not isinstance(document.value, dict):
            raise InputError(
                Problem(
                    where=document.name,
                    what="document",
                    value="this text" if document.value else "nothing",
                    rule="must be a mapping with name, duration, streams and network",
                    remedy="see `splitcast init`",
                )
            )
        left_out, unreadable = spread(document, folder)
        if unreadable:
            raise InputError(*unreadable[:_MOST_PROBLEMS])
        steps, problems = axes(document)
        first = {path: value for axis in steps for path, value in axis[0].settings.items()}
        stands = {path: axis[0].trail for axis in steps for path in axis[0].settings}
        found = _tried(document, first, stands)
        known = _problems(found)
        problems += [*known, *_wrong_steps(document, steps, first, known)]
        if problems or not isinstance(found, ScenarioRecord):
            problems += unknown_names(document, folder)
            raise InputError(*in_order(problems)[:_MOST_PROBLEMS])
        chosen = combinations(steps, found.replications, document)
        records = [_validated(document, settings) for settings in chosen]
        if steps and any(record.scales_for_counts for record in records):
            unswept = _unswept(document)
            records = [record.swept_from(unswept) for record in records]
        points = tuple(
            Point(index=index, settings=settings, record=record)
            for index, (settings, record) in enumerate(zip(chosen, records, strict=True))
        )
        return cls(
            document=document.value,
            folder=folder,
            source=source,
            points=points,
            places={dotted(trail): place for trail, place in document.places.items()},
            left_out=tuple(left_out),
        )

    def place(self, path: str, settings: Settings) -> str:
        """Return where a value stands that some point has, ``city.yaml:14:11``.

        Args:
            path: Of the value.
            settings: The point's: a swept value stands in the sweep.

        Returns:
            "" if the document has no value there.
        """
        swept = self.document.get("sweep") or {}
        for setting, value in settings.items():
            if f"{path}.".startswith(f"{setting}."):
                lists, root = swept, "sweep"
                if setting not in swept:
                    lists, root = swept.get("zip", {}), "sweep.zip"
                return self.places.get(f"{root}.{setting}.{lists[setting].index(value)}", "")
        return self.places.get(path, "")

    def place_of(self, path: str, settings: Settings) -> str:
        """Return where a setting stands; of one that is left out, where what holds it stands."""
        # A way back of one hop may be written without a list.
        for written in (path, path.replace("network.downlink.0.", "network.downlink.")):
            if place := self.place(written, settings):
                return place
        above = path.rpartition(".")[0]
        return self.place_of(above, settings) if above else ""

    @property
    def record(self) -> ScenarioRecord:
        """The scenario at its first point."""
        return self.points[0].record

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.record.name

    @property
    def sha256(self) -> str:
        """Digest of the document in canonical JSON."""
        text = json.dumps(self.document, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _validated(
    document: Document, settings: Settings, stands: Mapping[str, Trail] | None = None
) -> ScenarioRecord:
    """Return the record of a document with some values replaced.

    Args:
        document: As read.
        settings: The values, by path.
        stands: Where in the document the values stand, by path, for messages.

    Raises:
        InputError: With everything that is wrong in it.
    """
    whole: Any = document.value
    value = with_settings({key: whole[key] for key in whole if key != "sweep"}, settings)
    try:
        return ScenarioRecord.model_validate(value)
    except ValidationError as error:
        swept = {
            trail_of(value, path): document.place(trail) for path, trail in (stands or {}).items()
        }
        changed = Document(document.name, value, document.places | swept, document.keys | swept)
        raise InputError(*problems_of(error, changed)[:_MOST_PROBLEMS]) from error


def _unswept(document: Document) -> ScenarioRecord:
    """Return the record of a document without its sweep.

    Raises:
        InputError: If it says too little without it: then nobody knows what links are scaled for.
    """
    try:
        return _validated(document, {})
    except InputError as error:
        remedy = "give every swept value once more where it belongs: links are scaled for it"
        raise InputError(
            *(replace(problem, remedy=remedy) for problem in error.problems)
        ) from error


def _tried(
    document: Document, settings: Settings, stands: Mapping[str, Trail] | None = None
) -> ScenarioRecord | list[Problem]:
    """Return `_validated`, or else what is wrong."""
    try:
        return _validated(document, settings, stands)
    except InputError as error:
        return list(error.problems)


def _wrong_steps(
    document: Document, steps: list[list[Step]], first: Settings, known: Sequence[Problem]
) -> list[Problem]:
    """Return what is wrong with each value of a sweep by itself, where that value stands.

    Args:
        document: As read.
        steps: The axes; their first steps were looked at already.
        first: The settings of the first point.
        known: What is wrong at the first point: it is not said again.
    """
    before = {(problem.what, str(problem.value), problem.rule) for problem in known}
    return [
        replace(problem, where=document.place(step.trail))
        for axis in steps
        for step in axis[1:]
        for problem in _problems(_tried(document, first | step.settings))
        if (problem.what, str(problem.value), problem.rule) not in before
    ]


def _problems(found: ScenarioRecord | list[Problem]) -> list[Problem]:
    return [] if isinstance(found, ScenarioRecord) else found
