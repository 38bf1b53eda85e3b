"""What a class statement shows of a class without running it: its methods, its constructor."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from inspect import Parameter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["ClassParts", "Unknown", "statements"]

_PLAIN_BASES = frozenset({"object", "ABC", "Protocol", "Generic"})  # with no part in what is asked
_PLAIN_DECORATORS = frozenset({"dataclass", "final", "runtime_checkable"})
_DEEPEST = 50


class Unknown(Exception):  # noqa: N818 - no error: a question left open
    """Something shows only when the file runs; says what."""


@dataclass(frozen=True, slots=True)
class ClassParts:
    """A class statement.

    Attributes:
        node: The statement.
        bound: What its file binds to names.
        depth: How many classes were derived from it on the way here.
    """

    node: ast.ClassDef
    bound: Mapping[str, ast.AST]
    depth: int = 0

    def has_choose(self) -> bool:
        """Return whether instances have a method `choose`.

        Raises:
            Unknown: If that shows only when the file runs.
        """
        method = self._member("choose")
        if isinstance(method, ast.FunctionDef):
            return True
        if method is None:
            self._check_plain()
            return any(base.has_choose() for base in self._bases())
        if isinstance(method, ast.AsyncFunctionDef | ast.Constant | ast.ClassDef):
            return False
        raise Unknown("has a `choose` that is made when the file runs")

    def parameters(self) -> Iterator[Parameter]:
        """Yield the parameters of the constructor.

        Raises:
            Unknown: If they show only when the file runs.
        """
        self._check_plain()
        if self._member("__new__") is not None or self._member("__signature__") is not None:
            raise Unknown("makes its instances in a way of its own")
        init = self._member("__init__")
        if init is None and self.decorator() is not None:
            yield from self.fields()
        elif init is None:
            for base in self._bases():  # of several, the first with a constructor counts
                found = list(base.parameters())
                if found:
                    yield from found
                    return
        elif isinstance(init, ast.FunctionDef) and not init.decorator_list:
            yield from _parameters(init.args)
        else:
            raise Unknown("has a constructor that is made when the file runs")

    def decorator(self) -> ast.expr | None:
        """Return what makes it a dataclass, if it is one."""
        return next((d for d in self.node.decorator_list if _last_name(d) == "dataclass"), None)

    def _check_plain(self) -> None:
        """Refuse to tell where something may change the class after its statement."""
        for decorator in self.node.decorator_list:
            if _last_name(decorator) not in _PLAIN_DECORATORS:
                raise Unknown("has a decorator that may change it")
        if any(keyword.arg != "metaclass" for keyword in self.node.keywords):
            raise Unknown("passes arguments to its base class")
        if any(_last_name(keyword.value) != "ABCMeta" for keyword in self.node.keywords):
            raise Unknown("has a metaclass")

    def _member(self, name: str) -> ast.AST | None:
        """Return what the class statement itself binds to a name.

        Raises:
            Unknown: If it does so more than once.
        """
        found: list[ast.AST] = []
        for node in statements(self.node.body):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found += [node] if node.name == name else []
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found += [node.value for t in targets if isinstance(t, ast.Name) and t.id == name]
        if len(found) > 1:
            raise Unknown(f"has more than one {name}")
        return found[0] if found else None

    def _bases(self) -> Iterator[ClassParts]:
        """Yield the base classes that matter."""
        for base in self.node.bases:
            name = _last_name(base)
            statement = self.bound.get(name) if isinstance(base, ast.Name) else None
            if isinstance(statement, ast.ClassDef) and self.depth < _DEEPEST:
                yield ClassParts(statement, self.bound, self.depth + 1)
            elif name not in _PLAIN_BASES:
                raise Unknown(f"has the base class {name}, which shows when the file runs")

    def fields(self) -> Iterator[Parameter]:
        """Yield what a dataclass's constructor takes, its bases' fields first."""
        decorator = self.decorator()
        options = {k.arg: k.value for k in getattr(decorator, "keywords", ())}
        if _is(options.get("init"), value=False):
            raise Unknown("has a constructor that is made when the file runs")
        found: dict[str, Parameter] = {}
        for base in self._bases():
            if base.decorator() is not None:
                found |= {parameter.name: parameter for parameter in base.fields()}
        for node in statements(self.node.body):
            if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)):
                continue
            kind = _last_name(node.annotation)
            if kind in ("ClassVar", "KW_ONLY"):
                continue
            name, default = node.target.id, node.value
            made = (
                {}
                if not isinstance(default, ast.Call)
                else {k.arg: k.value for k in default.keywords if _last_name(default) == "field"}
            )
            if _is(made.get("init"), value=False):
                found.pop(name, None)
                continue
            needed = default is None or (
                isinstance(default, ast.Call)
                and _last_name(default) == "field"
                and not {"default", "default_factory"} & set(made)
            )
            found[name] = Parameter(
                name, Parameter.KEYWORD_ONLY, default=Parameter.empty if needed else None
            )
        yield from found.values()


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, also those in blocks that do not open a scope: if, try, with, for."""
    for node in body:
        yield node
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for block in ("body", "orelse", "finalbody"):
            yield from statements(getattr(node, block, ()))
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            yield from statements(part.body)


def _parameters(args: ast.arguments) -> Iterator[Parameter]:
    """Yield a method's parameters without ``self``."""
    by_place = [*args.posonlyargs, *args.args]
    first_default = len(by_place) - len(args.defaults)
    for place, arg in enumerate(by_place[1:], start=1):
        positional = place < len(args.posonlyargs)
        kind = Parameter.POSITIONAL_ONLY if positional else Parameter.POSITIONAL_OR_KEYWORD
        yield _parameter(arg.arg, kind, needed=place < first_default)
    if args.vararg:
        yield Parameter(args.vararg.arg, Parameter.VAR_POSITIONAL)
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield _parameter(arg.arg, Parameter.KEYWORD_ONLY, needed=default is None)
    if args.kwarg:
        yield Parameter(args.kwarg.arg, Parameter.VAR_KEYWORD)


def _parameter(name: str, kind: object, *, needed: bool) -> Parameter:
    return Parameter(name, kind, default=Parameter.empty if needed else None)  # type: ignore[arg-type]


def _last_name(node: ast.expr) -> str:
    """Return the name an expression ends with: ``field`` of ``dataclasses.field(default=1)``."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Constant) and isinstance(node.value, str):  # a quoted annotation
        return node.value.partition("[")[0].rpartition(".")[2]
    return node.id if isinstance(node, ast.Name) else ""


def _is(node: ast.expr | None, *, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value
