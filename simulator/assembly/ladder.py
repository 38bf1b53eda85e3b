"""The ladder a group of streams chooses from, and what its devices know of it beforehand.

What is known comes from the profile's calibration half only; what happens, from the replay half.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from models.profile import UNIT_KINDS
from simulator.assembly.uppers import Walked, kept_high_after
from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.world.plan import ChainPlan, LadderPlan

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from models.profile import Profile, Unit
    from simulator.scenario.streams import ProfileGroup

__all__ = ["ON_DEVICE", "chain_plan", "ladder_plan", "ladder_units", "wire_bytes_mean"]

ON_DEVICE = "on-device"

_HIGH = 0.9

_WIRE_MEANS: WeakKeyDictionary[Profile, dict[tuple[str | int, ...], float]] = WeakKeyDictionary()
"""What `wire_bytes_mean` found, for as long as a profile is in use."""


def ladder_units(profile: Profile, names: tuple[str, ...], what: str) -> tuple[Unit, ...]:
    """Return the units of a ladder in the profile's order.

    Args:
        profile: Where they were measured.
        names: Names of units, or kinds of unit that stand for all of their kind.
        what: The path of the setting, for messages.

    Raises:
        InputError: With a problem for each name that means nothing in this profile.
    """
    problems = [
        Problem(
            where=f"profile {profile.name}",
            what=what,
            value=name,
            rule=f"must be a unit of the profile, or one of {', '.join(UNIT_KINDS)}",
            remedy=did_you_mean(name, profile.unit_names),
        )
        for name in names
        if name not in profile.unit_names + UNIT_KINDS
    ]
    if problems:
        raise InputError(*problems)
    found = tuple(unit for unit in profile.units if unit.name in names or unit.kind in names)
    if not found:
        rule = "must leave at least one unit"
        raise InputError(
            Problem(
                where=f"profile {profile.name}",
                what=what,
                value=", ".join(names),
                rule=rule,
                remedy=f"name some of {', '.join(profile.unit_names)}",
            )
        )
    return found


def ladder_plan(
    profile: Profile, units: tuple[Unit, ...], group: ProfileGroup, server_speed: float
) -> LadderPlan:
    """Return what a device knows of its units: calibration means, scaled by the speeds.

    Args:
        profile: Where the units were measured.
        units: The ladder.
        group: The streams, with their devices' speed.
        server_speed: Relative to the machine that was measured.
    """
    calibration = profile.clips_of("calibration")
    speed = group.device.speed
    on_device = tuple(unit.kind == ON_DEVICE for unit in units)
    shared_ns = float(profile.tail_ns[0].mean())
    tails_ns = (unit.tail.times_ns[0].mean() if unit.tail else shared_ns for unit in units)
    serving_ns = (
        0.0 if local else unit.entropy_decode_ns.mean() + unit.decode_ns[0].mean() + tail_ns
        for unit, local, tail_ns in zip(units, on_device, tails_ns, strict=True)
    )
    modules = [unit.module for unit in units]
    return LadderPlan(
        names=tuple(unit.name for unit in units),
        on_device=on_device,
        utility=tuple(
            float(unit.scores[profile.primary_task][calibration].mean()) for unit in units
        ),
        mean_bytes=tuple(_mean(unit, calibration, lambda size: size) for unit in units),
        high_bytes=tuple(_high(unit, calibration) for unit in units),
        device_mean_ns=tuple(
            round(float(unit.device_rows_ns.sum(axis=1).mean()) / speed) for unit in units
        ),
        server_mean_ns=tuple(round(float(time) / server_speed) for time in serving_ns),
        switch_ns=tuple(0 if group.resident else round(unit.switch_ns / speed) for unit in units),
        high_after=kept_high_after(
            profile,
            (tuple(unit.name for unit in units), group.fps),
            lambda: [[_walked(profile, unit, group.fps) for unit in units]],
        ),
        modules=tuple(map(modules.index, modules)),
    )


def _walked(profile: Profile, unit: Unit, fps: float) -> Walked | None:
    """Return a unit on the calibration clips, one after the other, as a camera films them.

    A camera slower than the clips passes over frames; it films them all in rounds that begin a
    frame later each. Every so many frames a codec's is intra, as devices code them.
    """
    if unit.kind == ON_DEVICE:
        return None
    calibration = profile.clips_of("calibration")
    payload = unit.payload_bytes[calibration].ravel().astype(np.float64)
    step = profile.clip_fps / fps
    begins = np.arange(max(1, int(step)))[:, np.newaxis]
    places = (begins + np.floor(np.arange(ceil(len(payload) / step)) * step + 1e-6)).ravel()
    played = places.astype(np.intp) % len(payload)
    size = payload[played]
    if unit.chain is None:
        return Walked(shown=size / payload.mean(), again=size, afresh=size)
    whole = unit.chain.intra_bytes[calibration].ravel().astype(np.float64)
    intra = whole[played]
    alone = np.arange(len(played)) % unit.chain.refresh == 0
    return Walked(
        shown=np.where(alone, intra / whole.mean(), size / payload.mean()),
        again=np.where(alone, intra, size),
        afresh=intra,
    )


def wire_bytes_mean(
    profile: Profile, units: tuple[Unit, ...], header_bytes: int, payload_bytes: int
) -> float:
    """Return the calibration mean of a frame's bytes on the wire with the ladder's top unit.

    Args:
        profile: Where the units were measured.
        units: The ladder; its top is the unit with the largest mean payload.
        header_bytes: Of each packet.
        payload_bytes: Largest payload of one packet.
    """
    known = _WIRE_MEANS.setdefault(profile, {})
    key: tuple[str | int, ...] = (*(unit.name for unit in units), header_bytes, payload_bytes)
    if key not in known:
        calibration = profile.clips_of("calibration")
        top = max(units, key=lambda unit: _mean(unit, calibration, lambda size: size))
        known[key] = _mean(
            top, calibration, lambda size: size + -(-size // payload_bytes) * header_bytes
        )
    return known[key]


def chain_plan(
    profile: Profile, unit: Unit, clip: NDArray[np.int32], clip_frame: NDArray[np.int32]
) -> ChainPlan | None:
    """Return what makes a stream's frames hang together with a unit, if anything does.

    Args:
        profile: Where the unit was measured.
        unit: The unit.
        clip: Which clips the stream sees.
        clip_frame: Which frames of them.
    """
    if unit.chain is None:
        return None
    calibration = profile.clips_of("calibration")
    return ChainPlan(
        refresh=unit.chain.refresh,
        intra_bytes=unit.chain.intra_bytes[clip, clip_frame],
        intra_mean_bytes=float(unit.chain.intra_bytes[calibration].mean()),
        predicted_mean_bytes=float(unit.payload_bytes[calibration].mean()),
    )


def _mean(
    unit: Unit,
    clips: NDArray[np.intp],
    cost: Callable[[NDArray[np.int32]], NDArray[np.int32]],
) -> float:
    """Return the mean of something over payloads, with intra frames of a chain in their share."""
    mean = float(cost(unit.payload_bytes[clips]).mean())
    if unit.chain is None:
        return mean
    return unit.chain.mixed(mean, float(cost(unit.chain.intra_bytes[clips]).mean()))


def _high(unit: Unit, clips: NDArray[np.intp]) -> float:
    """Return the quantile of payloads that devices know, intra frames in their share."""
    predicted = unit.payload_bytes[clips].ravel()
    if unit.chain is None:
        return float(np.quantile(predicted, _HIGH))
    intra = unit.chain.intra_bytes[clips].ravel()
    weights = np.repeat([unit.chain.refresh - 1, 1], [predicted.size, intra.size])
    both = np.concatenate([predicted, intra])
    return float(np.quantile(both, _HIGH, weights=weights, method="inverted_cdf"))
