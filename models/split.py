"""Cutting a network: everything up to a named layer is the head, the rest is the tail."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from torch import nn

from simulator.foundation.errors import InputError, Problem, did_you_mean

__all__ = ["Halves", "cut"]


class Halves(NamedTuple):
    """The device's part and the server's part of one network; they share its parameters."""

    head: nn.Sequential
    tail: nn.Sequential


def cut(network: nn.Sequential, *, after: str) -> Halves:
    """Cut a network of layers in a row after the named layer.

    Args:
        network: Its layers must run one after the other: ``tail(head(x)) == network(x)``.
        after: Name of the head's last layer.

    Raises:
        InputError: If there is no such layer, or nothing would be left for the tail.

    Example:
        >>> layers = OrderedDict(a=nn.Identity(), b=nn.Flatten(), c=nn.Identity())
        >>> [list(dict(half.named_children())) for half in cut(nn.Sequential(layers), after="b")]
        [['a', 'b'], ['c']]
    """
    layers = list(network.named_children())
    names = [name for name, _ in layers]
    if after not in names[:-1]:
        raise InputError(
            Problem(
                where=type(network).__name__,
                what="split point",
                value=after,
                rule="must name a layer before the last",
                remedy=did_you_mean(after, names[:-1]),
            )
        )
    at = names.index(after) + 1
    return Halves(nn.Sequential(OrderedDict(layers[:at])), nn.Sequential(OrderedDict(layers[at:])))
