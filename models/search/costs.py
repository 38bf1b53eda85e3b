"""What a ladder of units costs beside full copies of its network: to store, train and switch to."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from models.backbone import SPLIT_AFTER, Backbone
from models.markdown import table
from models.scenes import SIDE
from models.split import SPLITS
from models.subjects.opening import open_ladder
from models.training.cache import CachedBatch
from models.training.runs.ladder import FULL
from models.training.tasks import frozen_tail, supervised_loss
from models.training.team import ALONE
from models.training.unit_recipe import UnitRecipe
from models.training.units import unit_loss
from models.units import other_splits
from models.units.bottleneck import BottleneckUnit
from models.weightfile import read, resident

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from torch import Tensor

    from models.backbone import Outputs

__all__ = ["Costs", "Part", "costs", "lines"]

_BATCH, _NETWORK_BATCH = 48, 16
_NS_PER_MS, _BYTES_PER_KB = 1e6, 1e3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of weights.

    Attributes:
        name: The file's, without its suffix.
        storage_bytes: Its size.
        images: Pictures shown in training, with the task's loss.
        warm_images: Pictures shown before with only the feature distance.
        seconds: What showing them takes one thread of this machine: CPU time of a few steps here,
            times their number.
        load_ns: Median wall time to load its weights, the file in the page cache.
    """

    name: str
    storage_bytes: int
    images: int
    warm_images: int
    seconds: float
    load_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The network and its units, the ladder's by rising rate, then those at other split points."""

    network: Part
    units: tuple[Part, ...]

    def stored(self, count: int) -> tuple[int, int]:
        """Return bytes of the network with its first units, and of as many copies of it."""
        with_units = self.network.storage_bytes + sum(
            unit.storage_bytes for unit in self.units[:count]
        )
        return with_units, count * self.network.storage_bytes

    def trained(self, count: int) -> tuple[float, float]:
        """Return seconds to train the network and its first units, and to train the copies."""
        with_units = self.network.seconds + sum(unit.seconds for unit in self.units[:count])
        return with_units, count * self.network.seconds


def costs(weights: str | Path, *, loads: int = 15, steps: int = 3) -> Costs:
    """Measure what a folder of weights costs, from its files and by one thread of this machine.

    Full copies stand for networks of which each was trained for its own rate as long as the one
    there is.

    Args:
        weights: Folder of weights, or the name of a shipped one.
        loads: How often each file is loaded.
        steps: How many training steps are timed of each kind.

    Raises:
        InputError: The weights are missing, damaged, or do not belong together.
    """
    torch.set_num_threads(1)  # as where stages are timed
    trained = open_ladder(weights)
    elsewhere = other_splits.load_all(trained)
    split_of = {unit.name: split for split, unit in elsewhere}
    units = [*trained.units, *(unit for _, unit in elsewhere)]
    names = ["backbone", *(unit.name for unit in units)]
    files = {name: trained.folder / f"{name}.safetensors" for name in names}
    loaded = _loads(files, loads)
    shown = {name: _shown(read(file)[1]) for name, file in files.items()}
    seconds = {"backbone": shown["backbone"][0] * _network_pace(trained.backbone, steps)}
    for unit in units:
        after = SPLITS[split_of[unit.name]].after if unit.name in split_of else SPLIT_AFTER
        task, warm = _unit_paces(unit, trained.backbone, after, steps)
        images, warm_images = shown[unit.name]
        seconds[unit.name] = images * task + warm_images * warm
    network, *others = (
        Part(
            name=name,
            storage_bytes=file.stat().st_size,
            images=shown[name][0],
            warm_images=shown[name][1],
            seconds=seconds[name],
            load_ns=loaded[name],
        )
        for name, file in files.items()
    )
    return Costs(network=network, units=(*others,))


