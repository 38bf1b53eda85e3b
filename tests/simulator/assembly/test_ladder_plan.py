from __future__ import annotations

import numpy as np
import pytest

from simulator.assembly.ladder import ladder_plan, ladder_units, wire_bytes_mean
from simulator.assembly.times import DRAWS, device_times, entropy_decode_times, served_model
from simulator.foundation.errors import InputError
from simulator.scenario.streams import ProfileGroup
from tests.models.profiles import MS, tiny_profile

PROFILE = tiny_profile(clips=8, frames=20)
ALL = ladder_units(PROFILE, ("on-device", "bottleneck", "image-codec"), "units")


def cameras(*, speed: float = 1.0, resident: bool = True) -> ProfileGroup:
    return ProfileGroup.model_validate(
        {
            "profile": "tiny",
            "fps": 10,
            "deadline": "150 ms",
            "policy": "fixed",
            "device": {"speed": speed},
            "resident": resident,
        }
    )


def test_a_ladder_is_named_by_units_or_kinds_in_the_profiles_order() -> None:
    units = ladder_units(PROFILE, ("jpeg444-q50", "bottleneck"), "units")
    assert [unit.name for unit in units] == ["unit-1", "unit-2", "jpeg444-q50"]


def test_unknown_units_are_all_named() -> None:
    with pytest.raises(InputError) as caught:
        ladder_units(PROFILE, ("unit-3", "devices"), "streams.cameras.units")
    assert [problem.value for problem in caught.value.problems] == ["unit-3", "devices"]


def test_a_kind_the_profile_lacks_leaves_no_ladder() -> None:
    alone = ladder_units(PROFILE, ("on-device",), "units")
    assert [unit.name for unit in alone] == ["device"]
    without = tiny_profile(clips=2, frames=2)
    object.__setattr__(without, "units", without.units[1:])
    with pytest.raises(InputError, match="must leave at least one unit"):
        ladder_units(without, ("on-device",), "units")


def test_forecasts_come_from_the_calibration_half() -> None:
    plan = ladder_plan(PROFILE, ALL, cameras(), 1.0)
    sizes = ALL[2].payload_bytes[:4]
    assert plan.mean_bytes[2] == pytest.approx(sizes.mean())
    assert plan.high_bytes[2] == pytest.approx(np.quantile(sizes, 0.9))
    assert plan.utility[2] == pytest.approx(ALL[2].scores["top1"][:4].mean())
    assert plan.mean_bytes[0] == plan.high_bytes[0] == 0.0
    assert plan.on_device == (True, False, False, False)


def test_expected_times_follow_the_speeds() -> None:
    plan = ladder_plan(PROFILE, ALL, cameras(speed=0.5), 2.0)
    # unit-1: 1 + 2 + 1 + 1 ms at half speed; on the device 1 + 2 + 4 ms.
    assert plan.device_mean_ns[:2] == (14 * MS, 10 * MS)
    # 0.5 ms entropy decoding, 1 ms decoder, 2 + 1 ms tail at double speed.
    assert plan.server_mean_ns[:2] == (0, 2_250_000)


def test_switching_costs_time_only_where_units_do_not_stay_in_memory() -> None:
    assert ladder_plan(PROFILE, ALL, cameras(speed=0.5), 1.0).switch_ns == (0, 0, 0, 0)
    swapped = ladder_plan(PROFILE, ALL, cameras(speed=0.5, resident=False), 1.0)
    assert swapped.switch_ns == (0, 6 * MS, 6 * MS, 6 * MS)


def test_wire_bytes_count_a_header_for_each_packet() -> None:
    size = ALL[3].payload_bytes[:4].astype(np.int64)
    expected = (size + 28 * np.ceil(size / 1472)).mean()
    assert wire_bytes_mean(PROFILE, ALL, 28, 1472) == pytest.approx(expected)


def test_device_times_are_quantiles_of_whole_rows() -> None:
    draws = np.array([0.0, 0.5, 0.999])
    times = device_times(ALL, draws, 1.0)
    # 11 samples from 0.9 to 1.1 of 5 ms.
    assert times[1].tolist() == [4_500_000, 5_000_000, 5_500_000]
    np.testing.assert_array_equal(device_times(ALL, draws, 0.1), 10 * times)
    samples = [unit.entropy_decode_ns for unit in ALL]
    assert entropy_decode_times(samples, draws)[1].tolist() == [450_000, 500_000, 550_000]


def test_batches_between_measured_sizes_take_linear_times() -> None:
    model = served_model(PROFILE, 4, (0,) * 4)
    assert model.tail_ns.shape == (DRAWS, 4)
    assert model.decode_ns.shape == (DRAWS, 4, 4)
    # Measured tails: 3, 4, 6 ms at 1, 2, 4 frames; so 5 ms at 3.
    np.testing.assert_allclose(model.tail_ns.mean(axis=0) / MS, [3, 4, 5, 6], rtol=1e-6)
    np.testing.assert_allclose(model.decode_ns.mean(axis=0)[1] / MS, [1, 2, 3, 4], rtol=1e-6)
    assert not model.decode_ns[:, 0].any()
    assert (np.diff(model.tail_ns, axis=0) >= 0).all()


def test_a_batch_larger_than_any_measured_is_refused() -> None:
    with pytest.raises(InputError, match=r"server.batching.max: 8 must be at most 4, the largest"):
        served_model(PROFILE, 8, (0,) * 4)
