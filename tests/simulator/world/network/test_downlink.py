"""Answers on links of their own, worked out by hand: a packet takes 1 ms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.framelog import Outcome
from simulator.world import simulate
from tests.simulator.world.network.nets import During, link, net, reasons
from tests.simulator.world.small import camera, ms, served
from tests.simulator.world.test_mail import Notes


def test_an_answer_crosses_the_downlink_after_its_batch() -> None:
    lone = replace(camera([0], entropy_ms=3), result_bytes=500)
    log = simulate(net(lone, up=[link(delay_ms=10)], down=[link(delay_ms=20), link(2, delay_ms=1)]))
    # Sent at 0, there at 11, served at 14, on the second link from 34.5 to 35.5.
    assert ms(log, "served_ns") == [14]
    assert ms(log, "done_ns") == [36.5]


def test_answers_of_one_batch_queue_on_the_downlink_in_its_order() -> None:
    cameras = [replace(camera([k], name=str(k)), result_bytes=1000) for k in range(3)]
    log = simulate(net(*cameras, up=[link(0.001)], down=[link()], models=[served([5, 6])]))
    # Served at 5 (alone) and at 11 (both others).
    assert ms(log, "done_ns") == pytest.approx([6.001, 12.001, 13.001])


def test_answers_that_are_sent_at_one_instant_are_sent_when_they_are_served_not_before() -> None:
    # Two workers: the first answer is served at 51, the second at 12.
    lone = replace(camera([0, 10], entropy_ms=[50, 1]), result_bytes=1000)
    log = simulate(net(lone, up=[link()], down=[link()], workers=2))
    assert ms(log, "done_ns") == [52, 13]


def test_answers_that_leave_at_one_instant_leave_in_the_order_in_which_their_batches_began() -> (
    None
):
    # Both are served at 41: that of b, in service since 11, before that of a, since 31.
    a = replace(camera([30], entropy_ms=10, name="a"), result_bytes=1000)
    b = replace(camera([10], entropy_ms=30, name="b"), result_bytes=1000)
    log = simulate(net(a, b, up=[link()], down=[link()], workers=2))
    assert ms(log, "served_ns") == [41, 41]
    assert ms(log, "done_ns") == [43, 42]


def test_a_lost_answer_loses_the_frame_though_it_was_served() -> None:
    lone = replace(camera([0, 50], entropy_ms=3), result_bytes=2000)
    log = simulate(net(lone, up=[link()], down=[link(loss=During((6, 6)))]))
    assert reasons(log) == ["CORRUPTED", "NONE"]
    assert log["outcome"].tolist() == [Outcome.LOST, Outcome.ON_TIME]
    assert ms(log, "served_ns") == [4, 54]
    assert ms(log, "done_ns") == [-1, 56]
    assert log["layers"].tolist() == [1, 1]


def test_an_answer_that_finds_the_downlink_full_is_lost() -> None:
    lone = replace(camera([0]), result_bytes=3000)
    log = simulate(net(lone, up=[link()], down=[link(queue_packets=2)]))
    assert reasons(log) == ["OVERFLOW"]


def test_the_sender_learns_when_the_answer_is_back() -> None:
    notes = Notes(lambda seen: (seen.delivered, [a.latency_ns for a in seen.answers]))
    lone = replace(camera([0, 21.999999, 22], policy=notes), result_bytes=1000)
    simulate(net(lone, up=[link()], down=[link(delay_ms=20)]))
    assert notes.notes == [(0, []), (0, []), (1, [22_000_000])]


def test_streams_may_have_downlinks_of_their_own() -> None:
    cameras = [replace(camera([0], name=str(k)), result_bytes=1000) for k in range(2)]
    downs = (link(delay_ms=1), link(5, delay_ms=2, sharing="fair"))
    log = simulate(net(*cameras, up=[link()], down=[downs]))
    assert ms(log, "done_ns") == [1 + 1 + 1, 2 + 5 + 2]
