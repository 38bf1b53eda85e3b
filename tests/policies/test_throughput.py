from __future__ import annotations

from dataclasses import replace

import pytest

from policies.interface import Delivery
from policies.snapshot import Snapshot, UnitSnapshot
from policies.throughput import Throughput

MS = 1_000_000
UNITS = (
    UnitSnapshot(name="device", utility=0.65, on_device=True, device_ns=95 * MS),
    UnitSnapshot(name="unit-1", utility=0.6, size_bytes=900),
    UnitSnapshot(name="unit-2", utility=0.7, size_bytes=4500),
    UnitSnapshot(name="unit-3", utility=0.9, size_bytes=9000),
)
# 1000 bytes in 10 ms; nine tenths of that carry 90 bytes a ms.
KNOWN = Snapshot(
    units=UNITS,
    deadline_ns=100 * MS,
    now_ns=50 * MS,
    captured_ns=50 * MS,
    delivered=1,
    deliveries=(Delivery(0, 1000, 0, 10 * MS, 0),),
)


def test_the_smallest_unit_is_sent_until_something_is_known() -> None:
    assert Throughput().choose(replace(KNOWN, delivered=0, deliveries=())) == 1


def test_the_best_unit_that_fits_nine_tenths_of_the_rate_is_sent() -> None:
    assert Throughput().choose(KNOWN) == 3  # 100 ms, just in time
    assert Throughput().choose(replace(KNOWN, now_ns=50 * MS + 1)) == 2


def test_a_unit_on_the_device_is_chosen_where_what_is_sent_is_worse_or_too_late() -> None:
    assert Throughput().choose(replace(KNOWN, round_trip_ns=60 * MS)) == 0


def test_nothing_feasible_is_a_skip() -> None:
    assert Throughput().choose(replace(KNOWN, now_ns=146 * MS)) is None


def test_server_time_wait_and_switching_count() -> None:
    slow = tuple(replace(unit, server_ns=10 * MS) for unit in UNITS)
    assert Throughput().choose(replace(KNOWN, units=slow)) == 2
    loads = tuple(replace(unit, switch_ns=60 * MS) for unit in UNITS)
    assert Throughput().choose(replace(KNOWN, units=loads, loaded=1)) == 1
    waited = (Delivery(0, 1000, 0, 10 * MS, 4 * MS),)  # moves the average wait to 1 ms
    assert Throughput().choose(replace(KNOWN, deliveries=waited)) == 2


def test_only_the_last_transfers_count() -> None:
    slow = Delivery(0, 1000, 0, 100 * MS, 0)
    fast = tuple(Delivery(k, 1000, k * 200 * MS, k * 200 * MS + MS, 0) for k in range(1, 6))
    seen = replace(KNOWN, now_ns=2000 * MS, captured_ns=2000 * MS)
    policy = Throughput()
    assert policy.choose(replace(seen, delivered=1, deliveries=(slow,))) == 0  # 9 bytes a ms
    assert policy.choose(replace(seen, delivered=6, deliveries=(slow, *fast))) == 3


@pytest.mark.parametrize("wrong", [{"share": 0.0}, {"share": float("nan")}, {"window": 0}])
def test_parameters_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be > 0 and window"):
        Throughput(**wrong)  # type: ignore[arg-type]


def test_a_ladder_that_sends_nothing_needs_no_rate() -> None:
    seen = replace(KNOWN, units=UNITS[:1], delivered=0, deliveries=())
    assert Throughput().choose(seen) == 0
    assert Throughput().choose(replace(seen, deadline_ns=90 * MS)) is None
