"""Links of every kind on traces of every kind, drawn at random, and what none may do."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from simulator.links.kinds import LinkKind
from simulator.links.queues import UNLIMITED, QueueLimit
from tests.simulator.links.carrying import ABOUT, MS
from traces import OpportunityTrace, RateTrace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from traces import BandwidthTrace

RATES = (0, 0, 300_000, 999_999, 8_000_000, 20_000_000, 500_000_000)
STEPS_NS = st.sampled_from([1, 1000, MS // 10, MS // 2, MS, 10 * MS])
LIMITS = st.one_of(
    st.just(UNLIMITED),
    st.integers(1504, 9000).map(QueueLimit),
    st.integers(1, 6).map(lambda packets: QueueLimit(packets=packets)),
)
KINDS = ["fifo frame", "fifo packet", "drr frame", "drr packet", "fair frame"]


@st.composite
def rates(draw: st.DrawFn) -> RateTrace:
    """Rates that hold for between a nanosecond and 10 ms, often nothing."""
    lengths = draw(st.lists(STEPS_NS, min_size=1, max_size=6))
    speeds = [draw(st.sampled_from(RATES)) for _ in lengths]
    speeds[draw(st.integers(0, len(speeds) - 1))] = 8_000_000
    ends = list(accumulate(lengths))
    return RateTrace.from_steps(
        [0, *ends[:-1]],
        speeds,
        period_ns=ends[-1],
        after=draw(st.sampled_from(["loop", "stop", "hold"])),
        about=ABOUT,
    )


@st.composite
def opportunities(draw: st.DrawFn) -> OpportunityTrace:
    """Opportunities at odd instants, of many sizes."""
    gaps = draw(st.lists(st.integers(0, 4 * MS), min_size=1, max_size=6))
    stamps = list(accumulate(gaps, initial=MS))
    return OpportunityTrace.from_stamps(
        stamps,
        period_ns=stamps[-1] + draw(st.integers(0, MS)),
        bytes_each=draw(st.sampled_from([1, 400, 500, 1504, 5000])),
        after=draw(st.sampled_from(["loop", "stop"])),
        about=ABOUT,
    )


def traces() -> st.SearchStrategy[Any]:
    """Both kinds of trace."""
    return rates() | opportunities()


@st.composite
def kinds(draw: st.DrawFn, name: str) -> LinkKind:
    """A link of this sharing and accuracy."""
    sharing: Any
    accuracy: Any
    sharing, accuracy = name.split()
    return LinkKind(
        sharing=sharing,
        accuracy=accuracy,
        queue=draw(LIMITS),
        drop="tail" if sharing == "fair" else draw(st.sampled_from(["tail", "head"])),
        quantum_bytes=draw(st.sampled_from([100, 1500, 4000])),
        committed_packets=draw(st.integers(0, 2)),
    )


def assert_within_capacity(
    trace: BandwidthTrace,
    kind: LinkKind,
    left: Iterable[tuple[int, int]],
    *,
    first_ns: int,
    packet_bytes: int,
) -> None:
    """What has left is no more than what was offered since the first of it came.

    Store and forward may lead by less than a packet, and only where there are rates.

    Args:
        trace: The capacity.
        kind: Of the link.
        left: When things left, and their bytes.
        first_ns: When the first one came.
        packet_bytes: The largest packet.
    """
    whole = kind.accuracy == "packet" and isinstance(trace, RateTrace)
    units, before = trace.units_per_byte, trace.capacity(first_ns)
    carried = 0
    for end_ns, wire_bytes in sorted(left):
        carried += wire_bytes
        lead = carried * units - (trace.capacity(end_ns) - before)
        assert lead < packet_bytes * units if whole else lead <= 0
