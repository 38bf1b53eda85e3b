"""Figures: a small patch of a shape filled with a texture, and how it is laid on a canvas.

Shapes are signed distances in units of the figure's radius, so that edges are antialiased at any
size and angle; textures are smooth waves, so that a period of four pixels does not alias.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.scenes.vocabulary import DISTRACTOR_SHAPES, SHAPES, TEXTURES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

__all__ = ["Figure", "lay", "patch", "patch_window"]

# The axis on which a texture's phases differ in colour; both leave luma (BT.601) unchanged.
_CHROMA_AXES = np.array([[0.66, -0.34, 0.02], [-0.16, -0.10, 0.94]], dtype=np.float32)
_STAR_TIPS, _STAR_VALLEY = 5, 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure as the camera sees it: lengths in pixels of the frame, colours in 0..1.

    Attributes:
        shape: A name from ``SHAPES`` or ``DISTRACTOR_SHAPES``.
        texture: A name from ``TEXTURES``, or ``"plain"``.
        chroma: Index of the colour axis on which the texture's phases differ.
        x: Centre, from the left.
        y: Centre, from the top.
        radius: Half of the figure's extent.
        angle: Turn of shape and texture, radians.
        period: Wavelength of the texture.
        colour: Mean red, green, blue.
        contrast: Half the difference of luma between the texture's phases.
        evidence: Half their difference along the colour axis; its sign carries no meaning.
    """

    shape: str
    texture: str
    chroma: int
    x: float
    y: float
    radius: float
    angle: float
    period: float
    colour: tuple[float, float, float]
    contrast: float
    evidence: float


def _convex(x: Plane, y: Plane, *, sides: int, inner: float) -> Plane:
    angles = [2 * np.pi * k / sides - np.pi / 2 for k in range(sides)]
    edges = [x * np.float32(np.cos(a)) + y * np.float32(np.sin(a)) for a in angles]
    distance = edges[0]
    for edge in edges[1:]:
        distance = np.maximum(distance, edge)
    return distance - np.float32(inner)


def _box(x: Plane, y: Plane, half_x: float, half_y: float) -> Plane:
    return np.maximum(np.abs(x) - np.float32(half_x), np.abs(y) - np.float32(half_y))


def _star(x: Plane, y: Plane) -> Plane:
    wedge = np.float32(2 * np.pi / _STAR_TIPS)
    turn = np.mod(np.arctan2(y, x) + wedge / 2, wedge) - wedge / 2
    far = np.hypot(x, y)
    along, across = far * np.cos(turn), far * np.abs(np.sin(turn))
    edge = np.array(
        [_STAR_VALLEY * np.cos(wedge / 2) - 1.0, _STAR_VALLEY * np.sin(wedge / 2)], dtype=np.float32
    )
    edge /= np.hypot(edge[0], edge[1])
    return np.asarray((along - np.float32(1.0)) * edge[1] - across * edge[0], dtype=np.float32)


def _crescent(x: Plane, y: Plane) -> Plane:
    inside = np.maximum(np.hypot(x, y) - 0.95, 0.75 - np.hypot(x - 0.5, y))
    return np.asarray(inside, dtype=np.float32)


_DISTANCES: dict[str, Callable[[Plane, Plane], Plane]] = {
    "triangle": lambda x, y: _convex(x, y, sides=3, inner=0.5),
    "square": lambda x, y: _box(x, y, 0.74, 0.74),
    "star": _star,
    "cross": lambda x, y: np.minimum(_box(x, y, 0.96, 0.31), _box(x, y, 0.31, 0.96)),
    "disc": lambda x, y: np.hypot(x, y) - np.float32(0.85),
    "ring": lambda x, y: np.abs(np.hypot(x, y) - np.float32(0.7)) - np.float32(0.24),
    "hexagon": lambda x, y: _convex(x, y, sides=6, inner=0.82),
    "bar": lambda x, y: _box(x, y, 1.0, 0.34),
    "crescent": _crescent,
}
_WAVES: dict[str, Callable[[Plane, Plane], Plane]] = {
    "stripes": lambda u, _v: np.cos(u),
    "checks": lambda u, v: np.cos(np.float32(0.75) * u) * np.cos(np.float32(0.75) * v),
    "rings": lambda u, v: np.cos(np.hypot(u, v)),
    "zigzag": lambda u, v: np.cos(
        u + np.float32(0.75) * np.abs(np.mod(v, np.float32(4 * np.pi)) - np.float32(2 * np.pi))
    ),
}
if set(_DISTANCES) != {*SHAPES, *DISTRACTOR_SHAPES} or set(_WAVES) != set(TEXTURES):
    raise AssertionError  # pragma: no cover - the vocabulary and its drawings must agree


def patch_window(figure: Figure, side: int) -> tuple[int, int, int, int] | None:
    """Return the figure's (top, bottom, left, right) inside a frame, None when outside of it."""
    reach = figure.radius + 1.5
    top, bottom = max(0, int(figure.y - reach)), min(side, int(figure.y + reach) + 1)
    left, right = max(0, int(figure.x - reach)), min(side, int(figure.x + reach) + 1)
    return (top, bottom, left, right) if top < bottom and left < right else None


def patch(figure: Figure, window: tuple[int, int, int, int]) -> tuple[Plane, Plane]:
    """Draw a figure inside a window of the frame.

    Returns:
        Coverage, float32 (h, w) in 0..1, and colour, float32 (h, w, 3).
    """
    top, bottom, left, right = window
    dy = np.arange(top, bottom, dtype=np.float32)[:, None] + np.float32(0.5 - figure.y)
    dx = np.arange(left, right, dtype=np.float32)[None, :] + np.float32(0.5 - figure.x)
    cos, sin = np.float32(np.cos(figure.angle)), np.float32(np.sin(figure.angle))
    along: Plane = cos * dx + sin * dy
    across: Plane = cos * dy - sin * dx
    radius = np.float32(figure.radius)
    distance = _DISTANCES[figure.shape](along / radius, across / radius)
    coverage = np.clip(np.float32(0.5) - distance * radius, 0, 1, dtype=np.float32)
    colour = np.broadcast_to(np.array(figure.colour, dtype=np.float32), (*coverage.shape, 3))
    if figure.texture != "plain":
        pace = np.float32(2 * np.pi / figure.period)
        wave = _WAVES[figure.texture](along * pace, across * pace)
        swing = (
            np.float32(figure.contrast)
            + np.float32(figure.evidence) * (_CHROMA_AXES[figure.chroma])
        )
        colour = colour + wave[..., None] * swing
    return coverage, colour


def lay(canvas: Plane, figure: Figure) -> tuple[Plane, tuple[int, int, int, int]] | None:
    """Blend a figure into a float32 (side, side, 3) canvas in place.

    Returns:
        The coverage and the window it was laid in; None when the figure is outside the frame.
    """
    window = patch_window(figure, canvas.shape[0])
    if window is None:
        return None
    coverage, colour = patch(figure, window)
    top, bottom, left, right = window
    below = canvas[top:bottom, left:right]
    below += coverage[..., None] * (colour - below)
    return coverage, window
