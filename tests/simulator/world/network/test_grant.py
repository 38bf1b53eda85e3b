"""Waiting for a grant, worked out by hand: a packet takes 1 ms and a grant 10."""

from __future__ import annotations

from simulator.world import simulate
from tests.simulator.world.network.nets import link, net
from tests.simulator.world.small import MS, camera, ms

GRANTED = link(grant_ns=10 * MS)


def test_an_idle_stream_waits_for_a_grant() -> None:
    log = simulate(net(camera([0], sizes=[2000]), up=[GRANTED]))
    assert ms(log, "sent_ns") == [0]
    assert ms(log, "uplink_start_ns") == [10]
    assert ms(log, "uplink_end_ns") == [12]


def test_what_is_handed_over_meanwhile_shares_the_grant() -> None:
    log = simulate(net(camera([0, 9]), up=[GRANTED]))
    assert ms(log, "uplink_end_ns") == [11, 12]


def test_who_has_something_on_the_link_needs_no_grant_until_it_has_left() -> None:
    log = simulate(net(camera([0, 12, 15], sizes=[[3000, 2000, 1000]]), up=[GRANTED]))
    # The first leaves from 10 to 13, the second behind it to 15. At 15 the link has nothing.
    assert ms(log, "uplink_end_ns") == [13, 15, 26]


def test_each_stream_asks_for_itself() -> None:
    cameras = [camera([0], sizes=[20_000], name="a"), camera([15], name="b")]
    log = simulate(net(*cameras, up=[GRANTED]))
    assert ms(log, "uplink_start_ns") == [10, 30]


def test_grants_of_one_instant_are_used_in_the_order_of_streams() -> None:
    cameras = [camera([k / 2], device_ms=[1 - k / 2], name=str(k)) for k in (0, 1)]
    log = simulate(net(*cameras, up=[GRANTED]))
    assert ms(log, "uplink_end_ns") == [12, 13]


def test_a_link_behind_may_want_grants_too() -> None:
    log = simulate(net(camera([0, 30], sizes=[2000]), up=[link(), GRANTED]))
    # Packets come at 1 and 2 and enter at 11; then at 31 and 32, and enter at 41.
    assert ms(log, "uplink_end_ns") == [13, 43]
