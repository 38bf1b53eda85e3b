"""Rendering: one frame of a clip, from nothing but its name, with its ground truth.

script --> camera --> backdrop --> distractors --> subject --> occluders --> light --> sensor
                                                      |            |
                                                      +--> visible mask --> class, box
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from models.scenes.backdrop import BACKDROP_SIDE, grain, paint
from models.scenes.figures import Figure, lay
from models.scenes.script import SETS, SPIKES, SPLITS, ClipKey, Shot, Visit, shot_at
from models.scenes.spikes import burst_at, spoilt
from models.scenes.vocabulary import EMPTY, SHAPES, TEXTURES, class_index
from simulator.foundation.errors import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CLIP_FPS", "SIDE", "Frame", "calm", "render"]

SIDE = 224
CLIP_FPS = 15.0
_SLIDE_S = 0.4  # how long a figure takes to come or go
_SEEN_SHARE = 0.35  # of a subject's area must be visible for the frame to be of its class
_RAIN_LINES = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A picture and the truth about it.

    Attributes:
        image: uint8 (224, 224, 3), RGB.
        label: Index into ``CLASSES``; ``EMPTY`` when no subject is visible.
        box: float32 (4,): left, top, right, bottom of the visible subject in 0..1; zeros if empty.
        mask: bool (224, 224): where the subject is visible; all False if empty.
        shot: Index of the shot within the clip; it changes at a cut.
    """

    image: NDArray[np.uint8]
    label: int
    box: NDArray[np.float32]
    mask: NDArray[np.bool_]
    shot: int


def render(*, seed: int, split: str, clip: int, t: int, kind: str = "standard") -> Frame:
    """Render frame ``t`` of a clip; the same name gives the same pixels in any order.

    Args:
        seed: Seed of the whole data set.
        split: One of ``SPLITS``; clips of different splits share no draw.
        clip: Number of the clip.
        t: Number of the frame, at 15 frames a second; clips have no end.
        kind: ``"standard"``, ``"busy"`` (sizes swing within the clip), ``"shifted"`` (night,
            rain and other textures) or ``"spikes"`` (standard, with bursts that inflate payloads).

    Raises:
        InputError: If the split or kind is unknown or a number is negative.

    Example:
        >>> render(seed=1, split="test", clip=0, t=40).image.shape
        (224, 224, 3)
    """
    _check(split=split, kind=kind, clip=clip, t=t)
    key = ClipKey(seed=seed, split=split, clip=clip, kind=kind)
    frame = _drawn(key, t)
    burst = burst_at(key, t) if kind == SPIKES else None
    if burst is None:
        return frame
    return replace(frame, image=spoilt(frame.image, burst, key.rng("spoilt", t)))


def calm(*, seed: int, split: str, clip: int, t: int) -> Frame:
    """Render a frame of a clip of the set ``spikes`` as it would be without any burst.

    Raises:
        InputError: If the split is unknown or a number is negative.
    """
    _check(split=split, kind=SPIKES, clip=clip, t=t)
    return _drawn(ClipKey(seed=seed, split=split, clip=clip, kind=SPIKES), t)


def _drawn(key: ClipKey, t: int) -> Frame:
    second = t / CLIP_FPS
    shot = shot_at(key, second)
    now = second - shot.starts
    canvas = _behind(key, shot, now)
    label, visible = EMPTY, np.zeros((SIDE, SIDE), dtype=np.float32)
    area = 0.0
    for visit in shot.visits:
        figure = _figure(visit, now, shot)
        laid = lay(canvas, figure) if figure else None
        if laid is None or figure is None:
            continue
        coverage, (top, bottom, left, right) = laid
        if visit.role == "subject":
            label, area = _class_of(visit), _whole_area(visit, figure)
            visible[:] = 0
            visible[top:bottom, left:right] = coverage
        else:
            visible[top:bottom, left:right] *= 1 - coverage
    mask = visible > 0.5  # noqa: PLR2004
    if not mask.any() or mask.sum() < _SEEN_SHARE * area:
        label, mask = EMPTY, np.zeros_like(mask)
    image = _expose(canvas, shot, now, key.rng("frame", t))
    return Frame(image=image, label=label, box=_box(mask), mask=mask, shot=shot.index)


def _check(*, split: str, kind: str, clip: int, t: int) -> None:
    problems = [
        Problem(
            where="models.scenes.render",
            what=what,
            value=value,
            rule="is unknown",
            remedy=did_you_mean(value, known),
        )
        for what, value, known in (("split", split, SPLITS), ("kind", kind, SETS))
        if value not in known
    ]
    problems += [
        Problem(
            where="models.scenes.render",
            what=what,
            value=value,
            rule="must be >= 0",
            remedy="count from 0",
        )
        for what, value in (("clip", clip), ("t", t))
        if value < 0
    ]
    if problems:
        raise InputError(*problems)


@lru_cache(maxsize=32)
def _backdrop(key: ClipKey, shot: Shot) -> Image.Image:
    rng = key.rng("backdrop", shot.index)
    return paint(rng, roughness=shot.roughness, foreign=shot.foreign)


