"""The families of a comparison: which settings belong together, what they are called and are.

A family is what stands before the number or setting in a unit's name: ``jpeg444-q5`` belongs to
``jpeg444``, ``unit-3`` to ``unit``. Codecs whose server runs a backbone trained on what they
make of frames end with ``-aware``, and so do their families.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "ANCHOR",
    "AWARE",
    "ELSEWHERE",
    "FAMILIES",
    "GROUPS",
    "family",
    "known",
    "of_group",
    "title",
]

ANCHOR = "unit"
"""The family that Bjøntegaard differences are taken to."""

ELSEWHERE = ("early", "late")
"""Families of units at other split points than the backbone's own, where feature codecs stand."""

AWARE = "-aware"

_ANSWERS = "answers"

GROUPS = {
    "ours": "bottleneck units and students",
    "features": "other feature codecs",
    "still": "still-image codecs",
    "video": "low-delay video codecs",
    _ANSWERS: "answers sent from the device",
}
"""What kind of codec it is: name to title, in the order in which groups are shown."""


class _Family(NamedTuple):
    """What a family is called, and the name of its group."""

    title: str
    group: str


FAMILIES = {
    "unit": _Family("bottleneck units", "ours"),
    "early": _Family("units, early split", "ours"),
    "late": _Family("units, late split", "ours"),
    "student": _Family("students", "ours"),
    "student-2": _Family("student 2, a tail a task", "ours"),
    "any": _Family("continuous unit", "ours"),
    "layers": _Family("layered unit, prefixes", "ours"),
    "crbq-coded": _Family("CR+BQ, entropy-coded", "features"),
    "crbq-packed": _Family("CR+BQ, packed", "features"),
    "zlib": _Family("8-bit features, zlib", "features"),
    "jpeg444": _Family("JPEG 4:4:4", "still"),
    "jpeg420": _Family("JPEG 4:2:0", "still"),
    "webp": _Family("WebP (4:2:0)", "still"),
    "picture": _Family("factorised prior, learned", "still"),
    "avif444-s6": _Family("AVIF 4:4:4, speed 6", "still"),
    "avif444-s8": _Family("AVIF 4:4:4, speed 8", "still"),
    "server": _Family("all on the server, PNG", "still"),
    "h264_444": _Family("H.264 4:4:4", "video"),
    "h264_420": _Family("H.264 4:2:0", "video"),
    "hevc_444": _Family("HEVC 4:4:4", "video"),
    "av1_420": _Family("AV1 (4:2:0)", "video"),
    "answer-class": _Family("answer sent, class", _ANSWERS),
    "answer-box": _Family("answer sent, with box", _ANSWERS),
    "answer-mask": _Family("answer sent, with box and mask", _ANSWERS),
}
"""By name, in the order in which they are shown."""


def family(name: str) -> str:
    """Return the family that a setting belongs to.

    Example:
        >>> family("crbq-coded-12c2b"), family("unit-3"), family("jpeg444-q50-aware")
        ('crbq-coded', 'unit', 'jpeg444-aware')
    """
    plain = name.removesuffix(AWARE)
    if plain in FAMILIES and FAMILIES[plain].group == _ANSWERS:
        return plain  # what is sent differs, not a rate
    return plain.rsplit("-", 1)[0] + name[len(plain) :]


def title(name: str) -> str:
    """Return what a family is called.

    Example:
        >>> title("webp-aware"), title("new")
        ('WebP (4:2:0), aware', 'new')
    """
    plain = name.removesuffix(AWARE)
    called = FAMILIES[plain].title if plain in FAMILIES else plain
    return called if plain == name else f"{called}, aware"


def of_group(group: str) -> tuple[str, ...]:
    """Return the families of a group, each beside its aware one.

    Example:
        >>> of_group("still")[:4]
        ('jpeg444', 'jpeg444-aware', 'jpeg420', 'jpeg420-aware')
    """
    plain = [name for name, about in FAMILIES.items() if about.group == group]
    return tuple(each for name in plain for each in (name, name + AWARE))


def known() -> tuple[str, ...]:
    """Return all families, aware ones among them, in the order in which they are shown."""
    return tuple(name for group in GROUPS for name in of_group(group))
