"""What a world is built from: frozen records in which every draw of chance is already made.

A plan holds plain numbers and arrays, already scaled by the speeds of devices and server. Times
are integer nanoseconds from the start of the run, sizes are bytes of payload (wire header of the
coded frame included, UDP/IP header excluded). Frames of a stream are numbered 0..F-1 in order of
capture, units of a ladder 0..U-1 in its order. The same plan always gives the same frame log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from policies.interface import Policy
    from traces.bandwidth import BandwidthTrace

__all__ = [
    "DownlinkPlan",
    "LadderPlan",
    "LinkPlan",
    "ServedModel",
    "ServerPlan",
    "StreamPlan",
    "WorldPlan",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPlan:
    """What a device knows beforehand of the units it may choose from; all tuples are [units].

    Attributes:
        names: Unit names, as in the profile.
        on_device: Whether the unit runs wholly on the device: its payload is 0 bytes, it never
            crosses the network, and ``device_mean_ns`` includes the tail.
        utility: Calibration mean of the primary task's score, in [0, 1].
        mean_bytes: Calibration mean of the payload; 0.0 for on-device units.
        high_bytes: Calibration 90th percentile of the payload; 0.0 for on-device units.
        device_mean_ns: Mean time on this device from choosing to payload ready (or, on the
            device, to the result), without switching. Scaled by the device's speed.
        server_mean_ns: Mean time in service at batch size 1: entropy decoding + decoder + tail.
            Scaled by the server's speed; 0 for on-device units.
        switch_ns: Time to load the unit if another one is loaded. All 0 where all units stay in
            memory.
    """

    names: tuple[str, ...]
    on_device: tuple[bool, ...]
    utility: tuple[float, ...]
    mean_bytes: tuple[float, ...]
    high_bytes: tuple[float, ...]
    device_mean_ns: tuple[int, ...]
    server_mean_ns: tuple[int, ...]
    switch_ns: tuple[int, ...]


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
        entropy_decode_ns: int64 [units, frames], on the server, scaled by its speed.
        batch_draw: integers [frames]: the row of ``ServedModel`` tables used for the batch whose
            first frame this is, each in 0..draws-1.
        score: float32 [units, frames], realised score of the primary task.
        confidence: float32 [units, frames].
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
    waiting: Literal["newest", "queue"]
    captured_ns: NDArray[np.int64]
    clip: NDArray[np.int32]
    clip_frame: NDArray[np.int32]
    payload_bytes: NDArray[np.integer]
    device_ns: NDArray[np.int64]
    entropy_decode_ns: NDArray[np.int64]
    batch_draw: NDArray[np.integer]
    score: NDArray[np.float32]
    confidence: NDArray[np.float32]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPlan:
    """The shared first-in first-out uplink.

    Attributes:
        trace: Capacity over the run; its instant 0 is the run's.
        delay_ns: Propagation, added behind the link.
        queue_bytes: Droptail limit on waiting wire bytes; None is an infinite queue.
        queue_packets: Droptail limit on waiting packets; None is an infinite queue.
        header_bytes: Added to each packet on the wire.
        mtu_payload_bytes: Largest payload of one packet.
    """

    trace: BandwidthTrace
    delay_ns: int
    queue_bytes: int | None = None
    queue_packets: int | None = None
    header_bytes: int = 28
    mtu_payload_bytes: int = 1472


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """Service times of one backbone's shared tail and of its units' decoders, scaled.

    Streams with the same model share tail batches, whatever their ladders. A batch of frames takes
    the sum of their entropy decoding, plus for each unit among them its decoder at that unit's
    number of frames, plus for each model among them its tail at that model's number of frames.

    Attributes:
        name: The profile's name.
        tail_ns: int64 [draws, max_batch]: whole tail batches of 1..max_batch frames.
        decode_ns: int64 [draws, decoders, max_batch]; those of on-device units are not read.
    """

    name: str
    tail_ns: NDArray[np.int64]
    decode_ns: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlan:
    """A pool of equal workers; a free one takes up to ``max_batch`` of what waits, in order."""

    workers: int
    max_batch: int
    models: tuple[ServedModel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownlinkPlan:
    """The way back of a result: a delay."""

    delay_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldPlan:
    """One run: streams that share an uplink, a server and a downlink."""

    streams: tuple[StreamPlan, ...]
    uplink: LinkPlan
    server: ServerPlan
    downlink: DownlinkPlan
    duration_ns: int

    def __post_init__(self) -> None:
        """Refuse a server whose tables do not fit the streams.

        Raises:
            ValueError: Naming the stream, the table, its shape and the shape it must have.
        """
        batch = self.server.max_batch
        for stream in self.streams:
            model = self.server.models[stream.model]
            draws, decoders, _ = model.decode_ns.shape
            if model.tail_ns.shape != (draws, batch) or model.decode_ns.shape[2] != batch:
                found = f"tail_ns {model.tail_ns.shape}, decode_ns {model.decode_ns.shape}"
                raise ValueError(f"{stream.name} on {model.name}: {found} must fit batch {batch}")
            if len(stream.decoders) != len(stream.ladder.names) or max(stream.decoders) >= decoders:
                found = f"decoders {stream.decoders}"
                raise ValueError(
                    f"{stream.name} on {model.name}: {found} must be one for each of "
                    f"{len(stream.ladder.names)} units, below {decoders}"
                )
