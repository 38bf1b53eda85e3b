"""Traffic of others, worked out by hand: 1000 bytes take 1 ms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.world import simulate
from simulator.world.plan import CrossPlan
from tests.simulator.world.network.nets import link, net, reasons
from tests.simulator.world.small import MS, camera, ms


def others(*sent_ms: float, wire_bytes: int = 1000, **options: Any) -> CrossPlan:  # noqa: ANN401
    sent_ns = np.array([round(x * MS) for x in sent_ms], dtype=np.int64)
    return CrossPlan(
        name=options.pop("name", "others"),
        sent_ns=sent_ns,
        wire_bytes=np.full(len(sent_ms), wire_bytes),
        **options,
    )


@pytest.mark.parametrize("options", [{}, {"accuracy": "packet"}])
def test_what_others_sent_before_or_at_the_same_instant_goes_first(options: dict[str, Any]) -> None:
    up = link(cross=(others(0, 1, 1.5), others(1, wire_bytes=500, name="more")), **options)
    log = simulate(net(camera([1], sizes=[2000]), up=[up]))
    # 0 to 1, 1 to 2 and 2 to 2.5; what came at 1.5 comes too late.
    assert ms(log, "uplink_start_ns") == [2.5]
    assert ms(log, "uplink_end_ns") == [4.5]


def test_others_fill_the_queue() -> None:
    lone = camera([0, 1.5], sizes=[2000])
    up = link(cross=(others(0, 0, 0),), queue_packets=3)
    log = simulate(net(lone, up=[up]))
    # Byte by byte nothing has begun at 0: three wait. At 1.5 one does.
    assert reasons(log) == ["OVERFLOW", "NONE"]
    assert ms(log, "uplink_start_ns") == [-1, 3]
    # Packet by packet one is on the wire at 0 and one of ours may wait; so may one at 1.5.
    log = simulate(net(lone, up=[replace(up, accuracy="packet")]))
    assert reasons(log) == ["OVERFLOW", "OVERFLOW"]
    assert ms(log, "uplink_start_ns") == [3, 4]


def test_others_share_a_fair_link_while_our_frame_is_on_it() -> None:
    up = link(sharing="fair", cross=(others(1, wire_bytes=4000, weight=3),))
    log = simulate(net(camera([0], sizes=[2000]), up=[up]))
    # Alone until 1, then a quarter of the rate: 1000 bytes in 4 ms.
    assert ms(log, "uplink_end_ns") == [5]


def test_others_take_their_turns() -> None:
    turns = link(
        sharing="drr", quantum_bytes=1028, accuracy="packet", cross=(others(0.5, 0.6, 0.7),)
    )
    log = simulate(net(camera([0], sizes=[4000]), up=[turns]))
    # Ours 0 to 1 and, committed, to 2; theirs to 3 and, as ours must gain first, to 4; then ours,
    # theirs, ours.
    assert ms(log, "uplink_end_ns") == [7]


def test_others_push_our_oldest_out_and_the_sender_hears_at_that_instant() -> None:
    up = link(delay_ms=4, queue_packets=1, drop="head", cross=(others(0, 0.25, 0.75),))
    lone = replace(camera([0.5], sizes=[1000]), transport="retransmit")
    log = simulate(net(lone, up=[up], down_ms=1))
    # The one of 0.25 waits and is pushed out by ours, ours by that of 0.75; it comes again at 5.75.
    assert ms(log, "arrived_ns") == [10.75]
    assert log["transmissions"].tolist() == [2]


def test_the_run_ends_with_its_frames_not_with_the_others() -> None:
    endless = others(*range(0, 100_000, 1), wire_bytes=10)
    choices: list[dict[str, Any]] = [{}, {"accuracy": "packet"}, {"sharing": "fair"}]
    for options in choices:
        log = simulate(net(camera([5]), up=[link(cross=(endless,), **options)]))
        assert reasons(log) == ["NONE"]
