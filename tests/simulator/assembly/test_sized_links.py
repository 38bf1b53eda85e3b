"""Links of a given size: a constant rate, and a load for a number of streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import simulator
from simulator.assembly import assemble
from simulator.batch.cases import run_specs
from simulator.foundation.errors import InputError
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.assembly import Assembly


def all_of(document: dict[str, Any], folder: Path | str = ".") -> list[Assembly]:
    """Return every point's assembly."""
    scenario = Scenario.from_dict(document, folder)
    return [assemble(point.record, 5, scenario.folder) for point in scenario.points]


def means_of(document: dict[str, Any], folder: Path | str = ".") -> list[float]:
    """Return the mean capacity of the first hop's first link at every point."""
    return [found.plan.uplink[0][0].trace.mean_bps for found in all_of(document, folder)]


def hop(document: dict[str, Any], **changes: object) -> dict[str, Any]:
    first: dict[str, Any] = document["network"]["uplink"][0]
    first |= changes
    return first


def test_a_rate_is_a_link_that_never_changes(document: dict[str, Any]) -> None:
    hop(document, trace={"rate": "20 Mbit/s"})
    (found,) = all_of(document)
    link = found.plan.uplink[0][0].trace
    assert (found.trace, found.link) == ("rate 20 Mbit/s", "rate 20 Mbit/s")
    assert [link.capacity(t) // link.units_per_byte for t in (10**6, 10**9, 10**12)] == [
        2_500,
        2_500_000,
        2_500_000_000,
    ]
    assert found.warnings == ()


def test_rates_that_read_alike_keep_their_own_names(document: dict[str, Any]) -> None:
    hop(document, trace={"rate": "20.0001 Mbit/s"})
    assert all_of(document)[0].trace == "rate 20000100 bit/s"


def test_each_stream_may_have_a_rate_of_its_own(document: dict[str, Any]) -> None:
    hop(document, trace={"rate": "1 Mbit/s"}, each="stream")
    (found,) = all_of(document)
    assert (found.trace, found.link) == ("rate 1 Mbit/s for each of 2",) * 2
    assert [link.trace.mean_bps for link in found.plan.uplink[0]] == [1e6, 1e6]


@pytest.mark.parametrize(
    "sweep",
    [
        {"network.uplink.0.trace.rate": ["1 Mbit/s", "2 Mbit/s"]},
        {"network.uplink.0.trace": [{"rate": "1 Mbit/s"}, {"rate": "2 Mbit/s"}]},
    ],
)
def test_a_swept_rate_is_a_setting_with_the_same_content(
    document: dict[str, Any], sweep: dict[str, Any]
) -> None:
    hop(document, trace={"rate": "1 Mbit/s"})
    scenario = Scenario.from_dict(document | {"sweep": sweep})
    assert [spec.setting for spec in run_specs(scenario)] == [
        "trace.rate=1 Mbit/s",
        "trace.rate=2 Mbit/s",
    ]
    one, two = (found.plan.streams[0] for found in all_of(document | {"sweep": sweep}))
    assert (one.clip == two.clip).all()
    assert (one.captured_ns == two.captured_ns).all()


def test_a_rate_beside_a_family_is_a_setting_too(document: dict[str, Any]) -> None:
    sweep = {"network.uplink.0.trace": [{"rate": "1 Mbit/s"}, {"family": "us-lte-up"}]}
    scenario = Scenario.from_dict(document | {"sweep": sweep})
    assert [spec.setting for spec in run_specs(scenario)] == [
        "trace.rate=1 Mbit/s",
        "trace.family=us-lte-up",
    ]


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        ({"rate": 20}, "must be a rate with a unit"),
        ({"rate": "20 MB"}, "must be a rate with a unit"),
        ({"rate": "0 bit/s"}, "must be between 1 kbit/s and 1000 Gbit/s"),
        ({"rate": "1 Mbit/s", "seed": 1}, "is not a known key"),
        ({"rate": "1 Mbit/s", "family": "us-lte-up"}, "is not a known key"),
        ({"rate": "1 Mbit/s", "file": "x.csv"}, "is not a known key"),
    ],
)
def test_a_rate_stands_alone_and_has_a_unit(
    document: dict[str, Any], trace: dict[str, Any], said: str
) -> None:
    hop(document, trace=trace)
    with pytest.raises(InputError, match=said):
        Scenario.from_dict(document)


