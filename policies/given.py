"""Policies given from Python as a class or an object, under names that scenarios can hold.

A name is the class's, with a digest of its source and, for an object, of its state: results of
another version of it are not resumed. What has neither gets a name that never comes again.
"""

from __future__ import annotations

import inspect
import pickle
import secrets
from copy import deepcopy
from hashlib import blake2b
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.foreign import failure_of

if TYPE_CHECKING:
    from policies.interface import Policy

__all__ = ["GIVEN", "given", "is_policy"]

GIVEN: dict[str, type[Policy] | Policy] = {}
"""What was given in this process, by name: no other process knows of it."""


def is_policy(value: object) -> bool:
    """Return whether a value is a class or object with a method ``choose``."""
    return callable(getattr(value, "choose", None))


def given(policy: type[Policy] | Policy) -> str:
    """Note a policy and return its name, such as ``MyPolicy@3f9a0c21``.

    Example:
        >>> class MyPolicy:
        ...     def choose(self, seen): return 0
        >>> given(MyPolicy).partition("@")[0], given(MyPolicy()) in GIVEN
        ('MyPolicy', True)
    """
    cls = policy if isinstance(policy, type) else type(policy)
    digest = blake2b(digest_size=4)
    try:
        digest.update(inspect.getsource(cls).encode())
        if not isinstance(policy, type):
            digest.update(pickle.dumps(vars(policy)))
    except Exception:  # noqa: BLE001 - no source, or a state that cannot be written
        digest.update(secrets.token_bytes(8))
    name = f"{cls.__name__}@{digest.hexdigest()}"
    GIVEN[name] = policy if isinstance(policy, type) else _copied(policy)
    return name


def _copied(policy: Policy) -> Policy:
    """Return a copy: what its owner does with it afterwards changes no run."""
    try:
        return deepcopy(policy)
    except Exception as error:
        problem = Problem(
            where="scenario",
            what=f"policy {type(policy).__name__}",
            value=failure_of(error).said,
            rule="must not be raised by copying it: each stream gets a copy of its own",
            remedy="give the class, or an object that can be copied",
        )
        raise InputError(problem) from error
