"""What a network makes of pictures must be numbers; if not, the picture is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor

__all__ = ["refuse_nan", "refuse_non_finite"]


def refuse_non_finite(features: Tensor, pictures: Sequence[Path], split: str) -> None:
    """Refuse features that no quantiser can hold.

    Args:
        features: Of the pictures, [picture, ...].
        pictures: Their files.
        split: The submodule behind which they were taken.

    Raises:
        InputError: A feature is NaN or infinite; it names the first such picture.
    """
    what = f"features behind '{split}'"
    _refuse(~features.isfinite(), pictures, what, "NaN or infinite")


def refuse_nan(answers: Sequence[Tensor], pictures: Sequence[Path]) -> None:
    """Refuse answers that no score can be taken of; some networks mask with infinities.

    Args:
        answers: The network's outputs for the pictures, each [picture, ...].
        pictures: Their files.

    Raises:
        InputError: An output is NaN; it names the first such picture.
    """
    for answer in answers:
        _refuse(answer.isnan(), pictures, "the network's answer", "NaN")


def _refuse(odd: Tensor, pictures: Sequence[Path], what: str, called: str) -> None:
    if not bool(odd.any()):
        return
    counts = odd.reshape(len(odd), -1).sum(1).tolist()
    row = next(row for row, count in enumerate(counts) if count)
    raise InputError(
        Problem(
            where=str(pictures[row]),
            what=what,
            value=f"{counts[row]} of {odd[row].numel()} values are {called}",
            rule="must be finite numbers" if "infinite" in called else "must be numbers",
            remedy="look for damaged weights or an overflow, or split elsewhere",
        )
    )
