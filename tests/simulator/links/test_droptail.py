from __future__ import annotations

import csv
from collections import deque
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.foundation.instants import FOREVER_NS
from simulator.links.droptail import DroptailLink
from simulator.links.fifo import FifoLink
from traces import OpportunityTrace, RateTrace, TraceAbout

if TYPE_CHECKING:
    from pathlib import Path

MS = 1_000_000
ABOUT = TraceAbout(name="test")


def lumps(bytes_each: int = 1000) -> OpportunityTrace:
    return OpportunityTrace.from_stamps([MS], bytes_each=bytes_each, about=ABOUT)


def sent(link: DroptailLink, now_ns: int, size: int) -> tuple[int | None, int | None]:
    """Return when a frame left the link, and when its turn came."""
    return link.send(now_ns, size), link.begin_ns


def test_packets_beyond_the_limit_are_dropped_and_the_rest_still_occupy_the_link() -> None:
    link = DroptailLink(lumps(), packet_bytes=1000, limit_bytes=3000)
    assert sent(link, 0, 5000) == (None, 0)  # 3 of its 5 packets get in
    assert sent(link, 0, 1) == (None, None)  # full
    assert link.send(1 * MS, 1000) == 4 * MS  # one left at 1 ms, so there is room for one


def test_a_small_last_packet_may_fit_where_a_full_one_did_not() -> None:
    link = DroptailLink(lumps(), packet_bytes=1000, limit_bytes=1500)
    assert link.send(0, 2400) is None  # full one in, full one out, 400 bytes in
    assert link.send(5 * MS, 1000) == 6 * MS  # 1400 bytes left in 2 ms


def test_a_packet_in_transmission_is_not_counted() -> None:
    link = DroptailLink(lumps(400), packet_bytes=1000, limit_bytes=1000)
    assert link.send(0, 1000) == 3 * MS
    assert link.send(0, 1000) is None  # the first has not begun
    assert link.send(1 * MS, 1000) == 5 * MS  # now it has, and this one is all that is queued


def test_packets_can_be_limited_in_number() -> None:
    link = DroptailLink(lumps(), packet_bytes=1000, limit_packets=2)
    assert link.send(0, 2000) == 2 * MS
    assert link.send(0, 10) is None
    assert link.send(1 * MS, 10) == 3 * MS


def test_what_a_stopped_trace_never_delivers_waits_for_ever_until_the_queue_is_full() -> None:
    trace = RateTrace.from_steps([0], [8_000_000], period_ns=MS, after="stop", about=ABOUT)
    link = DroptailLink(trace, packet_bytes=1000, limit_bytes=9000)
    assert sent(link, 0, 2000) == (FOREVER_NS, 0)
    assert sent(link, 0, 1000) == (FOREVER_NS, None)
    assert sent(link, 0, 9000) == (None, None)
    assert sent(DroptailLink(trace, packet_bytes=1000, limit_bytes=9000), MS, 1) == (
        FOREVER_NS,
        None,
    )


def test_every_frame_fares_as_in_mahimahis_droptail_queue(shared: Path) -> None:
    folder = shared / "groundtruth" / "mahimahi" / "a2_vzlte_up_droptail"
    stamps = [int(line) * MS for line in (folder / "trace.txt").read_text().split()]
    trace = OpportunityTrace.from_stamps(stamps, about=ABOUT)
    link = DroptailLink(trace, packet_bytes=1504, limit_packets=40)
    with (folder / "arrivals.csv").open() as file:
        frames = list(csv.DictReader(file))
    ends = [
        link.send(round(float(f["t_send_ms"]) * MS), int(f["bytes"]) + 32 * int(f["n_pkts"]))
        for f in frames
    ]
    whole = [f["complete"] == "1" for f in frames]
    assert [end is not None for end in ends] == whole
    assert ends == [
        int(f["t_out_last_ms"]) * MS if complete else None
        for f, complete in zip(frames, whole, strict=True)
    ]
    assert 0 < sum(whole) < len(whole)


class PacketQueue:
    """The same rules, packet by packet and opportunity by opportunity."""

    def __init__(self, each: int, limit: int, packet: int) -> None:
        self.each, self.limit, self.packet = each, limit, packet
        self.now_ms = 0
        self.queue: deque[list[int]] = deque()  # [frame, bytes left]
        self.queued_bytes = 0
        self.transit: list[int] | None = None
        self.out_ms: dict[int, int] = {}

    def run_to(self, now_ms: int) -> None:
        while self.now_ms < now_ms:
            self.now_ms += 1
            budget = self.each
            while budget and (self.transit or self.queue):
                if self.transit is None:
                    self.transit = self.queue.popleft()
                    self.queued_bytes -= self.transit[1]
                part = min(budget, self.transit[1])
                budget -= part
                self.transit[1] -= part
                if not self.transit[1]:
                    self.out_ms[self.transit[0]] = self.now_ms
                    self.transit = None

    def send(self, now_ms: int, frame: int, size: int) -> bool:
        self.run_to(now_ms)
        lost = False
        while size:
            packet = min(size, self.packet)
            size -= packet
            if self.queued_bytes + packet <= self.limit:
                self.queue.append([frame, packet])
                self.queued_bytes += packet
            else:
                lost = True
        return not lost


@settings(deadline=None)
@given(
    each=st.integers(100, 3000),
    limit=st.integers(0, 6000),
    packet=st.integers(100, 1500),
    sendings=st.lists(st.tuples(st.integers(0, 6), st.integers(1, 7000)), max_size=30),
)
def test_arithmetic_agrees_with_a_queue_of_packets(
    each: int, limit: int, packet: int, sendings: list[tuple[int, int]]
) -> None:
    link = DroptailLink(lumps(each), packet_bytes=packet, limit_bytes=limit)
    model = PacketQueue(each, limit, packet)
    now = 0
    ends: dict[int, int] = {}
    for frame, (gap, size) in enumerate(sendings):
        now += gap
        end = link.send(now * MS, size)
        assert (end is not None) == model.send(now, frame, size)
        if end is not None:
            ends[frame] = end // MS
    model.run_to(now + 7000 * len(sendings) // each + 2)
    assert ends == {frame: model.out_ms[frame] for frame in ends}


@settings(deadline=None)
@given(sendings=st.lists(st.tuples(st.integers(0, 9 * MS), st.integers(1, 9000)), max_size=30))
def test_a_limit_never_reached_changes_nothing(sendings: list[tuple[int, int]]) -> None:
    rates = [8_000_000, 0, 1_234_567]
    trace = RateTrace.from_steps([0, 7 * MS, 9 * MS], rates, period_ns=20 * MS, about=ABOUT)
    limited = DroptailLink(trace, packet_bytes=1500, limit_bytes=10**9, limit_packets=10**6)
    free = FifoLink(trace)
    now = 0
    for gap, size in sendings:
        now += gap
        assert limited.send(now, size) == free.send(now, size)
        assert limited.begin_ns == free.begin_ns
