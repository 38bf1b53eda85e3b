"""The streams of a world: what each unit makes of each frame, and how it is sent."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from policies.interface import Policy

__all__ = [
    "GAPS",
    "RATIO_GAIN",
    "Cancelling",
    "ChainPlan",
    "HighAfter",
    "LadderPlan",
    "LayerPlan",
    "StreamPlan",
    "TaskPlan",
    "Transport",
    "Waiting",
]

Waiting = Literal["newest", "queue"]
Transport = Literal["datagram", "retransmit"]
Cancelling = Literal["never", "too-late", "superseded"]


GAPS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Captures since the last frame that was encoded, 1 where that was the one before."""

RATIO_GAIN = 0.25
"""Share of the newest size in the moving average that forecasts follow."""

HighAfter: TypeAlias = "tuple[tuple[tuple[float, ...], ...], ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPlan:
    """What a device knows beforehand of the units it may choose from; all tuples are [units].

    Attributes:
        names: Unit names, as in the profile.
        on_device: Whether the unit runs wholly on the device: its payload is 0 bytes, it never
            crosses the network, and ``device_mean_ns`` includes the tail.
        utility: Calibration mean of the primary task's score, in [0, 1].
        mean_bytes: Calibration mean of the payload; 0.0 for on-device units.
        high_bytes: Calibration 90th percentile of the payload; 0.0 for on-device units. It holds
            before anything is encoded, and throughout where nothing more is known.
        device_mean_ns: Mean time on this device from choosing to payload ready (or, on the
            device, to the result), without switching. Scaled by the device's speed.
        server_mean_ns: Mean time in service at batch size 1: entropy decoding + decoder + tail.
            Scaled by the server's speed; 0 for on-device units.
        switch_ns: Time to load the unit if another one is loaded. All 0 where all units stay in
            memory.
        high_after: Payload that, over the moving average of sizes, nine frames in ten do not
            exceed: by the unit that was encoded last, by how many captures ago (the largest of
            `GAPS` that is no more), and by unit; see `simulator.assembly.uppers`.
        modules: The number of the weights that each unit loads: between units with the same one a
            device switches at once. Empty where each has its own.
    """

    names: tuple[str, ...]
    on_device: tuple[bool, ...]
    utility: tuple[float, ...]
    mean_bytes: tuple[float, ...]
    high_bytes: tuple[float, ...]
    device_mean_ns: tuple[int, ...]
    server_mean_ns: tuple[int, ...]
    switch_ns: tuple[int, ...]
    high_after: HighAfter = ()
    modules: tuple[int, ...] = ()

    def highs(self, last: int | None, gap: int) -> tuple[float, ...]:
        """Return by unit the payload that, over the moving average, nine in ten do not exceed.

        Args:
            last: The unit that was encoded last; None before the first.
            gap: How many captures ago, from 1.
        """
        if last is None or not self.high_after:
            return self.high_bytes
        return self.high_after[last][bisect_right(GAPS, gap) - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPlan:
    """A unit whose payload is a base layer and enhancement layers, in the order of sending.

    What has arrived when the server must begin is decoded: layers 0..k where all of them are whole.

    Attributes:
        payload_bytes: integers [layers, frames], each > 0; their sum is the unit's payload.
        entropy_decode_ns: int64 [layers, frames]: of layers 0..k together, not scaled.
        score: float32 [layers, frames], realised score with layers 0..k.
        confidence: float32 [layers, frames], with layers 0..k.
    """

    payload_bytes: NDArray[np.integer]
    entropy_decode_ns: NDArray[np.int64]
    score: NDArray[np.float32]
    confidence: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPlan:
    """A unit whose frames hang together, as those of a video codec do.

    The first frame is an *intra* frame, coded alone, and so is each ``refresh``-th after it; the
    others are *predicted* from the one that the stream encoded before. To use another unit in
    between ends the chain. The unit's row of ``StreamPlan.payload_bytes`` holds predicted frames.

    Attributes:
        refresh: Encoded frames from one intra frame to the next, at least 1.
        intra_bytes: integers [frames], each > 0: the payload of an intra frame.
        intra_mean_bytes: Its calibration mean.
        predicted_mean_bytes: The calibration mean of a predicted frame's payload.
    """

    refresh: int
    intra_bytes: NDArray[np.integer]
    intra_mean_bytes: float
    predicted_mean_bytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """One more question asked of the same payload, answered by the same tail.

    Attributes:
        name: Of the task, as in the profile.
        deadline_ns: Its answer is on time iff done - captured <= this.
        score: float32 [units, frames], realised score of this task.
        layers: For each layered unit float32 [layers, frames], its score with layers 0..k, and None
            for each other one; empty if none has several.
    """

    name: str
    deadline_ns: int
    score: NDArray[np.float32]
    layers: tuple[NDArray[np.float32] | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPlan:
    """One camera on one device: its frames, what each unit makes of them, and its policy.

    Attributes:
        name: Unique name: ``cameras/3``.
        group: The scenario's group of streams: ``cameras``.
        ladder: The units.
        model: Index into ``ServerPlan.models`` of the backbone that serves these frames.
        decoders: For each unit of the ladder its index into that model's ``decode_ns``.
        policy: Decides; built for this stream alone.
        deadline_ns: A frame is on time iff done - captured <= this.
        interval_ns: Nominal spacing of captures.
        probe_ns: Where the policy would skip and nothing was sent for this long (or ever), the
            smallest network unit is sent instead; None never does so.
        waiting: ``newest`` keeps only the newest waiting frame and drops the others; ``queue``
            keeps all, in order.
        captured_ns: int64 [frames], ascending strictly, all below the run's duration.
        clip: int32 [frames], which clip of the profile is shown; for the log only.
        clip_frame: int32 [frames], which frame of that clip; for the log only.
        payload_bytes: int32 or int64 [units, frames]; 0 for on-device units, else > 0.
        device_ns: int64 [units, frames]; see ``LadderPlan.device_mean_ns`` for what it covers.
        entropy_decode_ns: int64 [units, frames], on the server as measured; each kind of worker
            divides it by its speed.
        batch_draw: integers [frames]: the row of ``ServedModel`` tables used for the batch whose
            first frame this is, each in 0..draws-1.
        score: float32 [units, frames], realised score of the primary task.
        confidence: float32 [units, frames].
        weight: Its share of links that are shared fairly or by turns, relative to other streams.
        transport: ``datagram`` sends each packet once; ``retransmit`` sends a lost one again one
            base round trip later, unless the frame's deadline has passed by then.
        cancel: ``too-late`` removes packets that have not begun on the first hop from the
            instant on at which, by propagation alone, no answer can be on time any more;
            ``superseded`` does so too, and removes waiting enhancement layers when a newer frame is
            sent.
        result_bytes: Payload of an answer on the downlink.
        layers: For each unit its layers, or None where it has only one; empty if none has several.
        decode_by_ns: When the server begins with the layers that are there, after capture; read
            for layered units only.
        tasks: Further tasks besides the primary one, whose deadline is ``deadline_ns``.
        chains: For each unit its chain, or None where each frame is coded alone; empty if all are.
        asks_intra: Whether the server asks for an intra frame when what a frame is predicted from
            is not there.
    """

    name: str
    group: str
    ladder: LadderPlan
    model: int
    decoders: tuple[int, ...]
    policy: Policy
    deadline_ns: int
    interval_ns: int
    probe_ns: int | None
    waiting: Waiting
    captured_ns: NDArray[np.int64]
    clip: NDArray[np.int32]
    clip_frame: NDArray[np.int32]
    payload_bytes: NDArray[np.integer]
    device_ns: NDArray[np.int64]
    entropy_decode_ns: NDArray[np.int64]
    batch_draw: NDArray[np.integer]
    score: NDArray[np.float32]
    confidence: NDArray[np.float32]
    weight: int = 1
    transport: Transport = "datagram"
    cancel: Cancelling = "never"
    result_bytes: int = 100
    layers: tuple[LayerPlan | None, ...] = ()
    decode_by_ns: int = 0
    tasks: tuple[TaskPlan, ...] = ()
    chains: tuple[ChainPlan | None, ...] = ()
    asks_intra: bool = False

    @property
    def last_deadline_ns(self) -> int:
        """The latest of its tasks' deadlines: after it an answer is worth nothing."""
        return max(self.deadline_ns, *(task.deadline_ns for task in self.tasks), 0)

    def __post_init__(self) -> None:
        """Refuse arrays whose shapes do not belong together.

        Raises:
            ValueError: Naming the stream, the array, its shape and the shape it must have.
        """
        frames, units = len(self.captured_ns), len(self.ladder.names)
        shapes = dict.fromkeys(("captured_ns", "clip", "clip_frame", "batch_draw"), (frames,))
        tables = ("payload_bytes", "device_ns", "entropy_decode_ns", "score", "confidence")
        for name, shape in {**shapes, **dict.fromkeys(tables, (units, frames))}.items():
            found = getattr(self, name).shape
            if found != shape:
                raise ValueError(f"{self.name} {name}: shape {found} must be {shape}")
        for name, parts in (("layers", self.layers), ("chains", self.chains)):
            if parts and len(parts) != units:
                raise ValueError(f"{self.name} {name}: {len(parts)} must be one for each unit")
        for unit, chain in enumerate(self.chains):
            if chain is not None and (chain.refresh < 1 or chain.intra_bytes.shape != (frames,)):
                found = f"refresh {chain.refresh}, intra_bytes {chain.intra_bytes.shape}"
                raise ValueError(f"{self.name} chains: {found} must be >= 1, {(frames,)}")
            if chain is not None and self.layers and self.layers[unit] is not None:
                raise ValueError(f"{self.name} chains: unit {unit} must not have layers, too")
