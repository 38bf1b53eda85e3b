from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.assembly import Assembly, assemble
from simulator.foundation.errors import InputError
from simulator.scenario import Scenario
from tests.simulator.workload.test_reader import LAYERS, PLAIN, STREAMS, UNITS

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.world.plan import StreamPlan

MS = 1_000_000
OTHER = PLAIN.replace("900", "100").replace("800", "100").replace("700", "100")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {"plain": PLAIN, "units": UNITS, "layers": LAYERS, "streams": STREAMS, "other": OTHER}
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def built(folder: Path, log: str, *, seed: int = 5, **said: Any) -> Assembly:  # noqa: ANN401
    group = {"workload": f"{log}.csv", "deadline": "200 ms", "policy": "fixed"} | said
    document: dict[str, Any] = {
        "name": "logs",
        "duration": "3 s",
        "streams": {"lidars": group},
        "network": {"uplink": [{"trace": {"family": "us-lte-up"}, "load": 0.5}]},
        "server": {"speed": 2, "batching": {"max": 3}},
    }
    return assemble(Scenario.from_dict(document).record, seed, folder)


def only(folder: Path, log: str, **said: Any) -> StreamPlan:  # noqa: ANN401
    (stream,) = built(folder, log, **said).plan.streams
    return stream


def refused(folder: Path, log: str, **said: Any) -> str:  # noqa: ANN401
    with pytest.raises(InputError) as caught:
        built(folder, log, **said)
    return str(caught.value)


def test_a_log_without_streams_starts_at_a_drawn_row_and_wraps(folder: Path) -> None:
    stream = only(folder, "plain")
    # The log is 375 ms long: captures at 0, 100 and 250 ms, and 125 ms more.
    assert len(stream.captured_ns) == 24
    assert 0 <= stream.captured_ns[0] < 125 * MS
    rows = stream.clip_frame
    assert (np.diff(rows) % 3 == 1).all()
    gaps = {0: 100 * MS, 1: 150 * MS, 2: 125 * MS}
    assert np.diff(stream.captured_ns).tolist() == [gaps[int(row)] for row in rows[:-1]]
    sizes = {0: 900, 1: 800, 2: 700}
    assert stream.payload_bytes[0].tolist() == [sizes[int(row)] for row in rows]
    assert stream.interval_ns == 125 * MS


def test_streams_of_one_log_have_rows_and_phases_of_their_own(folder: Path) -> None:
    many = built(folder, "plain", count=20).plan.streams
    assert {int(stream.clip_frame[0]) for stream in many} == {0, 1, 2}
    assert len({int(stream.captured_ns[0]) for stream in many}) == 20
    few = built(folder, "plain", count=2).plan.streams
    np.testing.assert_array_equal(few[1].captured_ns, many[1].captured_ns)
    other = built(folder, "plain", seed=6, count=2).plan.streams
    assert (other[1].captured_ns[:5] != few[1].captured_ns[:5]).any()


def test_named_streams_are_replayed_as_logged(folder: Path) -> None:
    plan = built(folder, "streams", batch_time="10 ms + 4 ms", start="1 s").plan
    assert [stream.captured_ns.tolist() for stream in plan.streams] == [
        [1500 * MS, 2500 * MS],
        [1000 * MS, 2000 * MS],
    ]
    assert [stream.name for stream in plan.streams] == ["lidars/0", "lidars/1"]
    stopped = built(folder, "streams", batch_time="10 ms + 4 ms", stop="600 ms").plan
    assert [len(stream.captured_ns) for stream in stopped.streams] == [1, 1]


def test_the_ladder_goes_by_mean_payload_and_is_what_calibration_says(folder: Path) -> None:
    ladder = only(folder, "units", device={"speed": 0.5}).ladder
    assert ladder.names == ("local", "raw")
    assert ladder.on_device == (True, False)
    assert ladder.utility == pytest.approx((0.45, 0.85))
    assert list(ladder.mean_bytes) == [0, 5500]
    assert list(ladder.high_bytes) == [0, 5900]
    assert ladder.device_mean_ns == (170 * MS, 2 * MS)
    assert ladder.server_mean_ns == (0, 10_500_000)  # 21 ms at double speed


def test_devices_know_the_means_of_another_log(folder: Path) -> None:
    own, other = built(folder, "plain"), built(folder, "plain", calibration="other.csv")
    assert own.plan.streams[0].ladder.mean_bytes == (800.0,)
    assert other.plan.streams[0].ladder.mean_bytes == (100.0,)
    assert other.warnings == ()
    (said,) = own.warnings
    assert "plain.csv is its own calibration: devices know its means beforehand" in said


def test_some_units_may_be_chosen(folder: Path) -> None:
    stream = only(folder, "units", units=["raw"])
    assert (stream.ladder.names, stream.decoders) == (("raw",), (0,))
    assert set(stream.payload_bytes[0].tolist()) == {5000, 6000}


def test_times_are_scaled_on_devices_and_left_to_the_workers_on_servers(folder: Path) -> None:
    found = built(folder, "plain", device={"speed": 0.5})
    (stream,) = found.plan.streams
    (model,) = found.plan.server.models
    times = {0: 4 * MS, 1: 6 * MS, 2: 5 * MS}
    assert stream.device_ns[0].tolist() == [times[int(row)] for row in stream.clip_frame]
    assert set(stream.entropy_decode_ns[0].tolist()) == {10 * MS, 11 * MS, 12 * MS}
    # A batch takes the sum of its frames, nothing besides.
    assert not model.tail_ns.any()
    assert not model.decode_ns.any()


