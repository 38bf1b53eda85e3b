"""A fine-tuned network as 8-bit differences from the one it grew from: a third to a half of fp16.

Each row of a weight, that is each output channel, has a scale of its own; vectors stay as they are,
in half precision. Rounding is symmetric and uniform, as in Jacob et al., "Quantization and training
of neural networks for efficient integer-arithmetic-only inference" (arXiv 1712.05877, section 2.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

__all__ = ["differences", "restored", "settle"]

_MOST = 127
_SCALE, _STEPS = ".scale", ".steps"
_LEAST_SCALE = 2.0**-24  # the least that half precision tells from 0


def differences(own: nn.Module, like: nn.Module) -> dict[str, Tensor]:
    """Return what is to be stored of a network beside the one it grew from.

    Args:
        own: The fine-tuned network.
        like: The other one, of the same layers.

    Returns:
        For each weight ``name.steps``, int8 of its shape, and ``name.scale``, float16 [rows]; each
        vector by its name in float16.
    """
    base = like.state_dict()
    found = {}
    for name, value in own.state_dict().items():
        if value.ndim == 1:
            found[name] = value.half()
            continue
        apart = (value - base[name]).flatten(1)
        scale = (apart.abs().amax(1) / _MOST).clamp(min=_LEAST_SCALE).half()
        steps = torch.round(apart / scale.float()[:, None]).clamp(-_MOST, _MOST)
        found[name + _SCALE] = scale
        found[name + _STEPS] = steps.to(torch.int8).reshape(value.shape).contiguous()
    return found


def restored(stored: Mapping[str, Tensor], like: nn.Module) -> dict[str, Tensor]:
    """Return the numbers that stored differences stand for, as far as they make sense.

    What is missing or of another shape or type is left out, so that filling a network with the rest
    tells of it.

    Args:
        stored: What `differences` returned.
        like: The network that they are differences from.
    """
    found = {}
    for name, value in like.state_dict().items():
        scale, steps = stored.get(name + _SCALE), stored.get(name + _STEPS)
        if value.ndim == 1 and name in stored:
            found[name] = stored[name].float()
        elif scale is None or steps is None:
            continue
        elif steps.shape == value.shape and scale.shape == value.shape[:1]:
            rows = scale.float().reshape(-1, *(1,) * (value.ndim - 1))
            found[name] = value + rows * steps.float()
    return found


def settle(own: nn.Module, like: nn.Module) -> None:
    """Round a network, in place, to what its stored differences can hold."""
    own.load_state_dict(restored(differences(own, like), like))
