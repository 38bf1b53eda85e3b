"""Adds units to a measured profile: ``splitcast profile extend``.

What a profile holds is evidence: findings rest on it. So units that came later are measured on the
profile's own clips and put beside the others, of which no number changes, and the profile says of
them where and with what they were timed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.baselines import avif
from models.measure import AWARE, ContentPlan, timed_images
from models.measuring.added import as_on_device, grown, served_alike
from models.measuring.answers import collect, measure_blocks
from models.measuring.facts import clocks, facts
from models.measuring.profile_units import ladder_of, tails_of
from models.measuring.timing import TimingPlan, time_stages
from models.profile import load, save
from models.show import spread_ms
from models.subjects.opening import open_network
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from models.measuring.content import Block
    from models.profile import Profile
    from models.subjects.image_unit import ImageCodec
    from models.subjects.network import Network
    from models.subjects.subject import Subject

__all__ = ["extend"]

_LOOKED_AT = 6  # clips on which the network must answer as it did when the profile was measured
_DIFFERENT = 0.01  # share of answers that another processor's arithmetic may change


def extend(  # noqa: PLR0913 - each with a default that fits the shipped profile
    weights: str | Path,
    folder: Path,
    *,
    codecs: Sequence[ImageCodec] = avif.STREAMED,
    aware: Collection[str] = AWARE,
    answers: bool = True,
    content: ContentPlan | None = None,
    timing: TimingPlan | None = None,
    cache: Path = Path("build/measured"),
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> Profile:
    """Add still-image codecs, and finished answers sent from the device, to a profile.

    Args:
        weights: Folder of the weights that the profile was measured with, or a shipped one's name.
        folder: Folder of the profile; it is written again.
        codecs: Settings of still-image codecs; what the profile holds already is left out.
        aware: Names of those that the codec-aware backbone answers, too, where there is one.
        answers: Whether finished answers are added.
        content: The clips that the profile was measured on; by default those of a shipped one.
        timing: How often times are taken.
        cache: Folder that keeps results clip by clip, so that a killed run goes on.
        workers: Processes of the content pass.
        tell: Called with a line of progress.

    Returns:
        The profile as it was written; as it was, if it lacks nothing.

    Raises:
        InputError: It is of other weights or clips, or no measured profile; it stays as it is.
    """
    profile, content = load(folder), content or ContentPlan()
    opened = partial(
        _additions,
        weights,
        tuple(codecs),
        aware=tuple(aware),
        answers=answers,
        known=profile.unit_names,
    )
    network, blocks = opened(), [block for _, _, block in content.blocks()]
    local, *added = network.subjects
    if not added:
        return profile
    _refuse_others(profile, content, local, folder)
    _refuse_strangers(profile, partial(_local, opened), blocks, cache, folder)
    measure_blocks(partial(_added, opened), blocks, cache, workers=workers, tell=tell)
    timing = replace(timing or TimingPlan(), batch_sizes=profile.batch_sizes)
    timings = time_stages(network, timed_images(blocks, content.frames), timing, tell=tell)
    for subject in added:
        if subject.kind == "answer":
            as_on_device(profile.units[profile.index(local.name)], timings.subjects[subject.name])
    new = network._replace(subjects=added)
    tails = tails_of(new, timings, profile.batch_sizes) if timings.tails else {}
    tails |= {tail.name: tail for tail in profile.tails}
    found = {subject.name: collect(subject, blocks, cache) for subject in added}
    units = [
        served_alike(unit, profile.units)
        for unit in ladder_of(new, found, timings, profile.batch_sizes, tails)
    ]
    spent = np.array(timings.subjects[local.name].device_rows).sum(axis=1)
    here = facts(added, network.kin) | clocks(timings, network.kin)
    names = [unit.name for unit in units]
    info = grown(profile.info, here, names, {f"{local.name}_ms": spread_ms(spent)})
    every = sorted((*profile.units, *units), key=lambda unit: unit.mean_bytes)
    return save(replace(profile, units=tuple(every), info=info, sha256=""), folder)


def _additions(
    weights: str | Path,
    codecs: Sequence[ImageCodec],
    *,
    aware: Collection[str],
    answers: bool,
    known: Collection[str],
) -> Network:
    """Return everything on the device, and all that is to be added."""
    network = open_network(weights, codecs, aware=aware, answers=answers)
    local, *others = network.subjects
    added = [s for s in others if s.kind in ("answer", "image-codec") and s.name not in known]
    return network._replace(subjects=[local, *added])


def _added(opened: Callable[[], Network]) -> Network:
    network = opened()
    return network._replace(subjects=network.subjects[1:])


def _local(opened: Callable[[], Network]) -> Network:
    network = opened()
    return network._replace(subjects=network.subjects[:1])


def _refuse_others(profile: Profile, content: ContentPlan, local: Subject, folder: Path) -> None:
    """Refuse a profile of other weights or of another plan of clips.

    Raises:
        InputError: It is one.
    """
    parts = [(half, kind) for half, kind, _ in content.blocks()]
    clips = list(zip(profile.clip_half.tolist(), profile.clip_set.tolist(), strict=True))
    if _digests(profile).get(local.name) != local.digest:
        rule = "must be those that the profile was measured with"
        raise _refused(folder, "weights", "others", rule)
    if (parts, content.frames) != (clips, profile.frames_per_clip):
        rule = f"must be the {len(parts)} of {content.frames} frames that a measurement takes"
        raise _refused(folder, "clips", f"{len(clips)} of {profile.frames_per_clip} frames", rule)


def _refuse_strangers(
    profile: Profile,
    opened: Callable[[], Network],
    blocks: Sequence[Block],
    cache: Path,
    folder: Path,
) -> None:
    """Refuse a profile whose clips show something else.

    Raises:
        InputError: The network's answers to some of them differ.
    """
    chosen = np.linspace(0, len(blocks) - 1, min(_LOOKED_AT, len(blocks))).astype(int)
    looked_at = [blocks[k] for k in chosen]
    measure_blocks(opened, looked_at, cache)
    (local,) = opened().subjects
    found = collect(local, looked_at, cache).scores[profile.primary_task]
    apart = float((found != profile.clean_scores[profile.primary_task][chosen]).mean())
    if apart > _DIFFERENT:
        rule = "must show what they showed when the profile was measured"
        raise _refused(folder, "clips", f"{100 * apart:.0f} % of answers differ", rule)


def _refused(folder: Path, what: str, value: str, rule: str) -> InputError:
    remedy = "measure the whole profile again with `splitcast profile measure`"
    return InputError(Problem(where=str(folder), what=what, value=value, rule=rule, remedy=remedy))


def _digests(profile: Profile) -> Mapping[str, Any]:
    found = profile.info.get("digests")
    return found if isinstance(found, dict) else {}
