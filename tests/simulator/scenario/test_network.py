from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simulator.foundation.errors import InputError
from simulator.links.queues import QueueLimit
from simulator.scenario import Scenario
from simulator.scenario.hops import Bursts
from simulator.scenario.network import Downlink, Network

if TYPE_CHECKING:
    from pathlib import Path

MS = 1_000_000


def network(document: dict[str, Any], hop: dict[str, Any], **more: object) -> Network:
    document["network"]["uplink"][0] |= hop
    document["network"] |= more
    return Scenario.from_dict(document).record.network


def refused(document: dict[str, Any], hop: dict[str, Any], **more: object) -> str:
    with pytest.raises(InputError) as caught:
        network(document, hop, **more)
    return str(caught.value)


def test_a_hop_is_a_shared_first_in_first_out_link_unless_told_otherwise(
    document: dict[str, Any],
) -> None:
    (hop,) = network(document, {}).uplink
    assert (hop.each, hop.sharing, hop.accuracy, hop.drop, hop.grant_ns) == (
        None,
        "fifo",
        "frame",
        "tail",
        0,
    )
    assert (hop.queue, hop.delay_ns, hop.jitter, hop.loss, hop.cross) == (
        QueueLimit(whole_bytes=64_000),
        20 * MS,
        None,
        0.0,
        (),
    )


def test_short_forms_mean_the_usual_case(document: dict[str, Any]) -> None:
    (hop,) = network(
        document, {"jitter": "3 ms", "loss": "1 %", "queue": "50 packets", "delay": "trace"}
    ).uplink
    assert hop.jitter is not None
    assert (hop.jitter.mean_ns, hop.jitter.distribution, hop.jitter.reordering) == (
        3 * MS,
        "exponential",
        False,
    )
    assert (hop.loss, hop.queue.packets, hop.delay_ns) == (0.01, 50, None)


def test_long_forms_say_all(document: dict[str, Any]) -> None:
    (hop,) = network(
        document,
        {
            "jitter": {"mean": "3 ms", "distribution": "uniform", "reordering": True},
            "loss": {"good": "2 s", "bad": "80 ms", "loss_bad": "50 %"},
            "cross": [{"rate": "2 Mbit/s", "pattern": "on-off", "on": "1 s", "off": "2 s"}],
        },
    ).uplink
    assert hop.jitter is not None
    assert (hop.jitter.distribution, hop.jitter.reordering) == ("uniform", True)
    assert isinstance(hop.loss, Bursts)
    assert (hop.loss.good_ns, hop.loss.bad_ns, hop.loss.loss_good, hop.loss.loss_bad) == (
        2000 * MS,
        80 * MS,
        0.0,
        0.5,
    )
    assert (hop.cross[0].rate_bps, hop.cross[0].packet_bytes) == (2_000_000, 1200)


def test_loss_may_be_the_trace_s_own(document: dict[str, Any]) -> None:
    assert network(document, {"loss": "trace"}).uplink[0].loss == "trace"


def test_the_way_back_is_a_delay_a_hop_or_a_list_of_hops(document: dict[str, Any]) -> None:
    plain = network(document, {}, downlink={"delay": "5 ms"})
    assert isinstance(plain.downlink, Downlink)
    assert (plain.downlink.delay_ns, plain.downlink_hops) == (5 * MS, ())
    hop = {"trace": {"family": "us-lte-down"}}
    assert len(network(document, {}, downlink=hop).downlink_hops) == 1
    two = network(document, {}, downlink=[hop, hop])
    assert [path for path, _ in two.hops()] == [
        "network.uplink.0",
        "network.downlink.0",
        "network.downlink.1",
    ]


