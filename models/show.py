"""What ``splitcast profile show`` prints: the numbers of a profile as a text table or as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from models.intervals import estimate, resamplings
from models.profile import DEVICE_STAGES, HALVES
from models.published import origins
from models.show_traits import trait_lines, traits
from simulator.foundation.terminal import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from models.profile import Profile, Unit

__all__ = ["as_json", "render", "spread_ms"]

_NS_PER_MS = 1e6
_FACTS_ON_A_LINE = 6


def as_json(profile: Profile) -> dict[str, object]:
    """Return everything that :func:`render` shows, and more, as JSON values.

    Sizes are bytes with the wire header, times milliseconds, scores lie between 0 and 1; intervals
    are 95 % over clips.
    """
    groups = _groups(profile)
    return {
        "schema_version": 1,
        "name": profile.name,
        "sha256": profile.sha256,
        "clip_fps": profile.clip_fps,
        "frames_per_clip": profile.frames_per_clip,
        "clips": {half: len(profile.clips_of(half)) for half in HALVES},
        "sets": {name: len(clips) for name, clips in groups.items()},
        "primary_task": profile.primary_task,
        "means_only": profile.means_only,
        "batch_sizes": list(profile.batch_sizes),
        "clean": {
            name: _scores(profile.clean_scores, clips, resamplings(len(clips)))
            for name, clips in groups.items()
        },
        "tail_ms": _by_batch(profile.batch_sizes, profile.tail_ns),
        "other_tails": {
            tail.name: {
                "memory_bytes": tail.memory_bytes,
                "ms": _by_batch(profile.batch_sizes, tail.times_ns),
            }
            for tail in profile.tails
        },
        "units": [_unit(unit, profile, groups) for unit in profile.units],
        "info": dict(profile.info),
    }


def render(profile: Profile) -> str:
    """Return a profile as text: one table of content a set, one of times and costs."""
    shown: Any = as_json(profile)
    halves = ", ".join(f"{count} for {half}" for half, count in shown["clips"].items())
    lines = [
        f"profile {profile.name}  sha256 {profile.sha256[:16]}",
        f"{profile.clips} clips of {profile.frames_per_clip} frames at {profile.clip_fps:g} fps",
        f"{halves}; primary score: {profile.primary_task}",
    ]
    if profile.means_only:
        lines += ["PUBLISHED MEANS ONLY: every frame carries the same figures. They are", ""]
        lines += [f"  {line}" for line in origins(profile.info)]
    else:
        lines += ["Sizes are payload bytes with the wire header; intervals are 95 % over clips."]
    for name, count in shown["sets"].items():
        lines += ["", f"{name} ({count} clips)", *_content_table(shown, name, profile.tasks)]
    about = trait_lines(shown)
    lines += ["", *about] if about else []
    lines += ["", "times, ms: median (p95); costs", *_cost_table(shown)]
    if "wall_ms" in profile.info:
        lines += ["", "wall time of the same samples, ms: median (p95)", *_wall_table(shown)]
    lines += ["", *(clean_line(f"{key}: {value}") for key, value in _facts(profile.info))]
    return "\n".join(lines) + "\n"


def _groups(profile: Profile) -> dict[str, NDArray[np.intp]]:
    """Return the clips of each set, in the order of their first clip, and of all sets."""
    names = dict.fromkeys(profile.clip_set.tolist())
    groups = {name: np.flatnonzero(profile.clip_set == name) for name in names}
    return groups | {"all": np.arange(profile.clips)}


def _unit(unit: Unit, profile: Profile, groups: Mapping[str, NDArray[np.intp]]) -> dict[str, Any]:
    stages = dict(zip(DEVICE_STAGES, unit.device_rows_ns.T, strict=True))
    run = {stage: times for stage, times in stages.items() if times.any()}
    return {
        "name": unit.name,
        "kind": unit.kind,
        "content": {name: _content(unit, clips) for name, clips in groups.items()},
        "device_ms": {stage: spread_ms(times) for stage, times in run.items()}
        | {"total": spread_ms(unit.device_rows_ns.sum(axis=1))},
        "entropy_decode_ms": spread_ms(unit.entropy_decode_ns),
        "decode_ms": _by_batch(profile.batch_sizes, unit.decode_ns),
        "switch_ms": round(unit.switch_ns / _NS_PER_MS, 4),
        "memory_bytes": unit.memory_bytes,
        "storage_bytes": unit.storage_bytes,
        "parameters": unit.parameters,
    } | traits(unit)


def _content(unit: Unit, clips: NDArray[np.intp]) -> dict[str, Any]:
    sizes = unit.payload_bytes[clips].astype(np.float64)
    mean = float(sizes.mean())
    if unit.chain is not None:
        mean = unit.chain.mixed(mean, float(unit.chain.intra_bytes[clips].mean()))
    weights = resamplings(len(clips))
    p5, p95 = np.quantile(sizes, (0.05, 0.95))
    within = sizes.std(axis=1) / np.maximum(sizes.mean(axis=1), 1)
    return {
        "bytes": {
            "mean": round(mean, 1),
            "p5": round(float(p5), 1),
            "p95": round(float(p95), 1),
            "cv_within_clip": round(float(within.mean()), 4),
        },
        "scores": _scores(unit.scores, clips, weights),
        "confidence": round(float(unit.confidence[clips].mean()), 4),
    }


def _scores(
    scores: Mapping[str, NDArray[np.float32]],
    clips: NDArray[np.intp],
    weights: NDArray[np.float64],
) -> dict[str, dict[str, float]]:
    return {task: estimate(values[clips], weights).as_json() for task, values in scores.items()}


def spread_ms(times_ns: NDArray[np.int64]) -> dict[str, float]:
    """Return median and 95th percentile, ms, of times in ns."""
    median, p95 = np.quantile(times_ns / _NS_PER_MS, (0.5, 0.95))
    return {"median": round(float(median), 4), "p95": round(float(p95), 4)}


def _by_batch(sizes: Sequence[int], times_ns: NDArray[np.int64]) -> dict[str, dict[str, float]]:
    return {str(size): spread_ms(times) for size, times in zip(sizes, times_ns, strict=True)}


def _content_table(shown: Any, group: str, tasks: Sequence[str]) -> list[str]:  # noqa: ANN401 - JSON
    head = ["unit", "bytes", "p5", "p95", "cv in clip", *(f"{task} %" for task in tasks)]
    clean = _percent(shown["clean"][group], means=shown["means_only"])
    rows = [["(uncompressed)", "", "", "", "", *clean]]
    for unit in shown["units"]:
        content = unit["content"][group]
        sizes = content["bytes"]
        numbers = [f"{sizes[key]:.0f}" for key in ("mean", "p5", "p95")]
        variation = f"{sizes['cv_within_clip']:.2f}"
        percent = _percent(content["scores"], means=shown["means_only"])
        rows.append([unit["name"], *numbers, variation, *percent])
    return _aligned([head, *rows])


def _percent(scores: Mapping[str, Mapping[str, float]], *, means: bool) -> list[str]:
    """Return scores with their intervals; published means have none."""
    if means:
        return [f"{100 * s['mean']:.1f}" for s in scores.values()]
    return [
        f"{100 * s['mean']:.1f} [{100 * s['low']:.1f}, {100 * s['high']:.1f}]"
        for s in scores.values()
    ]


def _cost_table(shown: Any) -> list[str]:  # noqa: ANN401 - JSON
    largest = str(shown["batch_sizes"][-1])
    head = ["unit", *DEVICE_STAGES, "device", "entropy dec.", "decode b1", f"decode b{largest}"]
    head += ["switch", "memory kB", "storage kB", "parameters"]
    rows = []
    for unit in shown["units"]:
        device = [unit["device_ms"].get(stage) for stage in (*DEVICE_STAGES, "total")]
        server = [unit["entropy_decode_ms"], unit["decode_ms"]["1"], unit["decode_ms"][largest]]
        times = [_median(time) for time in (*device, *server)]
        sizes = [f"{unit[key] / 1000:.0f}" for key in ("memory_bytes", "storage_bytes")]
        costs = [f"{unit['switch_ms']:.2f}", *sizes, str(unit["parameters"])]
        rows.append([unit["name"], *times, *costs])
    return [
        *_aligned([head, *rows]),
        f"shared tail by batch size: {_by_size(shown['tail_ms'])}",
        *(
            f"tail {name}, {tail['memory_bytes'] / 1000:.0f} kB, by batch size: "
            f"{_by_size(tail['ms'])}"
            for name, tail in shown["other_tails"].items()
        ),
    ]


def _wall_table(shown: Any) -> list[str]:  # noqa: ANN401 - JSON
    largest = str(shown["batch_sizes"][-1])
    wall = shown["info"]["wall_ms"]
    rows = [["unit", *DEVICE_STAGES, "device", "entropy dec.", "decode b1", f"decode b{largest}"]]
    for unit in shown["units"]:
        times = wall["units"][unit["name"]]
        decode = times.get("decode", {})
        device = [times["device"].get(stage) for stage in (*DEVICE_STAGES, "total")]
        server = [times.get("entropy_decode"), decode.get("1"), decode.get(largest)]
        rows.append([unit["name"], *(_median(time) for time in (*device, *server))])
    return [
        *_aligned(rows),
        f"shared tail by batch size: {_by_size(wall['tail'])}",
        *(
            f"tail {name} by batch size: {_by_size(times)}"
            for name, times in wall.get("tails", {}).items()
        ),
    ]


def _median(time: Mapping[str, float] | None) -> str:
    return f"{time['median']:.2f} ({time['p95']:.2f})" if time else ""


def _by_size(times: Mapping[str, Mapping[str, float]]) -> str:
    return ", ".join(f"{_median(time)} at {size}" for size, time in times.items())


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _facts(info: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    """Yield the facts that fit on a line; facts about each unit are left to the JSON."""
    for key, value in info.items():
        if key == "figures":
            continue  # a published profile's, told above
        if key in ("added", "device_added", "server_added"):
            yield from ((key, _added(entry)) for entry in cast("list[Any]", value))
            continue
        if not isinstance(value, Mapping):
            yield key, value
        elif len(value) <= _FACTS_ON_A_LINE and not any(
            isinstance(fact, Mapping) for fact in value.values()
        ):
            yield key, ", ".join(f"{name} {fact}" for name, fact in value.items())


def _added(entry: Mapping[str, Any]) -> str:
    """Say where units were timed that were measured later than the rest."""
    return (
        f"{entry['units']}: timed on {entry['processor']}, where device takes "
        f"{_median(entry['device_ms'])} ms"
    )
