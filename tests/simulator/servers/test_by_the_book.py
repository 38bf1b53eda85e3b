"""The station against its rules, ticked through one by one, on whatever hypothesis thinks of."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.servers.batching import Form, Pull
from simulator.servers.workers import Outage, Worker
from tests.simulator.servers.by_the_book import ByTheBook, Rules
from tests.simulator.servers.diary import Job, due_ns, visit

LAST_NS = 60


@st.composite
def workers(draw: st.DrawFn) -> Worker:
    ends = draw(st.lists(st.integers(0, LAST_NS), max_size=6, unique=True).map(sorted))
    outages = tuple(
        Outage(begin_ns=a, end_ns=b, crash=draw(st.booleans()))
        for a, b in zip(ends[::2], ends[1::2], strict=False)
    )
    return Worker(speed=draw(st.sampled_from([1.0, 2.0])), outages=outages)


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    return Rules(
        workers=draw(st.lists(workers(), min_size=1, max_size=3)),
        most=draw(st.integers(1, 4)),
        wait_ns=draw(st.none() | st.integers(0, 12)),
        edf=draw(st.booleans()),
        places=draw(st.none() | st.integers(0, 5)),
        patient=draw(st.booleans()),
    )


@st.composite
def arriving(draw: st.DrawFn) -> list[tuple[int, list[Job]]]:
    instants = sorted(draw(st.lists(st.integers(0, LAST_NS), max_size=25)))
    by_instant: dict[int, list[Job]] = {}
    for number, now_ns in enumerate(instants):
        job = Job(
            chr(0x61 + number),
            service_ns=draw(st.integers(0, 12)),
            due_ns=draw(st.integers(0, 30)),
            expires_ns=now_ns + draw(st.integers(-1, 25)),
        )
        by_instant.setdefault(now_ns, []).append(job)
    return list(by_instant.items())


@given(rules(), arriving())
@settings(max_examples=400)
def test_a_station_does_what_its_rules_say_at_every_instant(
    wanted: Rules, arrivals: list[tuple[int, list[Job]]]
) -> None:
    book = ByTheBook(wanted)
    at = dict(arrivals)
    for now_ns in range(LAST_NS + 25 * 12 + 12):
        book.tick(now_ns, at.get(now_ns, []))
    assert not book.groups
    assert not book.serving
    due = due_ns if wanted.edf else None
    diary = visit(
        [*arrivals],
        wanted.workers,
        Pull(wanted.most, due)
        if wanted.wait_ns is None
        else Form(wanted.most, wanted.wait_ns, due),
        places=wanted.places,
        patient=wanted.patient,
    )
    assert diary.batches == book.batches
    assert diary.left == book.left
    jobs = sum(len(jobs) for _, jobs in arrivals)
    assert sum(len(batch.names) for batch in diary.batches) + len(diary.left) == jobs
