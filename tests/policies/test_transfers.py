from __future__ import annotations

from dataclasses import replace

from policies.interface import Delivery
from policies.rates import DecayingRate, HarmonicRate
from policies.snapshot import Snapshot, UnitSnapshot
from policies.transfers import LONGEST_BUSY_NS, Transfers

MS = 1_000_000
SEEN = Snapshot(
    units=(UnitSnapshot(name="u", utility=1.0),), deadline_ns=1, uplink_delay_ns=20 * MS
)


class Notes:
    def __init__(self) -> None:
        self.learnt: list[tuple[int, int, int]] = []

    def learn(self, size_bytes: int, busy_ns: int, arrived_ns: int) -> None:
        self.learnt.append((size_bytes, busy_ns, arrived_ns))


def read(*deliveries: Delivery) -> tuple[Transfers, Notes]:
    notes = Notes()
    transfers = Transfers(notes)
    transfers.read(replace(SEEN, delivered=len(deliveries), deliveries=deliveries))
    return transfers, notes


def test_propagation_and_idle_time_are_not_busy_time() -> None:
    _, notes = read(Delivery(0, 500, 0, 25 * MS, 0), Delivery(1, 500, 100 * MS, 123 * MS, 0))
    assert notes.learnt == [(500, 5 * MS, 25 * MS), (500, 3 * MS, 123 * MS)]


def test_waiting_behind_ones_own_payload_is_not_busy_time() -> None:
    transfers, notes = read(Delivery(0, 500, 0, 30 * MS, 0), Delivery(1, 500, MS, 34 * MS, 0))
    assert notes.learnt[1] == (500, 4 * MS, 34 * MS)
    assert transfers.exit_ns == 14 * MS
    assert transfers.newest_sent_ns == MS


def test_payloads_that_arrive_together_are_one_transfer() -> None:
    rate = HarmonicRate()
    transfers = Transfers(rate)
    two = (Delivery(0, 500, 0, 30 * MS, 0), Delivery(1, 700, MS, 30 * MS, 0))
    transfers.read(replace(SEEN, delivered=2, deliveries=two))
    assert rate.value == 1200 / (10 * MS)


def test_how_long_an_outage_lasted_does_not_count() -> None:
    _, notes = read(Delivery(0, 500, 0, 9000 * MS, 0))
    assert notes.learnt[0][1] == LONGEST_BUSY_NS


def test_each_delivery_is_read_once() -> None:
    notes = Notes()
    transfers = Transfers(notes)
    first, second = Delivery(0, 1, 0, 25 * MS, 0), Delivery(1, 2, 0, 26 * MS, 0)
    for delivered, deliveries in ((1, (first,)), (1, (first,)), (2, (first, second))):
        transfers.read(replace(SEEN, delivered=delivered, deliveries=deliveries))
    assert [size for size, _, _ in notes.learnt] == [1, 2]


def test_answers_out_of_order_never_turn_time_back() -> None:
    transfers, notes = read(Delivery(1, 9, 5 * MS, 40 * MS, 0), Delivery(0, 9, 0, 30 * MS, 0))
    assert notes.learnt[1] == (9, 0, 30 * MS)
    assert transfers.exit_ns == 20 * MS
    assert transfers.newest_sent_ns == 5 * MS


def test_the_wait_is_a_moving_average() -> None:
    transfers, _ = read(Delivery(0, 1, 0, 25 * MS, 8), Delivery(1, 1, 0, 26 * MS, 2))
    assert transfers.wait_ns == 2 + (2 - 2) / 4


def test_the_harmonic_rate_forgets_all_but_the_last() -> None:
    rate = HarmonicRate(window=2)
    assert rate.value is None
    for size, busy in ((9999, 1), (100, 10), (100, 30)):
        rate.learn(size, busy, 0)
    assert rate.value == 200 / 40


def test_a_small_payload_weighs_little_in_either_rate() -> None:
    for rate in (HarmonicRate(), DecayingRate(memory_ns=10**9)):
        rate.learn(10_000, 10 * MS, 10 * MS)
        rate.learn(100, MS, 12 * MS)  # a tenth of the rate
        assert rate.value is not None
        assert 0.9 < rate.value * MS / 1000 < 0.93


def test_the_decaying_rate_prefers_what_is_new() -> None:
    rate = DecayingRate(memory_ns=100 * MS)
    rate.learn(1000, 10 * MS, 10 * MS)
    rate.learn(1000, 1 * MS, 1000 * MS)
    assert rate.value is not None
    assert rate.value * MS > 990
    rate.learn(1000, 0, 900 * MS)  # out of order: weighs as now, and came with the one before
    assert rate.value * MS > 1990
