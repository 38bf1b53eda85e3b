"""Cutting a network: everything up to a named layer is the head, the rest is the tail."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from torch import nn

from models.backbone import FEATURES, SPLIT_AFTER, Tail, times
from simulator.foundation.errors import InputError, Problem, did_you_mean

__all__ = ["SPLITS", "Halves", "SplitPoint", "cut"]

_LOCAL = "wide"  # the layers of a tail that still run one after the other


class Halves(NamedTuple):
    """The device's part and the server's part of one network; they share its parameters."""

    head: nn.Sequential
    tail: nn.Sequential


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPoint:
    """A place at which the backbone can be cut.

    Attributes:
        after: Name of the head's last layer.
        features: Channels, height and width of what the head gives.
        head_macs: Multiply-accumulates of the head for a frame, those of convolutions.
        first_on_wire: What the wire format carries for the first unit there.
    """

    after: str
    features: tuple[int, int, int]
    head_macs: int
    first_on_wire: int

    def features_at(self, width: float) -> tuple[int, int, int]:
        """Return what the head of a network of another width gives.

        Example:
            >>> SPLITS["middle"].features_at(1.25)
            (60, 28, 28)
        """
        channels, *place = self.features
        return (times(channels, width), place[0], place[1])


_STEM = 8**2 * 3 * 32 * 56**2
_REDUCE = 3**2 * 32 * 48 * 28**2
_WIDE = 3**2 * (48 * 64 + 64 * 64) * 28**2

SPLITS = {
    "early": SplitPoint(after="stem", features=(32, 56, 56), head_macs=_STEM, first_on_wire=21),
    "middle": SplitPoint(
        after=SPLIT_AFTER, features=FEATURES, head_macs=_STEM + _REDUCE, first_on_wire=1
    ),
    "late": SplitPoint(
        after=f"tail.{_LOCAL}",
        features=(64, 28, 28),
        head_macs=_STEM + _REDUCE + _WIDE,
        first_on_wire=31,
    ),
}
"""The backbone's split points by name; the ladder of units is trained at the middle one."""


class _Behind(Tail):
    """A tail behind its local features: the same layers, with nothing in place of the first."""

    def __init__(self, tail: Tail) -> None:
        nn.Module.__init__(self)  # the layers are the tail's own: none is made
        for name, layer in tail.named_children():
            self.add_module(name, nn.Identity() if name == _LOCAL else layer)


def cut(network: nn.Sequential, *, after: str) -> Halves:
    """Cut a network of layers in a row after the named layer.

    Args:
        network: Its layers must run one after the other: ``tail(head(x)) == network(x)``.
        after: Name of the head's last layer; where the network ends in a `Tail`, that may be its
            ``tail.wide``.

    Raises:
        InputError: If there is no such layer, or nothing would be left for the tail.

    Example:
        >>> layers = OrderedDict(a=nn.Identity(), b=nn.Flatten(), c=nn.Identity())
        >>> [list(dict(half.named_children())) for half in cut(nn.Sequential(layers), after="b")]
        [['a', 'b'], ['c']]
    """
    layers = list(network.named_children())
    *names, last = (name for name, _ in layers)
    tail = layers[-1][1]
    if isinstance(tail, Tail) and after == f"{last}.{_LOCAL}":
        head = OrderedDict([*layers[:-1], (_LOCAL, tail.wide)])
        return Halves(nn.Sequential(head), nn.Sequential(OrderedDict({last: _Behind(tail)})))
    if after not in names:
        raise InputError(
            Problem(
                where=type(network).__name__,
                what="split point",
                value=after,
                rule="must name a layer before the last",
                remedy=did_you_mean(after, names),
            )
        )
    at = names.index(after) + 1
    return Halves(nn.Sequential(OrderedDict(layers[:at])), nn.Sequential(OrderedDict(layers[at:])))
