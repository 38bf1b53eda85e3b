"""Folders and patterns of trace files, spread over a sweep: one point a file, each in its format.

``trace: {folder: mine/}``, ``trace: {file: mine/*.up}`` and the swept path ``network...trace.file``
with patterns in it all become an axis of whole traces: files in the order of their names, each with
its own format and those of the options given that this format knows. So a results folder says what
was read. Hidden files and folders inside are no traces; a file in no format known is left out, and
that is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from glob import escape, iglob
from itertools import islice
from os.path import isdir, isfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from simulator.foundation.errors import InputError, Problem
from traces.formats import READERS
from traces.reading import content
from traces.sniff import sniff

if TYPE_CHECKING:
    from simulator.scenario.yaml_reader import Document, Trail

__all__ = ["MOST_FILES", "spread"]

MOST_FILES: Final = 1000
"""The most trace files of one folder or pattern."""

_PATTERN = re.compile(r"[*?\[]")
_TRACE = re.compile(r"(network\.(?:uplink\.\d+|downlink(?:\.\d+)?)\.trace)(\.file|\.folder)?")
_OTHERS = ("family", "seed", "rate")
_ALWAYS = frozenset({"file", "format", "offset", "conditions"})
_KEYS = {"period": "period_ns", "opportunity": "opportunity_bytes", "ceiling": "ceiling_bps"}
_SHOWN = 5

_Axis: TypeAlias = "tuple[list[Any], Trail]"
"""The values of an axis, and where they stood."""


def spread(document: Document, folder: Path) -> tuple[list[str], list[Problem]]:
    """Replace folders and patterns in a document by an axis of its sweep for each.

    Args:
        document: Changed in place; an axis' values stand where the folder or pattern stood.
        folder: What relative paths are relative to.

    Returns:
        What was left out and why, in words; and problems.
    """
    whole = document.value
    if not isinstance(whole, dict):
        return [], []
    spreading = _Spreading(document=document, folder=folder)
    sweep = whole.get("sweep") or {}
    axes = _of_hops(whole, spreading)
    for path, values in sweep.items() if isinstance(sweep, dict) else ():
        axes |= _of_axis(whole, str(path), values, spreading)
    if any(axes.values()) and not spreading.problems:
        swept: dict[str, Any] = {}
        for path, axis in axes.items():
            if axis is None:
                swept[path] = sweep[path]
                continue
            swept[path], trail = axis
            place = document.place(trail)
            document.places |= {("sweep", path): place}
            document.places |= {("sweep", path, k): place for k in range(len(swept[path]))}
        whole["sweep"] = swept
    return spreading.said, spreading.problems


@dataclass(slots=True, kw_only=True)
class _Spreading:
    """What is known while a document's traces are spread.

    Attributes:
        document: The document.
        folder: What relative paths are relative to.
        said: What was left out.
        problems: What is wrong.
    """

    document: Document
    folder: Path
    said: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def _of_hops(whole: dict[str, Any], spreading: _Spreading) -> dict[str, _Axis | None]:
    """Return an axis for each hop whose trace names several files; the first takes its place."""
    axes: dict[str, _Axis | None] = {}
    for path, trail in _hops(whole):
        source = _at(whole, trail)
        if _spreads(source):
            found = _files(source, spreading.document.place(trail), path, spreading)
            axes[path] = (found, trail)
            if found:
                _at(whole, trail[:-1])[trail[-1]] = found[0]
    return axes


def _of_axis(
    whole: dict[str, Any], path: str, values: object, spreading: _Spreading
) -> dict[str, _Axis | None]:
    """Return a swept path with its values, or None for them where none names several files."""
    match = _TRACE.fullmatch(path)
    listed = values if isinstance(values, list) else [values]
    key = (match[2] or "")[1:] if match else ""
    if match is None or not any(_spreads({key: v} if key else v) for v in listed):
        return {path: None}
    base = _at(whole, _trail(match[1]))
    base = base if isinstance(base, dict) else {}
    kept = {k: v for k, v in base.items() if k not in {*_OTHERS, "folder", "file"}}
    found: list[Any] = []
    for index, value in enumerate(listed):
        source = {**kept, key: value} if key else value
        if _spreads(source):
            place = spreading.document.place(("sweep", path, index))
            found += _files(source, place, path, spreading)
        else:
            found.append(source)
    return {match[1]: (found, ("sweep", path))}


def _hops(whole: dict[str, Any]) -> list[tuple[str, Trail]]:
    """Return the paths of the traces that a document's hops name."""
    network = whole.get("network")
    found: list[tuple[str, Trail]] = []
    for way in ("uplink", "downlink"):
        hops = network.get(way) if isinstance(network, dict) else None
        for index, hop in enumerate(hops if isinstance(hops, list) else [hops]):
            if isinstance(hop, dict) and "trace" in hop:
                place: Trail = (way, index) if isinstance(hops, list) else (way,)
                trail: Trail = ("network", *place, "trace")
                found.append((".".join(map(str, trail)), trail))
    return found


