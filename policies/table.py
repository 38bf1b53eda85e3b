"""Policies by name, or from a user's file as ``path/to/file.py:Class``."""

from __future__ import annotations

import inspect
import sys
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from policies.deadline import Deadline
from policies.fixed import Fixed
from policies.given import GIVEN
from policies.scripted import Scripted
from policies.throughput import Throughput
from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.foundation.files import read_bounded
from simulator.foundation.foreign import failure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import numpy as np

    from policies.interface import Policy

__all__ = ["POLICIES", "find", "instead_of", "resolve", "source", "unknown_parameters"]

POLICIES: Mapping[str, type[Policy]] = {
    "fixed": Fixed,
    "throughput": Throughput,
    "deadline": Deadline,
    "scripted": Scripted,
}
"""The shipped policies. A new one is one file and one line here."""

_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_LARGEST_BYTES = 4 * 2**20
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
    given = GIVEN.get(name)
    if given is not None and not isinstance(given, type):
        if params:
            rule = "are not passed to an object, which is made already"
            remedy = "leave them out, or give the class"
            raise InputError(_problem(where, f"policy {name}", ", ".join(params), rule, remedy))
        return deepcopy(given)
    with _guarded(where, f"policy {name}", "must not be raised where its parameters are asked for"):
        known = inspect.signature(cls).parameters
    wrong = unknown_parameters(name, known.values(), params, where=where)
    if wrong:
        raise InputError(*wrong)
    seeded = {"rng": rng()} if "rng" in known else {}
    with _guarded(where, f"policy {name}", "must not be raised by its constructor"):
        return cls(**params, **seeded)


def unknown_parameters(
    name: str, known: Iterable[inspect.Parameter], params: Iterable[str], *, where: str
) -> list[Problem]:
    """Return a problem for each parameter that a policy's constructor does not take.

    Args:
        name: The policy's.
        known: What its constructor takes.
        params: Names of the given parameters.
        where: What messages begin with.
    """
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in known):
        return []
    names = [p.name for p in known if p.name != "rng" and p.kind in _BY_NAME]
    return [
        _problem(where, f"policy {name}", key, "is no parameter", did_you_mean(key, names))
        for key in params
        if key not in names
    ]


def own_file(name: str, *, where: str) -> Path | None:
    """Return the file that a policy's name leads to; None for one that is known without a file.

    Raises:
        InputError: If it is neither a shipped policy, nor one given from Python, nor of a file.
    """
    if name in POLICIES or name in GIVEN:
        return None
    path, colon, _ = name.rpartition(":")
    if not colon or not path.endswith(".py"):
        remedy = f"{did_you_mean(name, POLICIES)}; your own is `file.py:Class`"
        raise InputError(_problem(where, "policy", name, "is no policy", remedy))
    return Path(path)


def find(name: str, *, where: str) -> type[Policy]:
    """Return the class of a policy.

    Raises:
        InputError: If there is none.
    """
    path = own_file(name, where=where)
    if path is None:
        known = POLICIES.get(name) or GIVEN[name]
        return known if isinstance(known, type) else type(known)
    class_name = name.rpartition(":")[2]
    module = _module(path, where)
    with _guarded(where, f"policy {name}", "must not be raised where its class is looked up"):
        found = getattr(module, class_name, None)
        if isinstance(found, type) and callable(getattr(found, "choose", None)):
            return found
        parts = vars(module).items()
        classes = [
            n for n, c in parts if isinstance(c, type) and callable(getattr(c, "choose", None))
        ]
    rule = "must be a class with a method `choose`"
    raise InputError(_problem(where, "policy", name, rule, instead_of(class_name, classes)))


def instead_of(class_name: str, classes: list[str]) -> str:
    """Return the remedy where a class with a method `choose` is wanted of a file.

    Args:
        class_name: What was asked for.
        classes: Others that the file has.

    Example:
        >>> instead_of("Mine", ["Coin"]), instead_of("Mine", [])
        ('known: Coin', 'write one in Mine')
    """
    return did_you_mean(class_name, classes) if classes else f"write one in {class_name}"


def source(path: Path, where: str) -> bytes:
    """Return what a user's file holds.

    Raises:
        InputError: If it is missing, no plain file, or too large.
    """
    try:
        return read_bounded(path, limit_bytes=_LARGEST_BYTES, what="policy file")
    except InputError as error:
        raise InputError(
            *(replace(one, where=where, what="policy", value=path) for one in error.problems)
        ) from error


def _module(path: Path, where: str) -> object:
    """Import a user's file, once a process and content."""
    content = source(path, where)
    digest = blake2b(bytes(path.resolve()) + b"\0" + content, digest_size=8).hexdigest()
    name = f"splitcast_policy_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        with _guarded(where, "policy", "must not be raised when the file is imported"):
            code = compile(content, str(path), "exec", dont_inherit=True)
            exec(code, vars(module))  # noqa: S102 - whoever names a file wants it run
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


@contextmanager
def _guarded(where: str, what: str, rule: str) -> Iterator[None]:
    """Turn whatever a user's code raises into a problem, but for what is one already."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, InputError) and error.problems:
            raise
        said, place = failure_of(error)
        where = f"{where} {place}".rstrip()
        raise InputError(_problem(where, what, said, rule, _CHECK)) from error


def _problem(where: str, what: str, value: object, rule: str, remedy: str) -> Problem:
    return Problem(where=where, what=what, value=value, rule=rule, remedy=remedy)
