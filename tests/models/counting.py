"""Counts multiply-accumulates by looking at what runs."""

from __future__ import annotations

import torch
from torch import nn


def multiplications(network: nn.Module, x: torch.Tensor) -> int:
    """Count what convolutions multiply for one frame."""
    total = 0

    def count(layer: nn.Module, _given: object, out: torch.Tensor) -> None:
        nonlocal total
        assert isinstance(layer, nn.Conv2d)
        total += layer.weight[0].numel() * out[0].numel()

    hooks = [m.register_forward_hook(count) for m in network.modules() if isinstance(m, nn.Conv2d)]
    with torch.inference_mode():
        network(x[:1])
    for hook in hooks:
        hook.remove()
    return total
