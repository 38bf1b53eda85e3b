from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.framelog import Reason
from simulator.report.evidence import read
from simulator.report.facts import definitions
from simulator.report.frames import pool
from simulator.report.plate import Look
from simulator.report.share_plates import of_shares
from simulator.report.tables import case_rows
from simulator.report.task_plate import of_tasks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matplotlib.figure import Figure

    from simulator.report.evidence import Evidence
    from simulator.report.plate import Plate

SEVERAL = (
    Reason.OVERFLOW,
    Reason.CORRUPTED,
    Reason.GIVEN_UP,
    Reason.REPLACED,
    Reason.EXPIRED,
    Reason.CRASHED,
)


def plates(evidence: Evidence) -> dict[str, Plate]:
    cases = evidence.summary.cases
    pools = [pool(evidence, case, most_frames=10**6) for case in cases]
    look = Look.of(evidence)
    drawn = [*of_shares(evidence, cases, pools, look), *of_tasks(evidence, cases, pools, look)]
    return {plate.key: plate for plate in drawn}


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_lost_and_dropped_frames_are_told_apart_by_the_reasons_that_occur(
    make: Callable[..., Path],
) -> None:
    evidence = read(make(reasons=SEVERAL, frames=400))
    figure = plates(evidence)["outcomes"].figure
    assert legend(figure) == [
        "on time",
        "late",
        "lost: queue full",
        "lost: packet lost",
        "lost: too late to resend",
        "skipped",
        "dropped: replaced at camera",
        "dropped: expired at server",
        "dropped: worker crashed",
    ]
    first_bars = figure.axes[0].patches[:9]
    assert sum(bar.get_width() for bar in first_bars) == pytest.approx(100)  # type: ignore[attr-defined]


def test_an_outcome_that_never_occurs_is_not_in_the_legend(make: Callable[..., Path]) -> None:
    evidence = read(make(policies=("fixed",), traces=("a/1",), answered=False))
    assert legend(plates(evidence)["outcomes"].figure) == ["dropped: replaced at camera"]


def test_a_cell_says_what_it_is_made_of_only_where_that_is_several_things(
    make: Callable[..., Path],
) -> None:
    evidence = read(make(policies=("fixed",), frames=400, reasons=SEVERAL))
    cells = case_rows(evidence.summary.cases, Look.of(evidence))[0].cells
    said = [part.split(maxsplit=1)[1] for part in cells[6].parts]
    assert said == ["queue full", "packet lost", "too late to resend"]
    total = sum(float(part.split()[0]) for part in cells[6].parts)
    assert total == pytest.approx(float(cells[6].value.split()[0]), abs=0.2)
    assert [len(cell.parts) for cell in cells] == [0, 0, 0, 0, 0, 0, 3, 0, 3]


def test_one_reason_needs_no_parts(make: Callable[..., Path]) -> None:
    evidence = read(make(policies=("fixed",)))
    (row,) = case_rows(evidence.summary.cases, Look.of(evidence))
    assert not any(cell.parts for cell in row.cells)


def test_words_are_explained_with_the_reasons_that_occur(make: Callable[..., Path]) -> None:
    told = dict(definitions(read(make(policies=("fixed",)))))
    assert told["lost"] == "destroyed by the network: a queue on the path was full"
    assert told["dropped"].endswith("of the network: replaced at the camera by a newer frame")


def test_frames_in_layers_are_shown_by_how_many_were_decoded(make: Callable[..., Path]) -> None:
    evidence = read(make(policies=("fixed",), traces=("a/1",), layers=(1, 3, 3, 1, 3)))
    figure = plates(evidence)["layers"].figure
    assert legend(figure) == ["none", "1 layer", "2 layers", "3 layers"]
    widths = [bar.get_width() for bar in figure.axes[0].patches]  # type: ignore[attr-defined]
    assert widths[1] == 0.0
    assert widths[2] > 30
    assert sum(widths) == pytest.approx(100)


def test_without_layers_and_further_tasks_there_are_no_plates_of_them(
    make: Callable[..., Path],
) -> None:
    evidence = read(make(policies=("fixed",), traces=("a/1",)))
    assert list(plates(evidence)) == ["outcomes", "stages", "units"]


def test_each_task_has_bars_and_says_its_deadline(make: Callable[..., Path]) -> None:
    tasks = dict.fromkeys(("box", "mask", "depth", "pose"), 300000000)
    drawn = plates(read(make(policies=("fixed", "deadline"), tasks=tasks)))
    panels = [axes.get_xlabel() for axes in drawn["tasks"].figure.axes]
    assert panels == [
        "top1 within 150 ms [%]",
        "box within 300 ms [%]",
        "mask within 300 ms [%]",
        "depth within 300 ms [%]",
    ]
    second = [axes.get_xlabel() for axes in drawn["tasks-1"].figure.axes]
    assert second == ["top1 within 150 ms [%]", "pose within 300 ms [%]"]
    widths = [bar.get_width() for bar in drawn["tasks"].figure.axes[1].patches]  # type: ignore[attr-defined]
    assert widths == [50.0, 50.0]
