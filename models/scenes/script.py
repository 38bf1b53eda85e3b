"""The script of a clip: which shots follow each other, and what comes, goes and changes in them.

A shot is what lies between two cuts. Each draws from its own key, so shot k of a clip is the same
whatever was asked before, and a clip has no end. Times are seconds; places are in units of the
frame's side as the camera sees it, (0, 0) at the top left.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from models.scenes.vocabulary import CHROMAS, DISTRACTOR_SHAPES, SHAPES, TEXTURES
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = [
    "PROFILED",
    "SETS",
    "SPIKES",
    "SPLITS",
    "Camera",
    "ClipKey",
    "Light",
    "Shot",
    "Visit",
    "shot_at",
]

SPLITS = ("training", "selection", "calibration", "replay", "test")
PROFILED = ("standard", "busy", "shifted")
"""Sets that profiles and cards are measured on."""

SPIKES = "spikes"
"""Standard clips with bursts in them that inflate payloads: see ``models.scenes.spikes``."""

SETS = (*PROFILED, SPIKES)
_EMPTY_SHARE = 0.13  # of the subject slots


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipKey:
    """Names one clip. Clips of different splits share no draw."""

    seed: int
    split: str
    clip: int
    kind: str = "standard"

    def rng(self, *purpose: str | int) -> Generator:
        """Return the generator of one purpose within this clip."""
        return generator(self.seed, "scenes", self.split, self.kind, self.clip, *purpose)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A figure's stay in the picture: how it looks and how it moves.

    Attributes:
        role: ``"subject"``, ``"distractor"`` (behind it) or ``"occluder"`` (before it).
        shape: Its shape's name.
        texture: Its texture's name, or ``"plain"``.
        chroma: Index of its colour axis.
        begins: When it is wholly in place (or appears, at a cut), seconds into the shot.
        ends: When it starts to leave.
        slides_in: Whether it slides in from outside rather than being there at the cut.
        slides_out: The same at its end.
        place: Where it is in the middle of its stay, x and y.
        velocity: Frame sides a second, x and y.
        exit_angle: Direction it slides in from and out to, radians.
        radius: In frame sides.
        growth: Relative change of its radius a second.
        angle: Turn at the start, radians.
        spin: Radians a second.
        period: Wavelength of its texture, pixels.
        colour: Mean colour.
        contrast: See `models.scenes.figures.Figure`.
        evidence: See `models.scenes.figures.Figure`.
    """

    role: str
    shape: str
    texture: str
    chroma: int
    begins: float
    ends: float
    slides_in: bool
    slides_out: bool
    place: tuple[float, float]
    velocity: tuple[float, float]
    exit_angle: float
    radius: float
    growth: float
    angle: float
    spin: float
    period: float
    colour: tuple[float, float, float]
    contrast: float
    evidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera's slow path over the backdrop: sway around a centre while the zoom drifts."""

    centre: tuple[float, float]
    sway: tuple[float, float]
    pace: float
    phase: float
    zoom: float
    zoom_sway: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Gain, its drift, the tint of the light and the noise of the sensor (1 = full scale)."""

    gain: float
    drift: float
    pace: float
    tint: tuple[float, float, float]
    noise: float
    noise_swing: float
    rain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """What happens between two cuts, from second ``starts`` of the clip for ``lasts`` seconds."""

    index: int
    starts: float
    lasts: float
    roughness: float
    foreign: bool
    camera: Camera
    light: Light
    visits: tuple[Visit, ...]


def _look(rng: Generator, role: str) -> dict[str, object]:
    """Draw how a figure looks, as the fields of a `Visit`."""
    shapes = SHAPES if role == "subject" else DISTRACTOR_SHAPES
    plain = role == "occluder" and rng.random() < 0.6  # noqa: PLR2004
    radius = np.exp(rng.uniform(np.log(0.062), np.log(0.30)))
    if role != "subject":
        radius *= 0.75
    brightness = rng.uniform(0.28, 0.76)
    colour = np.clip(brightness + rng.uniform(-0.20, 0.20, size=3), 0.08, 0.92)
    sign = 1 if rng.random() < 0.5 else -1  # noqa: PLR2004
    return {
        "role": role,
        "shape": shapes[int(rng.integers(len(shapes)))],
        "texture": "plain" if plain else TEXTURES[int(rng.integers(len(TEXTURES)))],
        "chroma": int(rng.integers(len(CHROMAS))),
        "radius": float(radius),
        "growth": float(rng.uniform(-0.10, 0.10)),
        "angle": float(rng.uniform(0, 2 * np.pi)),
        "spin": float(rng.normal(0, 0.5)),
        "period": float(np.clip(rng.uniform(0.16, 0.26) * radius * 224, 4.2, 9.0)),
        "colour": (float(colour[0]), float(colour[1]), float(colour[2])),
        "contrast": float(rng.uniform(0.09, 0.22)),
        "evidence": float(sign * rng.uniform(0.10, 0.24)),
    }


def _visit(
    rng: Generator, role: str, *, begins: float, ends: float, slides: tuple[bool, bool]
) -> Visit:
    reach = 0.34 if role == "subject" else 0.46
    speed = rng.normal(0, 0.05, size=2)
    place = 0.5 + rng.uniform(-reach, reach, size=2)
    return Visit(
        begins=begins,
        ends=ends,
        slides_in=slides[0],
        slides_out=slides[1],
        place=(float(place[0]), float(place[1])),
        velocity=(float(speed[0]), float(speed[1])),
        exit_angle=float(rng.uniform(0, 2 * np.pi)),
        **_look(rng, role),  # type: ignore[arg-type]
    )


def _subjects(rng: Generator, lasts: float) -> list[Visit]:
    """Divide a shot into slots of a second or more; a subject visits in most of them."""
    slots = int(rng.integers(1, max(2, int(lasts / 1.1) + 1)))
    slots = min(slots, 3)
    length = lasts / slots
    found = []
    for slot in range(slots):
        begins, ends = slot * length, (slot + 1) * length
        opens, closes = slot == 0, slot == slots - 1
        visit = _visit(
            rng,
            "subject",
            begins=begins if opens else begins + 0.4,
            ends=ends if closes else ends - 0.4,
            slides=(not opens, not closes),
        )
        if rng.random() >= _EMPTY_SHARE:
            found.append(visit)
    return found


def _crowd(rng: Generator, role: str, count: int, lasts: float) -> list[Visit]:
    """Draw figures that are of no class, each there for a part of the shot or all of it."""
    found = []
    for _ in range(count):
        begins = float(rng.uniform(-0.5, 0.7) * lasts)
        ends = begins + float(rng.uniform(0.6, 1.4) * lasts)
        found.append(_visit(rng, role, begins=begins, ends=ends, slides=(begins > 0, ends < lasts)))
    return found


def _draw_shot(key: ClipKey, index: int, starts: float) -> Shot:
    rng = key.rng("shot", index)
    busy, shifted = key.kind == "busy", key.kind == "shifted"
    lasts = float(rng.uniform(0.8, 2.6) if busy else rng.uniform(1.4, 5.0))
    # On the busy set a quiet shot follows a crowded one, so that sizes swing within a clip.
    stir = float(rng.beta(0.5, 0.5)) if busy else float(rng.uniform(0.15, 0.65))
    distractors = int(rng.poisson(0.3 + 10.0 * stir**1.5 if busy else 0.5 + 4.0 * stir))
    occluders = int(rng.random() < (0.45 if busy else 0.30))
    subjects = _subjects(rng, lasts)
    visits = [
        *_crowd(rng, "distractor", min(distractors, 14), lasts),
        *subjects,
        *_crowd(rng, "occluder", occluders, lasts),
    ]
    zoom = float(rng.uniform(1.0, 1.35))
    camera = Camera(
        centre=(float(rng.uniform(0.42, 0.58)), float(rng.uniform(0.42, 0.58))),
        sway=(float(rng.uniform(0.0, 0.07)), float(rng.uniform(0.0, 0.07))),
        pace=float(rng.uniform(0.3, 1.2)),
        phase=float(rng.uniform(0, 2 * np.pi)),
        zoom=zoom,
        zoom_sway=float(rng.uniform(0.0, 0.14)),
    )
    tint = 1 + rng.uniform(-0.09, 0.09, size=3)
    noise = float(np.exp(rng.uniform(np.log(0.010), np.log(0.045))))
    light = Light(
        gain=float(rng.uniform(0.28, 0.42) if shifted else rng.uniform(0.80, 1.12)),
        drift=float(rng.uniform(0.0, 0.12)),
        pace=float(rng.uniform(0.5, 2.0)),
        tint=(float(tint[0]), float(tint[1]), float(tint[2])),
        noise=noise * (0.5 + 1.2 * stir if busy else 1.0),
        noise_swing=float(rng.uniform(0.1, 0.5)),
        rain=float(rng.uniform(0.3, 1.0)) if shifted else 0.0,
    )
    return Shot(
        index=index,
        starts=starts,
        lasts=lasts,
        roughness=stir,
        foreign=shifted,
        camera=camera,
        light=light,
        visits=tuple(visits),
    )


@lru_cache(maxsize=512)
def _shot(key: ClipKey, index: int) -> Shot:
    before = _shot(key, index - 1) if index else None
    return _draw_shot(key, index, before.starts + before.lasts if before else 0.0)


def shot_at(key: ClipKey, second: float) -> Shot:
    """Return the shot that shows second ``second`` of a clip."""
    index = 0
    shot = _shot(key, index)
    while second >= shot.starts + shot.lasts:
        index += 1
        shot = _shot(key, index)
    return shot
