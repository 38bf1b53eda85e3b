"""Head and tail of a user's network, as the device and the server run them.

frames in -1..1 -> scaled as the network was trained -> head -> features
features -> laid out in memory as the head leaves them -> tail -> answer
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from torch import Tensor, nn

from models.own.graph_file import load_graph, save_graph

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import fx

__all__ = ["Head", "Scaling", "Tail"]


class Scaling(NamedTuple):
    """How a network's images were scaled in training: (value in 0..1 - mean) / std, by channel."""

    mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    std: tuple[float, ...] = (0.229, 0.224, 0.225)


class Head(nn.Module):
    """Everything up to the split.

    Args:
        graph: Maps scaled images to features.
        scaling: Of the images.
        side: Their height and width.
        shape: Of one image's features.
    """

    def __init__(
        self, graph: fx.GraphModule, *, scaling: Scaling, side: int, shape: tuple[int, ...]
    ) -> None:
        """Keep the graph."""
        super().__init__()
        self.graph, self.scaling, self.side, self.shape = graph, scaling, side, shape
        # Frames come as -1..1; what was asked for is (0.5 x + 0.5 - mean) / std.
        factors = [0.5 / std for std in scaling.std]
        shifts = [(0.5 - mean) / std for mean, std in zip(*scaling, strict=True)]
        self.register_buffer("factor", Tensor(factors)[:, None, None])
        self.register_buffer("shift", Tensor(shifts)[:, None, None])
        self.factor: Tensor
        self.shift: Tensor

    def forward(self, frames: Tensor) -> Tensor:
        """Map frames (n, 3, side, side) in -1..1 to features (n, ...)."""
        scaled = frames.to(self.factor.device) * self.factor + self.shift
        features: Tensor = self.graph(scaled.contiguous())
        return features

    def save(self, folder: Path) -> None:
        """Write ``head.json`` and ``head.safetensors``."""
        about = {"scaling": self.scaling._asdict(), "side": self.side, "shape": list(self.shape)}
        save_graph(folder, "head", self.graph, about)

    @classmethod
    def load(cls, folder: Path) -> Head:
        """Return the head in a folder.

        Raises:
            InputError: A file is missing, damaged, or of another kind.
        """

        def make(graph: fx.GraphModule, about: Mapping[str, Any]) -> Head:
            mean, std = (tuple(map(float, about["scaling"][key])) for key in Scaling._fields)
            shape = tuple(map(int, about["shape"]))
            return cls(graph, scaling=Scaling(mean, std), side=int(about["side"]), shape=shape)

        return load_graph(folder, "head", make)


class Tail(nn.Module):
    """The rest of the network.

    Args:
        graph: Maps features to a tuple of tensors.
        order: The features' dimensions from the slowest to the fastest in memory.
        processor: Where the graph's tensors lie.
    """

    def __init__(
        self, graph: fx.GraphModule, order: tuple[int, ...], processor: str = "cpu"
    ) -> None:
        """Keep the graph."""
        super().__init__()
        self.graph, self.order, self._processor = graph, order, processor
        self._back = tuple(order.index(dim) for dim in range(len(order)))

    def forward(self, features: Tensor) -> tuple[Tensor, ...]:
        """Map features (n, ...) to the answer, a tuple of tensors."""
        there = features.to(self._processor)
        laid_out = there.permute(self.order).contiguous().permute(self._back)
        answer: tuple[Tensor, ...] = self.graph(laid_out)
        return answer

    def save(self, folder: Path) -> None:
        """Write ``tail.json`` and ``tail.safetensors``."""
        save_graph(folder, "tail", self.graph, {"order": list(self.order)})

    @classmethod
    def load(cls, folder: Path) -> Tail:
        """Return the tail in a folder.

        Raises:
            InputError: A file is missing, damaged, or of another kind.
        """

        def make(graph: fx.GraphModule, about: Mapping[str, Any]) -> Tail:
            return cls(graph, tuple(map(int, about["order"])))

        return load_graph(folder, "tail", make)
