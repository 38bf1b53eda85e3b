"""The fates of frames and packets as CSV text, instants with all nine decimals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.replay.clock import as_seconds

if TYPE_CHECKING:
    from simulator.replay.frames import FrameTable
    from simulator.replay.run import Fates

__all__ = ["arrivals_table", "packets_table"]


def arrivals_table(frames: FrameTable, fates: Fates) -> str:
    """Return a row a frame; ``t_arrive_s`` is that of its last packet that did arrive, or empty.

    ``complete`` is 1 iff every packet arrived.
    """
    lines = ["flow,frame_id,t_send_s,bytes,n_pkts,n_lost,t_arrive_s,complete"]
    for flow, frame, sent_ns, payload, count, lost, arrived_ns in zip(
        frames.flow,
        frames.frame_id,
        frames.sent_ns,
        frames.payload_bytes,
        fates.packets,
        fates.lost,
        fates.arrived_ns,
        strict=True,
    ):
        lines.append(
            f"{flow},{frame},{as_seconds(sent_ns)},{payload},{count},{lost},{_when(arrived_ns)},"
            f"{int(not lost)}"
        )
    return "\n".join(lines) + "\n"


def packets_table(frames: FrameTable, fates: Fates, *, mtu_payload_bytes: int) -> str:
    """Return a row a packet, ``idx`` counting those of a frame from 0."""
    lines = ["flow,frame_id,idx,payload_bytes,t_send_s,t_arrive_s,lost"]
    ends = iter(fates.packet_arrived_ns)
    for flow, frame, sent_ns, payload, count in zip(
        frames.flow,
        frames.frame_id,
        frames.sent_ns,
        frames.payload_bytes,
        fates.packets,
        strict=True,
    ):
        sent = as_seconds(sent_ns)
        for k in range(count):
            part = min(mtu_payload_bytes, payload - k * mtu_payload_bytes)
            arrived_ns = next(ends)
            lost = int(arrived_ns < 0)
            lines.append(f"{flow},{frame},{k},{part},{sent},{_when(arrived_ns)},{lost}")
    return "\n".join(lines) + "\n"


def _when(t_ns: int) -> str:
    return "" if t_ns < 0 else as_seconds(t_ns)
