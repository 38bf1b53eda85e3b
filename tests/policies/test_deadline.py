from __future__ import annotations

from dataclasses import replace

import pytest

from policies.deadline import Deadline
from policies.interface import Delivery, Pending
from policies.snapshot import Snapshot, UnitSnapshot

MS = 1_000_000
S = 1000 * MS
SMALL = UnitSnapshot(name="unit-1", utility=0.6, size_bytes=500, size_high_bytes=1000)
LARGE = UnitSnapshot(name="unit-2", utility=0.9, size_bytes=6000, size_high_bytes=9000)
DEVICE = UnitSnapshot(name="device", utility=0.8, on_device=True, device_ns=30 * MS)
# 1000 bytes in 10 ms: 100 bytes a ms. Nine tenths of the deadline are 90 ms.
KNOWN = Snapshot(
    units=(SMALL, LARGE),
    deadline_ns=100 * MS,
    interval_ns=40 * MS,
    now_ns=50 * MS,
    captured_ns=50 * MS,
    delivered=1,
    deliveries=(Delivery(0, 1000, 0, 10 * MS, 0),),
)


def test_the_smallest_unit_is_sent_until_something_is_known() -> None:
    assert Deadline().choose(replace(KNOWN, delivered=0, deliveries=())) == 0


def test_upper_sizes_the_reserve_and_the_share_decide() -> None:
    assert Deadline(share=1).choose(KNOWN) == 1  # 9000 bytes take 90 ms, just in time
    assert Deadline(share=1, reserve=0.11).choose(KNOWN) == 0
    assert Deadline(share=1).choose(replace(KNOWN, captured_ns=50 * MS - 1)) == 0
    assert Deadline(share=0.99).choose(KNOWN) == 0
    assert Deadline().choose(replace(KNOWN, deadline_ns=134 * MS)) == 1  # 75 bytes a ms: 120 ms
    assert Deadline().choose(replace(KNOWN, deadline_ns=133 * MS)) == 0


def test_the_smallest_unit_is_sent_if_it_fits_at_the_mean_rate_and_else_the_frame_is_skipped() -> (
    None
):
    # 500 bytes take 5 ms.
    assert Deadline().choose(replace(KNOWN, round_trip_ns=95 * MS)) == 0
    assert Deadline().choose(replace(KNOWN, round_trip_ns=95 * MS + 1)) is None


def test_what_is_under_way_is_waited_for_while_the_device_computes() -> None:
    busy = replace(KNOWN, unacknowledged=(Pending(1, 2000, 50 * MS),))
    slower = tuple(replace(unit, device_ns=20 * MS) for unit in KNOWN.units)
    assert Deadline(share=1).choose(busy) == 0  # 20 + 10 ms, not 20 + 90
    # The device's 20 ms pass meanwhile: 20 + 5 + 75 ms of propagation.
    assert Deadline().choose(replace(busy, units=slower, round_trip_ns=75 * MS)) == 0
    assert Deadline().choose(replace(busy, units=slower, round_trip_ns=76 * MS)) is None


def test_an_answer_overdue_lowers_the_rate() -> None:
    # 1000 bytes sent 40 ms ago should have crossed in 10, so the link carries at most 25 a ms.
    stuck = replace(KNOWN, unacknowledged=(Pending(1, 1000, 10 * MS),))
    middle = replace(LARGE, size_high_bytes=2000.0)
    seen = replace(stuck, units=(SMALL, middle), deadline_ns=89 * MS)
    assert Deadline(share=1).choose(replace(seen, unacknowledged=())) == 1  # 20 ms
    assert Deadline(share=1).choose(seen) == 1  # 80 of 80.1 ms; the link is expected free now
    assert Deadline(share=1).choose(replace(seen, deadline_ns=88 * MS)) == 0
    assert Deadline(share=1).choose(replace(seen, now_ns=51 * MS, captured_ns=51 * MS)) == 0


def test_a_payload_that_was_overtaken_is_lost_and_slows_nothing() -> None:
    seen = replace(
        KNOWN,
        now_ns=300 * MS,
        captured_ns=300 * MS,
        deliveries=(Delivery(1, 1000, 100 * MS, 110 * MS, 0),),
        unacknowledged=(Pending(0, 1000, 90 * MS),),
    )
    assert Deadline(share=1).choose(seen) == 1


def test_a_unit_that_keeps_the_device_over_several_captures_counts_by_its_yield() -> None:
    slow = replace(DEVICE, utility=1.0, device_ns=80 * MS)  # 0.5 per captured frame
    assert Deadline().choose(replace(KNOWN, units=(slow, SMALL))) == 1
    assert Deadline().choose(replace(KNOWN, units=(DEVICE, SMALL))) == 0


def test_a_stream_kept_on_the_device_tries_the_link_after_1_2_4_seconds() -> None:
    policy = Deadline()
    seen = replace(
        KNOWN,
        units=(DEVICE, SMALL, LARGE),
        deliveries=(Delivery(0, 1000, 0, 300 * MS, 0),),  # 4 bytes a ms
    )
    times = [second * S for second in range(1, 10)]
    choices = [policy.choose(replace(seen, now_ns=t, captured_ns=t)) for t in times]
    assert choices == [1, 1, 0, 1, 0, 0, 0, 1, 0]


def test_the_device_is_not_left_where_nothing_better_is_sent() -> None:
    units = (replace(DEVICE, utility=0.95), SMALL, LARGE)
    late = replace(KNOWN, units=units, now_ns=90 * S, captured_ns=90 * S)
    assert Deadline().choose(late) == 0
    alone = replace(late, units=(DEVICE,))
    assert Deadline().choose(alone) == 0
    assert Deadline().choose(replace(alone, deadline_ns=33 * MS)) is None


@pytest.mark.parametrize(
    "wrong",
    [{"reserve": 1.0}, {"reserve": -0.1}, {"share": 0.0}, {"share": 1.1}, {"memory_s": 0.0}],
)
def test_parameters_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be in"):
        Deadline(**wrong)