@pytest.mark.parametrize(
    ("hop", "said"),
    [
        ({"quantum": "1500 B"}, "quantum: 1500 B means nothing where sharing is fifo; write shar"),
        ({"sharing": "fair", "drop": "head"}, "drop: head means nothing where sharing is fair"),
        ({"sharing": "fair", "accuracy": "packet"}, "accuracy: packet means nothing where sharing"),
        ({"drop": "head", "queue": "unlimited"}, "drop: head means nothing where the queue is unl"),
        ({"queue": "1499 B"}, "queue: 1499 B must hold one packet at least: 1500 B, header and"),
        ({"loss": "100 %"}, "loss: 1 must be below 1: nothing would ever arrive"),
        ({"loss": 2}, "loss: 2 must be a share"),
        ({"loss": {"good": "1 s"}}, "loss.bad: (missing) must be given; add it: mean time"),
        (
            {"loss": {"good": "1 s", "bad": "1 s", "loss_good": 0.5, "loss_bad": 0.5}},
            "loss.loss_good: 0.5 must be below loss_bad, 0.5",
        ),
        (
            {"loss": {"good": "1 s", "bad": "1 s", "loss_bed": 1}},
            "'loss_bed' is not a known key; did you",
        ),
        ({"jitter": {"men": "3 ms"}}, "jitter.mean: (missing) must be given; add it: its mean"),
        ({"jitter": "3"}, "jitter: 3 must be a duration with a unit"),
        ({"each": "camera"}, "each: camera must be 'stream'"),
        (
            {"each": "stream", "trace": {"file": "x.csv", "after": "stop"}},
            "trace.after: stop must be loop where each stream enters the file",
        ),
        ({"delay": "long"}, "delay: long must be a duration with a unit"),
        ({"grant": "2 s"}, "grant: 2 s must be between 0 s and 1 s"),
        ({"name": "My Hop"}, "name: My Hop must be 1-60 of a-z"),
        ({"packets": {}}, "'packets' is not a known key"),
        ({"cross": [{"rate": "0 bit/s"}]}, "cross.0.rate: 0 bit/s must be between"),
        (
            {"cross": [{"rate": "1 Mbit/s", "pattern": "on-off", "on": "1 s"}]},
            "cross.0.off: (missing) must be given for an on-off source; add it",
        ),
        (
            {"cross": [{"rate": "1 Mbit/s", "off": "1 s"}]},
            "cross.0.off: 1 s means nothing for a poisson source; write pattern: on-off",
        ),
        (
            {"cross": [{"rate": "1 Mbit/s", "start": "2 s", "stop": "1 s"}]},
            "cross.0.stop: 1 s must be after its start, 2 s",
        ),
        (
            {"cross": [{"rate": "100 Gbit/s"}]},
            "cross: 20,833,333 must be at most 5,000,000 packets of others a run, all hops",
        ),
    ],
)
def test_what_means_nothing_together_is_refused_where_it_stands(
    document: dict[str, Any], hop: dict[str, Any], said: str
) -> None:
    assert f"scenario network.uplink.0.{said}" in refused(document, hop) or said in refused(
        document, hop
    )


def test_others_on_links_of_their_own_count_for_every_stream(document: dict[str, Any]) -> None:
    cross = {"cross": [{"rate": "16 Gbit/s"}]}  # 3.3 million packets in 2 s
    assert network(document, cross)
    assert "6,666,667 must be at most" in refused(document, cross | {"each": "stream"})


def test_too_many_changes_of_state_are_refused(document: dict[str, Any]) -> None:
    fast = {"good": "1 ms", "bad": "1 ms"}
    document["duration"] = "24 h"
    document["streams"]["cameras"]["fps"] = 1
    assert "loss: 86,400,000 must be at most 5,000,000 changes of state a run" in refused(
        document, {"loss": fast}
    )
    on_off = {"rate": "1 kbit/s", "pattern": "on-off", "on": "1 ms", "off": "1 ms"}
    assert "cross: 86,400,000 must be at most 5,000,000 changes" in refused(
        document, {"loss": 0, "cross": [on_off]}
    )


def test_names_of_hops_come_once(document: dict[str, Any]) -> None:
    hop = {"trace": {"family": "us-lte-up"}, "name": "a"}
    assert "network.downlink.0.name: a must not be given twice" in refused(
        document, {"name": "a"}, downlink=hop
    )


def test_there_must_be_a_hop_and_not_too_many(document: dict[str, Any]) -> None:
    document["network"]["uplink"] = []
    with pytest.raises(InputError, match="uplink: an empty list must hold at least 1"):
        Scenario.from_dict(document)
    document["network"]["uplink"] = [{"trace": {"family": "us-lte-up"}}] * 9
    with pytest.raises(InputError, match="must hold at most 8"):
        Scenario.from_dict(document)


def test_a_way_back_is_checked_like_the_way_there(document: dict[str, Any]) -> None:
    hop = {"trace": {"family": "us-lte-down"}, "quantum": "1500 B", "grant": "1 ms"}
    assert "'grant' is not a known key" in refused(document, {}, downlink=hop)
    del hop["grant"]
    assert "network.downlink.0.quantum: 1500 B means nothing" in refused(
        document, {}, downlink=[hop]
    )
    assert "'speed' is not a known key; known: delay" in refused(
        document, {}, downlink={"speed": 3}
    )


def test_clashes_are_told_with_line_and_column_all_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "name: x\nduration: 2 s\n"
        "streams:\n  cameras: {profile: shapes-224, fps: 10, deadline: 150 ms,\n"
        "    policy: fixed, start: 1 s, stop: 500 ms, jitter: 1 s}\n"
        "network:\n  uplink:\n    - trace: {family: us-lte-up}\n      quantum: 1500 B\n"
        "      loss: {good: 1 s}\n"
        "server: {workers: 2, kinds: [{name: a}],\n  batching: {kind: form}}\n"
    )
    with pytest.raises(InputError) as caught:
        Scenario.from_file(path)
    assert [(p.where.removeprefix("s.yaml:"), p.what) for p in caught.value.problems] == [
        ("5:38", "streams.cameras.stop"),
        ("5:54", "streams.cameras.jitter"),
        ("10:7", "network.uplink.0.loss.bad"),
        ("12:3", "server.batching.max_wait"),
    ]
