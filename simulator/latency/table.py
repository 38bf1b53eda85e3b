"""The table of latencies: mean times by unit, device and link, and the fastest good units."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from simulator.foundation.quantities import format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Cell", "LatencyTable", "latency_markdown"]

_LOSS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a unit's frames take on a device and a link, means over frames.

    Attributes:
        unit: Its name.
        speed: The device's.
        rate_bps: The link's.
        latency_ms: From capture to answer.
        device_ms: Until the payload, or the answer, is ready.
        link_ms: Until its last byte is across.
        server_ms: Until the answer is ready.
        bytes_mean: Its payload.
    """

    unit: str
    speed: float
    rate_bps: int
    latency_ms: float
    device_ms: float
    link_ms: float
    server_ms: float
    bytes_mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyTable:
    """All cells, and what units score.

    Attributes:
        profile: Its name.
        task: The score's.
        frames: Frames of each run.
        clean: Mean score of the uncompressed network on the replayed clips.
        scores: The same of each unit, in the profile's order.
        cells: By speed, rate and unit.
    """

    profile: str
    task: str
    frames: int
    clean: float
    scores: dict[str, float]
    cells: tuple[Cell, ...]

    def fastest(self, speed: float, rate_bps: int) -> str | None:
        """Return the quickest unit within 2 points of the clean score, None if none is."""
        good = [
            cell
            for cell in self.cells
            if (cell.speed, cell.rate_bps) == (speed, rate_bps)
            and self.scores[cell.unit] >= self.clean - _LOSS
        ]
        return min(good, key=lambda cell: cell.latency_ms).unit if good else None

    def as_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        places = dict.fromkeys((cell.speed, cell.rate_bps) for cell in self.cells)
        fastest = [
            {"speed": speed, "rate_bps": rate, "unit": self.fastest(speed, rate)}
            for speed, rate in places
        ]
        return {"schema_version": 1} | asdict(self) | {"fastest": fastest}


def latency_markdown(found: LatencyTable) -> str:
    """Return the table as a Markdown document, one section a device."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: LatencyTable) -> Iterator[str]:
    yield f"# Latency: {found.profile}"
    yield ""
    yield "Written by `splitcast profile latency`; do not edit."
    yield ""
    yield (
        "Mean time from capture to answer in ms, simulated from measured stage times: one camera "
        f"so slow that nothing queues, {found.frames} frames, a link of constant rate without "
        "propagation, packet headers included, a server for itself at the measured speed. "
        f"**Bold**: the fastest unit within 2 points of the uncompressed network's {found.task}, "
        f"{100 * found.clean:.1f} % on these clips. Video codecs send a frame "
        "as in a stream that runs."
    )
    sizes = {cell.unit: cell.bytes_mean for cell in found.cells}
    times = {(cell.speed, cell.rate_bps, cell.unit): cell.latency_ms for cell in found.cells}
    rates = list(dict.fromkeys(cell.rate_bps for cell in found.cells))
    for speed in dict.fromkeys(cell.speed for cell in found.cells):
        best = {rate: found.fastest(speed, rate) for rate in rates}
        yield ""
        yield f"## A device of {speed:g} times the measured machine's speed"
        yield ""
        head = ["unit", "bytes", f"{found.task} %", *(format_rate(rate) for rate in rates)]
        yield f"| {' | '.join(head)} |"
        yield "|" + " --- |" * len(head)
        for unit, score in found.scores.items():
            cells = [_ms(times[speed, rate, unit], bold=unit == best[rate]) for rate in rates]
            row = [unit, f"{sizes[unit]:.0f}", f"{100 * score:.1f}", *cells]
            yield f"| {' | '.join(row)} |"


def _ms(value: float, *, bold: bool) -> str:
    said = f"{value:.1f}" if value < 100 else f"{value:.0f}"  # noqa: PLR2004 - three digits
    return f"**{said}**" if bold else said
