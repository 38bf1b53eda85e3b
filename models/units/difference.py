"""A fine-tuned network as 4-bit differences from the one it grew from: about a quarter of fp16.

What fine-tuning changes bears coarse steps well (Liu et al., "BitDelta: your fine-tune may only be
worth one bit", arXiv 2402.10193). Each row of a weight, that is each output channel, has a scale of
its own; vectors stay as they are, in half precision. Rounding is symmetric and uniform, as in Jacob
et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
inference" (arXiv 1712.05877, section 2.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

__all__ = ["differences", "restored", "settle"]

_MOST = 7
_BITS, _MASK = 4, 0xF
_SCALE, _STEPS = ".scale", ".steps"
_LEAST_SCALE = 2.0**-24  # the least that half precision tells from 0


def differences(own: nn.Module, like: nn.Module) -> dict[str, Tensor]:
    """Return what is to be stored of a network beside the one it grew from.

    Args:
        own: The fine-tuned network.
        like: The other one, of the same layers.

    Returns:
        For each weight ``name.steps``, uint8 [rows, ceil(columns / 2)] with two differences a byte,
        the earlier one below, each plus 8; ``name.scale``, float16 [rows]; each vector by its name
        in float16.
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
        found[name + _STEPS] = _packed(steps)
    return found


def _packed(steps: Tensor) -> Tensor:
    """Return whole numbers -7 to 7 of a matrix, two a byte in each row."""
    above_zero = torch.nn.functional.pad(steps + _MOST + 1, (0, steps.shape[1] % 2)).to(torch.uint8)
    return above_zero[:, ::2] | above_zero[:, 1::2] << _BITS


def _unpacked(packed: Tensor, columns: int) -> Tensor:
    """Return what was packed as floats, [rows, columns]."""
    both = torch.stack([packed & _MASK, packed >> _BITS], dim=2).flatten(1)[:, :columns]
    return both.float() - (_MOST + 1)


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
        if value.ndim == 1 or scale is None or steps is None:
            continue
        rows, columns = value.flatten(1).shape
        if steps.shape == (rows, -(-columns // 2)) and scale.shape == (rows,):
            apart = scale.float()[:, None] * _unpacked(steps, columns)
            found[name] = value + apart.reshape(value.shape)
    return found


def settle(own: nn.Module, like: nn.Module) -> None:
    """Round a network, in place, to what its stored differences can hold."""
    own.load_state_dict(restored(differences(own, like), like))
