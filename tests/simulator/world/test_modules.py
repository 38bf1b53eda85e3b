"""Units that load the same weights: settings of one network, between which nothing is loaded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.world import simulate
from tests.simulator.world.small import MS, camera, ms, scripted, world

if TYPE_CHECKING:
    from policies import Observation
    from simulator.world.plan import StreamPlan

SWITCH_MS = [5, 5, 7]
"""Units 0 and 1 load the same weights, unit 2 others."""


def settings(plan: StreamPlan) -> StreamPlan:
    return replace(plan, ladder=replace(plan.ladder, modules=(0, 0, 2)))


class Notes:
    """A scripted policy that writes down what switching would cost."""

    def __init__(self, *plan: int) -> None:
        self.plan = plan
        self.seen: list[tuple[int | None, list[int]]] = []

    def choose(self, seen: Observation) -> int:
        self.seen.append((seen.loaded, [unit.switch_ns // MS for unit in seen.units]))
        return self.plan[seen.frame]


def test_between_settings_of_one_network_a_device_switches_at_once() -> None:
    times = [0.0, 20.0, 40.0, 60.0]
    lone = camera(times, sizes=[100] * 3, switch_ms=SWITCH_MS, policy=scripted(0, 1, 2, 1))
    log = simulate(world(settings(lone)))
    assert log["switched"].tolist() == [False, False, True, True]
    assert ms(log, "device_start_ns") == [0, 20, 40 + 7, 60 + 5]
    apart = simulate(world(lone))
    assert apart["switched"].tolist() == [False, True, True, True]


def test_a_policy_sees_what_switching_costs_now() -> None:
    policy = Notes(0, 2, 1, 1)
    plan = camera([0, 20, 40, 60], sizes=[100] * 3, switch_ms=SWITCH_MS, policy=policy)
    simulate(world(settings(plan)))
    assert policy.seen == [
        (None, [5, 5, 7]),
        (0, [0, 0, 7]),
        (2, [5, 5, 0]),
        (1, [0, 0, 7]),
    ]


def test_streams_on_one_ladder_each_see_their_own_device() -> None:
    one, two = Notes(0, 0), Notes(2, 2)
    first = settings(camera([0, 20], sizes=[100] * 3, switch_ms=SWITCH_MS, policy=one, name="a"))
    second = camera([10, 30], sizes=[100] * 3, switch_ms=SWITCH_MS, policy=two, name="b")
    simulate(world(first, replace(second, ladder=first.ladder)))
    assert one.seen[1] == (0, [0, 0, 7])
    assert two.seen == [(None, [5, 5, 7]), (2, [5, 5, 0])]


def test_where_each_unit_has_weights_of_its_own_costs_stay_as_they_are() -> None:
    policy = Notes(0, 2, 1)
    plan = camera([0, 20, 40], sizes=[100] * 3, switch_ms=SWITCH_MS, policy=policy)
    simulate(world(replace(plan, ladder=replace(plan.ladder, modules=(0, 1, 2)))))
    assert [costs for _, costs in policy.seen] == [[5, 5, 7]] * 3
