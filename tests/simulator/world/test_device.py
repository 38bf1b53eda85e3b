"""What the device does with frames, worked out by hand: 1000 bytes take 1 ms on the link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from policies.fixed import Fixed
from simulator.foundation.errors import InputError
from simulator.framelog import Outcome
from simulator.world import simulate
from tests.simulator.world.small import camera, ms, scripted, world

if TYPE_CHECKING:
    from policies import Observation

ON_TIME, LATE, LOST, SKIPPED, DROPPED = Outcome


class Says:
    """A policy that always says the same, right or wrong."""

    def __init__(self, word: Any) -> None:  # noqa: ANN401
        self.word = word

    def choose(self, seen: Observation) -> Any:  # noqa: ANN401
        assert seen.units
        return self.word


def test_a_frame_passes_every_stage_in_turn() -> None:
    lone = camera([10], sizes=[2000], device_ms=[5], entropy_ms=3)
    log = simulate(world(lone, up_ms=20, down_ms=30))
    stages = {name: ms(log, name)[0] for name in log if name.endswith("_ns")}
    assert stages == {
        "captured_ns": 10,
        "chosen_ns": 10,
        "device_start_ns": 10,
        "device_end_ns": 15,
        "sent_ns": 15,
        "uplink_start_ns": 15,
        "uplink_end_ns": 17,
        "arrived_ns": 37,
        "service_start_ns": 37,
        "served_ns": 40,
        "done_ns": 70,
    }
    assert log["outcome"].tolist() == [ON_TIME]
    assert log["bytes"].tolist() == log["wire_bytes"].tolist() == [2000]
    assert log["batch_size"].tolist() == [1]


def test_done_exactly_at_the_deadline_is_on_time_and_a_nanosecond_later_is_late() -> None:
    at = simulate(world(camera([0], device_ms=[9], deadline_ms=10)))
    after = simulate(world(camera([0], device_ms=[9.000001], deadline_ms=10)))
    assert at["outcome"].tolist() == [ON_TIME]
    assert after["outcome"].tolist() == [LATE]


def test_stages_of_successive_frames_overlap() -> None:
    log = simulate(world(camera([0, 10], sizes=[30_000], device_ms=[10])))
    assert ms(log, "sent_ns") == [10, 20]
    assert ms(log, "uplink_start_ns") == [10, 40]
    assert ms(log, "done_ns") == [40, 70]


def test_only_the_newest_waiting_frame_is_kept() -> None:
    log = simulate(world(camera([0, 10, 20, 30, 60], device_ms=[25])))
    # Busy till 25: frame 2 has replaced frame 1. Busy till 50: frame 3 waited.
    assert log["outcome"].tolist() == [ON_TIME, DROPPED, ON_TIME, ON_TIME, ON_TIME]
    assert ms(log, "chosen_ns") == [0, -1, 25, 50, 75]
    assert log["unit"].tolist() == [0, -1, 0, 0, 0]


def test_a_frame_captured_when_the_device_becomes_free_is_the_newest_one() -> None:
    log = simulate(world(camera([0, 10, 20], device_ms=[20])))
    assert log["outcome"].tolist() == [ON_TIME, DROPPED, ON_TIME]
    assert ms(log, "chosen_ns") == [0, -1, 20]


def test_a_camera_may_queue_its_frames_instead() -> None:
    log = simulate(world(camera([0, 10, 20, 90], device_ms=[25], waiting="queue")))
    assert ms(log, "chosen_ns") == [0, 25, 50, 90]
    assert DROPPED not in log["outcome"]


def test_a_skipped_frame_takes_no_time_and_leaves_no_trace() -> None:
    lone = camera([0, 1], device_ms=[5], policy=scripted(None, 0))
    log = simulate(world(lone))
    assert log["outcome"].tolist() == [SKIPPED, ON_TIME]
    assert ms(log, "chosen_ns") == [0, 1]
    for name in ("device_start_ns", "device_end_ns", "sent_ns", "arrived_ns", "done_ns"):
        assert log[name][0] == -1
    assert log["bytes"].tolist() == [0, 1000]
    assert np.isnan(log["score"][0])
    assert np.isnan(log["forecast_bytes"][0])


def test_an_on_device_unit_never_crosses_the_network() -> None:
    lone = camera([0], sizes=[0, 1000], device_ms=[40, 5])
    log = simulate(world(lone, up_ms=20))
    assert log["outcome"].tolist() == [ON_TIME]
    assert ms(log, "done_ns") == ms(log, "device_end_ns") == [40]
    for name in ("sent_ns", "uplink_start_ns", "arrived_ns", "served_ns"):
        assert log[name][0] == -1
    assert log["bytes"][0] == log["wire_bytes"][0] == log["batch_size"][0] == 0


def test_switching_costs_the_new_units_load_time_but_the_first_load_is_free() -> None:
    lone = camera(
        [0, 100, 200, 300],
        sizes=[1000, 2000],
        device_ms=[1, 2],
        switch_ms=[10, 20],
        policy=scripted(0, 1, 1, 0),
    )
    log = simulate(world(lone))
    assert ms(log, "device_start_ns") == [0, 120, 200, 310]
    assert ms(log, "device_end_ns") == [1, 122, 202, 311]
    assert log["switched"].tolist() == [False, True, False, True]


def test_packets_carry_headers() -> None:
    log = simulate(world(camera([0], sizes=[2500]), header_bytes=100))
    assert log["wire_bytes"].tolist() == [2800]  # 3 packets of at most 1000
    assert ms(log, "uplink_end_ns") == [2.8]


def test_forecasts_follow_what_was_really_encoded() -> None:
    lone = camera([0, 10, 20], sizes=[[2000, 1000, 0], [0, 0, 0]], policy=scripted(0, 0, 1))
    log = simulate(world(lone))
    # Mean 1000, high 1500. Ratio 1, then 1 + (2 - 1) / 4 = 1.25, then 1.25 + (1 - 1.25) / 4.
    assert log["forecast_bytes"].tolist() == [1000, 1250, 0]
    assert log["forecast_high_bytes"].tolist() == [1500, 1875, 0]


def test_after_silence_the_smallest_network_unit_probes() -> None:
    lone = camera(
        range(0, 2500, 100),
        sizes=[0, 3000, 2000],
        probe_ms=1000,
        policy=Says(None),
        utility=[0.9, 0.8, 0.7],
    )
    log = simulate(world(lone))
    assert np.flatnonzero(log["probe"]).tolist() == [0, 10, 20]
    assert log["unit"][[0, 10, 20]].tolist() == [2, 2, 2]
    assert (log["outcome"] == SKIPPED).sum() == 22


def test_nothing_is_probed_where_nothing_can_be_sent() -> None:
    log = simulate(world(camera([0, 1], sizes=[0], probe_ms=1, policy=Says(None))))
    assert log["outcome"].tolist() == [SKIPPED, SKIPPED]


@pytest.mark.parametrize("word", [2, -1, 0.0, "unit-0", True, np.float64(0), np.int64(2)])
def test_a_policy_that_names_no_unit_is_told_so(word: object) -> None:
    lone = camera([0], sizes=[1000, 2000], policy=Says(word), name="yard/3")
    with pytest.raises(InputError, match=r"yard/3 policy Says.choose at frame 0: .* from 0 to 1"):
        simulate(world(lone))


@pytest.mark.parametrize("word", [np.int64(1), np.uint8(1), np.array(1)])
def test_integers_of_any_kind_name_a_unit(word: object) -> None:
    log = simulate(world(camera([0], sizes=[1000, 2000], policy=Says(word))))
    assert log["bytes"].tolist() == [2000]


def test_a_policy_that_raises_is_reported_with_its_frame() -> None:
    class Broken:
        def choose(self, seen: Observation) -> int:
            return 1 // (1 - seen.frame)

    with pytest.raises(InputError, match="at frame 1: ZeroDivisionError"):
        simulate(world(camera([0, 10], sizes=[1, 2], policy=Broken())))


def test_a_policys_own_complaint_reaches_the_user_unchanged() -> None:
    with pytest.raises(InputError, match=r"^policy fixed unit: unit-9 must be"):
        simulate(world(camera([0], policy=Fixed(unit="unit-9"))))


def test_instants_of_the_log_are_whole_nanoseconds() -> None:
    log = simulate(world(camera([0, 0.000001], device_ms=[0.0000005], waiting="queue")))
    assert log["device_end_ns"].tolist() == [0, 1]
