from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.assembly import Assembly, assemble
from simulator.foundation.errors import InputError
from simulator.framelog import Outcome
from simulator.links.loss import Bernoulli, GilbertElliott, LossSteps
from simulator.links.queues import QueueLimit
from simulator.scenario import Scenario
from simulator.world import simulate
from simulator.world.plan import JitterPlan, LinkPlan

MS = 1_000_000
CONDITIONS = "t_s,mbps,loss,delay_ms\n0,8,0.1,5\n1,4,0.3,3\n2,0,0,0\n"


def built(document: dict[str, Any], seed: int = 5, folder: Path = Path()) -> Assembly:
    return assemble(Scenario.from_dict(document).record, seed, folder)


def first(document: dict[str, Any], hop: dict[str, Any], folder: Path = Path()) -> LinkPlan:
    document["network"]["uplink"][0] |= hop
    return built(document, folder=folder).plan.uplink[0][0]


def refused(document: dict[str, Any], hop: dict[str, Any], folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        first(document, hop, folder)
    return str(caught.value)


def test_every_option_of_a_hop_reaches_its_links(document: dict[str, Any]) -> None:
    link = first(
        document,
        {
            "sharing": "drr",
            "quantum": "3 kB",
            "accuracy": "packet",
            "queue": "50 packets",
            "drop": "head",
            "delay": "7 ms",
            "jitter": {"mean": "3 ms", "distribution": "uniform", "reordering": True},
            "loss": "1 %",
            "grant": "10 ms",
        },
    )
    assert (link.sharing, link.quantum_bytes, link.accuracy, link.drop) == (
        "drr",
        3000,
        "packet",
        "head",
    )
    assert link.queue == QueueLimit(packets=50)
    assert (link.delay_ns, link.grant_ns) == (7 * MS, 10 * MS)
    assert link.jitter == JitterPlan(mean_ns=3 * MS, distribution="uniform", reorders=True)
    assert isinstance(link.loss, Bernoulli)
    assert link.loss.probability(0) == 0.01


def test_a_plain_hop_is_a_plain_link(document: dict[str, Any]) -> None:
    link = first(document, {})
    assert (link.loss, link.jitter, link.delays, link.cross, link.quantum_bytes) == (
        None,
        None,
        None,
        (),
        1500,
    )


def test_bursts_are_the_same_for_every_policy_and_others_for_every_seed(
    document: dict[str, Any],
) -> None:
    document["network"]["uplink"][0]["loss"] = {"good": "1 s", "bad": "1 s"}
    states = []
    for seed, policy in ((5, "deadline"), (5, "fixed"), (6, "fixed")):
        document["streams"]["cameras"]["policy"] = policy
        loss = built(document, seed).plan.uplink[0][0].loss
        assert isinstance(loss, GilbertElliott)
        states.append([loss.probability(k * 100 * MS) for k in range(100)])
    assert states[0] == states[1] != states[2]
    assert set(states[0]) == {0.0, 1.0}


def test_chance_of_a_link_goes_with_its_trace(document: dict[str, Any]) -> None:
    keys = set()
    for seed, offset in ((1, "0 s"), (1, "3 s"), (2, "0 s")):
        trace = {"family": "us-lte-up", "seed": seed, "offset": offset}
        keys.add(first(document, {"trace": trace}).key)
    assert len(keys) == 3


def test_hops_have_chance_of_their_own(document: dict[str, Any]) -> None:
    document["network"]["uplink"] *= 2
    document["network"]["downlink"] = {"trace": {"family": "us-lte-down"}}
    plan = built(document).plan
    assert len({hop[0].key for hop in plan.uplink + plan.downlink}) == 3


def test_the_trace_s_own_loss_and_delay_are_used_where_asked_for(
    document: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "wifi.csv").write_text(CONDITIONS)
    hop = {"trace": {"file": "wifi.csv"}, "loss": "trace", "delay": "trace"}
    link = first(document, hop, tmp_path)
    assert isinstance(link.loss, LossSteps)
    assert [link.loss.probability(t * 10**9) for t in (0, 1, 2)] == [0.1, 0.3, 0.1]
    assert link.delays is not None
    assert link.delays.delay_ns_at(0) == 5 * MS
    assert link.delay_ns == 3 * MS  # what senders count on is the least
    assert built(document, folder=tmp_path).warnings == ()


def test_columns_that_nobody_uses_are_pointed_out(document: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "wifi.csv").write_text(CONDITIONS)
    document["network"]["uplink"][0]["trace"] = {"file": "wifi.csv"}
    said = built(document, folder=tmp_path).warnings
    assert [text.partition("wifi.csv ")[2] for text in said] == [
        "has a loss column: write `loss: trace` to use it",
        "has a delay column: write `delay: trace` to use it",
    ]


def test_columns_that_are_not_there_are_refused(document: dict[str, Any], tmp_path: Path) -> None:
    rule = "must name a trace with a"
    assert f"network.uplink.0.loss: trace {rule} loss column, and us-lte-up/1 has none" in refused(
        document, {"loss": "trace"}, tmp_path
    )
    (tmp_path / "late.csv").write_text("t_s,mbps,delay_ms\n0,8,5\n1,0,0\n")
    hop = {"trace": {"file": "late.csv"}, "loss": "trace", "delay": "trace"}
    assert "loss column, and" in refused(document, hop, tmp_path)
    (tmp_path / "lossy.csv").write_text("t_s,mbps,loss\n0,8,0.5\n1,0,0\n")
    hop |= {"trace": {"file": "lossy.csv"}}
    assert f"network.uplink.0.delay: trace {rule} delay column" in refused(document, hop, tmp_path)


def test_a_link_that_never_delivers_is_refused(document: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "short.csv").write_text("t_s,mbps\n0,8\n1,0\n2,0\n")
    trace = {"file": "short.csv", "after": "stop", "offset": "1 s"}
    assert "offset: 1 s must leave some capacity" in refused(document, {"trace": trace}, tmp_path)
    (tmp_path / "dead.csv").write_text("t_s,mbps,loss\n0,8,1\n1,0,1\n")
    hop = {"trace": {"file": "dead.csv"}, "loss": "trace"}
    assert "its loss is 100 % throughout" in refused(document, hop, tmp_path)


def test_each_stream_may_have_a_link_with_the_next_seed(document: dict[str, Any]) -> None:
    document["network"]["uplink"][0]["each"] = "stream"
    found = built(document)
    links = found.plan.uplink[0]
    assert [link.trace.about.name for link in links] == ["us-lte-up/1", "us-lte-up/2"]
    assert (found.trace, found.link) == ("us-lte-up/1 to 2", "us-lte-up/1 to 2")
    assert links[0].key != links[1].key


def test_each_stream_enters_a_file_at_an_instant_of_its_own(
    document: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "steps.csv").write_text(
        "t_s,mbps\n" + "".join(f"{t},{t + 1}\n" for t in range(60)) + "60,0\n"
    )
    document["network"]["uplink"][0] |= {"each": "stream", "trace": {"file": "steps.csv"}}
    found = built(document, folder=tmp_path)
    two = [link.trace.offset_ns for link in found.plan.uplink[0]]
    assert two[0] != two[1]
    assert found.trace == "steps.csv for each of 2"
    document["streams"]["cameras"]["count"] = 4
    four = built(document, folder=tmp_path).plan.uplink[0]
    assert [link.trace.offset_ns for link in four[:2]] == two
    assert built(document, 6, tmp_path).link != found.link


def test_the_load_of_links_of_their_own_is_their_stream_s(document: dict[str, Any]) -> None:
    document["network"]["uplink"][0] |= {"each": "stream", "load": 0.5}
    found = built(document)
    mean = found.plan.streams[0].ladder.mean_bytes[-1]
    for link in found.plan.uplink[0]:  # one packet a frame at 10 fps
        assert link.trace.mean_bps == pytest.approx(10 * 8 * (mean + 28) / 0.5, rel=1e-3)
    assert found.link.startswith("us-lte-up/1 to 2 x ")


def test_the_load_of_a_way_back_is_what_answers_offer(document: dict[str, Any]) -> None:
    document["network"]["downlink"] = {"trace": {"family": "us-lte-down"}, "load": 0.1}
    document["streams"]["cameras"]["result"] = "1 kB"
    (hop,) = built(document).plan.downlink
    assert hop[0].trace.mean_bps == pytest.approx(2 * 10 * 8 * 1028 / 0.1, rel=1e-3)
    assert built(document).plan.downlink_delay_ns == 0


def test_links_for_each_stream_that_would_fill_the_memory_are_refused(
    document: dict[str, Any],
) -> None:
    document |= {"duration": "1 h"}
    document["streams"]["cameras"] |= {"count": 10, "fps": 1}
    document["network"]["uplink"][0]["each"] = "stream"
    with pytest.raises(InputError, match=r"each: stream, 36,000 s must need at most 30,000 s"):
        built(document)


def test_paths_are_named_by_all_their_traces(document: dict[str, Any]) -> None:
    document["network"]["uplink"].append({"trace": {"family": "oboe", "seed": 4}, "load": 1})
    document["network"]["downlink"] = [
        {"trace": {"family": "us-lte-up"}},
        {"trace": {"family": "oboe"}},
    ]
    found = built(document)
    assert found.trace == "us-lte-up/1 + oboe/4, back us-lte-up/1, back oboe/1"
    assert found.link.startswith("us-lte-up/1 + oboe/4 x ")
    assert found.link.endswith(", back us-lte-up/1, back oboe/1")
    assert found.warnings == (
        "oboe/4 measures a flow rate on a downlink: real uplink capacity may differ",
        "us-lte-up/1 measures an uplink: real downlink capacity may differ",
        "oboe/1 measures a flow rate: real downlink capacity may differ",
    )


def test_packets_are_the_same_on_every_link(document: dict[str, Any]) -> None:
    document["network"]["packets"] = {"header": "32 B", "payload": "1200 B"}
    packets = built(document).plan.packets
    assert (packets.header_bytes, packets.mtu_payload_bytes) == (32, 1200)


def test_all_hops_are_checked_at_once(document: dict[str, Any]) -> None:
    document["network"]["uplink"] = [
        {"trace": {"family": "us-lte-up"}, "loss": "trace"},
        {"trace": {"family": "us-lte-up"}, "delay": "trace"},
    ]
    with pytest.raises(InputError) as caught:
        built(document)
    assert [problem.what for problem in caught.value.problems] == [
        "network.uplink.0.loss",
        "network.uplink.1.delay",
    ]


@pytest.mark.parametrize("load", [None, 1])
def test_an_outage_longer_than_the_run_is_simulated(
    load: float | None, document: dict[str, Any]
) -> None:
    trace = {"family": "hsdpa-norway", "seed": 2}  # silent for its first 113.01 s
    document["streams"]["cameras"] |= {"count": 1, "policy": "fixed"}
    document["network"]["uplink"][0] = {"trace": trace} | ({"load": load} if load else {})
    plan = built(document).plan
    (link,) = plan.uplink[0]
    assert link.trace.instant(1) == 113_010_000_000
    log = simulate(plan)
    assert len(log["frame"]) == 20
    assert (log["outcome"] == Outcome.LATE).all()
    assert log["uplink_end_ns"].min() > 113 * 10**9
