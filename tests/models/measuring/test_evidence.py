from __future__ import annotations

import numpy as np
import torch

from models.backbone import Outputs
from models.measuring.evidence import EVIDENCE, evidence_of
from models.scenes import CLASSES, EMPTY
from models.scoring import Truth


def test_evidence_holds_the_overlap_although_the_answer_is_empty() -> None:
    logits = torch.zeros(2, len(CLASSES))
    logits[0, EMPTY], logits[1, 5] = 9.0, 9.0
    whole, left = [0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.5, 1.0]
    mask = torch.full((2, 56, 56), -1.0)
    mask[1, :2] = 1.0
    masks = np.zeros((2, 56, 56), np.uint8)
    masks[0], masks[1, 1, :10] = 255, 128
    truth = Truth(labels=np.array([3, 5]), boxes=np.array([left, whole], np.float32), masks=masks)
    found = evidence_of(Outputs(logits, torch.tensor([whole, whole]), mask), truth)
    assert list(found) == list(EVIDENCE)
    assert np.stack([*found.values()], axis=1).tolist() == [
        [3, EMPTY, 0.5, 0, 0, 56 * 56],
        [5, 5, 1.0, 10, 112, 10],
    ]
