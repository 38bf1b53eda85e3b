"""Finished answers sent from the device: the whole network runs there, its answer crosses the wire.

Unlike with everything on the device (``on_device``) the result is wanted at the server: bytes are
sent, and scores are those of what the server has then. This is what a late cut competes with.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.backbone import Outputs
from models.coding.answer import PARTS, Answer, AnswerCodec
from models.scenes import CLASSES
from models.subjects.subject import Coded, Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from models.profile.records import UnitKind
    from models.subjects.on_device import OnDevice

__all__ = ["TAIL", "SentAnswer", "sent_answers"]

TAIL = "answer"
"""What answers need of a server in place of a tail: to read them."""

_CELLS = 56
_LEAST = 1e-12  # a probability, so that its logarithm is finite


class _Finished:
    """The device's answers to the last features, for each way to send them that asks."""

    def __init__(self, tail: Callable[[Tensor], Outputs]) -> None:
        self._tail = tail
        self._features: Tensor | None = None
        self._answers: list[Answer] = []

    def to(self, features: Tensor) -> list[Answer]:
        if self._features is not features:
            self._answers = _answers(self._tail(features))
            self._features = features
        return self._answers


class SentAnswer:
    """One way to send finished answers, as a unit of the ladder.

    Args:
        codec: What of an answer is sent, and how.
        finished: The device's answers, for all ways to send them.
        local: The same network with its answers used on the device; a server needs nothing.
    """

    kind: UnitKind = "answer"

    def __init__(self, codec: AnswerCodec, finished: _Finished, local: OnDevice) -> None:
        """Keep the network and the codec."""
        self._codec, self._finished, self._local = codec, finished, local
        self.name, self.tail = codec.name, _said
        self.digest = sha256(f"{local.digest} {codec}".encode()).hexdigest()
        self.costs = {**local.costs, "tail_bytes": 0}

    @property
    def device_steps(self) -> Mapping[str, Callable[..., object]]:
        """Prepare, head, tail, and what codes the answer."""
        return {**self._local.device_steps, "entropy_encode": self._payloads}

    def receive(self, payload: bytes) -> Answer:
        """Return the answer of a payload."""
        return self._codec.decode(payload)

    def decode(self, received: Sequence[Answer]) -> Tensor:
        """Return received answers as one tensor: class, confidence, box and mask of each."""
        rows = [
            np.concatenate(([said.label, said.confidence], said.box, said.mask.ravel()))
            for said in received
        ]
        return torch.from_numpy(np.stack(rows).astype(np.float32))

    def code(self, shown: Shown) -> Coded:
        """Answer, code the answers, and decode them again.

        Raises:
            RuntimeError: A payload did not decode to the class that was encoded.
        """
        answers = self._finished.to(shown.features)
        payloads = [self._codec.encode(answer) for answer in answers]
        received = [self.receive(payload) for payload in payloads]
        if any(got.label != sent.label for got, sent in zip(received, answers, strict=True)):
            raise RuntimeError(f"{self.name}: a payload decodes to another answer")
        return Coded(
            payload_bytes=np.array([len(payload) for payload in payloads]),
            ideal_bytes=np.full(len(payloads), np.nan),
            features=self.decode(received),
        )

    def load(self) -> None:
        """Load the tail's weights."""
        self._local.load()

    def _payloads(self, outputs: Outputs) -> list[bytes]:
        return [self._codec.encode(answer) for answer in _answers(outputs)]


def sent_answers(local: OnDevice) -> list[SentAnswer]:
    """Return all ways to send a network's finished answers: class, box behind it, mask behind both.

    Args:
        local: The network with its answers used on the device.
    """
    finished = _Finished(local.answer)
    codecs = [AnswerCodec(part=part, classes=len(CLASSES), cells=_CELLS) for part in PARTS]
    return [SentAnswer(codec, finished, local) for codec in codecs]


def _answers(outputs: Outputs) -> list[Answer]:
    """Return what a network says, frame by frame."""
    confident, labels = outputs.logits.softmax(dim=1).max(dim=1)
    boxes, masks = outputs.box.numpy(), outputs.mask.numpy() > 0
    said = zip(labels.tolist(), confident.tolist(), boxes, masks, strict=True)
    return [Answer(*answer) for answer in said]


def _said(received: Tensor) -> Outputs:
    """Return received answers in the form that a network gives them."""
    labels, confident, boxes, masks = torch.split(received, [1, 1, 4, _CELLS * _CELLS], dim=1)
    others = ((1 - confident) / (len(CLASSES) - 1)).clamp(min=_LEAST).log()
    logits = others.repeat(1, len(CLASSES)).scatter(1, labels.long(), confident.log())
    return Outputs(logits=logits, box=boxes, mask=masks.reshape(-1, _CELLS, _CELLS) - 0.5)
