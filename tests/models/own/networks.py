"""Small networks that tests cut, with random weights drawn from one seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from pathlib import Path

SIDE = 32
CLASSES = 3


class Residual(nn.Module):
    """A residual block that rectifies in place."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.body(x)
        return functional.relu_(x)


class ConvNet(nn.Module):
    """Stem, two stages, classifier; ``stage1`` is followed by an operation in place."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 4, stride=4)
        self.stage1 = Residual(8)
        self.stage2 = nn.Sequential(nn.Conv2d(8, 8, 2, stride=2), Residual(8))
        self.classify = nn.Linear(8, CLASSES)
        self.unused = nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        features = self.stage1(self.stem(images))
        features *= 0.5
        logits: Tensor = self.classify(self.stage2(features).mean((2, 3)))
        return logits


class TokenNet(nn.Module):
    """Patches to tokens beside a learned one and codes of place, attention, a classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 12, 8, stride=8)
        self.first = nn.Parameter(torch.randn(1, 1, 12))
        self.place = nn.Parameter(torch.randn(1, 17, 12))
        self.look = nn.Linear(12, 36)
        self.mix = nn.Linear(12, 12)
        self.classify = nn.Linear(12, CLASSES)

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        tokens = self.patches(images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.first.expand(images.shape[0], -1, -1), tokens], dim=1) + self.place
        parts = self.look(tokens).reshape(images.shape[0], 17, 3, 12).unbind(2)
        mixed = self.mix(tokens + functional.scaled_dot_product_attention(*parts))
        return {"logits": self.classify(mixed[:, 0]), "tokens": mixed}


class Skipping(nn.Module):
    """Has a way round ``inner``, and answers with a map of cells and with boxes."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = nn.Conv2d(3, 4, 2, stride=2)
        self.inner = nn.Conv2d(4, 4, 3, padding=1)
        self.both = nn.Conv2d(8, CLASSES, 1)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        outer = self.outer(images)
        cells = self.both(torch.cat([outer, self.inner(outer)], dim=1))
        return cells, cells.flatten(2).mT[..., :2].repeat(1, 1, 2)


class Twice(nn.Module):
    """Runs ``layer`` two times, and ``pair`` hands on two tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, 3, 3, padding=1)
        self.pair = Pair()

    def forward(self, images: Tensor) -> Tensor:
        first, second = self.pair(self.layer(self.layer(images)))
        total: Tensor = first.mean((2, 3)) + second.mean((2, 3))
        return total


class Pair(nn.Module):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x.relu(), x.sigmoid()


class Counting(nn.Module):
    """``which`` hands on indices, no features."""

    def __init__(self) -> None:
        super().__init__()
        self.which = Which()

    def forward(self, images: Tensor) -> Tensor:
        found: Tensor = self.which(images).float()[:, None] * torch.ones(CLASSES)
        return found


class Which(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return images.mean((2, 3)).argmax(1)


class Branching(nn.Module):
    """Looks at values to decide what to do."""

    def forward(self, images: Tensor) -> Tensor:
        return images if images.sum() > 0 else -images


def conv_net() -> ConvNet:
    return ConvNet()


def token_net() -> TokenNet:
    return TokenNet()


def no_network() -> int:
    return 3


NOT_A_FUNCTION = 3


def seeded(model: nn.Module) -> nn.Module:
    """Return the network in evaluation mode with weights drawn from one seed."""
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for value in model.parameters():
            value.copy_(0.3 * torch.randn(value.shape, generator=generator))
        for name, buffer in model.named_buffers():
            if name.endswith("running_var"):
                buffer.copy_(0.5 + torch.rand(buffer.shape, generator=generator))
    return model.eval()


def stored(model: nn.Module, path: Path) -> Path:
    """Write the state dict of a seeded network."""
    seeded(model)
    if path.suffix == ".safetensors":
        save_file({k: v.clone() for k, v in model.state_dict().items()}, path)
    else:
        torch.save(model.state_dict(), path)
    return path
