"""What frames, a link and its options must satisfy together before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem
from simulator.replay.link import LinkChoice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.replay.frames import FrameTable

__all__ = ["check"]

_MOST_PACKETS = 10_000_000
_OF_DRR = {
    "quantum_bytes": "--quantum",
    "drr_header_bytes": "--drr-header-bytes",
    "committed_packets": "--committed-packets",
}


def check(frames: FrameTable, choice: LinkChoice, *, packets_wanted: bool) -> None:
    """Refuse what no link can do, and options that would mean nothing.

    Args:
        frames: What is to be sent.
        choice: What kind of link it is.
        packets_wanted: Whether a row for every packet is asked for.

    Raises:
        InputError: With every problem.

    Example:
        >>> from simulator.replay.frames import FrameTable
        >>> from simulator.links.queues import QueueLimit
        >>> frames = FrameTable(flow=["0"], frame_id=["0"], sent_ns=[0], payload_bytes=[3000])
        >>> check(frames, LinkChoice(queue=QueueLimit(whole_bytes=1000)), packets_wanted=False)
        Traceback (most recent call last):
        simulator.foundation.errors.InputError: --queue limit: 1000 bytes must hold a packet ...
    """
    problems = [*_of_link(choice), *_of_size(frames, choice)]
    if frames.weights and choice.sharing == "fifo":
        problems.append(
            Problem(
                where="--frames",
                what="column",
                value="weight",
                rule="means nothing for --sharing fifo",
                remedy="leave it out, or use `--sharing fair` or `--sharing drr`",
            )
        )
    if packets_wanted and not choice.follows_packets:
        problems.append(
            Problem(
                where="--packets-out",
                what="accuracy",
                value="frame",
                rule="follows no packets",
                remedy="use `--accuracy packet`, or leave --packets-out out",
            )
        )
    if problems:
        raise InputError(*problems)


def _of_link(choice: LinkChoice) -> Iterator[Problem]:
    full, limit_bytes = choice.full_bytes, choice.queue.whole_bytes
    if limit_bytes is not None and limit_bytes < full:
        yield Problem(
            where="--queue",
            what="limit",
            value=f"{limit_bytes} bytes",
            rule=f"must hold a packet of {full} bytes",
            remedy=f"give at least {full}B, or a smaller --mtu-payload",
        )
    if choice.drop == "head" and choice.sharing == "fair":
        yield Problem(
            where="--queue",
            what="limit",
            value="drophead",
            rule="means nothing for --sharing fair, which serves the heads of all flows at once",
            remedy="use droptail, or `--sharing drr`",
        )
    if choice.sharing == "fair" and choice.accuracy != "frame":
        yield Problem(
            where="--accuracy",
            what="accuracy",
            value=choice.accuracy,
            rule="must be frame for --sharing fair, which is fluid",
            remedy="use `--accuracy frame`, or leave it out",
        )
    if choice.sharing != "drr":
        usual = LinkChoice()
        for field, option in _OF_DRR.items():
            value = getattr(choice, field)
            if value != getattr(usual, field):
                yield Problem(
                    where=option,
                    what="value",
                    value=value,
                    rule=f"means nothing for --sharing {choice.sharing}",
                    remedy="leave it out, or use `--sharing drr`",
                )


def _of_size(frames: FrameTable, choice: LinkChoice) -> Iterator[Problem]:
    each = choice.mtu_payload_bytes
    packets = sum(-(-payload // each) for payload in frames.payload_bytes)
    if packets > _MOST_PACKETS:
        yield Problem(
            where="--frames",
            what="packets",
            value=packets,
            rule=f"must be at most {_MOST_PACKETS}",
            remedy="cut the table into smaller files, or check its sizes",
        )
