"""The rate-accuracy plot: score against bytes, a column for each kind of codec."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from models.card.rivals import WORDS
from models.subjects.families import ANCHOR, AWARE, FAMILIES, GROUPS, of_group, title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from models.profile import Profile

__all__ = ["draw"]

_COLOURS = (
    *("#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"),
    *("#8c510a", "#666666", "#b30000", "#006d2c", "#54278f"),
)
_MARKERS = "s^DvPX<hHp"
_DEPTH = 35.0  # points below the uncompressed network that are shown
_ON = {"video": "stretches", "answers": "stills"}
_CALLED = {"answers": "AVIF, JPEG, answers sent from the device"}
_EVERYWHERE = {ANCHOR: ("#0072b2", "o"), "late": ("#332288", "d"), "student": ("black", "*")}


def draw(profile: Profile, evaluation: Mapping[str, Any]) -> str:
    """Return the plot of an evaluation with a comparison, as SVG.

    A row for each task; each column holds a group of families beside bottleneck units, those of the
    late split point and students: video codecs on stretches, answers from the device and pictures
    that take long to code on some short clips, all others on all short clips. Plain lines are
    codecs with the plain backbone, dashed ones with open markers those with an aware one. Bars are
    95 % intervals over clips; the dotted lines are the uncompressed network and 2 points less. What
    falls far below them is cut off.
    """
    del profile
    sets = evaluation["comparison"]["sets"]
    with mpl.rc_context({"font.size": 8, "svg.hashsalt": "splitcast", "svg.fonttype": "none"}):
        columns = [group for group in GROUPS if group != "answers" or "stills" in sets]
        figure = Figure(figsize=(3.75 * len(columns), 9.5), layout="constrained")
        grid = figure.subplots(len(WORDS), len(columns), sharex="col", squeeze=False)
        for column, group in enumerate(columns):
            shown = sets[_ON.get(group, "short")]
            for row, measure in enumerate(WORDS):
                _panel(grid[row, column], shown, measure, group)
            on = "stretches" if group == "video" else "short clips"
            called = _CALLED.get(group, GROUPS[group])
            grid[0, column].set_title(f"{called}\n{shown['clips']} {on}", loc="left")
            grid[-1, column].set_xlabel("bytes a frame, wire header included")
            grid[-1, column].legend(
                loc="upper left", bbox_to_anchor=(0, -0.16), ncols=2, frameon=False, fontsize=7
            )
        for row, word in enumerate(WORDS.values()):
            grid[row, 0].set_ylabel(f"{word}, %")
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _panel(axes: Axes, shown: Mapping[str, Any], measure: str, group: str) -> None:
    groups = ("still", "answers") if group == "answers" else (group,)
    members = [name for name, about in FAMILIES.items() if about.group in groups]
    plain = [name for name in members if name not in _EVERYWHERE]
    looks = dict(zip(plain, zip(_COLOURS, _MARKERS, strict=True), strict=False)) | _EVERYWHERE
    clean = 100 * shown["clean"][measure]
    for level in (clean, clean - 2):
        axes.axhline(level, color="black", linestyle=":", linewidth=0.6)
    for name in dict.fromkeys((*_EVERYWHERE, *(name for g in groups for name in of_group(g)))):
        if name in shown["families"]:
            _line(axes, shown, name, measure, looks[name.removesuffix(AWARE)])
    axes.set_xscale("log")
    axes.set_ylim(clean - _DEPTH, clean + _DEPTH / 10)
    axes.grid(visible=True, which="both", linewidth=0.2)


def _line(
    axes: Axes, shown: Mapping[str, Any], name: str, measure: str, look: tuple[str, str]
) -> None:
    points = sorted(
        (
            (shown["settings"][s]["bytes"]["mean"], shown["settings"][s]["scores"][measure])
            for s in shown["families"][name]["settings"]
        ),
        key=lambda point: float(point[0]),
    )
    colour, marker = look
    aware = name.endswith(AWARE)
    axes.errorbar(
        [size for size, _ in points],
        [100 * score["mean"] for _, score in points],
        yerr=[
            [100 * (score["mean"] - score["low"]) for _, score in points],
            [100 * (score["high"] - score["mean"]) for _, score in points],
        ],
        color=colour,
        marker=marker,
        markersize=4,
        markerfacecolor="white" if aware else colour,
        linestyle="--" if aware else "-",
        linewidth=1.6 if name in _EVERYWHERE else 1.0,
        elinewidth=0.6,
        label=title(name),
    )
