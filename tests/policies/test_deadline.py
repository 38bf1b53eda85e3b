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
# 1000 bytes in 10 ms: 100 bytes a ms, so the deadline leaves 10,000 bytes.
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


def test_more_is_sent_only_where_it_is_worth_its_risk() -> None:
    # 6000 of 10,000 bytes: odds 1 / (1 + 0.6^3) = 0.82, times 0.9 is 0.74, above 0.6.
    assert Deadline().choose(KNOWN) == 1
    # 6000 of 7500 bytes: 0.9 / (1 + 0.8^3) = 0.595; 500 bytes: 0.6 / (1 + 0.067^3) = 0.5998.
    assert Deadline().choose(replace(KNOWN, deadline_ns=75 * MS)) == 0
    assert Deadline().choose(replace(KNOWN, deadline_ns=76 * MS)) == 1
    assert Deadline(reserve=0.25).choose(KNOWN) == 0
    assert Deadline(reserve=0.24).choose(KNOWN) == 1
    assert Deadline(steepness=9).choose(replace(KNOWN, deadline_ns=75 * MS)) == 1  # surer of it


def test_a_frame_of_which_nothing_can_be_expected_is_skipped_while_something_is_under_way() -> None:
    # 500 bytes would take 5 ms at the mean rate; 10 % of that rate is needed to have 1 / 1001.
    hopeless = replace(KNOWN, units=(SMALL,), round_trip_ns=99 * MS + 500_000)
    assert Deadline().choose(hopeless) == 0  # nothing is under way: it costs nobody
    policy = Deadline()
    stuck = replace(hopeless, unacknowledged=(Pending(1, 500, 49 * MS),))
    times = [50 + 100 * k for k in range(12)]
    seen = [replace(stuck, now_ns=t * MS, captured_ns=t * MS) for t in times]
    choices = [policy.choose(one) for one in seen]
    assert choices == [0, None, None, None, None] * 2 + [0, None]  # every 500 ms


def test_what_is_under_way_is_waited_for_while_the_device_computes() -> None:
    # 2000 bytes are under way for 20 ms: 6000 of 8000 bytes give 0.9 / (1 + 0.75^3) = 0.63.
    busy = replace(KNOWN, unacknowledged=(Pending(1, 2000, 50 * MS),))
    assert Deadline().choose(busy) == 1
    assert Deadline().choose(replace(busy, deadline_ns=95 * MS)) == 0
    # The device's 20 ms pass meanwhile: the same 80 ms are left.
    slower = tuple(replace(unit, device_ns=20 * MS) for unit in KNOWN.units)
    assert Deadline().choose(replace(busy, units=slower)) == 1
    assert Deadline().choose(replace(busy, units=slower, deadline_ns=95 * MS)) == 0


def test_an_answer_overdue_lowers_the_rate() -> None:
    # 1000 bytes sent 40 ms ago should have crossed in 10, so the link carries at most 25 a ms.
    stuck = replace(KNOWN, unacknowledged=(Pending(1, 1000, 10 * MS),))
    assert Deadline().choose(replace(stuck, unacknowledged=())) == 1
    assert Deadline().choose(stuck) == 0  # 6000 of 2500 bytes


@pytest.mark.parametrize(("sent_ms", "least_ms"), [(5, 303), (30, 152)])
def test_a_payload_is_on_the_link_once_it_is_sent_and_the_one_before_has_left(
    sent_ms: int, least_ms: int
) -> None:
    # The one before left at 10. Sent at 5, 1000 bytes had 40 ms: at most 25 a ms, and 6000 take
    # 240 ms at that rate. Sent at 30, they have had 20 ms, and 6000 take 120. Odds are even where
    # the deadline leaves as long as that; 0.6 / 0.9 needs 1 / 0.79 as much, and a little more.
    under_way = replace(KNOWN, unacknowledged=(Pending(1, 1000, sent_ms * MS),))
    assert Deadline().choose(replace(under_way, deadline_ns=least_ms * MS)) == 1
    assert Deadline().choose(replace(under_way, deadline_ns=(least_ms - 1) * MS)) == 0


