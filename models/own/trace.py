"""A network as a flat graph of tensor operations, each with the submodule that it came from.

``torch.export`` runs the network once on made-up images and writes down every operation, whatever
Python was around it; in-place operations become ordinary ones, so that a half of the graph never
changes what it is given. The batch size stays open.
"""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.export import Dim, export

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from torch import Tensor, fx, nn

__all__ = ["Trace", "trace"]

_BATCH = 2  # of the made-up images; 1 would be taken for a constant
_LARGEST_BATCH = 1024


class Trace(NamedTuple):
    """A traced network.

    Attributes:
        graph: One placeholder, the images, and one output, a tuple of tensors.
        tensors: Parameters, buffers and constants by the names that the graph has for them.
        modules: Names of the network's submodules.
    """

    graph: fx.Graph
    tensors: dict[str, Tensor]
    modules: tuple[str, ...]


def trace(model: nn.Module, side: int, processor: str = "cpu") -> Trace:
    """Return the graph of a network that maps images (n, 3, side, side) to tensors.

    Args:
        model: In evaluation mode, on the processor.
        side: Height and width of its images.
        processor: Where it runs.

    Raises:
        InputError: It does not run on such images, or not as one graph: what it does depends on
            the values in them.
    """
    images = torch.zeros(_BATCH, 3, side, side, device=processor)
    batch = Dim("batch", min=1, max=_LARGEST_BATCH)
    silenced = logging.getLogger("torch")
    before = silenced.level
    try:
        silenced.setLevel(logging.CRITICAL)  # the reason is told below, once
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = export(model, (images,), dynamic_shapes=({0: batch},), strict=False)
            whole = program.run_decompositions({}).module(check_guards=False)
    except Exception as error:  # whatever the user's own code raises
        said = (str(error).strip().splitlines() or [""])[0]
        raise InputError(
            Problem(
                where=type(model).__name__,
                what="own network",
                value=f"{type(error).__name__}: {said}",
                rule=f"must run as one graph on images (n, 3, {side}, {side}), for any n",
                remedy="wrap it so that it takes one tensor, has no branches on its values, and "
                "counts images by x.shape[0], never by len(x)",
            )
        ) from error
    finally:
        silenced.setLevel(before)
    if not isinstance(whole, torch.fx.GraphModule):
        raise TypeError(type(whole))  # pragma: no cover - what export documents
    names = [str(node.target) for node in whole.graph.nodes if node.op == "get_attr"]
    tensors = {name: _attribute(whole, name) for name in names}
    return Trace(whole.graph, tensors, tuple(name for name, _ in model.named_modules() if name))


def _attribute(module: nn.Module, name: str) -> Tensor:
    path, _, last = name.rpartition(".")
    found: Tensor = getattr(module.get_submodule(path), last)
    return found.detach()
