from __future__ import annotations

from simulator.servers.batching import Form, Pull
from simulator.servers.workers import Worker
from tests.simulator.servers.diary import Job, batches, due_ns, visit


def by_size(jobs: list[Job], _worker: int) -> int:
    """10 ns and 4 for each job."""
    return 10 + 4 * len(jobs)


def test_a_free_worker_pulls_what_waits_and_never_waits_for_more() -> None:
    arrivals = [(0, "a"), *((t, n) for t, n in enumerate("bcdef", start=1))]
    diary = visit(arrivals, batching=Pull(3), service_ns=by_size)
    assert batches(diary) == [("a", 0, 14), ("bcd", 14, 36), ("ef", 36, 54)]


def test_jobs_of_one_instant_are_pulled_together() -> None:
    diary = visit([(0, "abcde")], [Worker(), Worker()], Pull(3), by_size)
    assert batches(diary) == [("abc", 0, 22), ("de", 0, 18)]


def test_the_most_urgent_jobs_are_pulled_and_the_most_urgent_is_first() -> None:
    jobs = [Job(name, due_ns=due) for name, due in (("b", 90), ("c", 40), ("d", 60))]
    diary = visit([(0, "a"), (1, jobs)], batching=Pull(2, due_ns), service_ns=by_size)
    assert [b.names for b in diary.batches] == ["a", "cd", "b"]


def test_a_batch_closes_when_it_is_full_or_its_time_has_come() -> None:
    diary = visit([(0, "a"), (2, "bc"), (3, "d"), (4, "e")], [Worker()] * 3, Form(3, 5), by_size)
    # abc is full at 2; d and e close at 8.
    assert batches(diary) == [("abc", 2, 24), ("de", 8, 26)]


def test_a_job_that_comes_when_a_batch_closes_is_in_it() -> None:
    assert batches(visit([(0, "a"), (5, "b"), (6, "c")], [Worker()] * 3, Form(9, 5), by_size)) == [
        ("ab", 5, 23),
        ("c", 11, 25),
    ]


def test_batches_form_whether_or_not_a_worker_is_free() -> None:
    # a closes at 5, b at 11 and cd at 20, behind a worker that is busy; e comes too late for cd.
    arrivals = [(0, "a"), (6, "b"), (15, "cd"), (21, "e")]
    diary = visit(arrivals, batching=Form(9, 5), service_ns=by_size)
    assert batches(diary) == [("a", 5, 19), ("b", 19, 33), ("cd", 33, 51), ("e", 51, 65)]


def test_batches_that_wait_do_not_grow() -> None:
    diary = visit([(0, "ab"), (1, "c"), (7, "d")], batching=Form(2, 3), service_ns=by_size)
    assert batches(diary) == [("ab", 0, 18), ("c", 18, 32), ("d", 32, 46)]


def test_the_batch_with_the_earliest_deadline_goes_first_by_what_it_still_holds() -> None:
    def job(name: str, due: int, expires: int = 99) -> Job:
        return Job(name, 10, due, expires)

    arrivals: list[tuple[int, str | list[Job]]] = [
        (0, [job("a", 1), job("A", 1)]),
        (1, [job("b", 50), job("B", 60)]),
        (2, [job("c", 80), job("C", 30)]),
    ]
    diary = visit(arrivals, batching=Form(2, 9, due_ns), patient=False)
    assert [b.names for b in diary.batches] == ["aA", "cC", "bB"]
    arrivals[2] = (2, [job("c", 80), job("C", 30, expires=4)])
    diary = visit(arrivals, batching=Form(2, 9, due_ns), patient=False)
    assert [b.names for b in diary.batches] == ["aA", "bB", "c"]


def test_batches_with_equal_deadlines_go_in_the_order_in_which_they_began() -> None:
    jobs = [Job(name, due_ns=50) for name in "bBcC"]
    diary = visit([(0, "aA"), (1, jobs)], batching=Form(2, 9, due_ns))
    assert [b.names for b in diary.batches] == ["aA", "bB", "cC"]


def test_a_batch_of_one_never_waits_to_grow() -> None:
    assert batches(visit([(0, "a"), (1, "b")], [Worker()] * 2, Form(1, 50))) == [
        ("a", 0, 10),
        ("b", 1, 11),
    ]
