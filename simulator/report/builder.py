"""From a results folder to its plots and its page: the one way in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from simulator.foundation.files import make_folder, write_atomically, write_inside
from simulator.foundation.lock import held
from simulator.report.along import of_sweep
from simulator.report.beware import beware
from simulator.report.evidence import read
from simulator.report.facts import definitions, facts
from simulator.report.names import slug
from simulator.report.page import Drawn, Page, Section, Verdict, render
from simulator.report.pairs import pairs_of
from simulator.report.plate import Look
from simulator.report.plates import of_setting
from simulator.report.style import PERCENT
from simulator.report.svg import inline
from simulator.report.svg import render as render_svg
from simulator.report.tables import case_rows, comparison_rows, judged
from simulator.report.wording import finding, simulated
from simulator.results.own_files import PLOT_MARK, PLOTS, clear_plots

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from simulator.report.evidence import Evidence
    from simulator.report.plate import Plate

__all__ = ["build", "draw"]

_MOST_SECTIONS: Final = 8
_MOST_TIMELINES: Final = 16
_MOST_ROWS: Final = 200
_MOST_VERDICTS: Final = 12
_WORST_FIRST: Final = ("failed", "inconclusive", "met")


def build(folder: Path) -> Path:
    """Draw the plots of a results folder and write its report, while nothing else writes there.

    Args:
        folder: What ``splitcast run --out`` left.

    Returns:
        The path of the report.

    Raises:
        InputError: If the folder is not as `simulator.results` describes it, or another process
            holds it; nothing is written.
    """
    read(folder)  # a folder of something else is not even to be held
    with held(folder):
        return draw(folder)


def draw(folder: Path) -> Path:
    """Draw the plots of a results folder that this process holds, and write its report.

    Reads nothing but the folder, and writes the same bytes from the same folder: ``plots/*.svg``
    and ``report.html``, each whole or not at all. Plots of ours from an earlier report that this
    one does not have are removed.

    Raises:
        InputError: If the folder is not as `simulator.results` describes it; nothing is written.
    """
    evidence = read(folder)
    look = Look.of(evidence)
    drawings: dict[str, str] = {}
    page = _page(evidence, look, drawings)
    html = render(page)
    plots = {f"{name}.svg": _marked(document) for name, document in drawings.items()}
    make_folder(folder / PLOTS)
    for name, document in plots.items():
        write_inside(folder / PLOTS, name, document)
    clear_plots(folder, keep=frozenset(plots))
    write_atomically(folder / "report.html", html)
    return folder / "report.html"


def _marked(document: str) -> str:
    """Return a drawing that says whose it is."""
    return document.replace("<svg", f"{PLOT_MARK}\n<svg", 1)


def _drawn(plates: Iterable[Plate], prefix: str, drawings: dict[str, str]) -> list[Drawn]:
    """Render plates, note their documents under their file names, and place them in the page."""
    placed = []
    for plate in plates:
        name = f"{prefix}{plate.key}"
        drawings[name] = render_svg(plate.figure)
        placed.append(
            Drawn(
                anchor=name,
                title=plate.title,
                caption=plate.caption,
                drawing=inline(drawings[name], key=name, label=f"{plate.title}. {plate.caption}"),
            )
        )
    return placed


def _page(evidence: Evidence, look: Look, drawings: dict[str, str]) -> Page:
    summary, settings = evidence.summary, evidence.settings
    several = len(settings) > 1
    with_timelines = max(1, _MOST_TIMELINES // len(evidence.policies))
    sections = []
    for number, setting in enumerate(settings[:_MOST_SECTIONS]):
        prefix = f"{number + 1:02d}-{slug(setting)}-" if several else ""
        plates = of_setting(evidence, setting, look, timelines=number < with_timelines)
        sections.append(
            Section(
                anchor=f"setting-{number + 1}",
                title=setting or "Results",
                finding=finding(evidence, setting, look),
                rows=case_rows(evidence.cases_of(setting), look),
                comparisons=comparison_rows(pairs_of(evidence, setting), look),
                plates=_drawn(plates, prefix, drawings),
            )
        )
    rows = case_rows([c for setting in settings for c in evidence.cases_of(setting)], look)
    verdicts = _verdicts(evidence, look)
    notes = []
    if len(settings) > _MOST_SECTIONS:
        notes.append(
            f"Sections are given for the first {_MOST_SECTIONS} of {len(settings)} settings."
        )
    if len(sections) > with_timelines:
        notes.append(f"Timelines are drawn for the first {with_timelines} settings only.")
    return Page(
        name=summary.name,
        description=summary.description,
        simulated=simulated(evidence),
        beware=beware(evidence, look),
        slo=verdicts[:_MOST_VERDICTS],
        slo_tally=_tally(verdicts),
        intervals=_intervals(evidence),
        overview=rows[:_MOST_ROWS] if several else [],
        overview_note=f"The first {_MOST_ROWS} of {len(rows)} rows; summary.json has them all."
        if several and len(rows) > _MOST_ROWS
        else "",
        along=_drawn(of_sweep(evidence, look), "", drawings) if several else [],
        sections=sections,
        left_out=" ".join(notes),
        definitions=definitions(evidence),
        facts=facts(evidence),
    )


def _intervals(evidence: Evidence) -> str:
    percent, traces = PERCENT * evidence.summary.confidence, len(evidence.summary.traces)
    if traces == 1:
        return "One trace, so no intervals."
    return f"In small print: {percent:g} % intervals over {traces} traces."


def _verdicts(evidence: Evidence, look: Look) -> list[Verdict]:
    """Return the service levels, the broken ones first."""
    cases = {case.case: case for case in evidence.summary.cases}
    verdicts = []
    for slo in sorted(evidence.summary.slo, key=lambda slo: _WORST_FIRST.index(slo.verdict)):
        case = cases.get(slo.case)
        verdicts.append(
            Verdict(
                policy="" if case is None else look.labels[case.policy],
                setting="" if case is None else case.setting,
                group=slo.group or "all",
                wanted=f"{slo.metric.replace('_', ' ')} {slo.rule}",
                measured=judged(slo),
                traces=slo.traces,
                frames=slo.frames,
                answered=slo.answered,
                verdict=slo.verdict,
                note=slo.note,
            )
        )
    return verdicts


def _tally(verdicts: Sequence[Verdict]) -> str:
    counts = Counter(verdict.verdict for verdict in verdicts)
    told = ", ".join(f"{counts[word]} {word}" for word in reversed(_WORST_FIRST) if counts[word])
    left = len(verdicts) - _MOST_VERDICTS
    return told + (
        f". The first {_MOST_VERDICTS} are shown, the worst on top." if left > 0 else "."
    )
