"""What a unit asks of the device: multiply-accumulates of a frame, and the weights they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from models.subjects.subject import Subject

__all__ = ["DeviceLoad", "device_load"]

_STORED_BYTES = 2  # a number in half precision, as weights are stored


class DeviceLoad(NamedTuple):
    """What the device computes for a frame, and what it must hold for that.

    Attributes:
        macs: Multiply-accumulates of convolutions and matrix products.
        weights_bytes: Parameters read, in half precision; tables of the coder are not counted.
    """

    macs: int
    weights_bytes: int


class _Reads(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes every parameter that is read."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.found: dict[int, int] = {}

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever the operation returns
        del types
        for value in args:
            if isinstance(value, torch.nn.Parameter):
                self.found[value.data_ptr()] = value.numel()
        return func(*args, **(kwargs or {}))


@torch.no_grad()
def device_load(subject: Subject, image: NDArray[np.uint8]) -> DeviceLoad:
    """Return what a subject's device stages compute and read for one frame.

    Args:
        subject: A unit.
        image: uint8 (h, w, 3).
    """
    value: Any = image[None]
    with FlopCounterMode(display=False) as counter, _Reads() as reads:
        for step in subject.device_steps.values():
            value = step(value)
    # A multiplication and an addition are counted as two.
    return DeviceLoad(counter.get_total_flops() // 2, _STORED_BYTES * sum(reads.found.values()))
