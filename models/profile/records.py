"""The records of a profile: measured sizes, scores and stage times of a ladder over clips.

Units used throughout: payload sizes in bytes (wire header included), times in integer nanoseconds,
scores and confidences between 0 and 1. Arrays over content are indexed ``[clip, frame]``; the
frames of a clip are temporally coherent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from simulator.foundation.errors import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

UnitKind: TypeAlias = Literal[
    "bottleneck",
    "continuous",
    "layered",
    "other-split",
    "student",
    "feature-codec",
    "image-codec",
    "video-codec",
    "answer",
    "on-device",
]
Half: TypeAlias = Literal["calibration", "replay"]

UNIT_KINDS: tuple[UnitKind, ...] = (
    "bottleneck",
    "continuous",
    "layered",
    "other-split",
    "student",
    "feature-codec",
    "image-codec",
    "video-codec",
    "answer",
    "on-device",
)
HALVES: tuple[Half, ...] = ("calibration", "replay")
DEVICE_STAGES: tuple[str, ...] = ("prep", "head", "encode", "entropy_encode", "tail")
"""Columns of :attr:`Unit.device_rows_ns`, in the order in which a device runs them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tail:
    """A tail besides the shared one: what a server runs behind the decoders of some units.

    Attributes:
        name: Units with the same tail name the same one; they share its batches and its memory.
        times_ns: ``[batch size, sample]`` server time for a whole batch, each row sorted; all that
            is run for an answer, so a unit with a tail for each of three tasks counts three.
        memory_bytes: Memory its weights take when resident.
    """

    name: str
    times_ns: NDArray[np.int64]
    memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LayerTable:
    """The layers of a unit whose payload is a base layer and enhancement layers, as they are sent.

    What is there when the server begins is decoded: layers 0..k where all of them are whole.

    Attributes:
        payload_bytes: ``[layer, clip, frame]`` bytes of each layer alone, wire headers included;
            their sum is the unit's payload.
        scores: Task name to ``[layer, clip, frame]`` scores with layers 0..k.
        confidence: ``[layer, clip, frame]`` with layers 0..k.
        entropy_decode_ns: ``[layer, sample]`` server time to turn layers 0..k into symbols, sorted.
    """

    payload_bytes: NDArray[np.int32]
    scores: Mapping[str, NDArray[np.float32]]
    confidence: NDArray[np.float32]
    entropy_decode_ns: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chain:
    """What makes the frames of a video codec hang together: each refers to the one before.

    The unit's payloads are those of predicted frames; its scores and confidences are those of a
    stream in which every frame arrived, as a frame decodes only if all since the last intra frame
    did.

    Attributes:
        refresh: Every so many encoded frames one is coded without reference to others, >= 1.
        intra_bytes: ``[clip, frame]`` bytes of the frame where it is coded so.
    """

    refresh: int
    intra_bytes: NDArray[np.int32]

    def mixed(self, predicted: float, intra: float) -> float:
        """Return the mean over a refresh period of what has these means over either kind.

        Example:
            >>> Chain(refresh=4, intra_bytes=np.ones((1, 1), np.int32)).mixed(100.0, 500.0)
            200.0
        """
        return predicted + (intra - predicted) / self.refresh


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unit:
    """One rung of the ladder, measured: a bottleneck unit, a codec, or all on the device.

    Attributes:
        name: What policies and tables call it, such as ``unit-3`` or ``jpeg444-q50``.
        kind: ``bottleneck``: a trained unit behind a frozen head; ``continuous``: a setting of a
            unit of any rate; ``layered``; ``other-split``: a unit at another split point of the
            network than these; ``student``: an encoder trained in the head's place;
            ``feature-codec``: features at the split, coded without a trained rate;
            ``image-codec``; ``video-codec``; ``answer``: the whole network on the device, its
            finished answer sent; or ``on-device``: the same, the answer used there.
        payload_bytes: ``[clip, frame]`` bytes handed to the network, wire header included; 0 for
            on-device.
        scores: Task name to ``[clip, frame]`` scores.
        confidence: ``[clip, frame]`` largest softmax probability of the answer.
        device_rows_ns: ``[sample, stage]`` whole measured rows of :data:`DEVICE_STAGES` at batch 1,
            sorted by row total; a stage this unit does not run on the device is 0.
        entropy_decode_ns: ``[sample]`` server time to turn one payload into symbols (or into an
            image), sorted.
        decode_ns: ``[batch size, sample]`` server time of this unit's decoder for a whole batch
            (for an image codec the backbone's head), each row sorted.
        switch_ns: Time to load the unit's weights when they are not resident.
        memory_bytes: Memory its weights take when resident, those of a tail of its own among them.
        storage_bytes: Size of its weights and tables on disk, with those of a tail of its own.
        parameters: Number of trained parameters.
        module: Name of the weights that it loads: units with the same one are settings of one
            network, and to switch between them costs nothing. Where left out its own name.
        tail: What it needs in place of the shared tail; None where the shared one serves it.
        layers: None for a unit whose payload is one piece. Payloads, scores, confidences and
            entropy decoding of a layered unit are those of all its layers.
        chain: Of a video codec, and of it alone.
    """

    name: str
    kind: UnitKind
    payload_bytes: NDArray[np.int32]
    scores: Mapping[str, NDArray[np.float32]]
    confidence: NDArray[np.float32]
    device_rows_ns: NDArray[np.int64]
    entropy_decode_ns: NDArray[np.int64]
    decode_ns: NDArray[np.int64]
    switch_ns: int
    memory_bytes: int
    storage_bytes: int
    parameters: int
    module: str = ""
    tail: Tail | None = None
    layers: LayerTable | None = None
    chain: Chain | None = None

    def __post_init__(self) -> None:
        """Load weights of its own where nothing else is said."""
        if not self.module:
            object.__setattr__(self, "module", self.name)

    @property
    def mean_bytes(self) -> float:
        """Mean payload; of a chain that over a refresh period."""
        mean = float(self.payload_bytes.mean())
        return self.chain.mixed(mean, float(self.chain.intra_bytes.mean())) if self.chain else mean


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Profile:
    """A measured ladder: everything the simulator knows about the networks, as plain arrays.

    Attributes:
        name: The profile's name; a shipped one is found by it.
        clip_fps: Frames per second at which the clips were filmed.
        units: The ladder, on-device first, then by rising mean payload.
        primary_task: The task whose score counts as *the* score, such as ``top1``.
        batch_sizes: Measured batch sizes, rising from 1.
        tail_ns: ``[batch size, sample]`` server time of the shared tail for a whole batch, each
            row sorted; see ``tails`` for others.
        clip_half: Per clip ``calibration`` or ``replay``; the halves share no clip.
        clip_set: Per clip the content it shows, such as ``standard``, ``busy`` or ``shifted``.
        clean_scores: Task name to ``[clip, frame]`` scores of the uncompressed backbone.
        info: Where the numbers come from: machine, threads, versions, hashes of weights and
            tables.
        sha256: Digest over the stored arrays and the canonical JSON; empty until sealed (see
            ``storage``).
    """

    name: str
    clip_fps: float
    units: tuple[Unit, ...]
    primary_task: str
    batch_sizes: tuple[int, ...]
    tail_ns: NDArray[np.int64]
    clip_half: NDArray[np.str_]
    clip_set: NDArray[np.str_]
    clean_scores: Mapping[str, NDArray[np.float32]]
    info: Mapping[str, object] = field(default_factory=dict)
    sha256: str = ""

    @property
    def means_only(self) -> bool:
        """Whether it was typed from a paper: every frame carries the same means."""
        return self.info.get("kind") == "published"

    def chance(self, task: str) -> float:
        """Return what a network scores that always gives the same answer; 0 where nobody knows."""
        data = self.info.get("data")
        levels = data.get("chance") if isinstance(data, Mapping) else None
        level = levels.get(task) if isinstance(levels, Mapping) else None
        return float(level) if isinstance(level, int | float) and 0 <= level <= 1 else 0.0

    @property
    def clips(self) -> int:
        """Number of clips."""
        return len(self.clip_half)

    @property
    def frames_per_clip(self) -> int:
        """Number of frames in every clip."""
        return int(self.units[0].payload_bytes.shape[-1])

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the scored tasks."""
        return tuple(self.clean_scores)

    @property
    def unit_names(self) -> tuple[str, ...]:
        """Names of the units in ladder order."""
        return tuple(unit.name for unit in self.units)

    @property
    def tails(self) -> tuple[Tail, ...]:
        """The tails besides the shared one, each once, in ladder order."""
        return tuple({unit.tail.name: unit.tail for unit in self.units if unit.tail}.values())

    def clips_of(self, half: Half) -> NDArray[np.intp]:
        """Return the indices of the clips in one half, in order."""
        return np.flatnonzero(self.clip_half == half)

    def index(self, unit_name: str) -> int:
        """Return the ladder index of a unit.

        Raises:
            InputError: No unit has this name; the message names the nearest one.
        """
        if unit_name in self.unit_names:
            return self.unit_names.index(unit_name)
        raise InputError(
            Problem(
                where=f"profile {self.name}",
                what="unit",
                value=unit_name,
                rule="must be a unit of the ladder",
                remedy=did_you_mean(unit_name, self.unit_names),
            )
        )
