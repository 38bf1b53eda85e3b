"""The server of a world: workers of several kinds, what they hold, and how they take work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from simulator.servers.workers import Worker

__all__ = [
    "Batching",
    "MemoryPlan",
    "Order",
    "ServedModel",
    "ServerPlan",
]

Order = Literal["fifo", "edf"]
Batching = Literal["pull", "form"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """Service times of one backbone's tail and of its units' decoders, as measured.

    Streams with the same model share tail batches, whatever their ladders. A batch of frames takes
    the sum of their entropy decoding, plus for each unit among them its decoder at that unit's
    number of frames, plus for each tail among them that tail at its number of frames; all of it
    divided by the worker's speed.

    Attributes:
        name: The profile's name.
        tail_ns: int64 [draws, max_batch]: whole tail batches of 1..max_batch frames, of each tail
            that ``other_tails_ns`` does not name.
        decode_ns: int64 [draws, decoders, max_batch]; those of on-device units are not read.
        tails: For each decoder which tail it needs. All 0 where the frozen tail is shared; each
            its own where every unit has a tail of its own, which then share no batch.
        other_tails_ns: By the number of a tail that takes other times than ``tail_ns``, these.
        modules: For each decoder the modules, by index into ``MemoryPlan``, that a worker must
            hold to serve it: its tail and itself. Empty where memory is not simulated.
    """

    name: str
    tail_ns: NDArray[np.int64]
    decode_ns: NDArray[np.int64]
    tails: tuple[int, ...]
    other_tails_ns: Mapping[int, NDArray[np.int64]] = field(default_factory=dict)
    modules: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPlan:
    """What each worker's memory holds of tails and decoders; the least recently used one goes.

    Attributes:
        capacity_bytes: Of one worker.
        names: Of the modules.
        module_bytes: Of each module.
        load_ns: To load each module when it is missing.
        held: Modules that every worker holds at the start, the least recently used first.
    """

    capacity_bytes: int
    names: tuple[str, ...]
    module_bytes: tuple[int, ...]
    load_ns: tuple[int, ...]
    held: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlan:
    """A pool of workers with one queue.

    Attributes:
        workers: At least one.
        models: The backbones.
        max_batch: The largest batch.
        batching: ``pull``: a free worker takes what waits, up to ``max_batch``; ``form``: a batch
            closes at ``max_batch`` frames or ``max_wait_ns`` after its first, worker or not.
        max_wait_ns: Read for ``form`` only.
        order: First in first out, or earliest deadline first.
        places: Most frames that may wait; one more is refused. None for no limit.
        drops_expired: Whether a frame leaves the queue when its answer can no longer be on time.
        memory: None where every worker holds everything.
    """

    workers: tuple[Worker, ...]
    models: tuple[ServedModel, ...]
    max_batch: int = 1
    batching: Batching = "pull"
    max_wait_ns: int = 0
    order: Order = "fifo"
    places: int | None = None
    drops_expired: bool = False
    memory: MemoryPlan | None = None
