from __future__ import annotations

from simulator.foundation.instants import FOREVER_NS
from simulator.servers.batching import Form, Pull
from simulator.servers.station import Station
from simulator.servers.workers import Outage, Pool, Worker
from tests.simulator.servers.diary import Diary, Job, batches, due_ns, together, visit


def test_jobs_wait_for_the_only_worker_in_order_of_arrival() -> None:
    diary = visit([(0, "a"), (1, "b"), (2, "c")])
    assert batches(diary) == [("a", 0, 10), ("b", 10, 20), ("c", 20, 30)]


def test_jobs_of_one_instant_go_in_the_order_handed_in() -> None:
    assert batches(visit([(0, "ba")])) == [("b", 0, 10), ("a", 10, 20)]


def test_a_second_worker_takes_what_the_first_cannot() -> None:
    diary = visit([(0, "a"), (1, "b"), (2, "c")], [Worker(), Worker()])
    assert [(b.names, b.start_ns, b.worker) for b in diary.batches] == [
        ("a", 0, 0),
        ("b", 1, 1),
        ("c", 10, 0),
    ]


def test_the_fastest_free_worker_takes_a_job_and_of_equals_the_first() -> None:
    workers = [Worker(), Worker(speed=4), Worker(speed=4)]

    def slower_if_slow(_: list[Job], worker: int) -> int:
        return (40, 10, 10)[worker]

    # b and c find one free worker less each; d waits 6 ns for the first fast one.
    diary = visit([(0, "a"), (1, "b"), (2, "c"), (4, "d")], workers, None, slower_if_slow)
    assert [(b.names, b.start_ns, b.end_ns, b.worker) for b in diary.batches] == [
        ("a", 0, 10, 1),
        ("b", 1, 11, 2),
        ("c", 2, 42, 0),
        ("d", 10, 20, 1),
    ]


def test_the_earliest_deadline_goes_first_and_equal_ones_by_arrival() -> None:
    jobs = {n: Job(n, due_ns=d) for n, d in {"a": 99, "b": 70, "c": 50, "d": 70, "e": 60}.items()}
    arrivals = [(0, [jobs["a"]]), (1, [jobs["b"], jobs["c"]]), (2, [jobs["d"]]), (15, [jobs["e"]])]
    diary = visit(arrivals, batching=Pull(1, due_ns))
    # a is in service; c (50) at 10; e (60) came by 20; then b before d.
    assert "".join(b.names for b in diary.batches) == "acebd"
    assert [b.start_ns for b in diary.batches] == [0, 10, 20, 30, 40]


def test_a_job_that_comes_when_a_worker_becomes_free_may_go_before_those_that_wait() -> None:
    late, urgent = Job("l", due_ns=90), Job("u", due_ns=50)
    diary = visit([(0, "a"), (5, [late]), (10, [urgent])], batching=Pull(1, due_ns))
    assert batches(diary) == [("a", 0, 10), ("u", 10, 20), ("l", 20, 30)]


def test_service_may_take_no_time() -> None:
    assert batches(visit([(0, [Job("a", 0), Job("b", 0)]), (0, [Job("c", 5)])])) == [
        ("a", 0, 0),
        ("b", 0, 0),
        ("c", 0, 5),
    ]


def test_nothing_happens_before_the_next_instant() -> None:
    diary = Diary()
    station = Station(Pool([Worker()]), Pull(), together, diary, expires_ns=lambda j: j.expires_ns)
    assert station.next_ns == FOREVER_NS
    station.arrive(0, [Job("a")])
    assert station.next_ns == FOREVER_NS  # nothing waits, so nobody needs to know when a ends
    station.arrive(1, [Job("b"), Job("c", expires_ns=5)])
    assert station.next_ns == 5
    station.advance(4)
    assert diary.left == []
    station.advance(5)
    assert diary.left == [("c", "expired", 5)]
    assert station.next_ns == 10
    station.advance(10)
    assert (len(diary.batches), station.next_ns) == (2, FOREVER_NS)


def test_a_batch_that_forms_needs_an_instant_only_where_a_worker_could_take_it() -> None:
    diary = Diary()
    station = Station(Pool([Worker()]), Form(3, 4), together, diary)
    station.arrive(0, [Job("a")])
    assert station.next_ns == 4
    station.advance(4)
    station.arrive(5, [Job("b")])
    assert station.next_ns == 14  # it closes at 9, but the worker is busy until 14


def test_workers_that_never_come_back_leave_what_waits_waiting() -> None:
    gone = Worker(outages=(Outage(begin_ns=5, end_ns=FOREVER_NS),))
    assert batches(visit([(0, "a"), (1, "bc"), (20, "d")], [gone])) == [("a", 0, 10)]


def test_no_arrivals_are_no_harm() -> None:
    assert visit([(0, ""), (3, "a"), (3, "")]).batches[0].start_ns == 3


def test_a_batch_that_would_end_after_the_end_of_time_keeps_its_worker_and_ends_then() -> None:
    forever = [Job("a", FOREVER_NS - 8), Job("b", FOREVER_NS), Job("c")]
    diary = visit([(7, forever[:1]), (8, forever[1:])])
    assert batches(diary) == [("a", 7, FOREVER_NS - 1), ("b", FOREVER_NS - 1, FOREVER_NS)]
