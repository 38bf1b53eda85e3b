"""What a timeline shows: the frames of one run inside a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.report.timeline.path import Sent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from simulator.report.fates import Fate
    from simulator.report.timeline.path import Hop
    from simulator.results.facts import Away

__all__ = ["Timeline"]

_BINS: Final = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The frames of one run inside a stretch of time, and the path they met.

    Attributes:
        policy: Who chose.
        colour: The policy's colour.
        span_s: First and last instant shown.
        hops: The path.
        away: When workers were away.
        streams: Names, indexed by ``stream``.
        units: All units in ladder order.
        on_device: Those that send nothing.
        deadlines_ms: The distinct deadlines of the streams, ascending.
        fates: What became of frames under any policy.
        stream: Stream of each frame [frames].
        captured_s: When it was captured.
        sent_s: When it was handed to the path; NaN if never.
        wire_bytes: What it put on the path.
        unit: Index into ``units``; -1 where none was chosen.
        outcome: `Outcome` codes.
        reason: `Reason` codes.
        again: Whether one of its packets was sent again.
        partly: Whether it was decoded with some of its layers only.
        latency_ms: Capture to answer; NaN if never answered.
    """

    policy: str
    colour: str
    span_s: tuple[float, float]
    hops: Sequence[Hop]
    away: Sequence[Away]
    streams: Sequence[str]
    units: Sequence[str]
    on_device: Sequence[str]
    deadlines_ms: tuple[float, ...]
    fates: Sequence[Fate]
    stream: npt.NDArray[np.int64]
    captured_s: npt.NDArray[np.float64]
    sent_s: npt.NDArray[np.float64]
    wire_bytes: npt.NDArray[np.int64]
    unit: npt.NDArray[np.int64]
    outcome: npt.NDArray[np.int64]
    reason: npt.NDArray[np.int64]
    again: npt.NDArray[np.bool_]
    partly: npt.NDArray[np.bool_]
    latency_ms: npt.NDArray[np.float64]

    @property
    def deadline_ms(self) -> float:
        """The longest deadline."""
        return self.deadlines_ms[-1]

    def sent(self) -> Sent:
        """Return the rate handed to the path in bins of time."""
        start, end = self.span_s
        edges = np.linspace(start, end, max(2, min(_BINS, int((end - start) * 2)) + 1))
        sent = np.isfinite(self.sent_s)
        carried, _ = np.histogram(self.sent_s[sent], edges, weights=self.wire_bytes[sent])
        bps = 8.0 * carried / np.diff(edges)
        return Sent(policy=self.policy, colour=self.colour, edges_s=edges, bps=bps)
