"""What streams would put on a hop: what its links are scaled by where the scenario gives a load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.assembly.cast import Cast
    from simulator.scenario.hops import Hop
    from simulator.scenario.network import Packets

__all__ = ["Crowd", "Offer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What streams would put on a hop with the ladder's top unit at full frame rate, bit/s.

    Attributes:
        all_bps: All of them together.
        each: Of each stream its name and its own share, where it has a link of its own.
    """

    all_bps: float
    each: Sequence[tuple[str, float]]

    @property
    def of_a_link(self) -> float:
        """What one link is offered: all of it, or a mean stream's share."""
        own = [bps for _, bps in self.each]
        return sum(own) / len(own) if own else self.all_bps


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The streams of a run, and those that links are scaled for.

    Attributes:
        casts: The groups of streams.
        packets: How their payloads become packets.
        unswept: The groups as the document has them without its sweep, by name.
        unswept_packets: Its packets.
    """

    casts: Sequence[Cast]
    packets: Packets
    unswept: Mapping[str, Cast]
    unswept_packets: Packets

    def offer(self, path: str, hop: Hop) -> Offer:
        """Return what is offered to a hop: payloads on the way there, answers on the way back.

        Args:
            path: Of the hop.
            hop: As the scenario has it.

        Raises:
            InputError: If its load counts the streams of a group whose log says how many it has.
        """
        counts = hop.counts
        answers = not path.startswith("network.uplink")
        if counts is None:
            all_bps = sum(_bps(cast, None, self.packets, answers=answers) for cast in self.casts)
        else:
            all_bps = sum(
                self._counted(cast, counts, f"{path}.load.for", answers=answers)
                for cast in self.unswept.values()
            )
        return Offer(
            all_bps=all_bps,
            each=[
                (f"{cast.name}/{index}", self._own(cast, index, hop, answers=answers))
                for cast in self.casts
                for index in range(cast.streams if hop.each else 0)
            ],
        )

    def _counted(
        self, cast: Cast, counts: int | Mapping[str, int], what: str, *, answers: bool
    ) -> float:
        """Return what a group offers with so many streams; its own where it is not counted."""
        whole = _bps(cast, None, self.unswept_packets, answers=answers)
        count = counts if isinstance(counts, int) else counts.get(cast.name)
        if count is None:
            return whole
        if cast.fixed_streams:
            rule = f"must not count {cast.name}, whose log says that it has {cast.streams} streams"
            remedy = "leave it out: they are counted"
            problem = Problem(where="scenario", what=what, value=count, rule=rule, remedy=remedy)
            raise InputError(problem)
        return whole / cast.streams * count

    def _own(self, cast: Cast, index: int, hop: Hop, *, answers: bool) -> float:
        """Return what a stream offers a link of its own."""
        if hop.counts is None:
            return _bps(cast, index, self.packets, answers=answers)
        unswept = self.unswept.get(cast.name, cast)
        same = min(index, unswept.streams - 1)
        return _bps(unswept, same, self.unswept_packets, answers=answers)


def _bps(cast: Cast, index: int | None, packets: Packets, *, answers: bool) -> float:
    if not answers:
        return cast.offered_bps(index, packets)
    size = cast.group.result_bytes
    wire = size + -(-size // packets.payload_bytes) * packets.header_bytes
    return 8 * cast.frames_per_s(index) * wire
