"""What only some units of a profile have, shown: shared weights, tails, layers, chains."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.profile import Unit

__all__ = ["trait_lines", "traits"]


def traits(unit: Unit) -> dict[str, Any]:
    """Return what a unit has besides what every unit has, as JSON values.

    ``module`` and ``tail`` are names (no tail: the shared one); ``layers`` holds what the first
    layers are together, from the base layer alone to all of them.
    """
    found: dict[str, Any] = {"module": unit.module}
    if unit.tail is not None:
        found["tail"] = unit.tail.name
    if unit.layers is not None:
        sizes = unit.layers.payload_bytes.mean(axis=(1, 2)).cumsum()
        found["layers"] = [
            {
                "bytes": round(float(size), 1),
                "scores": {
                    task: round(float(values[count].mean()), 4)
                    for task, values in unit.layers.scores.items()
                },
            }
            for count, size in enumerate(sizes)
        ]
    if unit.chain is not None:
        found |= {
            "refresh": unit.chain.refresh,
            "predicted_bytes": round(float(unit.payload_bytes.mean()), 1),
            "intra_bytes": round(float(unit.chain.intra_bytes.mean()), 1),
        }
    return found


def trait_lines(shown: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Return lines of text about the units that have any of it, from their JSON values."""
    parts = (_modules, _tails, _layers, _chains)
    return [line for part in parts for line in part(shown["units"])]


def _modules(units: list[Any]) -> list[str]:
    return _groups([unit for unit in units if unit["module"] != unit["name"]], "module", "weights")


def _tails(units: list[Any]) -> list[str]:
    return _groups([unit for unit in units if "tail" in unit], "tail", "tail, not the shared one")


def _groups(units: list[Any], key: str, what: str) -> list[str]:
    """Return a line for each group of units that name the same thing."""
    ordered = sorted(units, key=lambda unit: str(unit[key]))
    groups = groupby(ordered, key=lambda unit: str(unit[key]))
    return [f"{name}, {what}: {', '.join(u['name'] for u in group)}" for name, group in groups]


def _layers(units: list[Any]) -> list[str]:
    lines = []
    for unit in units:
        if "layers" in unit:
            grown = [
                f"{layer['bytes']:.0f} B "
                + " / ".join(f"{100 * score:.1f}" for score in layer["scores"].values())
                for layer in unit["layers"]
            ]
            tasks = " / ".join(unit["layers"][0]["scores"])
            lines.append(
                f"{unit['name']}, by layers that are there ({tasks} %): {', '.join(grown)}"
            )
    return lines


def _chains(units: list[Any]) -> list[str]:
    lines = [
        f"{unit['name']}: {unit['predicted_bytes']:.0f} B predicted, {unit['intra_bytes']:.0f} B "
        f"intra, every {unit['refresh']} frames"
        for unit in units
        if "refresh" in unit
    ]
    said = "video codecs: bytes above are means over a refresh period, the rest predicted frames'"
    return [said, *lines] if lines else []
