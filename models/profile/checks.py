"""What must hold for a profile to be usable, checked in full: all that is wrong is told at once."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from models.profile.array_checks import LONGEST_NS, content, fractions, samples
from models.profile.records import DEVICE_STAGES, HALVES, UNIT_KINDS, Profile, Unit
from models.profile.trait_checks import chain, layers, own_tail, tails
from simulator.foundation.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from models.profile.array_checks import Complaint

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,47}")
_REMEDY = "measure the profile again with `splitcast profile measure`"


def problems(profile: Profile, where: str) -> list[Problem]:
    """Return everything that makes a profile unusable; an empty list means that it is sound.

    Args:
        profile: The profile to check.
        where: What messages name as the place, such as the profile's path.
    """
    found = [*_names(profile), *_clips(profile), *_shared_times(profile), *tails(profile)]
    if profile.units:
        found += _scores("clean_scores", profile.clean_scores, profile)
    for unit in profile.units:
        found += [
            (f"{unit.name}.{what}", value, rule)
            for part in (_payloads, _answers, _times, _costs, own_tail, layers, chain)
            for what, value, rule in part(unit, profile)
        ]
    if not found:
        found += _ladder_order(profile)
    return [
        Problem(where=where, what=what, value=value, rule=rule, remedy=_REMEDY)
        for what, value, rule in found
    ]


def _names(profile: Profile) -> Iterator[Complaint]:
    if not profile.units:
        yield "units", 0, "must hold at least one unit"
    if len(set(profile.unit_names)) != len(profile.units):
        yield "units", ", ".join(profile.unit_names), "must have distinct names"
    modules = [unit.module for unit in profile.units]
    names = (profile.name, *profile.unit_names, *profile.tasks, *modules)
    for name in dict.fromkeys((*names, *(tail.name for tail in profile.tails))):
        if not _NAME.fullmatch(name):
            yield "name", name, "must be 1-48 lower-case letters, digits, '.', '_' or '-'"
    if profile.primary_task not in profile.tasks:
        known = ", ".join(profile.tasks) or "none"
        yield "primary_task", profile.primary_task, f"must be one of the scored tasks: {known}"


def _clips(profile: Profile) -> Iterator[Complaint]:
    if not (np.isfinite(profile.clip_fps) and profile.clip_fps > 0):
        yield "clip_fps", profile.clip_fps, "must be finite and > 0"
    for half in HALVES:
        if not len(profile.clips_of(half)):
            yield "clip_half", f"no {half} clip", "must put at least one clip into each half"
    named = set(profile.clip_half.tolist())
    if not named <= set(HALVES):
        yield "clip_half", sorted(named), f"must be one of {', '.join(HALVES)} for each clip"
    if len(profile.clip_set) != profile.clips:
        yield (
            "clip_set",
            len(profile.clip_set),
            f"must name a set for each of {profile.clips} clips",
        )


def _shared_times(profile: Profile) -> Iterator[Complaint]:
    sizes = profile.batch_sizes
    if sizes[:1] != (1,) or any(later <= earlier for earlier, later in pairwise(sizes)):
        yield "batch_sizes", sizes, "must rise strictly from 1"
    yield from samples("tail_ns", profile.tail_ns, (len(sizes), -1))


def _payloads(unit: Unit, profile: Profile) -> Iterator[Complaint]:
    sizes = unit.payload_bytes
    if unit.kind not in UNIT_KINDS:
        yield "kind", unit.kind, f"must be one of {', '.join(UNIT_KINDS)}"
    if sizes.shape != content(profile) or not sizes.size:
        yield "payload_bytes", sizes.shape, f"must have the shape {content(profile)}, not empty"
    elif unit.kind == "on-device" and sizes.any():
        yield "payload_bytes", int(sizes.max()), "must be 0 for an on-device unit: nothing is sent"
    elif unit.kind != "on-device" and sizes.min() <= 0:
        yield "payload_bytes", int(sizes.min()), "must be > 0 for each frame of a unit that sends"


def _answers(unit: Unit, profile: Profile) -> Iterator[Complaint]:
    if set(unit.scores) != set(profile.tasks):
        known = ", ".join(profile.tasks)
        yield "scores", ", ".join(unit.scores), f"must score the clean backbone's tasks: {known}"
    yield from _scores("scores", unit.scores, profile)
    yield from fractions("confidence", unit.confidence, content(profile))


def _times(unit: Unit, profile: Profile) -> Iterator[Complaint]:
    rows = unit.device_rows_ns
    if rows.ndim != 2 or rows.shape[1] != len(DEVICE_STAGES):  # noqa: PLR2004 - samples by stages
        columns = ", ".join(DEVICE_STAGES)
        yield "device_rows_ns", rows.shape, f"must have one column for each of {columns}"
    elif rows.size and rows.min() < 0:
        yield "device_rows_ns", int(rows.min()), "must be >= 0"
    elif rows.size and rows.max() > LONGEST_NS:  # before their sums, which could wrap
        yield "device_rows_ns", int(rows.max()), f"must be at most {LONGEST_NS} ns, a day"
    else:
        yield from samples("device_rows_ns", rows.sum(axis=1), (-1,))
    yield from samples("entropy_decode_ns", unit.entropy_decode_ns, (-1,))
    yield from samples("decode_ns", unit.decode_ns, (len(profile.batch_sizes), -1))


def _costs(unit: Unit, _: Profile) -> Iterator[Complaint]:
    for what in ("switch_ns", "memory_bytes", "storage_bytes", "parameters"):
        if getattr(unit, what) < 0:
            yield what, getattr(unit, what), "must be >= 0"
    if unit.switch_ns > LONGEST_NS:
        yield "switch_ns", unit.switch_ns, f"must be at most {LONGEST_NS} ns, a day"


def _scores(
    what: str, scores: Mapping[str, NDArray[np.float32]], profile: Profile
) -> Iterator[Complaint]:
    for task, values in scores.items():
        yield from fractions(f"{what}.{task}", values, content(profile))


def _ladder_order(profile: Profile) -> Iterator[Complaint]:
    means = [unit.mean_bytes for unit in profile.units]
    if any(later < earlier for earlier, later in pairwise(means)):
        names = ", ".join(profile.unit_names)
        yield "units", names, "must be ordered by rising mean payload, on-device first"