def lines(found: Costs) -> list[str]:
    """Return the tables of what was found, as lines of Markdown."""
    parts = table(
        ["file", "kB", "images by features", "images by tasks", "minutes", "load, ms"],
        [
            [
                part.name,
                f"{part.storage_bytes / _BYTES_PER_KB:.0f}",
                f"{part.warm_images:,}",
                f"{part.images:,}",
                f"{part.seconds / 60:.0f}",
                f"{part.load_ns / _NS_PER_MS:.2f}",
            ]
            for part in (found.network, *found.units)
        ],
    )
    rows = []
    for count in range(1, len(found.units) + 1):
        stored, copies = found.stored(count)
        seconds, copied = found.trained(count)
        rows.append(
            [
                str(count),
                f"{stored / _BYTES_PER_KB:,.0f}",
                f"{copies / _BYTES_PER_KB:,.0f}",
                f"{copies / stored:.1f}",
                f"{seconds / 60:,.0f}",
                f"{copied / 60:,.0f}",
            ]
        )
    head = ["units", "kB with them", "kB of copies", "times", "minutes with them", "of copies"]
    return [*parts, "", *table(head, rows)]


def _shown(about: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many pictures a file's training showed, and how many before by features alone.

    Units of the first ladders do not name the latter: it is that of the recipe they name.
    """
    images = int(about.get("images", 0))
    if "number" not in about or "warm_images" in about:
        return images, int(about.get("warm_images", 0))
    mark = tuple(about.get(name) for name in ("number", "channels", "worth", "images"))
    same = [
        recipe.warm_images
        for recipe in FULL.units
        if (recipe.number, recipe.channels, recipe.worth, recipe.images) == mark
    ]
    return images, same[0] if same else 0


def _loads(files: Mapping[str, Path], rounds: int) -> dict[str, int]:
    """Return the median load times of files that take turns, ns."""
    taken: dict[str, list[int]] = {name: [] for name in files}
    for _ in range(rounds):
        for name, file in files.items():
            began = time.perf_counter_ns()
            resident(file)
            taken[name].append(time.perf_counter_ns() - began)
    return {name: round(float(np.median(times))) for name, times in taken.items()}


def _pace(loss: Callable[[], Tensor], images: int, steps: int) -> float:
    """Return a training step's CPU seconds of one thread for each of its pictures."""
    taken = []
    for _ in range(steps + 1):
        began = time.thread_time_ns()
        loss().backward()  # type: ignore[no-untyped-call]
        taken.append(time.thread_time_ns() - began)
    return float(np.median(taken[1:])) / 1e9 / images


def _network_pace(backbone: Backbone, steps: int) -> float:
    network = Backbone(backbone.width).to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    rng = torch.Generator().manual_seed(0)
    x = torch.rand(_NETWORK_BATCH, 3, SIDE, SIDE, generator=rng)
    x = x.contiguous(memory_format=torch.channels_last)
    labels = torch.zeros(_NETWORK_BATCH, dtype=torch.int64)
    boxes, masks = torch.zeros(_NETWORK_BATCH, 4), torch.zeros(_NETWORK_BATCH, 56, 56)

    def loss() -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            out = network(x)
        return supervised_loss(out, labels, boxes, masks)

    return _pace(loss, _NETWORK_BATCH, steps)


def _unit_paces(
    unit: BottleneckUnit, backbone: Backbone, after: str, steps: int
) -> tuple[float, float]:
    """Return seconds a picture through the frozen tail, and by the feature distance alone."""
    fresh = BottleneckUnit(unit.number, unit.shape)
    fresh.to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    features = torch.rand(
        _BATCH, *unit.shape.features, generator=torch.Generator().manual_seed(0)
    ).contiguous(memory_format=torch.channels_last)
    tail = frozen_tail(backbone, after=after)
    with torch.no_grad():
        teacher: Outputs = tail(features)
    batch = CachedBatch(features, teacher, torch.zeros(_BATCH, dtype=torch.int64))
    recipe = UnitRecipe(
        number=unit.number,
        channels=unit.channels,
        worth=1.0,
        start=None,
        images=_BATCH,
        batch=_BATCH,
    )
    warm = replace(recipe, warm_images=_BATCH)
    of = partial(unit_loss, fresh, tail)
    return (
        _pace(lambda: of(recipe, ALONE, batch, 0)[0], _BATCH, steps),
        _pace(lambda: of(warm, ALONE, batch, 0)[0], _BATCH, steps),
    )
