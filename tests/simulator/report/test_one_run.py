from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simulator.framelog import Outcome
from simulator.report.evidence import read
from simulator.report.frames import Frames
from simulator.report.one_run import choose_run, choose_span, hops_of, through_time
from simulator.report.palette import ON_DEVICE
from simulator.report.plate import Look

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

S = 10**9


def runs(*rows: tuple[str, str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["policy", "trace", "replication", "timely_accuracy"])


def test_the_run_nearest_to_the_median_over_policies_is_shown() -> None:
    table = runs(
        ("a", "bad", 0, 0.1), ("b", "bad", 0, 0.2),
        ("a", "usual", 0, 0.5), ("b", "usual", 0, 0.6),
        ("a", "good", 0, 0.9), ("b", "good", 0, 0.9),
    )  # fmt: skip
    assert choose_run(table) == ("usual", 0)


def test_a_trace_that_all_policies_met_goes_first() -> None:
    table = runs(("a", "own", 0, 0.5), ("a", "shared", 1, 0.1), ("b", "shared", 1, 0.1))
    assert choose_run(table) == ("shared", 1)


def test_runs_without_a_score_can_be_shown() -> None:
    assert choose_run(runs(("a", "x", 0, float("nan")))) == ("x", 0)


def frames(outcomes: dict[float, Outcome]) -> Frames:
    captured = np.array([int(t * S) for t in outcomes])
    return Frames(
        streams=(),
        columns={"captured_ns": captured, "outcome": np.array(list(outcomes.values()))},
    )


def test_two_minutes_are_shown_whole() -> None:
    assert choose_span(120.0, []) == (0.0, 120.0)


def test_of_a_longer_run_the_most_typical_minute_is_shown() -> None:
    good = {float(t): Outcome.ON_TIME for t in range(240)}
    mixed = {float(t): (Outcome.LATE if t % 2 else Outcome.ON_TIME) for t in range(60, 120)}
    bad = {float(t): Outcome.LATE for t in range(120, 180)}
    assert choose_span(240.0, [frames(good | mixed | bad)]) == (30.0, 90.0)


def test_of_a_longer_run_without_frames_the_first_minute_is_shown() -> None:
    assert choose_span(240.0, [frames({})]) == (0.0, 60.0)


def test_one_hop_needs_no_name_and_several_are_called_as_in_the_scenario(
    make: Callable[..., Path],
) -> None:
    evidence = read(make(policies=("fixed",), traces=("a/1",)))
    (only,) = hops_of(evidence, "link-0", (1.0, 2.0))
    assert (only.name, only.uplink, only.links) == ("", True, 1)
    assert only.t_s[0] == 1.0
    assert not only.loss.size


def test_loss_and_others_are_taken_along(make: Callable[..., Path]) -> None:
    hops = (("uplink", "wifi", 4), ("downlink", "downlink.0", 1))
    evidence = read(make(traces=("a/1",), hops=hops, cross_bps=1e5, loss=(0.0, 0.5)))
    wifi, back = hops_of(evidence, "link-0", (0.0, 2.0))
    assert (wifi.name, wifi.links, back.name, back.uplink) == ("wifi", 4, "downlink", False)
    assert wifi.loss[:3].tolist() == [0.0, 0.5, 0.0]
    assert set(wifi.cross_bps) == {1e5}


def test_what_happened_to_workers_packets_and_layers_is_drawn(make: Callable[..., Path]) -> None:
    evidence = read(
        make(
            policies=("fixed",),
            traces=("a/1",),
            transmissions=3,
            layers=(1, 2, 2, 1, 2),
            outages=(("gpu/0", 1.0, 2.0), ("gpu/1", 90.0, 99.0)),
        )
    )
    (plate,) = through_time(evidence, "", evidence.cases_of(""), Look.of(evidence))
    _, _, away, latency = plate.figure.axes
    assert [label.get_text() for label in away.get_yticklabels()] == ["gpu/0"]
    legend = latency.get_legend()
    assert legend is not None
    assert [text.get_text().rsplit(maxsplit=1)[0] for text in legend.get_texts()] == [
        "packets sent again",
        "some layers only",
    ]


def test_a_stretch_takes_its_own_frames_and_the_capacity_step_under_way(
    make: Callable[..., Path],
) -> None:
    folder = make(policies=("fixed",), traces=("a/1",), frames=1900)  # 125.4 s
    evidence = read(folder)
    look = Look.of(evidence)
    (plate,) = through_time(evidence, "", evidence.cases_of(""), look)
    link = plate.figure.axes[0]
    first, last = link.get_xlim()
    assert last - first == 60.0
    assert f"from {first:g} s to {last:g} s" in plate.caption
    assert "910 frames" in plate.caption or "909 frames" in plate.caption


def test_a_unit_on_the_device_keeps_its_colour_where_nobody_chose_it(
    make: Callable[..., Path],
) -> None:
    evidence = read(make(policies=("fixed",), traces=("a/1",), answered=False))
    look = Look.of(evidence)
    assert look.on_device == ["device"]
    assert look.unit_colours["device"] == ON_DEVICE
