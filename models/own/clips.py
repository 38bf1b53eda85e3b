"""Clips from folders of pictures: single pictures, or numbered frames in folders of their own.

Pictures that lie directly in a folder are clips of one frame each. A folder in it is a clip: its
pictures are named by numbers, which say their order (``frame-000.jpg``, ``12.png``). Both kinds do
not mix, and all clips are cut to the shortest, because a profile's clips are equally long.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from models.own.pictures import SUFFIXES
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["Clip", "folder_of", "gathered", "pictures_in"]

_NUMBER = re.compile(r"(\d+)\D*$")
_MOST_FRAMES = 200_000
_FEWEST = 2  # clips: one to calibrate, one to replay


class Clip(NamedTuple):
    """A clip.

    Attributes:
        name: Its path below the data's folder.
        frames: Paths of its pictures, in order.
        truths: What each shows, as the task has it.
    """

    name: str
    frames: tuple[Path, ...]
    truths: tuple[object, ...]


def pictures_in(folder: Path) -> list[tuple[str, tuple[Path, ...]]]:
    """Return name and frames of each clip in a folder, by name.

    Raises:
        InputError: The folder is missing, or a clip's frames bear no numbers.
    """
    folder_of(folder)
    entries = sorted(folder.iterdir())
    single = [(path.name, (path,)) for path in entries if _is_picture(path)]
    series = [(path.name, _numbered(path)) for path in entries if path.is_dir()]
    return [*single, *((name, frames) for name, frames in series if frames)]


def gathered(clips: Iterable[Clip], where: Path) -> list[Clip]:
    """Return clips that a profile can hold, all cut to the shortest.

    Args:
        clips: In their order.
        where: The data's folder.

    Raises:
        InputError: There are fewer than two, too many frames, or single pictures among series.
    """
    found: list[Clip] = []
    frames = 0
    for clip in clips:
        found.append(clip)
        frames += len(clip.frames)
        if frames > _MOST_FRAMES:
            raise _refused(where, f"over {_MOST_FRAMES} frames", "must be fewer", "take a part")
    if len(found) < _FEWEST:
        rule = f"must be at least {_FEWEST}: one to calibrate, one to replay"
        raise _refused(where, f"{len(found)} clips", rule, "see the layout in --help")
    lengths = {len(clip.frames) for clip in found}
    if min(lengths) == 1 < max(lengths):
        rule = "must be single pictures, or clips of two frames or more in folders, not both"
        raise _refused(where, "a mixture", rule, "move single pictures elsewhere")
    shortest = min(lengths)
    return [Clip(name, f[:shortest], truths[:shortest]) for name, f, truths in found]


def folder_of(path: Path) -> Path:
    """Return a path that must be a folder.

    Raises:
        InputError: It is none.
    """
    if not path.is_dir():
        raise _refused(path, path.name, "must be a folder", "see the layout in --help")
    return path


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.is_file()


def _numbered(folder: Path) -> tuple[Path, ...]:
    found: dict[int, Path] = {}
    for path in sorted(folder.iterdir()):
        if _is_picture(path):
            number = _NUMBER.search(path.stem)
            if number is None or int(number[1]) in found:
                rule = "must end in a number of its own: it is a frame of a clip"
                raise _refused(path, path.name, rule, "number the frames")
            found[int(number[1])] = path
    return tuple(found[number] for number in sorted(found))


def _refused(where: Path | Sequence[Path], value: object, rule: str, remedy: str) -> InputError:
    return InputError(Problem(where=str(where), what="data", value=value, rule=rule, remedy=remedy))
