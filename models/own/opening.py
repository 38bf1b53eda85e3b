"""A user's own network: built by his own code, filled with weights that execute nothing.

The code is imported like any Python module: naming it is the user's own act, and it can do whatever
Python can. Weights are read as safetensors, or by torch with ``weights_only=True``.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load
from torch import Tensor, nn

from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.foundation.files import open_plain, read_bounded
from simulator.foundation.foreign import failure_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["open_model", "read_weights"]

_LIMIT_BYTES = 1 << 33
_NAMED = 3  # missing or odd tensors that are named in a message


def open_model(factory: str, weights: Path) -> nn.Module:
    """Return a network in evaluation mode.

    Args:
        factory: ``package.module:function``; the function takes nothing and returns the network.
            The folder of the call is looked in, too.
        weights: Its state dict.

    Raises:
        InputError: There is no such function, it returns no network, or the weights do not fit.
    """
    module, colon, name = factory.partition(":")
    if not (module and colon and name):
        raise _refused(factory, factory, "must be package.module:function", "name both")
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        found = importlib.import_module(module)
        make = getattr(found, name, None)
        model = make() if callable(make) else None
    except BaseException as error:  # whatever the user's own code raises, SystemExit, too
        said, place = failure_of(error)
        rule, remedy = "must not be raised", "call from its folder, and try it in Python"
        raise _refused(f"{factory} {place}".rstrip(), said, rule, remedy) from error
    finally:
        with suppress(ValueError):  # the user's code may have changed the path
            sys.path.remove(here)
    if not callable(make):
        known = [key for key, value in vars(found).items() if callable(value)]
        raise _refused(factory, name, f"must be a function in {module}", did_you_mean(name, known))
    if not isinstance(model, nn.Module):
        rule = "must return a torch.nn.Module"
        raise _refused(factory, type(model).__name__, rule, "return the network itself")
    _fill(model, read_weights(weights), weights)
    return model.eval().requires_grad_(requires_grad=False)


def read_weights(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a state dict, by name.

    Args:
        path: ``.safetensors``, or what ``torch.save(model.state_dict(), path)`` wrote.

    Raises:
        InputError: The file is missing or damaged, or holds anything but tensors by name.
    """
    try:
        if path.suffix == ".safetensors":
            return load(read_bounded(path, limit_bytes=_LIMIT_BYTES, what="weights"))
        with open_plain(path, what="weights") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a file that is refused is told of once
            found = torch.load(stream, map_location="cpu", weights_only=True)
    except InputError:
        raise
    except Exception as error:  # whatever a damaged file makes of either reader
        said = (str(error).splitlines() or [type(error).__name__])[0]
        rule = "must be safetensors, or a state dict that loads with weights_only=True"
        raise _refused(str(path), said, rule, "save model.state_dict() alone") from error
    if not isinstance(found, dict) or not all(isinstance(v, Tensor) for v in found.values()):
        rule = "must hold tensors by name and nothing else"
        raise _refused(str(path), type(found).__name__, rule, "save model.state_dict() alone")
    return found


def _fill(model: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    wanted = model.state_dict()
    wrong = list(_differences(wanted, tensors))
    if wrong:
        more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        value = "; ".join(wrong[:_NAMED]) + more
        rule = "must be the network's tensors with its shapes"
        raise _refused(str(path), value, rule, "take the weights of this very network")
    model.load_state_dict(dict(tensors))


def _differences(wanted: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> Iterator[str]:
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in wanted:
            yield f"{name} is not in the network"
        elif wanted[name].shape != found[name].shape:
            yield f"{name} is {tuple(found[name].shape)}, not {tuple(wanted[name].shape)}"


def _refused(where: str, value: object, rule: str, remedy: str) -> InputError:
    return InputError(
        Problem(where=where, what="own network", value=value, rule=rule, remedy=remedy)
    )
