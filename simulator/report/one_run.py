"""The run that stands for a setting, and its plates: one timeline a policy."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.framelog import NEVER, Outcome
from simulator.report.evidence import refused
from simulator.report.fates import occurring
from simulator.report.frames import read_frames
from simulator.report.plate import Plate
from simulator.report.timeline import Hop, Timeline, draw
from simulator.report.timeline.latencies import MOST_DOTS, TALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from simulator.report.evidence import Evidence
    from simulator.report.fates import Fate
    from simulator.report.frames import Frames
    from simulator.report.plate import Look
    from simulator.results.documents import Case

__all__ = ["choose_run", "choose_span", "hops_of", "through_time"]

_LONGEST_S: Final = 120.0
_SPAN_S: Final = 60.0
_NS_PER_S: Final = 1e9
_NS_PER_MS: Final = 1e6
_POOREST: Final = (
    " Streams have links of their own: where more is sent than the dotted line shows, some stream "
    "has less than its share needs."
)


def choose_run(runs: pd.DataFrame) -> tuple[str, int]:
    """Return the trace and replication nearest to the median timely accuracy.

    Every policy is shown on the same trace and replication where one ran under all of them.

    Args:
        runs: Rows of one setting: ``policy trace replication timely_accuracy``.
    """
    scores = runs.groupby(["trace", "replication"], sort=True).agg(
        score=("timely_accuracy", "mean"), policies=("policy", "nunique")
    )
    shared = scores[scores["policies"] == scores["policies"].max()]["score"].fillna(0.0)
    trace, replication = (shared - shared.median()).abs().idxmin()
    return str(trace), int(replication)


def choose_span(duration_s: float, all_frames: Iterable[Frames]) -> tuple[float, float]:
    """Return the stretch to show: all of a run up to 2 min, else its most typical minute.

    Typical is the minute, starting on a half minute, whose on-time share over all policies is
    nearest to the whole run's.
    """
    if duration_s <= _LONGEST_S:
        return 0.0, duration_s
    captured, on_time = [], []
    for frames in all_frames:
        captured.append(frames.columns["captured_ns"] / _NS_PER_S)
        on_time.append(frames.columns["outcome"] == Outcome.ON_TIME)
    when, good = np.concatenate(captured), np.concatenate(on_time)
    if when.size == 0:
        return 0.0, _SPAN_S

    def distance(start: float) -> float:
        inside = (when >= start) & (when < start + _SPAN_S)
        return abs(float(good[inside].mean() - good.mean())) if inside.any() else 1.0

    start = min(np.arange(0.0, duration_s - _SPAN_S + 1e-9, _SPAN_S / 2), key=distance)
    return float(start), float(start) + _SPAN_S


def hops_of(evidence: Evidence, link: str, span_s: tuple[float, float]) -> list[Hop]:
    """Return the path that a run met, hop by hop, over a stretch of time.

    Args:
        evidence: The folder.
        link: Key of the run's path in the table of capacities.
        span_s: The stretch.
    """
    rows = evidence.capacity[evidence.capacity["link"] == link]
    rows = rows[rows["t_s"] < span_s[1]]
    hops = []
    for (way, name), steps in rows.groupby(["way", "hop"], sort=False):
        ordered = steps.sort_values("t_s")
        t_s = ordered["t_s"].to_numpy(dtype=np.float64)
        # The step under way when the stretch begins belongs to it.
        first = max(int(np.searchsorted(t_s, span_s[0], side="right")) - 1, 0)
        values = {
            name: ordered[name].to_numpy(dtype=np.float64)[first:]
            for name in ("capacity_bps", "least_bps", "cross_bps", "loss")
        }
        hops.append(
            Hop(
                name=str(name),
                links=int(ordered["links"].iloc[0]),
                uplink=way == "uplink",
                end_s=span_s[1],
                t_s=np.maximum(t_s[first:], span_s[0]),
                **{k: v if np.isfinite(v).all() else np.empty(0) for k, v in values.items()},
            )
        )
    if len(hops) == 1:
        return [replace(hops[0], name="")]
    # The only hop of a way needs no number.
    ways = Counter(hop.uplink for hop in hops)
    return [
        replace(hop, name=re.sub(r"^(uplink|downlink)\.0$", r"\1", hop.name))
        if ways[hop.uplink] == 1
        else hop
        for hop in hops
    ]


def _timeline_of(
    evidence: Evidence,
    frames: Frames,
    *,
    link: str,
    policy: str,
    look: Look,
    fates: Sequence[Fate],
    span_s: tuple[float, float],
) -> Timeline:
    """Return what is drawn of one run.

    Args:
        evidence: The folder.
        frames: The run's frame log.
        link: Key of its path in the table of capacities.
        policy: Its label.
        look: Colours, and all units in ladder order.
        fates: What became of frames under any policy.
        span_s: The stretch shown.
    """
    columns = frames.columns
    captured_s = columns["captured_ns"] / _NS_PER_S
    shown = (captured_s >= span_s[0]) & (captured_s <= span_s[1])
    # A stream's unit k is another stream's unit l where their ladders differ.
    width = max((len(stream.units) for stream in frames.streams), default=0) + 1
    place = np.full((len(frames.streams), width), NEVER, dtype=np.int64)
    for row, stream in enumerate(frames.streams):
        if strangers := set(stream.units) - set(look.units):
            rule = "must be a unit of every run of its case"
            raise refused(evidence.folder / "frames", "units", min(strangers), rule)
        place[row, : len(stream.units)] = [look.units.index(name) for name in stream.units]
    sent = columns["sent_ns"]
    decoded = columns["layers"]
    return Timeline(
        policy=policy,
        colour=look.colours[policy],
        span_s=span_s,
        hops=hops_of(evidence, link, span_s),
        away=[a for a in frames.away if a.begin_s < span_s[1] and a.end_s > span_s[0]],
        streams=[stream.name for stream in frames.streams],
        units=look.units,
        on_device=look.on_device,
        deadlines_ms=tuple(sorted({s.deadline_ns / _NS_PER_MS or 1.0 for s in frames.streams})),
        fates=fates,
        stream=columns["stream"][shown],
        captured_s=captured_s[shown],
        sent_s=np.where(sent == NEVER, np.nan, sent / _NS_PER_S)[shown],
        wire_bytes=columns["wire_bytes"][shown],
        unit=place[columns["stream"], columns["unit"]][shown],
        outcome=columns["outcome"][shown],
        reason=columns["reason"][shown],
        again=(columns["transmissions"] > 1)[shown],
        partly=((decoded > 0) & (decoded < frames.layers))[shown],
        latency_ms=frames.latency_ms[shown],
    )


def through_time(
    evidence: Evidence, setting: str, cases: Sequence[Case], look: Look
) -> Iterator[Plate]:
    """Draw one run of a setting under each policy, on the same axes."""
    runs = evidence.runs[evidence.runs["setting"] == setting]
    trace, replication = choose_run(runs)
    chosen = runs[(runs["trace"] == trace) & (runs["replication"] == replication)]
    of_policy = {str(row["policy"]): row for row in chosen.to_dict("records")}
    logs = {name: read_frames(evidence, str(row["run"])) for name, row in of_policy.items()}
    span = choose_span(float(chosen["duration_s"].max()), logs.values())
    fates = occurring([(log.columns["outcome"], log.columns["reason"]) for log in logs.values()])
    drawn = [
        _timeline_of(
            evidence,
            logs[case.policy],
            link=str(of_policy[case.policy]["link"]),
            policy=look.labels[case.policy],
            look=look,
            fates=fates,
            span_s=span,
        )
        for case in cases
        if case.policy in logs
    ]
    part = f", from {span[0]:g} s to {span[1]:g} s" if span[1] < chosen["duration_s"].max() else ""
    tops = _tops(drawn)
    for number, data in enumerate(drawn):
        beyond = int(np.count_nonzero(data.latency_ms > TALL * data.deadline_ms))
        thinned = (
            f" At most {MOST_DOTS} dots are drawn of each outcome."
            if data.outcome.size > MOST_DOTS
            else ""
        )
        late = int(np.count_nonzero(data.outcome == Outcome.LATE))
        yield Plate(
            key=f"timeline-{number}",
            title=f"One run through time: {data.policy}",
            caption=f"Trace {trace}, replication {replication}{part}: {data.outcome.size} frames, "
            f"{late} late, {beyond} of them beyond {TALL:g} deadlines (drawn at the edge). Of all "
            "runs this one's timely accuracy is nearest to the median; every policy is shown on "
            f"it.{thinned}{_POOREST if any(hop.links > 1 for hop in data.hops) else ''}",
            figure=draw(data, most_bps=tops),
        )


def _tops(drawn: Sequence[Timeline]) -> list[float]:
    """Return the top of each hop's axis: one for all policies, past rare spikes of a trace."""
    return [
        max(
            max(
                float(np.quantile(hop.capacity_bps, 0.99)) if hop.t_s.size else 0.0,
                float(data.sent().over(hop).max()) if hop.uplink else 0.0,
            )
            for data, hop in zip(drawn, hops, strict=True)
        )
        for hops in zip(*(data.hops for data in drawn), strict=True)
    ]
