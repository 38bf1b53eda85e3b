"""Settings: one value of a scenario, named by its path, replaced from outside the file."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.scenario.yaml_reader import dotted, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.scenario.yaml_reader import Document, Trail

__all__ = ["override", "trail_of", "with_settings"]


def with_settings(value: object, settings: Mapping[str, object]) -> dict[str, Any]:
    """Return a document's value with some of its values replaced.

    Args:
        value: The document, left as it is.
        settings: Path (``network.uplink.0.load``) to new value. Missing mappings are made.

    Raises:
        ValueError: If a path leads nowhere. The message is a predicate.

    Example:
        >>> with_settings({"server": {"workers": 1}}, {"server.workers": 2, "seed": 7})
        {'server': {'workers': 2}, 'seed': 7}
    """
    changed: Any = deepcopy(value)
    for path, new in settings.items():
        trail = trail_of(changed, path)
        holder = changed
        for part in trail[:-1]:
            if isinstance(holder, dict) and holder.get(part) is None:
                holder[part] = {}
            holder = holder[part]
        holder[trail[-1]] = deepcopy(new)
    return dict(changed)


def trail_of(value: object, path: str) -> Trail:
    """Return where a path leads in a document.

    Raises:
        ValueError: If it passes through something that is neither mapping nor list, or names a
            list's item that does not exist.

    Example:
        >>> trail_of({"network": {"uplink": [{}]}}, "network.uplink.0.load")
        ('network', 'uplink', 0, 'load')
    """
    trail: list[str | int] = []
    here: Any = value
    for part in path.split("."):
        if not part:
            raise ValueError("must be names joined by dots, like streams.cameras.fps")
        if isinstance(here, list):
            if not (part.isdecimal() and int(part) < len(here)):
                raise ValueError(
                    f"must name an item of {dotted(tuple(trail))} by a number below {len(here)}"
                )
            trail.append(int(part))
            here = here[int(part)]
        elif here is None or isinstance(here, dict):
            # Groups are named by the user: a wrong name would make a new, incomplete group.
            if trail == ["streams"] and isinstance(here, dict) and part not in here:
                raise ValueError(f"must name a group of streams: {did_you_mean(part, here)}")
            trail.append(part)
            here = (here or {}).get(part)
        else:
            raise ValueError(f"must not go into {dotted(tuple(trail))}, which is {here!r}")
    return tuple(trail)


def override(document: Document, assignments: Sequence[str]) -> None:
    """Replace values of a document by ``path=value`` texts, the value by YAML's rules.

    A value that was swept is swept no longer.

    Args:
        document: Changed in place; messages name the assignment as the new value's place.
        assignments: What `--set` was given.

    Raises:
        InputError: With a problem for each assignment that cannot be understood.
    """
    problems: list[Problem] = []
    for text in assignments:
        where = f"--set {text}"
        path, equals, written = text.partition("=")
        if not equals:
            rule = "must be path=value"
            problems.append(_problem("assignment", text, rule))
            continue
        try:
            new = read_text(written, where)
            document.value = with_settings(document.value, {path: new.value})
            _settle(document.value.get("sweep"), path)
            trail = trail_of(document.value, path)
        except ValueError as error:
            problems.append(_problem("path", path, str(error)))
            continue
        except InputError as error:
            problems.extend(error.problems)
            continue
        for places in (document.places, document.keys):
            for old in [key for key in places if key[: len(trail)] == trail]:
                del places[old]
        document.places |= {(*trail, *inner): where for inner in new.places}
        document.keys |= {(*trail, *inner): where for inner in new.keys} | {trail: where}
    if problems:
        raise InputError(*problems)


def _problem(what: str, value: str, rule: str) -> Problem:
    remedy = "write --set PATH=VALUE, like --set streams.cameras.fps=30"
    return Problem(where="--set", what=what, value=value, rule=rule, remedy=remedy)


def _settle(sweep: object, path: str) -> None:
    """Take the axes out of a sweep that would replace what was set.

    Raises:
        ValueError: If the path leads into a value that is swept whole.
    """
    if not isinstance(sweep, dict):
        return
    for lists in (sweep, sweep.get("zip")):
        if not isinstance(lists, dict):
            continue
        for swept in list(lists):
            if f"{swept}.".startswith(f"{path}."):
                del lists[swept]
            elif path.startswith(f"{swept}."):
                raise ValueError(f"must not go into {swept}, which is swept")
    if sweep.get("zip") == {}:
        del sweep["zip"]
