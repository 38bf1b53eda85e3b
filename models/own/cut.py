"""Cutting a traced network behind a submodule, where one tensor and nothing else may cross.

The head is what the named submodule's output needs; the tail is what the answer needs beside that
output. What depends on no image (position codes, constants) may be in both. Batch sizes that the
tail needs are read off the tensor that it is given. A network in which another tensor crosses, such
as a skip connection round the cut, cannot be cut there, and the message names where it comes from.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import fx

from simulator.foundation.errors import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from models.own.trace import Trace

__all__ = ["Halves", "cut"]

_NAMED = 4  # places or submodules that are named in a message


class Halves(NamedTuple):
    """Both halves of a network.

    Attributes:
        head: Maps images to features.
        tail: Maps features to a tuple of tensors.
        shape: Of one image's features.
        order: The features' dimensions, batch included, from the slowest to the fastest in
            memory: the tail reads them in this order.
    """

    head: fx.GraphModule
    tail: fx.GraphModule
    shape: tuple[int, ...]
    order: tuple[int, ...]


def cut(traced: Trace, split: str, outputs: int) -> Halves:
    """Cut a network behind a submodule.

    Args:
        traced: The network.
        split: The name of the submodule, the last thing that the head runs.
        outputs: How many of the network's outputs are wanted, from the first on.

    Raises:
        InputError: There is no such submodule, or the network cannot be cut behind it.
    """
    if split not in traced.modules:
        known = get_close_matches(split, traced.modules, n=_NAMED, cutoff=0.3)
        remedy = did_you_mean(split, known or sorted(traced.modules, key=len)[:_NAMED])
        raise _refused(split, "must name a submodule", remedy)
    answer = _answer(traced.graph, outputs)
    border = _border(traced.graph, split, answer)
    live = _live(traced.graph)
    head = _ancestors([border], stop=None)
    crossing = _crossing(answer, border, live, head)
    if crossing:
        more = f" and {len(crossing) - _NAMED} more" if len(crossing) > _NAMED else ""
        value = ", ".join(crossing[:_NAMED]) + more
        rule = f"must not cross the cut behind {split}: only its own output may"
        raise _refused(value, rule, "split where one tensor alone goes on")
    features = _tensor(border)
    fixed = [size for size in features.shape[1:] if isinstance(size, int)]
    if len(fixed) != features.dim() - 1 or features.dtype != torch.float32:
        value = f"{features.dtype} {tuple(features.shape)}"
        rule = "must be 32-bit floats of one size for all images, to be features"
        raise _refused(value, rule, "split elsewhere")
    strides = [int(stride) if isinstance(stride, int) else 0 for stride in features.stride()]
    strides[0] = max(strides[0], *strides[1:]) + 1  # frames lie one after the other
    return Halves(
        head=_head(traced, border, head),
        tail=_tail(traced, border, answer),
        shape=tuple(fixed),
        order=tuple(sorted(range(features.dim()), key=lambda k: -strides[k])),
    )


def _answer(graph: fx.Graph, outputs: int) -> list[fx.Node]:
    """Return the nodes of the first outputs that are tensors."""
    flat: list[fx.Node] = []
    fx.map_arg(graph.output_node().args, flat.append)
    tensors = [node for node in flat if isinstance(node.meta.get("val"), torch.Tensor)]
    if len(tensors) < outputs:
        rule = f"must answer with at least {outputs} tensors for this task"
        raise _refused(f"{len(tensors)} output tensors", rule, "see the task's conventions")
    return tensors[:outputs]


def _border(graph: fx.Graph, split: str, answer: Sequence[fx.Node]) -> fx.Node:
    """Return the one tensor that the submodule hands on."""
    inside = {node for node in graph.nodes if split in _stack(node).values()}
    runs = {key for node in graph.nodes for key, path in _stack(node).items() if path == split}
    if len(runs) > 1:
        rule = "must be run once for a cut behind it"
        raise _refused(f"{split} is run {len(runs)} times", rule, "split elsewhere")
    wanted = _ancestors(answer, stop=None)
    handed_on = [
        node
        for node in graph.nodes
        if node in inside
        and isinstance(node.meta.get("val"), torch.Tensor)
        and (node in answer or any(_goes_on(user, inside, wanted) for user in node.users))
    ]
    if len(handed_on) != 1 or handed_on[0] in answer:
        found = "nothing" if not handed_on else f"{len(handed_on)} tensors"
        value = "the answer" if handed_on and handed_on[0] in answer else found
        rule = f"is what {split} hands on; it must be one tensor that the rest goes on from"
        raise _refused(value, rule, "split at a submodule with one output in the middle")
    border: fx.Node = handed_on[0]
    return border


def _goes_on(user: fx.Node, inside: set[fx.Node], wanted: set[fx.Node]) -> bool:
    return user not in inside and user in wanted and _is_tensor(user)


def _stack(node: fx.Node) -> dict[str, str]:
    """Return the submodules that a node ran in, outermost first, by a key for each run."""
    stack = node.meta.get("nn_module_stack") or {}
    return {str(key): path for key, (path, _) in stack.items()}


def _tensor(node: fx.Node) -> Tensor:
    found = node.meta["val"]
    if not isinstance(found, torch.Tensor):
        raise TypeError(node)  # pragma: no cover - only tensors get here
    return found


def _is_tensor(node: fx.Node) -> bool:
    found = node.meta.get("val")
    return isinstance(found, torch.Tensor | tuple | list)


def _live(graph: fx.Graph) -> set[fx.Node]:
    """Return the tensors that depend on the images themselves, not on their number alone."""
    live: set[fx.Node] = set()
    for node in graph.nodes:
        if node.op == "placeholder" or (
            _is_tensor(node) and any(source in live for source in node.all_input_nodes)
        ):
            live.add(node)
    return live


def _ancestors(of: Sequence[fx.Node], stop: fx.Node | None) -> set[fx.Node]:
    """Return nodes and all they are made from, not looking behind ``stop``."""
    found: set[fx.Node] = set()
    waiting = list(of)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            if node is not stop:
                waiting += node.all_input_nodes
    return found


def _crossing(
    answer: Sequence[fx.Node], border: fx.Node, live: set[fx.Node], head: set[fx.Node]
) -> list[str]:
    """Return where live tensors come from that cross beside the border."""
    found: dict[str, None] = {}
    waiting, seen = list(answer), set(answer)
    while waiting:
        node = waiting.pop()
        if node is border:
            continue
        if node in live and node in head:
            paths = [path for path in _stack(node).values() if path]
            found[paths[-1] if paths else "the images"] = None
            continue
        if not _is_tensor(node) and node.op == "call_function":
            continue  # a size; the tail reads it off the features
        fresh = [source for source in node.all_input_nodes if source not in seen]
        seen.update(fresh)
        waiting += fresh
    return sorted(found)


def _head(traced: Trace, border: fx.Node, needed: set[fx.Node]) -> fx.GraphModule:
    graph = fx.Graph()
    copies: dict[fx.Node, fx.Node] = {}
    for node in traced.graph.nodes:
        if node in needed or node.op == "placeholder":
            copies[node] = graph.node_copy(node, copies.__getitem__)
    graph.output(copies[border])
    return _module(graph, traced.tensors)


def _tail(traced: Trace, border: fx.Node, answer: Sequence[fx.Node]) -> fx.GraphModule:
    needed = _ancestors(answer, stop=border)
    graph = fx.Graph()
    copies: dict[fx.Node, fx.Node] = {border: graph.placeholder("features")}
    batch = _tensor(border).shape[0]
    for node in traced.graph.nodes:
        if node not in needed or node is border or node.op == "placeholder":
            continue
        if node.target is torch.ops.aten.sym_size.int and str(node.meta["val"]) == str(batch):
            size = graph.call_function(torch.ops.aten.sym_size.int, (copies[border], 0))
            copies[node] = size
        elif all(source in copies for source in node.all_input_nodes):
            copies[node] = graph.node_copy(node, copies.__getitem__)
        # Anything else is the way to a size, which is read off the features instead.
    if missing := [node.name for node in answer if node not in copies]:
        value = f"{len(missing)} of the answer's tensors"
        raise _refused(value, "must follow from the features alone", "split elsewhere")
    graph.output(tuple(copies[node] for node in answer))
    return _module(graph, traced.tensors)


def _module(graph: fx.Graph, tensors: Mapping[str, Tensor]) -> fx.GraphModule:
    """Return a graph with the tensors that it uses, under names without dots."""
    graph.eliminate_dead_code()
    names: dict[str, str] = {}
    for node in graph.nodes:
        if node.op == "get_attr":
            node.target = names.setdefault(str(node.target), f"weight_{len(names)}")
    graph.lint()
    return fx.GraphModule({new: tensors[old] for old, new in names.items()}, graph)


def _refused(value: object, rule: str, remedy: str) -> InputError:
    return InputError(
        Problem(where="own network", what="split point", value=value, rule=rule, remedy=remedy)
    )
