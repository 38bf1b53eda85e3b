"""Evidence: what scores of a whole set of frames, such as mean average precision, are counted from.

It is kept apart from the scores of a frame, as only test clips are asked for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.scoring import _HALF, box_iou

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.backbone import Outputs
    from models.scoring import Truth

__all__ = ["EVIDENCE", "EVIDENCE_VERSION", "evidence_of"]

EVIDENCE = ("label", "answer", "overlap", "cells_shared", "cells_found", "cells_true")
"""True and answered class; IoU of the boxes, whatever was answered; mask cells in both, in the
answer and in truth."""

EVIDENCE_VERSION = 1
"""Evidence kept under another number is gathered anew."""


def evidence_of(outputs: Outputs, truth: Truth) -> dict[str, NDArray[np.float32]]:
    """Return the evidence of n frames, float32 (n,) by name, from the tail's outputs."""
    found, true = outputs.mask.numpy() > 0, truth.masks >= _HALF
    columns = (
        truth.labels,
        outputs.logits.numpy().argmax(axis=1),
        box_iou(outputs.box.numpy(), truth.boxes),
        *(mask.sum(axis=(1, 2)) for mask in (found & true, found, true)),
    )
    return dict(zip(EVIDENCE, (column.astype(np.float32) for column in columns), strict=True))