def _zoom(shot: Shot, now: float) -> float:
    camera = shot.camera
    return camera.zoom + camera.zoom_sway * float(np.sin(camera.pace * now + 2 * camera.phase))


def _behind(key: ClipKey, shot: Shot, now: float) -> NDArray[np.float32]:
    """Return the backdrop as the camera sees it, float32 (side, side, 3) in 0..1."""
    camera = shot.camera
    turn = camera.pace * now + camera.phase
    centre_x = camera.centre[0] + camera.sway[0] * np.sin(turn)
    centre_y = camera.centre[1] + camera.sway[1] * np.cos(turn)
    step = 1 / _zoom(shot, now)
    half = SIDE * step / 2
    low, high = half, BACKDROP_SIDE - half
    left = float(np.clip(centre_x * BACKDROP_SIDE, low, high)) - half
    top = float(np.clip(centre_y * BACKDROP_SIDE, low, high)) - half
    view = _backdrop(key, shot).transform(
        (SIDE, SIDE),
        Image.Transform.AFFINE,
        (step, 0, left, 0, step, top),
        Image.Resampling.BILINEAR,
    )
    return np.asarray(view, dtype=np.uint8) * np.float32(1 / 255)


def _figure(visit: Visit, now: float, shot: Shot) -> Figure | None:
    """Return a visit's figure at a time of its shot; None before it comes and after it went."""
    early, late = visit.begins - now, now - visit.ends
    if early > (_SLIDE_S if visit.slides_in else 0) or late > (_SLIDE_S if visit.slides_out else 0):
        return None
    out = max(early if visit.slides_in else 0.0, late if visit.slides_out else 0.0, 0.0)
    reach = (0.8 + visit.radius) * (out / _SLIDE_S) ** 1.5
    since = now - (visit.begins + visit.ends) / 2
    camera, zoom = shot.camera, _zoom(shot, now) / shot.camera.zoom
    pan = camera.sway[0] * np.sin(camera.pace * now + camera.phase) * 0.6
    x = visit.place[0] + visit.velocity[0] * since + reach * np.cos(visit.exit_angle) - pan
    y = visit.place[1] + visit.velocity[1] * since + reach * np.sin(visit.exit_angle)
    scale = float(zoom * np.clip(1 + visit.growth * since, 0.7, 1.4))
    return Figure(
        shape=visit.shape,
        texture=visit.texture,
        chroma=visit.chroma,
        x=float(0.5 + (x - 0.5) * zoom) * SIDE,
        y=float(0.5 + (y - 0.5) * zoom) * SIDE,
        radius=visit.radius * scale * SIDE,
        angle=visit.angle + visit.spin * now,
        period=visit.period * scale,
        colour=visit.colour,
        contrast=visit.contrast,
        evidence=visit.evidence,
    )


@lru_cache(maxsize=8)
def _unit_area(shape: str) -> float:
    """Return the area of a shape of radius 1, measured on a large drawing."""
    half = 60.0
    canvas = np.zeros((128, 128, 3), dtype=np.float32)
    laid = lay(
        canvas,
        Figure(
            shape=shape,
            texture="plain",
            chroma=0,
            x=64,
            y=64,
            radius=half,
            angle=0,
            period=1,
            colour=(1, 1, 1),
            contrast=0,
            evidence=0,
        ),
    )
    return 0.0 if laid is None else float(laid[0].sum()) / half**2


def _whole_area(visit: Visit, figure: Figure) -> float:
    return _unit_area(visit.shape) * figure.radius**2


def _class_of(visit: Visit) -> int:
    return class_index(SHAPES.index(visit.shape), TEXTURES.index(visit.texture), visit.chroma)


def _expose(
    canvas: NDArray[np.float32], shot: Shot, now: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Apply rain, light and sensor noise, and digitise."""
    light = shot.light
    if light.rain:
        _rain(canvas, light.rain, rng)
    gain = light.gain * (1 + light.drift * np.sin(light.pace * now))
    sigma = light.noise * (1 + light.noise_swing * np.sin(1.7 * light.pace * now + 1))
    canvas *= np.float32(255 * gain) * np.array(light.tint, dtype=np.float32)
    canvas += grain(rng, SIDE) * np.float32(255 * sigma)
    np.clip(canvas, 0, 255, out=canvas)
    return canvas.astype(np.uint8)


def _rain(canvas: NDArray[np.float32], strength: float, rng: np.random.Generator) -> None:
    """Draw short bright streaks, new ones in every frame."""
    count = int(_RAIN_LINES * strength)
    starts = rng.integers(0, SIDE, size=(count, 2))
    length = np.arange(14)
    rows = (starts[:, :1] + length) % SIDE
    columns = (starts[:, 1:] + length // 4) % SIDE
    canvas[rows, columns] += np.float32(0.35)


def _box(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return np.zeros(4, dtype=np.float32)
    edges = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    return np.array(edges, dtype=np.float32) / np.float32(SIDE)
