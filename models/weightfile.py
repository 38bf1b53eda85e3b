"""Weights in a file: half precision, never pickled, with what is known about their training.

Numbers are stored as fp16 and computed with as fp32, so what is measured is what is shipped.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as _parse
from safetensors.torch import load_file
from safetensors.torch import save as _dump

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded, write_atomically
from simulator.foundation.places import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor, nn

__all__ = ["fill", "known", "read", "refused", "resident", "write"]

_LIMIT_BYTES = 1 << 30
_FORMAT = "splitcast weights 1"
_REMEDY = "rebuild the folder with `splitcast units train`"


def refused(path: Path, value: object, rule: str) -> InputError:
    """Return the error that a file of weights is not as it must be."""
    return InputError(
        Problem(where=str(path), what="weights", value=value, rule=rule, remedy=_REMEDY)
    )


def write(path: Path, module: nn.Module, about: Mapping[str, Any], extra: dict[str, Tensor]) -> str:
    """Write a module's numbers with further tensors; return the digest of the file.

    Args:
        path: The file; replaced as a whole.
        module: Its state is stored in half precision.
        about: What is to be known about it.
        extra: Tensors that are stored as they are.
    """
    tensors = {
        name: value.detach().half().contiguous() for name, value in module.state_dict().items()
    }
    facts = {"format": _FORMAT, "about": json.dumps(dict(about), sort_keys=True)}
    raw = _repeatable(_dump(tensors | extra, metadata=facts))
    write_atomically(path, raw)
    return hashlib.sha256(raw).hexdigest()


def _repeatable(raw: bytes) -> bytes:
    """Put a safetensors file's metadata in order: the library writes them in a random one."""
    size = int.from_bytes(raw[:8], "little")
    header = _header(raw)
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    ordered = json.dumps(header, separators=(",", ":")).encode()
    return raw[:8] + ordered.ljust(size) + raw[8 + size :]


def _header(raw: bytes) -> dict[str, Any]:
    return dict(json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")]))


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors in a file, and what is known about them.

    Raises:
        InputError: The file is missing, damaged or of another program.
    """
    if not os.path.exists(path):  # noqa: PTH110 - a Path's method fails where no name is so long
        raise refused(path, path.name, "does not exist")
    raw = read_bounded(path, limit_bytes=_LIMIT_BYTES, what="weights")
    try:
        tensors = _parse(raw)
        about = dict(_header(raw).get("__metadata__", {}))
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise refused(path, error, "must be a whole safetensors file") from error
    if about.get("format") != _FORMAT:
        raise refused(path, about.get("format"), f"must be in the format {_FORMAT!r}")
    try:
        return tensors, dict(json.loads(about["about"]))
    except (KeyError, ValueError, TypeError) as error:
        raise refused(path, error, "must say how it was trained") from error


def known(path: Path) -> dict[str, Any] | None:
    """Return what is known about the weights in a file; None if it holds none of ours."""
    if kind_of(path) != "a file":
        return None
    try:
        return read(path)[1]
    except InputError:
        return None


def resident(path: Path, prefix: str = "") -> dict[str, Tensor]:
    """Return tensors of a file as they are computed with, in single precision.

    Args:
        path: The file.
        prefix: What the names of the wanted tensors begin with.
    """
    stored = load_file(path)
    return {name: value.float() for name, value in stored.items() if name.startswith(prefix)}


def fill(path: Path, module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Fill a module, in single precision, and put it into evaluation mode.

    Raises:
        InputError: Names or shapes are others, or a number is not finite.
    """
    wanted = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in tensors.items()}
    if wanted != found:
        odd = min(set(wanted.items()) ^ set(found.items()))
        raise refused(path, odd, "must have this network's tensors and shapes")
    if not all(bool(torch.isfinite(value).all()) for value in tensors.values()):
        raise refused(path, "NaN or infinity", "must hold finite numbers")
    module.load_state_dict({name: value.float() for name, value in tensors.items()})
    module.eval().requires_grad_(requires_grad=False)
