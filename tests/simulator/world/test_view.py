from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.world import simulate
from simulator.world.plan import GAPS
from tests.simulator.world.small import MS, camera, world
from tests.simulator.world.test_mail import Notes

if TYPE_CHECKING:
    from policies import Observation


def test_a_policy_sees_its_stream_and_nothing_else() -> None:
    def look(seen: Observation) -> object:
        names = ("now_ns", "captured_ns", "deadline_ns", "interval_ns", "frame", "loaded")
        return [getattr(seen, name) for name in (*names, "uplink_delay_ns", "round_trip_ns")]

    notes = Notes(look)
    lone = camera([0, 5], device_ms=[7], deadline_ms=99, policy=notes)
    simulate(world(lone, up_ms=20, down_ms=30))
    assert notes.notes == [
        [0, 0, 99 * MS, 40 * MS, 0, None, 20 * MS, 50 * MS],
        [7 * MS, 5 * MS, 99 * MS, 40 * MS, 1, 0, 20 * MS, 50 * MS],
    ]


def test_the_ladder_shows_what_was_calibrated() -> None:
    def look(seen: Observation) -> object:
        return [
            (u.name, u.on_device, u.utility, u.device_ns, u.server_ns, u.switch_ns)
            for u in seen.units
        ]

    notes = Notes(look)
    lone = camera(
        [0], sizes=[0, 500], device_ms=[40, 3], switch_ms=[1, 2], utility=[0.9, 0.5], policy=notes
    )
    simulate(world(lone))
    assert notes.notes == [
        [("unit-0", True, 0.9, 40 * MS, 0, MS), ("unit-1", False, 0.5, 3 * MS, 0, 2 * MS)]
    ]


def test_size_forecasts_of_all_units_share_one_moving_average() -> None:
    notes = Notes(lambda seen: [(u.size_bytes, u.size_high_bytes) for u in seen.units])
    lone = camera([0, 10], sizes=[[2000, 0], [100, 300], [0, 0]], policy=notes)
    simulate(world(lone))
    assert notes.notes[0] == [(1000, 1500), (200, 300), (0, 0)]
    assert notes.notes[1] == [(1250, 1875), (250, 375), (0, 0)]


def test_each_thing_can_be_read_alone_and_deliveries_from_where_one_left_off() -> None:
    def left_off(seen: Observation) -> object:
        return [[d.frame for d in seen.delivered_since(count)] for count in (0, 2, 4, 99)]

    alone = Notes(lambda seen: [d.frame for d in seen.deliveries])
    answers = Notes(lambda seen: [a.frame for a in seen.answers])
    since = Notes(left_off)
    for notes in (alone, answers, since):
        simulate(world(camera([0, 10, 20, 30], policy=notes)))
    assert alone.notes[-1] == answers.notes[-1] == [0, 1, 2]
    assert since.notes[-1] == [[0, 1, 2], [2], [], []]


def test_upper_forecasts_follow_the_unit_encoded_last_and_how_long_ago() -> None:
    chosen = [None, 1, 0, None, 2, 1, 1]
    notes = Notes(lambda seen: [u.size_high_bytes for u in seen.units], *chosen)
    lone = camera([10 * k for k in range(7)], sizes=[[0] * 7, [1000] * 7, [200] * 7], policy=notes)
    rows = [
        tuple((0.0, 1000.0 + 100 * last + gap, 200.0 + 10 * last + gap) for gap in GAPS)
        for last in range(3)
    ]
    ladder = replace(lone.ladder, high_after=tuple(rows))
    log = simulate(world(replace(lone, ladder=ladder)))
    first = list(lone.ladder.high_bytes)
    assert notes.notes == [
        first,
        first,
        [0, 1101, 211],  # unit 1 one frame ago
        [0, 1102, 212],  # two: what ran on the device taught nothing
        [0, 1103, 213],
        [0, 1201, 221],
        [0, 1101, 211],
    ]
    # Of the units that were chosen, in the log.
    assert log["forecast_high_bytes"][log["unit"] >= 0].tolist() == [1000 * 1.5, 0, 213, 1201, 1101]