def test_a_load_for_so_many_streams_is_the_same_at_every_point(document: dict[str, Any]) -> None:
    hop(document, load=0.5)
    document["streams"]["cameras"]["count"] = 8
    (wanted,) = means_of(document)
    document["streams"]["cameras"]["count"] = 2
    for sweep in (
        {"streams.cameras.count": [1, 2, 30]},
        {"streams.cameras.fps": [1, 15]},
        {"streams.cameras.units": [["unit-1"], ["unit-2", "device"]]},
        {"network.packets.header": ["0 B", "100 B"]},
    ):
        hop(document, load={"rho": 0.5, "for": 8})
        assert set(means_of(document | {"sweep": sweep})) == {wanted}
    hop(document, load={"rho": 0.5, "for": {"cameras": 8}})
    assert means_of(document) == [wanted]


def test_its_rho_and_its_count_may_be_swept(document: dict[str, Any]) -> None:
    hop(document, load={"rho": 1, "for": 2})
    (one,) = means_of(document)
    sweep = {"network.uplink.0.load.rho": [1, 0.25], "network.uplink.0.load.for": [2, 4]}
    found = means_of(document | {"sweep": sweep})
    assert found == pytest.approx([one, 2 * one, 4 * one, 8 * one], rel=1e-3)


def test_groups_that_are_not_counted_stay_as_the_document_has_them(
    document: dict[str, Any],
) -> None:
    document["streams"]["gates"] = document["streams"]["cameras"] | {"count": 3}
    hop(document, load=1)
    document["streams"]["cameras"]["count"] = 5
    (wanted,) = means_of(document)
    document["streams"]["cameras"]["count"] = 1
    hop(document, load={"rho": 1, "for": {"cameras": 5}})
    sweep = {"streams.gates.count": [1, 9]}
    assert means_of(document | {"sweep": sweep}) == [wanted, wanted]


def test_a_link_of_each_stream_s_own_keeps_its_size_too(document: dict[str, Any]) -> None:
    hop(document, load=1, each="stream")
    (wanted,) = means_of(document)
    hop(document, load={"rho": 1, "for": 2})
    sweep = {"streams.cameras.fps": [5, 10], "streams.cameras.count": [1, 4]}
    assert means_of(document | {"sweep": sweep}) == [wanted] * 4


@pytest.mark.parametrize(
    ("load", "said"),
    [
        ({"rho": 1}, r"load.for: \(missing\) must be given"),
        ({"for": 8}, r"load.rho: \(missing\) must be given"),
        ({"rho": 1, "for": 0}, "must be >= 1"),
        ({"rho": 1, "for": 1.5}, "must be a whole number"),
        ({"rho": 1, "for": {}}, "must hold at least 1"),
        ({"rho": 1, "for": {"camera": 8}}, "must be a group of streams; did you mean 'cameras'"),
        ("much", "must be a number"),
    ],
)
def test_a_load_that_says_too_little_is_refused(
    document: dict[str, Any], load: object, said: str
) -> None:
    hop(document, load=load)
    with pytest.raises(InputError, match=said):
        Scenario.from_dict(document)


def test_one_count_for_several_groups_is_refused(document: dict[str, Any]) -> None:
    document["streams"]["gates"] = document["streams"]["cameras"]
    hop(document, load={"rho": 1, "for": 8})
    with pytest.raises(InputError, match=r"must say which group .*write for: {cameras: 8}"):
        Scenario.from_dict(document)


def test_a_document_that_is_whole_only_with_its_sweep_sizes_nothing(
    document: dict[str, Any],
) -> None:
    del document["streams"]["cameras"]["fps"]
    document["sweep"] = {"streams.cameras.fps": [5, 10]}
    Scenario.from_dict(document)
    hop(document, load={"rho": 1, "for": 8})
    with pytest.raises(InputError, match=r"fps: \(missing\) must be given; give every swept value"):
        Scenario.from_dict(document)


def test_streams_that_a_log_counts_are_not_counted_again(
    document: dict[str, Any], tmp_path: Path
) -> None:
    rows = [f"{t},a,1000,1,1,1\n{t},b,1000,1,1,1" for t in (0.0, 0.1, 0.2)]
    header = "t_capture_s,stream,bytes,device_ms,server_ms,score"
    (tmp_path / "log.csv").write_text("\n".join([header, *rows, ""]))
    document["streams"] = {
        "logged": {"workload": "log.csv", "deadline": "100 ms", "policy": "fixed"}
    }
    hop(document, load={"rho": 1, "for": 8})
    with pytest.raises(InputError, match="must not count logged, whose log says that it has 2"):
        all_of(document, tmp_path)


def test_runs_in_other_processes_know_what_links_are_sized_for(document: dict[str, Any]) -> None:
    hop(document, load={"rho": 1, "for": 8})
    document |= {"duration": "1 s", "sweep": {"streams.cameras.count": [1, 2]}}
    results = simulator.run(Scenario.from_dict(document), workers=2)
    assert results.runs["link"].nunique() == 1
    assert results.runs["link"].iloc[0].startswith("us-lte-up/1 x ")
