from __future__ import annotations

from typing import Any

import pytest

from simulator.foundation.errors import InputError
from simulator.scenario import Scenario
from simulator.scenario.server import RandomOutages, Server

POOL = {"kinds": [{"name": "gpu", "count": 2, "speed": 4}, {"name": "cpu", "speed": 0.5}]}


def server(document: dict[str, Any], **said: object) -> Server:
    return Scenario.from_dict(document | {"server": said}).record.server


def refused(document: dict[str, Any], **said: object) -> str:
    with pytest.raises(InputError) as caught:
        server(document, **said)
    return str(caught.value)


def test_a_pool_is_equal_workers_or_workers_of_kinds(document: dict[str, Any]) -> None:
    assert server(document, workers=2, speed=3).pool == (("0", 3.0), ("1", 3.0))
    assert server(document, **POOL).pool == (("gpu/0", 4.0), ("gpu/1", 4.0), ("cpu/0", 0.5))


def test_outages_name_a_worker_by_number_or_kind(document: dict[str, Any]) -> None:
    outages = [
        {"worker": "cpu/0", "at": "5 s", "for": "1 s"},
        {"worker": 2, "at": "1 s", "for": "2 s", "crash": True},
    ]
    found = server(document, outages=outages, **POOL)
    assert [place for place, _ in found.outages_of(2)] == [1, 0]
    assert found.outages_of(0) == []


def test_outages_may_be_drawn(document: dict[str, Any]) -> None:
    drawn = server(document, outages={"every": "60 s", "lasting": "2 s"})
    assert isinstance(drawn.outages, RandomOutages)
    assert drawn.outages_of(0) == []


def test_places_may_be_unlimited(document: dict[str, Any]) -> None:
    assert server(document).places is None
    assert server(document, places="unlimited").places is None
    assert server(document, places=20).places == 20


def away(worker: object, at: str, last: str) -> dict[str, object]:
    return {"worker": worker, "at": at, "for": last}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"workers": 0}, "server.workers: 0 must be >= 1"),
        ({"kinds": [{"name": "gpu", "count": 0}]}, "kinds.0.count: 0 must be >= 1"),
        (POOL | {"workers": 2}, "server.workers: 2 means nothing beside kinds"),
        (POOL | {"speed": 2}, "server.speed: 2.0 means nothing beside kinds"),
        ({"kinds": [{"name": "a"}, {"name": "a"}]}, "kinds.1.name: a must not be given twice"),
        (
            {"kinds": [{"name": "a", "count": 600}, {"name": "b", "count": 600}]},
            "kinds: 1200 must be at most 1,000 workers",
        ),
        ({"order": "lifo"}, "order: lifo must be 'fifo' or 'edf'"),
        ({"places": -1}, "places: -1 must be a whole number from 0 to 1,000,000, or 'unlimited'"),
        ({"batching": {"max_wait": "5 ms"}}, "batching.max_wait: 5 ms means nothing for pull"),
        ({"batching": {"kind": "form"}}, "max_wait: (missing) must be given for form batching"),
        (
            {"batching": {"kind": "form", "max_wait": "1 ms"}, "places": 0},
            "server.places: 0 must be at least 1 for form batching",
        ),
        ({"outages": [away(1, "1 s", "1 s")]}, "outages.0.worker: 1 must be below 1, the number"),
        (
            POOL | {"outages": [away("gpu/2", "1 s", "1 s")]},
            "outages.0.worker: gpu/2 must be a worker of the pool; did you mean 'gpu/",
        ),
        ({"outages": [away("gpu", "1 s", "1 s")]}, "worker: gpu must be a worker's number from 0"),
        (
            {"outages": [away(0, "1 s", "2 s"), away("0", "2 s", "1 s")]},
            "worker: 0 must be a worker's number",
        ),
        (
            {"outages": [away(0, "2 s", "1 s"), away(0, "1 s", "2 s")]},
            "server.outages.0.at: 2 s must not be before that worker is back, 3 s",
        ),
        ({"outages": {"every": "1 s"}}, "outages.lasting: (missing) must be given; add it: mean"),
        (
            {"outages": {"every": "1 ms", "lasting": "1 us"}, "workers": 100},
            "server.outages: 199,800 must be at most 100,000 outages a run",
        ),
        ({"memory": {}}, "server.memory.size: (missing) must be given"),
        (
            {"memory": {"size": "1 MB", "holds": ["tail", "tail"]}},
            "memory.holds.1: tail must not be given twice",
        ),
        ({"memory": {"size": "1 MB", "tails": "own"}}, "tails: own must be 'shared', 'per-unit'"),
    ],
)
def test_what_means_nothing_together_is_refused_where_it_stands(
    document: dict[str, Any], said: dict[str, Any], message: str
) -> None:
    assert message in refused(document, **said)
