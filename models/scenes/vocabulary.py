"""What the procedural video can show: 32 subject classes, and what only looks like one.

A class is a shape x a fine texture x a chromatic evidence. The shape survives strong compression;
the texture's period is a few pixels, and the chromatic evidence is only *which* colour axis the
texture's light and dark phases differ on, so both are lost bit by bit as the rate falls.
"""

from __future__ import annotations

__all__ = [
    "CHROMAS",
    "CLASSES",
    "DISTRACTOR_SHAPES",
    "EMPTY",
    "SHAPES",
    "TEXTURES",
    "class_index",
    "class_parts",
]

SHAPES = ("triangle", "square", "star", "cross")
TEXTURES = ("stripes", "checks", "rings", "zigzag")
CHROMAS = ("red-green", "blue-yellow")
DISTRACTOR_SHAPES = ("disc", "ring", "hexagon", "bar", "crescent")

CLASSES = (
    *(f"{s} {t} {c}" for s in SHAPES for t in TEXTURES for c in CHROMAS),
    "empty",
)
EMPTY = len(CLASSES) - 1


def class_index(shape: int, texture: int, chroma: int) -> int:
    """Return the class of a shape, texture and chroma index.

    Example:
        >>> CLASSES[class_index(2, 0, 1)]
        'star stripes blue-yellow'
    """
    return (shape * len(TEXTURES) + texture) * len(CHROMAS) + chroma


def class_parts(label: int) -> tuple[int, int, int]:
    """Return the shape, texture and chroma index of a class other than ``EMPTY``.

    Example:
        >>> class_parts(class_index(3, 2, 1))
        (3, 2, 1)
    """
    rest, chroma = divmod(label, len(CHROMAS))
    shape, texture = divmod(rest, len(TEXTURES))
    return shape, texture, chroma
