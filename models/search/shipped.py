"""The units that ship at other split points, as rows beside the search's best designs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.coding.wire import HEADER_BYTES
from models.scoring import TASKS
from models.search.sampling import Design
from models.units import other_splits
from models.weightfile import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.ladder import TrainedLadder
    from models.search.record import Outcome

__all__ = ["Shipped", "compared", "shipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """One unit beside a ladder, as its file tells of it.

    Attributes:
        name: The unit's.
        design: What was trained.
        images: Showings in training, those with only the feature distance among them.
        payload_bytes: Mean ideal code length of a frame and the wire header.
        scores: Mean score by task on the selection split.
    """

    name: str
    design: Design
    images: int
    payload_bytes: float
    scores: Mapping[str, float]

    @property
    def size(self) -> str:
        """The bytes as shown, with the mark of those that were not counted."""
        return f"~{self.payload_bytes:.0f}"

    @property
    def mean_score(self) -> float:
        """Mean of the tasks' scores, 0 to 1."""
        return sum(self.scores.values()) / len(self.scores)


def shipped(trained: TrainedLadder) -> tuple[Shipped, ...]:
    """Return the units beside a ladder whose files tell what they scored.

    Raises:
        InputError: A file is damaged or foreign, or of another backbone or split point.
    """
    found = []
    for split, unit in other_splits.load_all(trained):
        about = read(trained.folder / f"{unit.name}.safetensors")[1]
        if "selection" not in about:
            continue
        selection, shape = about["selection"], unit.shape
        found.append(
            Shipped(
                name=unit.name,
                design=Design(
                    split=split,
                    channels=shape.channels,
                    stride=shape.stride,
                    width=shape.width,
                    step=shape.step,
                    worth=about["worth"],
                ),
                images=about["images"] + about["warm_images"],
                payload_bytes=selection["ideal_bytes"] + HEADER_BYTES,
                scores={task: selection[task] for task in TASKS},
            )
        )
    return tuple(found)


def compared(longer: Sequence[Outcome], units: Sequence[Shipped]) -> list[str]:
    """Return what each searched design takes beside the shipped unit there of the nearest score.

    Args:
        longer: The best designs of the search, trained longer.
        units: The shipped units.
    """
    lines = []
    for design in longer:
        here = [unit for unit in units if unit.design.split == design.design.split]
        if here:
            score = design.mean_score
            near = min(here, key=lambda unit: abs(unit.mean_score - score))
            lines.append(
                f"{design.design.split.capitalize()}: the searched design takes "
                f"{design.payload_bytes:.0f} B at {100 * design.scores['top1']:.1f} % top-1, "
                f"`{near.name}` {near.size} B at {100 * near.scores['top1']:.1f} %."
            )
    return lines
