from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np

from simulator.assembly import assemble
from simulator.scenario import Scenario
from simulator.world.plan import Outage, ServerPlan

SECOND = 10**9


def server(document: dict[str, Any], said: dict[str, Any], seed: int = 5) -> ServerPlan:
    record = Scenario.from_dict(document | {"server": said}).record
    return assemble(record, seed, Path()).plan.server


def test_what_a_scenario_says_of_its_server_reaches_the_plan(document: dict[str, Any]) -> None:
    found = server(
        document,
        {
            "workers": 2,
            "speed": 3,
            "order": "edf",
            "batching": {"kind": "form", "max": 4, "max_wait": "5 ms"},
            "places": 20,
            "drop_expired": True,
        },
    )
    assert [worker.speed for worker in found.workers] == [3.0, 3.0]
    assert (found.order, found.batching, found.max_batch, found.max_wait_ns) == (
        "edf",
        "form",
        4,
        5_000_000,
    )
    assert (found.places, found.drops_expired, found.memory) == (20, True, None)


def test_a_plain_server_is_one_worker_for_all_who_wait(document: dict[str, Any]) -> None:
    found = server(document, {})
    assert (len(found.workers), found.order, found.batching, found.places) == (
        1,
        "fifo",
        "pull",
        None,
    )


def test_workers_of_kinds_stand_in_their_order_with_their_outages(
    document: dict[str, Any],
) -> None:
    found = server(
        document,
        {
            "kinds": [{"name": "gpu", "count": 2, "speed": 4}, {"name": "cpu", "speed": 0.5}],
            "outages": [
                {"worker": "gpu/1", "at": "5 s", "for": "1 s"},
                {"worker": 1, "at": "1 s", "for": "2 s", "crash": True},
            ],
        },
    )
    assert [worker.speed for worker in found.workers] == [4.0, 4.0, 0.5]
    assert [worker.outages for worker in found.workers] == [
        (),
        (
            Outage(begin_ns=SECOND, end_ns=3 * SECOND, crash=True),
            Outage(begin_ns=5 * SECOND, end_ns=6 * SECOND),
        ),
        (),
    ]


def test_devices_expect_the_service_of_the_fastest_worker(document: dict[str, Any]) -> None:
    kinds = [{"name": "cpu", "speed": 0.5}, {"name": "gpu", "speed": 2}]
    record = Scenario.from_dict(document | {"server": {"kinds": kinds}}).record
    ladder = assemble(record, 5, Path()).plan.streams[0].ladder
    assert ladder.server_mean_ns[1] == 2_250_000  # 0.5 + 1 + 2 + 1 ms at double speed


def test_drawn_outages_come_and_last_as_long_as_asked(document: dict[str, Any]) -> None:
    document["duration"] = "2 h"
    document["streams"]["cameras"] |= {"fps": 1, "count": 1}
    said = {"workers": 2, "outages": {"every": "9 s", "lasting": "1 s", "crash": True}}
    first, second = (worker.outages for worker in server(document, said).workers)
    assert first != second
    assert len(first) == np.clip(len(first), 640, 800)  # 720 expected
    lengths = [outage.end_ns - outage.begin_ns for outage in first]
    assert np.mean(lengths) == np.clip(np.mean(lengths), 0.85 * SECOND, 1.15 * SECOND)
    assert all(outage.crash for outage in first)
    assert all(a.end_ns < b.begin_ns for a, b in itertools.pairwise(first))
    alone = said | {"workers": 1}
    assert server(document, alone).workers[0].outages == first
    assert server(document, said, seed=6).workers[0].outages != first
