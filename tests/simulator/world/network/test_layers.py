"""Layered payloads at the receiver, worked out by hand: a packet takes 1 ms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from policies.interface import Answer, Delivery
from simulator.framelog import Outcome
from simulator.world import simulate
from tests.simulator.world.network.nets import During, in_layers, link, net, reasons
from tests.simulator.world.small import MS, camera, ms
from tests.simulator.world.test_mail import Notes

if TYPE_CHECKING:
    from simulator.framelog import FrameLog
    from simulator.world.plan import LinkPlan


def run(*up: LinkPlan, sizes: tuple[int, ...] = (1000, 2000, 3000), by_ms: float) -> FrameLog:
    return simulate(net(in_layers(camera([0]), *sizes, decode_by_ms=by_ms), up=up))


@pytest.mark.parametrize("hops", [1, 2])
def test_a_frame_whose_layers_are_all_whole_is_served_at_once(hops: int) -> None:
    log = run(*[link(), link(0.001)][:hops], by_ms=50)
    assert ms(log, "arrived_ns") == pytest.approx([6 + 0.001 * (hops - 1)])
    assert log["layers"].tolist() == [3]
    assert log["score"].tolist() == [np.float32(0.3)]
    assert log["confidence"].tolist() == [np.float32(0.15)]
    assert log["served_ns"] - log["service_start_ns"] == [3 * MS]  # 1 ms a layer


@pytest.mark.parametrize(
    ("by_ms", "layers", "arrived_ms", "left_ms"),
    [(5.9, 2, 5.9, 3), (6, 3, 6, 6), (3, 2, 3, 3), (2.9, 1, 2.9, 1), (1, 1, 1, 1), (0.5, 1, 1, 1)],
)
def test_the_server_begins_in_time_with_what_is_whole(
    by_ms: float, layers: int, arrived_ms: float, left_ms: float
) -> None:
    # Layers leave at 1, 3 and 6. What arrives at that very instant counts.
    log = run(link(), by_ms=by_ms)
    assert log["layers"].tolist() == [layers]
    assert ms(log, "arrived_ns") == ms(log, "service_start_ns") == [arrived_ms]
    assert ms(log, "uplink_end_ns") == [left_ms]
    assert log["score"].tolist() == [np.float32(layers / 10)]
    assert ms(log, "served_ns") == [arrived_ms + layers]


def test_a_layer_above_a_broken_one_is_of_no_use() -> None:
    # The packet that leaves at 2 is lost: layer 1 is not whole, layer 2 is.
    log = run(link(loss=During((2, 2))), by_ms=20)
    assert log["layers"].tolist() == [1]
    assert ms(log, "arrived_ns") == [20]  # nobody tells the receiver that no more will come
    assert reasons(log) == ["NONE"]


def test_a_frame_whose_base_is_lost_is_lost() -> None:
    log = run(link(loss=During((1, 1))), by_ms=20)
    assert reasons(log) == ["CORRUPTED"]
    assert log["outcome"].tolist() == [Outcome.LOST]
    assert log["layers"].tolist() == [0]


def test_a_base_that_is_late_is_served_as_it_comes_with_what_is_there() -> None:
    # The base's packet leaves at 1, is lost, and comes again at 11; layer 1 leaves at 3.
    lone = replace(in_layers(camera([0]), 1000, 2000, decode_by_ms=5), transport="retransmit")
    log = simulate(net(lone, up=[link(delay_ms=6, loss=During((1, 1)))], down_ms=4))
    assert ms(log, "arrived_ns") == [18]
    assert log["layers"].tolist() == [2]


def test_units_with_and_without_layers_go_side_by_side() -> None:
    notes = Notes(lambda seen: (seen.deliveries, seen.answers), 0, 1, None)
    plain = camera([0, 10, 30], sizes=[1000, 500], policy=notes)
    both = replace(plain, layers=(in_layers(camera([0, 10, 30]), 1000, 2000).layers[0], None))
    sizes = np.array([[3000] * 3, [500] * 3])
    plan = replace(both, payload_bytes=sizes, decode_by_ns=2 * MS)
    log = simulate(net(plan, up=[link()]))
    assert log["layers"].tolist() == [1, 1, 0]
    assert ms(log, "arrived_ns") == [2, 10.5, -1]
    # Only what was whole was delivered; the answer is that of one layer.
    assert notes.notes[2] == (
        [Delivery(0, 1000, 0, 2 * MS, 0), Delivery(1, 500, 10 * MS, 10 * MS + MS // 2, 0)],
        [
            Answer(0, 0, 3 * MS, float(np.float32(0.05))),
            Answer(1, 1, MS // 2, 0.5),
        ],
    )


def test_what_comes_after_the_frame_was_handed_on_is_ignored() -> None:
    cameras = [
        in_layers(camera([0], name="a"), 1000, 5000, decode_by_ms=2),
        camera([0], sizes=[1000], name="b"),
    ]
    log = simulate(net(*cameras, up=[link()]))
    assert log["layers"].tolist() == [1, 1]
    assert ms(log, "uplink_end_ns") == [1, 7]  # it still held the link
