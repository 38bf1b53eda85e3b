from __future__ import annotations

import pytest

from simulator.foundation.errors import InputError
from simulator.servers.workers import Outage, Pool, Worker
from tests.simulator.servers.diary import Served, batches, visit


def drain(begin_ns: int, end_ns: int) -> Outage:
    return Outage(begin_ns=begin_ns, end_ns=end_ns)


def crash(begin_ns: int, end_ns: int) -> Outage:
    return Outage(begin_ns=begin_ns, end_ns=end_ns, crash=True)


def one(*outages: Outage) -> list[Worker]:
    return [Worker(outages=outages)]


def test_a_draining_worker_finishes_its_batch_and_takes_nothing_until_it_is_back() -> None:
    diary = visit([(0, "a"), (1, "b")], one(drain(5, 30)))
    assert batches(diary) == [("a", 0, 10), ("b", 30, 40)]


def test_a_crash_destroys_the_batch_in_service_at_its_instant() -> None:
    diary = visit([(0, "a"), (1, "b")], one(crash(5, 30)))
    assert diary.batches == [
        Served("a", 0, 5, 0, crashed=True),
        Served("b", 30, 40, 0, crashed=False),
    ]


def test_a_batch_that_ends_when_the_worker_crashes_is_finished() -> None:
    diary = visit([(0, "a"), (1, "b")], one(crash(10, 30)))
    assert diary.batches[0] == Served("a", 0, 10, 0, crashed=False)
    assert diary.batches[1].start_ns == 30


def test_a_worker_crashes_while_it_finishes_its_batch() -> None:
    diary = visit([(0, "a"), (1, "b")], one(drain(2, 4), crash(6, 9)))
    assert diary.batches[0] == Served("a", 0, 6, 0, crashed=True)
    assert diary.batches[1].start_ns == 9


def test_a_batch_may_outlast_an_outage() -> None:
    assert batches(visit([(0, "a"), (1, "b")], one(drain(2, 4)))) == [("a", 0, 10), ("b", 10, 20)]


def test_an_idle_worker_goes_and_comes_back_at_the_stated_instants() -> None:
    outages = one(drain(5, 8), crash(8, 12))
    starts = {t: batches(visit([(t, "a")], outages))[0][1] for t in (4, 5, 7, 8, 11, 12, 13)}
    assert starts == {4: 4, 5: 12, 7: 12, 8: 12, 11: 12, 12: 12, 13: 13}


def test_the_slow_worker_takes_over_while_the_fast_one_is_away() -> None:
    workers = [Worker(), Worker(speed=2, outages=(drain(5, 30),))]
    diary = visit([(0, "a"), (6, "b"), (7, "c"), (29, "d"), (30, "e")], workers)
    # c waits for the slow worker, which is free at 16, long before the fast one is back.
    assert [(b.names, b.start_ns, b.worker) for b in diary.batches] == [
        ("a", 0, 1),
        ("b", 6, 0),
        ("c", 16, 0),
        ("d", 29, 0),
        ("e", 30, 1),
    ]


def test_outages_long_past_do_no_harm() -> None:
    diary = visit([(100, "ab")], one(drain(1, 2), crash(3, 4), drain(105, 106)))
    assert batches(diary) == [("a", 100, 110), ("b", 110, 120)]


@pytest.mark.parametrize(
    ("workers", "message"),
    [
        ([], "workers number: 0 must be at least 1; give one worker or more"),
        (one(drain(5, 5)), "workers outage of worker 0: 5 to 5 ns must be a time from 0 ns on"),
        (
            [Worker(), *one(drain(5, 9), drain(8, 11))],
            "workers outage of worker 1: 8 to 11 ns must be a time from 9 ns on; sort",
        ),
        (one(drain(-1, 9)), "outage of worker 0: -1 to 9 ns must be"),
    ],
)
def test_pools_that_make_no_sense_are_refused(workers: list[Worker], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Pool(workers)
