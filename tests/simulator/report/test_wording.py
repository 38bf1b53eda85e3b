from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.report.beware import beware
from simulator.report.evidence import Evidence, read
from simulator.report.facts import facts, without_paths
from simulator.report.pairs import pairs_of, ranked
from simulator.report.plate import Look
from simulator.report.tables import case_rows, comparison_rows
from simulator.report.wording import finding, simulated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def seen(folder: Path) -> tuple[Evidence, Look]:
    evidence = read(folder)
    return evidence, Look.of(evidence)


def test_the_first_sentence_says_what_was_simulated(make: Callable[..., Path]) -> None:
    evidence, _ = seen(make(streams=2, replications=2))
    assert simulated(evidence) == (
        "2 streams of “cameras” at 15.15 frames/s with a deadline of 150 ms for 3.96 s under "
        "3 policies, on 3 traces: 18 runs, 2\u202f160 captured frames."
    )


def test_a_sweep_tells_how_many_settings(make: Callable[..., Path]) -> None:
    folder = make(policies=("fixed",), settings=({"a.load": 1}, {"a.load": 4}), traces=("a/1",))
    evidence, _ = seen(folder)
    assert "1 policy at 2 settings, on 1 trace: 2 runs" in simulated(evidence)


def test_the_finding_names_the_best_policy_and_its_lead_over_the_others(
    make: Callable[..., Path],
) -> None:
    evidence, look = seen(make())
    assert ranked(evidence, "")[0] == "deadline"
    told = finding(evidence, "", look)
    assert told.startswith("Best timely accuracy: deadline, ")
    assert " is ahead of throughput by " in told
    assert ", ahead of fixed by " in told


def test_a_lead_whose_interval_holds_zero_is_not_beyond_chance(make: Callable[..., Path]) -> None:
    evidence, look = seen(make(policies=("a", "b"), frames=12))
    told = finding(evidence, "", look)
    (pair,) = pairs_of(evidence, "")
    low = pair.metrics["timely_accuracy"].low
    assert low is not None
    assert ("not beyond chance" in told) == (low <= 0)


def test_two_policies_that_do_the_same_are_level(make: Callable[..., Path]) -> None:
    evidence, look = seen(make(policies=("a", "b"), answered=False))
    assert finding(evidence, "", look).endswith("On the same traces it is level with b.")


def test_one_policy_is_told_without_a_comparison(make: Callable[..., Path]) -> None:
    evidence, look = seen(make(policies=("fixed",), traces=("a/1",)))
    assert finding(evidence, "", look).startswith("fixed: ")


def test_a_lead_on_one_trace_has_no_interval(make: Callable[..., Path]) -> None:
    evidence, look = seen(make(traces=("a/1",)))
    assert "(" not in finding(evidence, "", look)


def test_pairs_are_turned_so_that_the_better_policy_comes_first(make: Callable[..., Path]) -> None:
    evidence, look = seen(make())
    pairs = pairs_of(evidence, "")
    assert len(pairs) == 3
    for pair in pairs:
        found = pair.metrics["timely_accuracy"]
        assert found.mean is not None
        assert found.low is not None
        assert found.high is not None
        assert found.mean >= 0
        assert found.low <= found.mean <= found.high
    rows = comparison_rows(pairs, look)
    assert rows[0].label == "deadline − throughput"
    assert rows[0].cells[2].value.endswith(" of 3")


def test_of_many_policies_the_best_is_compared_with_all(make: Callable[..., Path]) -> None:
    evidence, look = seen(make(policies=tuple("abcdefgh"), frames=40))
    pairs = pairs_of(evidence, "")
    assert len(pairs) == 7
    assert {pair.policy for pair in pairs} == {ranked(evidence, "")[0]}
    assert finding(evidence, "", look).count(" points (") == 3


def test_a_reader_is_warned_of_few_traces_overload_and_what_the_folder_doubts(
    make: Callable[..., Path],
) -> None:
    folder = make(settings=({"a.load": 1}, {"a.load": 4}), warnings=("oboe/1 is a downlink.",))
    told = beware(*seen(folder))
    assert told[0] == "oboe/1 is a downlink."
    assert told[1] == (
        "Overload: the uplink cannot keep up in 50 % of the runs under fixed (at load=4). "
        "Means over such runs may depend on their duration."
    )
    assert told[2].startswith("Few traces (n = 3)")


