from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.assembly import assemble
from simulator.assembly.cross import cross_plan
from simulator.foundation import keyed
from simulator.scenario import Scenario
from simulator.scenario.cross import Cross

if TYPE_CHECKING:
    from simulator.world.plan import CrossPlan

SECOND = 10**9


def drawn(duration_s: int = 20, seed: int = 1, **said: object) -> CrossPlan:
    source = Cross.model_validate({"rate": "960 kbit/s", "packet": "1200 B"} | said)
    return cross_plan(source, "others 0", duration_s * SECOND, keyed.generator(seed, "cross"))


def test_a_periodic_source_sends_a_packet_each_interval() -> None:
    found = drawn(pattern="periodic")  # 9600 bits each 10 ms
    assert len(found.sent_ns) == 2000
    assert set(np.diff(found.sent_ns).tolist()) <= {9_999_999, 10_000_000, 10_000_001}
    assert set(found.wire_bytes.tolist()) == {1200}


def test_a_poisson_source_sends_as_much_on_average() -> None:
    sent = drawn(duration_s=200).sent_ns
    assert len(sent) == pytest.approx(20_000, abs=600)  # four standard deviations
    gaps = np.diff(sent)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.05)


def test_an_on_off_source_sends_evenly_while_it_is_on_only() -> None:
    sent = drawn(duration_s=900, pattern="on-off", on="1 s", off="2 s").sent_ns
    assert len(sent) == pytest.approx(100 * 900 / 3, rel=0.15)
    gaps = np.diff(sent)
    assert (gaps >= 9_999_999).all()
    assert np.median(gaps) == pytest.approx(10_000_000, abs=1)
    pauses = gaps[gaps > 11_000_000] - 10_000_000
    assert pauses.mean() == pytest.approx(2 * SECOND, rel=0.25)


def test_a_source_that_is_hardly_ever_on_may_send_nothing() -> None:
    assert not len(drawn(duration_s=1, pattern="on-off", on="1 ms", off="1 h").sent_ns)


@pytest.mark.parametrize("pattern", ["poisson", "periodic"])
def test_a_source_sends_from_its_start_to_its_stop(pattern: str) -> None:
    sent = drawn(pattern=pattern, start="5 s", stop="6 s").sent_ns
    assert sent[0] >= 5 * SECOND
    assert sent[-1] < 6 * SECOND
    assert not len(drawn(pattern=pattern, start="30 s").sent_ns)


@pytest.mark.parametrize(
    "said", [{}, {"pattern": "periodic"}, {"pattern": "on-off", "on": "1 s", "off": "1 s"}]
)
def test_a_longer_run_begins_with_a_shorter_one(said: dict[str, Any]) -> None:
    short, long = (drawn(seconds, **said).sent_ns for seconds in (10, 40))
    np.testing.assert_array_equal(long[: len(short)], short)
    assert (np.diff(long) >= 0).all()


def test_others_are_drawn_anew_for_every_source_link_and_seed(document: dict[str, Any]) -> None:
    document["network"]["uplink"][0] |= {
        "each": "stream",
        "cross": [{"rate": "1 Mbit/s"}, {"rate": "1 Mbit/s", "weight": 3}],
    }
    found = []
    for seed in (5, 5, 6):
        links = assemble(Scenario.from_dict(document).record, seed, Path()).plan.uplink[0]
        found.append([source for link in links for source in link.cross])
    firsts = [[int(source.sent_ns[0]) for source in run] for run in found]
    assert firsts[0] == firsts[1]
    assert len(set(firsts[0] + firsts[2])) == 8
    assert [(source.name, source.weight) for source in found[0]] == [
        ("others 0", 1),
        ("others 1", 3),
    ] * 2
