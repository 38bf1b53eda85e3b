"""Jobs that are refused, and jobs whose patience ends."""

from __future__ import annotations

import pytest

from simulator.servers.batching import Form, Pull
from simulator.servers.workers import Worker
from tests.simulator.servers.diary import Job, batches, due_ns, visit


def test_a_job_without_a_place_is_refused_and_those_in_service_take_none() -> None:
    diary = visit([(0, "a"), (1, "b"), (2, "c"), (10, "d")], places=1)
    assert diary.left == [("c", "refused", 2)]
    # At 10 the worker takes b, so d finds a place.
    assert batches(diary) == [("a", 0, 10), ("b", 10, 20), ("d", 20, 30)]


def test_without_places_only_a_free_worker_admits() -> None:
    diary = visit([(0, "ab"), (9, "c"), (10, "d")], places=0)
    assert diary.left == [("b", "refused", 0), ("c", "refused", 9)]
    assert batches(diary) == [("a", 0, 10), ("d", 10, 20)]


def test_of_the_jobs_of_an_instant_the_last_ones_are_refused() -> None:
    diary = visit([(0, "abcde")], [Worker(), Worker()], places=1)
    assert diary.left == [("d", "refused", 0), ("e", "refused", 0)]


def test_a_job_that_waits_is_not_refused_for_a_more_urgent_one() -> None:
    waits, urgent = Job("w", due_ns=90), Job("u", due_ns=20)
    diary = visit([(0, "a"), (1, [waits]), (2, [urgent])], batching=Pull(1, due_ns), places=1)
    assert diary.left == [("u", "refused", 2)]


def test_a_job_refused_by_deadline_comes_no_more() -> None:
    jobs = [Job("w", due_ns=90), Job("u", due_ns=20), Job("v", due_ns=10)]
    diary = visit([(0, "a"), (1, jobs)], batching=Pull(1, due_ns), places=1)
    assert diary.left == [("u", "refused", 1), ("v", "refused", 1)]
    assert batches(diary) == [("a", 0, 10), ("w", 10, 20)]


def test_a_job_that_completes_a_batch_for_a_free_worker_needs_no_place() -> None:
    diary = visit([(0, "ab"), (1, "c")], batching=Form(3, 50), places=2)
    assert (diary.left, batches(diary)) == ([], [("abc", 1, 31)])


def test_a_batch_is_open_again_when_the_jobs_that_filled_it_are_refused() -> None:
    # c fills a batch and d begins another, which is gone with it.
    diary = visit([(0, "aa"), (1, "b"), (2, "cd"), (31, "e")], batching=Form(2, 90), places=2)
    assert diary.left == [("d", "refused", 2)]
    assert batches(diary) == [("aa", 0, 20), ("bc", 20, 40), ("e", 121, 131)]
    diary = visit([(0, "aaa"), (1, "b"), (2, "cd"), (35, "e")], batching=Form(3, 90), places=2)
    assert diary.left == [("d", "refused", 2)]
    # Without d the batch is not full, so that e may fill it when the worker has long been free.
    assert batches(diary) == [("aaa", 0, 30), ("bce", 35, 65)]


def test_a_job_leaves_at_the_instant_its_patience_ends() -> None:
    impatient = Job("b", expires_ns=7)
    diary = visit([(0, "a"), (1, [impatient]), (2, "c")], patient=False)
    assert diary.left == [("b", "expired", 7)]
    assert batches(diary) == [("a", 0, 10), ("c", 10, 20)]


def test_a_job_whose_service_can_begin_when_its_patience_ends_is_served() -> None:
    diary = visit([(0, "a"), (1, [Job("b", expires_ns=10)])], patient=False)
    assert (diary.left, batches(diary)) == ([], [("a", 0, 10), ("b", 10, 20)])
    diary = visit([(0, "a"), (1, [Job("b", expires_ns=9)])], patient=False)
    assert (diary.left, batches(diary)) == ([("b", "expired", 9)], [("a", 0, 10)])
    diary = visit([(0, "ab"), (1, [Job("c", expires_ns=10)])], patient=False)
    assert diary.left == [("c", "expired", 10)]  # b goes first


@pytest.mark.parametrize(("expires_ns", "served"), [(4, False), (5, True)])
def test_a_job_that_comes_too_late_is_not_served_even_by_a_free_worker(
    expires_ns: int, *, served: bool
) -> None:
    diary = visit([(5, [Job("a", expires_ns=expires_ns)])], patient=False)
    assert (len(diary.batches), diary.left) == ((1, []) if served else (0, [("a", "expired", 5)]))


def test_a_place_is_free_at_the_instant_at_which_another_job_leaves() -> None:
    arrivals: list[tuple[int, str | list[Job]]] = [
        (0, "a"),
        (1, [Job("b", expires_ns=6)]),
        (5, "c"),
        (6, "d"),
    ]
    diary = visit(arrivals, places=1, patient=False)
    assert diary.left == [("c", "refused", 5), ("b", "expired", 6)]
    assert batches(diary) == [("a", 0, 10), ("d", 10, 20)]


def test_jobs_leave_batches_that_form_and_batches_that_wait() -> None:
    arrivals: list[tuple[int, str | list[Job]]] = [
        (0, "aa"),
        (1, [Job("b", expires_ns=3)]),  # alone in its batch, which would close at 9
        (4, [Job("c", expires_ns=8), Job("d")]),  # full, so closed
        (5, [Job("e", expires_ns=18), Job("f", expires_ns=19)]),  # closed, and all of it leaves
        (6, [Job("g", expires_ns=7)]),
        (8, "h"),  # a batch of its own; that of c and d stays closed
    ]
    diary = visit(arrivals, batching=Form(2, 8), patient=False)
    assert diary.left == [
        ("b", "expired", 3),
        ("g", "expired", 7),
        ("c", "expired", 8),
        ("e", "expired", 18),
        ("f", "expired", 19),
    ]
    assert batches(diary) == [("aa", 0, 20), ("d", 20, 30), ("h", 30, 40)]