def test_of_several_hops_the_overloaded_one_is_called_by_its_name(
    make: Callable[..., Path],
) -> None:
    hops = (("uplink", "access", 2), ("uplink", "backhaul", 1))
    evidence, look = seen(make(settings=({"a.load": 1}, {"a.load": 4}), hops=hops))
    for overloaded, called in (("uplink 2", "hop backhaul"), ("uplink 3", "uplink 3")):
        cases = [
            case.model_copy(update={"overload": {overloaded: 1.0}})
            for case in evidence.summary.cases
        ]
        summary = evidence.summary.model_copy(update={"cases": cases})
        told = beware(replace(evidence, summary=summary), look)
        assert told[0].startswith(f"Overload: the {called} cannot keep up in 100 % of the runs")


def test_overload_at_many_settings_is_told_in_a_line(make: Callable[..., Path]) -> None:
    settings = tuple({"a.load": load} for load in range(6))
    evidence, look = seen(make(settings=settings, traces=("a/1",), frames=10))
    assert "under fixed (at load=1; load=2; load=3 and 2 more)." in beware(evidence, look)[0]
    cases = [case for case in evidence.summary.cases if case.overload]
    everywhere = evidence.summary.model_copy(update={"cases": cases})
    told = beware(replace(evidence, summary=everywhere), look)
    assert "in 50 % of the runs under fixed (at every setting)." in told[0]


def test_a_reader_is_warned_of_one_trace_and_of_silence(make: Callable[..., Path]) -> None:
    told = beware(*seen(make(policies=("fixed",), traces=("a/1",), answered=False)))
    assert told[0].startswith("One trace only (n = 1)")
    assert told[1] == "No frame was answered under fixed."


def test_a_reader_is_warned_of_too_few_answers(make: Callable[..., Path]) -> None:
    told = beware(*seen(make(policies=("fixed",), traces=("a/1",), frames=10)))
    assert told[-1] == "Too few answered frames for a 95th percentile under fixed."


def test_a_reader_is_warned_of_an_unfinished_batch(make: Callable[..., Path]) -> None:
    folder = make(
        policies=("fixed",),
        manifest={"state": "running", "runs": [{"run": "r", "settings": {}}] * 9},
    )
    assert beware(*seen(folder))[0].startswith("The batch is not finished: 3 of 9 runs")


def test_ten_traces_and_enough_answers_need_no_warning(make: Callable[..., Path]) -> None:
    folder = make(policies=("fixed",), traces=tuple(f"a/{k}" for k in range(10)))
    assert beware(*seen(folder)) == []


def test_a_row_has_a_cell_for_each_column(make: Callable[..., Path]) -> None:
    evidence, look = seen(make(policies=("fixed",), traces=("a/1",), answered=False))
    (row,) = case_rows(evidence.summary.cases, look)
    values = [cell.value for cell in row.cells]
    assert values[:4] == ["0.0 %", "0.0 %", "insufficient", "insufficient"]
    assert values[4] == "0 bit/s"


def test_facts_tell_the_command_but_no_folder_of_the_machine(make: Callable[..., Path]) -> None:
    evidence, _ = seen(make(policies=("fixed",), traces=("a/1",)))
    told = dict(facts(evidence))
    assert told["command"] == "splitcast run …/city.yaml --out results/city"
    assert told["seed"] == "7"
    assert told["machine"] == "system Linux, cpus 2"
    assert told["profiles"] == "shapes-224 " + "ab" * 6


def test_paths_within_the_project_stay_and_those_of_any_machine_go() -> None:
    assert without_paths("--out results/a/b") == "--out results/a/b"
    assert without_paths(r"C:\Users\me\city.yaml") == "…/city.yaml"
    assert without_paths("https://example.org/a/b") == "https://example.org/a/b"
    assert without_paths("--set a='/home/x/y.trace'") == "--set a='…/y.trace'"
