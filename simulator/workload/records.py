"""The records of a workload: what was logged of each stream, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LayerLog", "StreamLog", "UnitLog", "Workload"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LayerLog:
    """A layered unit's layers on each capture.

    Attributes:
        payload_bytes: int64 [layers, captures]: of each layer alone, > 0.
        server_ns: int64 [layers, captures]: of layers 0..k together.
        score: float32 [layers, captures]: with layers 0..k.
        confidence: float32 [layers, captures]: with layers 0..k.
    """

    payload_bytes: NDArray[np.int64]
    server_ns: NDArray[np.int64]
    score: NDArray[np.float32]
    confidence: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitLog:
    """What a unit made of each capture of a stream; of all layers where it has several.

    Attributes:
        payload_bytes: int64 [captures]; 0 for a unit that stays on the device.
        device_ns: int64 [captures].
        server_ns: int64 [captures]; 0 where the file has no server times.
        score: float32 [captures].
        confidence: float32 [captures].
        layers: None for a unit of one layer.
    """

    payload_bytes: NDArray[np.int64]
    device_ns: NDArray[np.int64]
    server_ns: NDArray[np.int64]
    score: NDArray[np.float32]
    confidence: NDArray[np.float32]
    layers: LayerLog | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StreamLog:
    """One stream.

    Attributes:
        name: From the file's column; "" without one.
        captured_ns: int64 [captures], ascending strictly, from the file's earliest capture on.
        units: In the order of `Workload.units`.
    """

    name: str
    captured_ns: NDArray[np.int64]
    units: tuple[UnitLog, ...]

    @property
    def interval_ns(self) -> int:
        """The median time between captures."""
        return int(np.median(np.diff(self.captured_ns)))

    @property
    def period_ns(self) -> int:
        """How long the log is: to its last capture, and a median interval more."""
        return int(self.captured_ns[-1] - self.captured_ns[0]) + self.interval_ns

    @property
    def rate(self) -> float:
        """How many captures there are in a second, on average."""
        return len(self.captured_ns) * 1e9 / self.period_ns


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Workload:
    """A whole file.

    Attributes:
        name: The file's name.
        units: Names of the units.
        streams: In the order in which the file first names them, each of two captures or more.
        named: Whether the file has a column of streams.
        serves: Whether it has server times.
        sha256: Digest of the file.
    """

    name: str
    units: tuple[str, ...]
    streams: tuple[StreamLog, ...]
    named: bool
    serves: bool
    sha256: str

    def on_device(self, unit: int) -> bool:
        """Return whether a unit stays on the device."""
        return not self.streams[0].units[unit].payload_bytes.any()

    def layers(self, unit: int) -> int:
        """Return how many layers a unit has."""
        found = self.streams[0].units[unit].layers
        return 1 if found is None else len(found.payload_bytes)

    def column(self, unit: int, what: str) -> NDArray[np.float64]:
        """Return one attribute of a unit over all captures of all streams."""
        parts = [getattr(stream.units[unit], what) for stream in self.streams]
        return np.concatenate(parts).astype(np.float64)
