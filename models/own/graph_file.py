"""A graph of tensor operations on disk: JSON and safetensors, nothing that executes when read.

``NAME.json`` lists the operations in order, each by the name that torch's own operator library
(ATen) has for it; ``NAME.safetensors`` holds the tensors. Reading looks the names up in that
library and in a short table of integer arithmetic; no other code can be named.
"""

from __future__ import annotations

import json
import math
import operator
import re
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load as _parse
from safetensors.torch import save as _dump
from torch import fx

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["load_graph", "save_graph"]

_Made = TypeVar("_Made")

_FORMAT = "splitcast graph 1"
_JSON_LIMIT_BYTES = 1 << 26
_TENSORS_LIMIT_BYTES = 1 << 32
_OPERATION = re.compile(r"aten\.([a-z_][A-Za-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_]*)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")
_FILES = frozenset({"from_file"})  # the one operation that opens a file
_ARITHMETIC: Mapping[str, Callable[..., Any]] = {
    f"operator.{function.__name__}": function
    for function in (
        operator.add,
        operator.sub,
        operator.mul,
        operator.floordiv,
        operator.mod,
        operator.neg,
        operator.getitem,
    )
}
_KINDS: Mapping[type, str] = {
    torch.dtype: "dtype",
    torch.layout: "layout",
    torch.memory_format: "memory_format",
}


def save_graph(folder: Path, name: str, module: fx.GraphModule, about: Mapping[str, Any]) -> None:
    """Write a graph of one input.

    Args:
        folder: Where both files go.
        name: Of the files.
        module: Its tensors lie directly in it.
        about: JSON values to keep beside it.

    Raises:
        InputError: It holds an operation that is none of torch's own.
    """
    nodes = [_described(node) for node in module.graph.nodes]
    tensors = {node["target"]: getattr(module, node["target"]) for node in nodes if _held(node)}
    # Every tensor gets memory of its own; tied weights share it.
    raw = _dump({key: value.detach().cpu().clone().contiguous() for key, value in tensors.items()})
    write_atomically(folder / f"{name}.safetensors", raw)
    document = {"format": _FORMAT, "about": dict(about), "nodes": nodes}
    write_atomically(folder / f"{name}.json", json.dumps(document, indent=1, allow_nan=False))


def load_graph(
    folder: Path, name: str, make: Callable[[fx.GraphModule, dict[str, Any]], _Made]
) -> _Made:
    """Return what is made of a graph and of what was kept beside it.

    Args:
        folder: Where both files are.
        name: Of the files.
        make: Given the graph and the JSON values; it may raise what reading them raises.

    Raises:
        InputError: A file is missing, damaged, or holds something else.
    """
    path = folder / f"{name}.json"
    raw = read_bounded(path, limit_bytes=_JSON_LIMIT_BYTES, what="graph")
    stored = read_bounded(
        folder / f"{name}.safetensors", limit_bytes=_TENSORS_LIMIT_BYTES, what="tensors"
    )
    try:
        document = json.loads(raw)
        if document["format"] != _FORMAT:
            raise _refused(str(path), document["format"], f"must be {_FORMAT!r}")
        about = dict(document["about"])
        return make(_built(document["nodes"], _parse(stored)), about)
    except (
        SafetensorError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        rule = "must be a graph and its tensors as they were exported"
        raise _refused(str(path), repr(error), rule) from error


def _held(node: Mapping[str, Any]) -> bool:
    return bool(node["op"] == "get_attr")


def _described(node: fx.Node) -> dict[str, Any]:
    return {
        "name": node.name,
        "op": node.op,
        "target": _named(node),
        "args": [_plain(value) for value in node.args],
        "kwargs": {key: _plain(value) for key, value in node.kwargs.items()},
    }


def _named(node: fx.Node) -> str:
    if node.op != "call_function":
        return str(node.target)
    name = str(node.target)
    if _OPERATION.fullmatch(name):
        return name
    for known, function in _ARITHMETIC.items():
        if node.target is function:
            return known
    raise _refused("own network", name, "must be one of torch's own operations to be exported")


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, fx.Node):
        return {"node": value.name}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, torch.device):
        return {"device": "cpu"}  # where it will run is not known; it runs on the processor
    for kind, word in _KINDS.items():
        if isinstance(value, kind):
            return {word: str(value).removeprefix("torch.")}
    raise _refused("own network", value, "must be a plain argument of an operation to be exported")


def _built(nodes: list[dict[str, Any]], tensors: Mapping[str, torch.Tensor]) -> fx.GraphModule:
    graph = fx.Graph()
    made: dict[str, fx.Node] = {}
    for node in nodes:
        name, op, target = str(node["name"]), node["op"], str(node["target"])
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        args = tuple(_value(value, made) for value in node["args"])
        kwargs = {key: _value(value, made) for key, value in node["kwargs"].items()}
        if op == "call_function":
            made[name] = graph.call_function(_operation(target), args, kwargs)
        elif op == "get_attr" and target in tensors and _NAME.fullmatch(target):
            made[name] = graph.create_node("get_attr", target)
        elif op == "placeholder" and _NAME.fullmatch(target):
            made[name] = graph.placeholder(target)
        elif op == "output":
            graph.output(*args)
        else:
            raise ValueError(f"{op} {target}")
    graph.lint()
    used = [node.target for node in graph.nodes if node.op == "get_attr"]
    return fx.GraphModule({str(name): tensors[str(name)] for name in used}, graph)


def _operation(name: str) -> Callable[..., Any]:
    if name in _ARITHMETIC:
        return _ARITHMETIC[name]
    found = _OPERATION.fullmatch(name)
    if found is None or found[1] in _FILES:
        raise ValueError(f"{name} is no operation of a graph")
    operation: Callable[..., Any] = getattr(getattr(torch.ops.aten, found[1]), found[2])
    return operation


def _value(value: object, made: Mapping[str, fx.Node]) -> Any:  # noqa: ANN401 - an argument
    if isinstance(value, list):
        return [_value(part, made) for part in value]
    if not isinstance(value, dict):
        return value
    ((kind, word),) = value.items()
    if kind == "node":
        return made[word]
    if kind == "float":
        return float(word)
    if kind == "device":
        return torch.device(word)
    for known, name in _KINDS.items():
        if kind == name:
            found = getattr(torch, str(word))
            if isinstance(found, known):
                return found
    raise ValueError(f"{value} is no argument of an operation")


def _refused(where: str, value: object, rule: str) -> InputError:
    remedy = "export again with `splitcast profile measure`"
    return InputError(Problem(where=where, what="graph", value=value, rule=rule, remedy=remedy))