def test_what_has_passed_since_the_capture_is_left_of_the_deadline_no_more() -> None:
    # 76 ms from now suffice, see above; of a frame 10 ms old that is a deadline of 86.
    old = replace(KNOWN, captured_ns=40 * MS)
    assert Deadline().choose(replace(old, deadline_ns=86 * MS)) == 1
    assert Deadline().choose(replace(old, deadline_ns=85 * MS)) == 0
    device = replace(old, units=(DEVICE,), delivered=0, deliveries=())
    assert Deadline().choose(replace(device, deadline_ns=40 * MS)) == 0
    assert Deadline().choose(replace(device, deadline_ns=40 * MS - 1)) is None


def test_a_payload_that_was_overtaken_is_lost_and_slows_nothing() -> None:
    seen = replace(
        KNOWN,
        now_ns=300 * MS,
        captured_ns=300 * MS,
        deliveries=(Delivery(1, 1000, 100 * MS, 110 * MS, 0),),
        unacknowledged=(Pending(0, 1000, 90 * MS),),
    )
    assert Deadline().choose(seen) == 1


def test_loading_another_unit_takes_its_time() -> None:
    units = (SMALL, replace(LARGE, switch_ns=30 * MS))
    assert Deadline().choose(replace(KNOWN, units=units, loaded=1)) == 1
    assert Deadline().choose(replace(KNOWN, units=units, loaded=0)) == 0  # 6000 of 7000 bytes


def test_a_unit_that_keeps_the_device_over_several_captures_counts_by_its_yield() -> None:
    slow = replace(DEVICE, utility=1.0, device_ns=80 * MS)  # 0.5 per captured frame
    assert Deadline().choose(replace(KNOWN, units=(slow, SMALL))) == 1
    assert Deadline().choose(replace(KNOWN, units=(DEVICE, SMALL))) == 0


def test_a_stream_kept_on_the_device_tries_the_link_after_1_2_4_to_16_seconds() -> None:
    policy = Deadline()
    seen = replace(
        KNOWN,
        units=(DEVICE, SMALL, LARGE),
        deliveries=(Delivery(0, 1000, 0, 300 * MS, 0),),  # 4 bytes a ms
    )
    times = [second * S for second in range(1, 10)]
    choices = [policy.choose(replace(seen, now_ns=t, captured_ns=t)) for t in times]
    assert choices == [1, 1, 0, 1, 0, 0, 0, 1, 0]
    later = [policy.choose(replace(seen, now_ns=t * S, captured_ns=t * S)) for t in range(10, 70)]
    assert [t for t, choice in enumerate(later, 10) if choice == 1] == [16, 32, 48, 64]


def test_the_device_is_not_left_where_nothing_better_is_sent() -> None:
    units = (replace(DEVICE, utility=0.95), SMALL, LARGE)
    late = replace(KNOWN, units=units, now_ns=90 * S, captured_ns=90 * S)
    assert Deadline().choose(late) == 0
    alone = replace(late, units=(DEVICE,))
    assert Deadline().choose(alone) == 0
    assert Deadline().choose(replace(alone, deadline_ns=29 * MS)) is None


def test_a_ladder_that_sends_nothing_needs_no_rate() -> None:
    seen = replace(KNOWN, units=(DEVICE,), delivered=0, deliveries=())
    assert Deadline().choose(seen) == 0
    assert Deadline().choose(replace(seen, deadline_ns=29 * MS)) is None


@pytest.mark.parametrize(
    "wrong",
    [{"reserve": 1.0}, {"reserve": -0.1}, {"steepness": 0.0}, {"least": 1.0}, {"memory_s": 0.0}],
)
def test_parameters_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be in"):
        Deadline(**wrong)