def _trail(path: str) -> Trail:
    return tuple(int(part) if part.isdecimal() else part for part in path.split("."))


def _at(whole: Any, trail: Trail) -> Any:  # noqa: ANN401  # whatever the user wrote
    """Return what stands at a trail; None where it leads nowhere."""
    for part in trail:
        if isinstance(whole, dict):
            whole = whole.get(part)
        elif isinstance(whole, list) and isinstance(part, int) and part < len(whole):
            whole = whole[part]
        else:
            return None
    return whole


def _spreads(source: object) -> bool:
    """Tell whether a trace names several files."""
    if not isinstance(source, dict):
        return False
    file = source.get("file")
    return "folder" in source or (isinstance(file, str) and bool(_PATTERN.search(file)))


def _files(
    source: dict[str, Any], where: str, path: str, spreading: _Spreading
) -> list[dict[str, Any]]:
    """Return the trace of each file that a folder or pattern names."""
    name, folder = source.get("folder", source.get("file")), spreading.folder

    def refuse(value: object, rule: str, remedy: str) -> list[dict[str, Any]]:
        spreading.problems.append(
            Problem(where=where, what=path, value=value, rule=rule, remedy=remedy)
        )
        return []

    others = [key for key in (*_OTHERS, "file") if key in source] if "folder" in source else []
    if others or not isinstance(name, str) or not name:
        remedy = "name a folder, like `folder: mine`, or a pattern, like `file: mine/*.up`"
        return refuse(
            others[0] if others else name,
            "must not stand beside a folder" if others else "must be text",
            remedy,
        )
    if "folder" in source and not isdir(folder / name):  # noqa: PTH112 - of any name
        return refuse(name, "is no folder", "name a folder, or a pattern like `file: mine/*.up`")
    pattern = f"{escape(str(Path(name)))}/*" if "folder" in source else name
    # Path.glob takes no absolute pattern.
    matched = list(islice(iglob(pattern, root_dir=folder), MOST_FILES * 2 + 1))  # noqa: PTH207
    # What may not be looked at is no file of ours either.
    files = sorted(file for file in matched if isfile(folder / file))  # noqa: PTH113
    if len(files) > MOST_FILES or len(matched) > MOST_FILES * 2:
        rule = f"must name at most {MOST_FILES:,} files"
        return refuse(name, rule, "narrow it, like `file: mine/a*.up`")
    found: list[dict[str, Any]] = []
    left: list[InputError] = []
    for file in files:
        kind = source.get("format")
        if kind is None:
            try:
                kind = sniff(content(folder / file), file)
            except InputError as error:
                left.append(error)
                continue
        known = READERS[kind].options if kind in READERS else {}
        options = {
            key: value
            for key, value in source.items()
            if key in _ALWAYS or _KEYS.get(key, key) in known or kind not in READERS
        }
        options.pop("folder", None)
        found.append({**options, "file": file, "format": kind})
    if not found:
        reasons = "; ".join(str(error) for error in left[:_SHOWN])
        value = f"{name}: {len(files)} files" if files else name
        rule = f"names no trace that can be read{': ' if reasons else ''}{reasons}"
        return refuse(value, rule, "name a folder, or a pattern, of trace files")
    spreading.said += [f"left out of {name}: {error}" for error in left]
    return found
