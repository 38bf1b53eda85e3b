"""The plates of stacked bars, one bar a policy: fates of frames, time, units, layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.report import shares
from simulator.report.fates import fates
from simulator.report.palette import FAINT, STAGES, of_layers
from simulator.report.plate import Plate
from simulator.report.style import PERCENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.report.evidence import Evidence
    from simulator.report.frames import Pool
    from simulator.report.plate import Look
    from simulator.results.documents import Case

__all__ = ["of_shares"]


def of_shares(
    evidence: Evidence, cases: Sequence[Case], pools: Sequence[Pool], look: Look
) -> Iterator[Plate]:
    """Draw what became of frames, where their time went, which units, and how many layers.

    Args:
        evidence: The folder.
        cases: Of one setting.
        pools: Their frames.
        look: From `Look.of`.
    """
    names = [look.labels[case.policy] for case in cases]
    yield _fates(cases, names)
    yield _stages(names, pools)
    yield _units(evidence, cases, names, look)
    if any(p.layers for p in pools):
        yield _layers(names, pools)


def _fates(cases: Sequence[Case], names: Sequence[str]) -> Plate:
    parts = [
        shares.Part(
            name=fate.name,
            colour=fate.colour,
            values=tuple(PERCENT * (case.metric(fate.metric).mean or 0.0) for case in cases),
        )
        for fate in fates(lambda fate: any(case.metric(fate.metric).mean for case in cases))
    ]
    return Plate(
        key="outcomes",
        title="What became of the frames",
        caption="Each captured frame ends in exactly one of these.",
        figure=shares.draw(
            names, [part for part in parts if any(part.values)], label="captured frames [%]"
        ),
    )


def _stages(names: Sequence[str], pools: Sequence[Pool]) -> Plate:
    parts = [
        shares.Part(
            name=stage.replace("_", " "),
            colour=colour,
            values=tuple(p.stage_ms[stage] for p in pools),
        )
        for stage, colour in STAGES.items()
    ]
    return Plate(
        key="stages",
        title="Where the time goes",
        caption="Mean over answered frames, late ones included; the stages add up to the mean "
        "latency. Pale parts are waiting; ▸ marks a bar that is cut.",
        figure=shares.draw(
            names, parts, label="mean time from capture to answer [ms]", total="ms", digits=1
        ),
    )


def _units(evidence: Evidence, cases: Sequence[Case], names: Sequence[str], look: Look) -> Plate:
    used = []
    for case in cases:
        runs = evidence.runs_of(case)
        rows = evidence.units[evidence.units["run"].isin(runs["run"])]
        frames = rows.groupby("name")["frames"].sum()
        used.append({str(name): PERCENT * n / max(case.frames, 1) for name, n in frames.items()})
    parts = [
        shares.Part(
            name=unit,
            colour=look.unit_colours[unit],
            values=tuple(float(by_unit.get(unit, 0.0)) for by_unit in used),
        )
        for unit in look.units
    ]
    rest = tuple(max(0.0, 100.0 - sum(by_unit.values())) for by_unit in used)
    parts.append(shares.Part(name="none (skipped, dropped)", colour=FAINT, values=rest))
    return Plate(
        key="units",
        title="Units used",
        caption="Share of captured frames by the unit that was chosen, in ladder order.",
        figure=shares.draw(names, parts, label="captured frames [%]"),
    )


def _layers(names: Sequence[str], pools: Sequence[Pool]) -> Plate:
    shown = {name: p.layers for name, p in zip(names, pools, strict=True) if p.layers}
    most = max(len(layers) for layers in shown.values())
    counts = [[*layers, *[0] * (most - len(layers))] for layers in shown.values()]
    labels = ["none", "1 layer", *(f"{count} layers" for count in range(2, most))][:most]
    colours = [FAINT, *of_layers(most - 1)]
    parts = [
        shares.Part(
            name=label,
            colour=colour,
            values=tuple(PERCENT * row[k] / max(sum(row), 1) for row in counts),
        )
        for k, (label, colour) in enumerate(zip(labels, colours, strict=True))
    ]
    return Plate(
        key="layers",
        title="Layers decoded",
        caption="Share of the frames that were encoded in layers, by how many of these were there "
        "when the server began. None: the frame was lost, dropped or refused.",
        figure=shares.draw(list(shown), parts, label="frames in layers [%]"),
    )
