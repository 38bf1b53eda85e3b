"""A user's policy file looked at without running it: its class, its `choose`, its parameters.

What Python decides only when it runs, such as an imported base class, is left open and said so.
"""

from __future__ import annotations

import ast
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from policies.class_parts import ClassParts, Unknown, statements
from policies.table import instead_of, source, unknown_parameters
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.foreign import failure_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["look_at"]

_REMEDY = "see CONTRIBUTING.md, and try `splitcast policies check`"
_AT_RUN_TIME = frozenset({"exec", "eval", "globals", "vars", "locals", "setattr", "__import__"})


def look_at(name: str, params: Iterable[str], *, where: str) -> str:
    """Check a policy in a file by parsing it.

    Args:
        name: ``path/to/file.py:Class``.
        params: Names of the parameters that it is given.
        where: What messages begin with.

    Returns:
        What could not be known without running the file; "" if all could.

    Raises:
        InputError: If there is no such file or class, it has no method `choose`, or it does not
            take these parameters.
    """
    path, _, class_name = name.rpartition(":")
    tree = _parsed(Path(path), where)
    try:
        parts = _found(class_name, tree)
        if parts is None:
            classes = [n.name for n in statements(tree.body) if isinstance(n, ast.ClassDef)]
            remedy = instead_of(class_name, classes)
        elif not parts.has_choose():
            remedy = instead_of(class_name, [])
        else:
            remedy, known = "", list(parts.parameters())
    except Unknown as why:
        return _open(name, str(why))
    if remedy and _may_change(tree):
        return _open(name, "may get names when it runs")
    if remedy:
        rule = "must be a class with a method `choose`"
        raise InputError(Problem(where=where, what="policy", value=name, rule=rule, remedy=remedy))
    given = list(params)
    problems = unknown_parameters(name, known, given, where=where)
    problems += [
        Problem(
            where=where,
            what=f"policy {name}",
            value=parameter.name,
            rule="must be given: it has no default",
            remedy=f"write {{name: ..., {parameter.name}: VALUE}}",
        )
        for parameter in known
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        and parameter.name not in (*given, "rng")
    ]
    if problems:
        raise InputError(*problems)
    return ""


def _open(name: str, why: str) -> str:
    return f"{name} {why}: only `splitcast validate --policies`, which runs it, shows the rest"


def _parsed(path: Path, where: str) -> ast.Module:
    content = source(path, where)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the import of the file will tell
            return ast.parse(content, str(path))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        said, place = failure_of(error)
        raise InputError(
            Problem(
                where=f"{where} {place}".rstrip(),
                what="policy",
                value=said,
                rule="must not be raised when the file is parsed",
                remedy=_REMEDY,
            )
        ) from error


def _found(name: str, tree: ast.Module) -> ClassParts | None:
    """Return the class of a name; None where there is none.

    Raises:
        Unknown: If that shows only when the file runs.
    """
    bound: dict[str, ast.AST] = {}
    several: set[str] = set()
    for key, binding in _bindings(tree):
        several |= {key} & bound.keys()
        bound[key] = binding
    followed: set[str] = set()
    node: ast.AST | None = None
    while name not in followed:
        followed.add(name)
        if name in several:
            raise Unknown("is defined more than once")
        node = bound.get(name)
        if not isinstance(node, ast.Name):
            break
        name = node.id  # Mine = Other
    if isinstance(node, ast.ClassDef):
        return ClassParts(node, {key: n for key, n in bound.items() if key not in several})
    if node is None or isinstance(node, ast.Constant | ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    raise Unknown("is not defined by a class statement")


def _bindings(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Yield each name that a file binds, and what to."""
    for node in statements(tree.body):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield (alias.asname or alias.name).partition(".")[0], node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                whole = node.value if isinstance(target, ast.Name) else None
                yield from ((key, whole or node) for key in _stored(target))
        elif not isinstance(node, ast.If | ast.Try | ast.While):  # their blocks come by themselves
            yield from ((key, node) for key in _stored(node))


def _stored(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id


def _may_change(tree: ast.Module) -> bool:
    """Return whether a file may get names, or its classes parts, that no statement shows."""
    return any(map(_changes, ast.walk(tree)))


def _changes(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any(alias.name == "*" for alias in node.names)
    if isinstance(node, ast.FunctionDef):
        return node.name == "__getattr__"
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _AT_RUN_TIME
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):  # Mine.choose = f
        return isinstance(node.value, ast.Name) and node.value.id != "self"
    return False
