"""The scenarios that each show one thing: they load, run shortened, and show it in the plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import simulator
from simulator.assembly import assemble
from simulator.batch.cases import run_specs
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from simulator.world.plan import WorldPlan

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
EXAMPLES = [
    "answer-or-units",
    "continuous-rate",
    "drone",
    "gpu-pool-with-outage",
    "layered-unit",
    "lossy-wifi-retransmit",
    "point-clouds",
    "shared-tail-or-copies",
    "split-choice",
    "students",
    "two-hop-city",
    "two-tasks",
    "video-or-units",
]
OUTCOMES = ["on_time_frames", "late_frames", "lost_frames", "skipped_frames", "dropped_frames"]


def plan_of(name: str) -> WorldPlan:
    scenario = Scenario.from_file(FOLDER / f"{name}.yaml")
    (spec, *_) = run_specs(scenario)
    return assemble(spec.point.record, spec.seed, scenario.folder).plan


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_shortened_on_one_trace(name: str) -> None:
    path = FOLDER / f"{name}.yaml"
    shorter = ["duration=2 s"]
    sweep: dict[str, Any] = Scenario.from_file(path).document["sweep"]
    if "network.uplink.0.trace.seed" in sweep:
        shorter.append("network.uplink.0.trace.seed=1")
    if name == "gpu-pool-with-outage":
        shorter.append("server.outages=[{worker: gpu/1, at: 1 s, for: 500 ms, crash: true}]")
    scenario = Scenario.from_file(path, shorter)
    runs = simulator.run(scenario).runs
    assert (runs[OUTCOMES].sum(axis=1) == runs["frames"]).all()
    assert (runs["frames"] > 0).all()
    assert scenario.record.description
    assert scenario.name == name


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_compares_policies(name: str) -> None:
    policies = {spec.policy for spec in run_specs(Scenario.from_file(FOLDER / f"{name}.yaml"))}
    assert len(policies) >= 3


def test_the_city_has_access_links_of_its_own_and_a_shared_backhaul() -> None:
    plan = plan_of("two-hop-city")
    assert [len(hop) for hop in plan.uplink] == [8, 1]
    assert len(plan.uplink[1][0].cross) == 2
    assert len(plan.downlink) == 1


def test_the_pool_loses_a_gpu_for_a_while() -> None:
    server = plan_of("gpu-pool-with-outage").server
    assert [len(worker.outages) for worker in server.workers] == [0, 1, 0]
    assert server.drops_expired


def test_the_drone_s_trace_says_loss_and_delay() -> None:
    ((link,),) = plan_of("drone").uplink
    assert link.loss is not None
    assert link.loss.probability(80 * 10**9) > link.loss.probability(0)
    assert link.delays is not None
    assert link.delays.delay_ns_at(80 * 10**9) > link.delays.delay_ns_at(0)


def test_the_point_clouds_have_a_unit_of_layers() -> None:
    stream = plan_of("point-clouds").streams[0]
    layers = dict(zip(stream.ladder.names, stream.layers, strict=True))
    assert {name for name, found in layers.items() if found is not None} == {"scalable"}


def test_a_memory_of_two_networks_holds_a_shared_tail_and_not_three_copies() -> None:
    memory = plan_of("shared-tail-or-copies").server.memory
    assert memory is not None
    tail = memory.module_bytes[memory.names.index("tail")]
    assert tail < memory.capacity_bytes < 3 * tail


def test_the_second_task_has_the_later_deadline() -> None:
    stream = plan_of("two-tasks").streams[0]
    assert stream.last_deadline_ns > stream.deadline_ns


def test_settings_of_a_unit_of_any_rate_load_the_same_weights() -> None:
    scenario = Scenario.from_file(FOLDER / "continuous-rate.yaml")
    ladders = {}
    for spec in run_specs(scenario):
        stream = assemble(spec.point.record, spec.seed, scenario.folder).plan.streams[0]
        ladders[stream.ladder.names[0]] = stream.ladder
        if len(ladders) == 2:
            break
    assert len(set(ladders["any-1"].modules)) == 1
    assert len(set(ladders["unit-1"].modules)) == len(ladders["unit-1"].names)
    assert min(ladders["unit-1"].switch_ns) > 0


def test_one_unit_of_the_lossy_link_is_sent_in_layers() -> None:
    stream = plan_of("layered-unit").streams[0]
    assert [name for name, of in zip(stream.ladder.names, stream.layers, strict=True) if of] == [
        "layered"
    ]
    assert stream.cancel == "superseded"


def test_students_bring_tails_that_a_worker_cannot_hold_all() -> None:
    server = plan_of("students").server
    (model,) = server.models
    assert model.other_tails_ns
    assert server.memory is not None
    sizes = dict(zip(server.memory.names, server.memory.module_bytes, strict=True))
    tails = [sizes[f"student-{k}/tail"] for k in (1, 2, 3)]
    assert max(tails) < server.memory.capacity_bytes < sum(tails)


def test_one_of_the_units_is_a_chain_and_the_others_stand_alone() -> None:
    stream = plan_of("video-or-units").streams[0]
    chains = dict(zip(stream.ladder.names, stream.chains, strict=True))
    videos = {"h264_444-qp36", "h264_444-qp36-aware"}
    assert {name for name, chain in chains.items() if chain} == videos
    assert set(chains) == {"unit-3", "unit-4", *videos}


def test_the_later_the_cut_the_less_is_sent_and_the_more_the_device_does() -> None:
    ladder = plan_of("split-choice").streams[0].ladder
    assert ladder.names == ("late-2", "unit-3", "early-1")  # by bytes
    times = dict(zip(ladder.names, ladder.device_mean_ns, strict=True))
    assert times["early-1"] < times["unit-3"] < times["late-2"]


def test_a_finished_answer_is_the_smallest_and_takes_the_device_longest() -> None:
    ladder = plan_of("answer-or-units").streams[0].ladder
    assert ladder.names == ("answer-class", "answer-mask", "late-2", "unit-3")
    assert not any(ladder.on_device)
    assert list(ladder.mean_bytes) == sorted(ladder.mean_bytes)
    assert ladder.mean_bytes[0] == 22
    answer, mask, late, unit = ladder.device_mean_ns
    assert min(answer, mask) > 2 * late > 2 * unit
    assert ladder.server_mean_ns[0] < 0.1 * ladder.server_mean_ns[2]
