from __future__ import annotations

import threading
import time

from models.measuring.stopwatch import Stopwatch


def test_a_thread_that_sleeps_spends_no_time_of_its_own() -> None:
    _, recorded, wall = Stopwatch().time(time.sleep, 0.02)
    assert wall >= 20_000_000
    assert recorded < 10_000_000


def test_threads_that_a_step_starts_count_where_the_whole_process_does() -> None:
    def work(_: object) -> None:
        thread = threading.Thread(target=lambda: sum(range(300_000)))
        thread.start()
        thread.join()

    own, all_of_it = Stopwatch(), Stopwatch(whole_process=True)
    assert all_of_it.time(work, None)[1] > 2 * own.time(work, None)[1]
    assert all_of_it.about.startswith("CPU time of all threads")


def test_an_accelerator_is_waited_for_before_and_after_each_step() -> None:
    happened: list[str] = []
    watch = Stopwatch(synchronise=lambda: happened.append("waited"))
    _, recorded, wall = watch.time(happened.append, "ran")
    assert recorded == wall
    assert happened == ["waited", "ran", "waited"]
    assert watch.about.startswith("wall time, the accelerator synchronised before and after")


def test_a_processor_is_timed_by_the_thread_and_an_accelerator_by_the_wall() -> None:
    assert Stopwatch.of("cpu").synchronise is None
    assert Stopwatch.of("cuda").synchronise is not None