def test_a_batch_may_take_a_base_and_a_time_a_frame(folder: Path) -> None:
    found = built(folder, "streams", batch_time="10 ms + 4 ms")
    (model,) = found.plan.server.models
    assert model.tail_ns.tolist() == [[14 * MS, 18 * MS, 22 * MS]]
    assert not found.plan.streams[0].entropy_decode_ns.any()
    assert found.plan.streams[0].ladder.server_mean_ns == (7 * MS,)


def test_layers_reach_the_plan(folder: Path) -> None:
    stream = only(folder, "layers", cancel="superseded")
    assert stream.ladder.names == ("scalable", "raw")
    layered, plain = stream.layers
    assert plain is None
    assert layered is not None
    row = stream.clip_frame
    np.testing.assert_array_equal(
        layered.payload_bytes, np.array([[1000, 1100], [2000, 2200]])[:, row]
    )
    np.testing.assert_array_equal(layered.payload_bytes.sum(axis=0), stream.payload_bytes[0])
    np.testing.assert_array_equal(layered.entropy_decode_ns[-1], stream.entropy_decode_ns[0])
    np.testing.assert_allclose(layered.score[0], np.array([0.5, 0.6])[row], atol=1e-6)
    np.testing.assert_allclose(layered.confidence[1], np.array([0.7, 0.8])[row], atol=1e-6)
    # 200 ms, less 20 ms back and twice 15.25 ms: raw takes 30.5 ms at double speed.
    assert stream.decode_by_ns == 149_500_000
    assert only(folder, "layers", decode_by="100 ms").decode_by_ns == 100 * MS
    assert stream.cancel == "superseded"


def test_load_counts_the_top_unit_at_the_log_s_own_rate(folder: Path) -> None:
    plan = built(folder, "plain", count=2).plan
    offered = 2 * 8 * (800 + 28) * 3 / 0.375
    assert plan.uplink[0][0].trace.mean_bps == pytest.approx(offered / 0.5, rel=1e-3)


def test_groups_of_one_log_share_batches(folder: Path) -> None:
    group = {"workload": "plain.csv", "deadline": "200 ms", "policy": "fixed"}
    document = {
        "name": "logs",
        "duration": "1 s",
        "streams": {"a": group, "b": dict(group), "c": group | {"workload": "other.csv"}},
        "network": {"uplink": [{"trace": {"family": "us-lte-up"}}]},
    }
    plan = assemble(Scenario.from_dict(document).record, 5, folder).plan
    assert [stream.model for stream in plan.streams] == [0, 0, 1]


@pytest.mark.parametrize(
    ("log", "said", "message"),
    [
        ("streams", {}, "streams.lidars.batch_time: (missing) must be given: the file has no"),
        (
            "streams",
            {"batch_time": "1 ms + 1 ms", "count": 2},
            "streams.lidars.count: 2 must be left out: the file names its 2 streams",
        ),
        ("plain", {"batch_time": "1 ms + 1 ms"}, "must be left out: the file has server times"),
        ("plain", {"calibration": "units.csv"}, "calibration: units.csv must have the workload's"),
        (
            "plain",
            {"units": ["fram"]},
            "fram must be a unit of the workload; did you mean",
        ),
        ("plain", {"decode_by": "9 ms"}, "decode_by: 9 ms means nothing where no unit of the ladd"),
        ("plain", {"cancel": "superseded"}, "superseded means nothing where no unit of the ladder"),
        ("layers", {"deadline": "50 ms"}, "deadline: 50 ms leaves no time to send"),
        ("layers", {"units": ["raw"], "decode_by": "9 ms"}, "decode_by: 9 ms means nothing where"),
        ("none", {}, "none.csv does not exist"),
    ],
)
def test_what_does_not_fit_the_log_is_refused(
    log: str, said: dict[str, Any], message: str, folder: Path
) -> None:
    assert message in refused(folder, log, **said)


def test_calibration_without_server_times_is_refused(folder: Path) -> None:
    (folder / "bare.csv").write_text("t_capture_ms,bytes,device_ms\n0,1,1\n9,1,1\n")
    assert "must have server times where the workload has them" in refused(
        folder, "plain", calibration="bare.csv"
    )


def test_more_frames_than_fit_into_the_memory_are_refused(folder: Path) -> None:
    (folder / "fast.csv").write_text(
        "t_capture_ms,bytes,device_ms,server_ms\n0,1,1,1\n1e-6,1,1,1\n"
    )
    said = refused(folder, "fast")
    assert "streams: 3,000,000,000 frames must be at most 2,000,000 frames a run" in said
    (folder / "many.csv").write_text(
        "stream,t_capture_s,bytes,device_s,server_s\n"
        + "".join(f"{k},0,1,0,0\n{k},1,1,0,0\n" for k in range(6000))
    )
    group = {"workload": "many.csv", "deadline": "200 ms", "policy": "fixed"}
    document = {
        "name": "logs",
        "duration": "1 s",
        "streams": {"a": group, "b": dict(group)},
        "network": {"uplink": [{"trace": {"family": "us-lte-up"}}]},
    }
    with pytest.raises(InputError, match="12,000 streams must be at most 10,000 streams a run"):
        assemble(Scenario.from_dict(document).record, 5, folder)


def test_a_memory_beside_a_workload_is_refused(folder: Path) -> None:
    group = {"workload": "plain.csv", "deadline": "200 ms", "policy": "fixed"}
    document = {
        "name": "logs",
        "duration": "1 s",
        "streams": {"a": group},
        "network": {"uplink": [{"trace": {"family": "us-lte-up"}}]},
        "server": {"memory": {"size": "20 MB"}},
    }
    with pytest.raises(InputError, match=r"server\.memory: this one means nothing with a workload"):
        assemble(Scenario.from_dict(document).record, 5, folder)
