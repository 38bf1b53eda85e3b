"""Policies by name, or from a user's file as ``path/to/file.py:Class``."""

from __future__ import annotations

import inspect
import sys
from hashlib import blake2b
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policies.deadline import Deadline
from policies.fixed import Fixed
from policies.scripted import Scripted
from policies.throughput import Throughput
from simulator.foundation.errors import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from policies.interface import Policy

__all__ = ["POLICIES", "find", "resolve"]

POLICIES: Mapping[str, type[Policy]] = {
    "fixed": Fixed,
    "throughput": Throughput,
    "deadline": Deadline,
    "scripted": Scripted,
}
"""The shipped policies. A new one is one file and one line here."""

_CHECK = "see CONTRIBUTING.md, and try `splitcast policies check`"


def resolve(
    name: str, params: Mapping[str, Any], rng: Callable[[], np.random.Generator], *, where: str
) -> Policy:
    """Return a new policy, built as ``Class(**params)``.

    Args:
        name: A name in `POLICIES`, or ``path/to/file.py:Class``.
        params: Keyword arguments.
        rng: Makes the seeded generator that is passed as ``rng`` if the constructor has such a
            parameter.
        where: What error messages begin with: ``city.yaml:14:11``.

    Raises:
        InputError: If there is no such policy, or it does not take these arguments.

    Example:
        >>> resolve("fixed", {"unit": 2}, lambda: None, where="here")  # doctest: +ELLIPSIS
        <policies.fixed.Fixed object at ...>
        >>> resolve("fixd", {}, lambda: None, where="here")
        Traceback (most recent call last):
        ...
        simulator.foundation.errors.InputError: here policy: fixd is no policy; did you mean \
'fixed'? known: deadline, fixed, scripted, throughput; your own is `file.py:Class`
    """
    cls = find(name, where=where)
    known = inspect.signature(cls).parameters
    open_ended = any(p.kind is p.VAR_KEYWORD for p in known.values())
    unknown = [] if open_ended else [key for key in params if key not in known or key == "rng"]
    if unknown:
        names = [key for key in known if key != "rng"]
        raise InputError(
            *(
                _problem(where, f"policy {name}", key, "is no parameter", did_you_mean(key, names))
                for key in unknown
            )
        )
    seeded = {"rng": rng()} if "rng" in known else {}
    try:
        return cls(**params, **seeded)
    except InputError:
        raise
    except Exception as error:
        value = f"{type(error).__name__}: {error}"
        rule = "must not be raised by its constructor"
        raise InputError(_problem(where, f"policy {name}", value, rule, _CHECK)) from error


def find(name: str, *, where: str) -> type[Policy]:
    """Return the class of a policy.

    Raises:
        InputError: If there is none.
    """
    if name in POLICIES:
        return POLICIES[name]
    path, colon, class_name = name.rpartition(":")
    if not colon or not path.endswith(".py"):
        remedy = f"{did_you_mean(name, POLICIES)}; your own is `file.py:Class`"
        raise InputError(_problem(where, "policy", name, "is no policy", remedy))
    module = _module(Path(path), where)
    found = getattr(module, class_name, None)
    if isinstance(found, type) and callable(getattr(found, "choose", None)):
        return found
    classes = [n for n, c in vars(module).items() if isinstance(c, type) and hasattr(c, "choose")]
    rule = "must be a class with a method `choose`"
    raise InputError(_problem(where, "policy", name, rule, did_you_mean(class_name, classes)))


def _module(path: Path, where: str) -> object:
    """Import a user's file, once a process and content; modules that it imports stay Python's."""
    try:
        content = path.read_bytes()
    except OSError as error:
        rule = f"cannot be read ({error.strerror})"
        raise InputError(_problem(where, "policy", path, rule, "check the path")) from error
    digest = blake2b(bytes(path.resolve()) + b"\0" + content, digest_size=8).hexdigest()
    name = f"splitcast_policy_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:  # pragma: no cover - a .py file always has a loader
        raise InputError(_problem(where, "policy", path, "is no Python file", _CHECK))
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        # Not by its loader, whose compiled files go by time and length: what was read is run.
        exec(compile(content, path, "exec", dont_inherit=True), vars(module))  # noqa: S102 - what a scenario names
    except Exception as error:
        del sys.modules[name]
        rule = f"must import, but raised {type(error).__name__}: {error}"
        raise InputError(_problem(where, "policy", path, rule, "mend the file")) from error
    return module


def _problem(where: str, what: str, value: object, rule: str, remedy: str) -> Problem:
    return Problem(where=where, what=what, value=value, rule=rule, remedy=remedy)
