"""Checkpoints of a training run: plain tensors in one file, so that a killed run goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from simulator.foundation.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor, nn
    from torch.optim import Optimizer

__all__ = ["keep", "restore"]


def _slots(optimiser: Optimizer) -> dict[str, Tensor]:
    state = optimiser.state_dict()["state"]
    return {f"optimiser/{k}/{name}": v for k, slots in state.items() for name, v in slots.items()}


def keep(
    path: Path, *, run: str, step: int, parts: Mapping[str, nn.Module], optimiser: Optimizer
) -> None:
    """Write a checkpoint.

    Args:
        path: The file; replaced as a whole.
        run: Names the run with all its settings; only the same run resumes from the file.
        step: Steps done.
        parts: The modules to save.
        optimiser: Its state is saved too.
    """
    tensors = {
        f"{part}/{name}": value.detach().contiguous().clone()
        for part, module in parts.items()
        for name, value in module.state_dict().items()
    }
    tensors |= {k: v.detach().contiguous().clone() for k, v in _slots(optimiser).items()}
    write_atomically(path, save(tensors, metadata={"run": run, "step": json.dumps(step)}))


def restore(path: Path, *, run: str, parts: Mapping[str, nn.Module], optimiser: Optimizer) -> int:
    """Load a checkpoint of the same run into modules and optimiser.

    Returns:
        The steps done; 0, with nothing loaded, when there is no checkpoint of this run.
    """
    try:
        file = safe_open(path, framework="pt")
    except (FileNotFoundError, SafetensorError):
        return 0
    with file as stored:
        about = stored.metadata() or {}
        if about.get("run") != run:
            return 0
        tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimiser/"):
            _, index, slot = name.split("/", 2)
            state.setdefault(int(index), {})[slot] = value
    for part, module in parts.items():
        own = {
            k.removeprefix(f"{part}/"): v for k, v in tensors.items() if k.startswith(f"{part}/")
        }
        with torch.no_grad():
            module.load_state_dict(own)
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
    return int(json.loads(about["step"]))
