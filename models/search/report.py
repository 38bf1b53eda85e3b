"""The search in words: ``docs/unit-search.md``, written from the record beside the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.markdown import table
from models.search import sampling
from models.search.costs import costs, lines
from models.search.record import FILE, Found
from models.search.shipped import compared, shipped
from models.search.tables import longer_rows, mode_rows, trial_rows
from models.split import SPLITS
from models.subjects.opening import open_ladder
from simulator.foundation.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from models.search.shipped import Shipped

__all__ = ["render", "write"]

_MILLION = 1e6

_INTRODUCTION = """\
Bottleneck units are found as in their paper (Datta et al., ICPR 2022, arXiv 2208.11596): designs
are drawn at random, each is trained, and the Pareto set is kept. `splitcast units train DIR --only
search` does so, and `splitcast units search DIR FILE.md` wrote this page.
"""

_ABOUT_TRIALS = """\
Bytes are real ones, wire header included; scores are means over the frames, in percent. MMAC are
millions of multiply-accumulates for a frame: of the unit's encoder, and of the device with the
head. **Kept** is what no other trial beats in bytes, mean score and the device's MMAC at once.
"""

_ABOUT_MODES = """\
One design at the budget of a trial: with the teacher's answers and the labels; with the teacher's
answers alone, which needs no labels; with nothing but the distance of the features; and with no
rate in the loss. The rate there is an estimate by a density that learns beside the unit
(`models/coding/density.py`). It exists in training only: what crosses the network is coded with
integer tables, counted once when the unit is sealed.
"""

_ABOUT_LONGER = """\
The best early and the best late design of the trials, trained longer, are recorded as `longer-*`
and not shipped. What ships beside the ladder are units of the ladder's kind, of more channels and a
lower lambda, at a budget like the ladder's own (`models/training/runs/splits.py`): the short trials
rank designs wrongly, as they favour few channels and a high lambda, which soon score well, and at
length many channels at a low lambda reach the same scores with fewer bytes. Each unit has a head of
its own, and the rest of the network behind its split point as its tail. Scores are those of the
whole selection split. Images are a unit's own: where it starts from another, they come on top of
that one's. After `~` bytes are the ideal code length and the wire header; real ones are about 2
more.
"""

_ABOUT_COSTS = """\
A ladder of full copies would be one network trained for each rate, as long as the one there is.
Sizes are those of the files. Minutes are CPU time of one thread: that of a few training steps on
this machine, times the pictures shown. Loading is wall time to read a file into single precision
from the page cache, which is what a switch costs where the weights are not resident.
"""


def write(weights: Path, out: Path) -> str:
    """Write what a search found beside a backbone, and what its units cost.

    Args:
        weights: Folder of weights with the search's record.
        out: The Markdown file.

    Returns:
        Its text.

    Raises:
        InputError: The record or the weights are missing or damaged; nothing is written.
    """
    found, units = Found.read(weights / FILE), shipped(open_ladder(weights))
    text = render(found, units, lines(costs(weights)))
    write_atomically(out, text)
    return text


def render(found: Found, units: Sequence[Shipped], cost_lines: Sequence[str]) -> str:
    """Return the page.

    Args:
        found: The search.
        units: What ships at the early and the late split point.
        cost_lines: The tables of ``models.search.costs``.
    """
    sections = {
        "# Unit search": (_INTRODUCTION, _drawn(found)),
        "## All trials": (_ABOUT_TRIALS, [*trial_rows(found), "", _counted(found)]),
        "## Ways to train": (_ABOUT_MODES, mode_rows(found.modes)),
        "## Early and late": (_ABOUT_LONGER, _elsewhere(found, units)),
        "## Costs beside full copies of the network": (_ABOUT_COSTS, cost_lines),
    }
    return "\n".join(
        f"{title}\n\n{about}\n" + "\n".join((*rows, ""))
        for title, (about, rows) in sections.items()
    )


def _drawn(found: Found) -> list[str]:
    first = found.trials[0]
    ranges = {
        "channels": sampling.CHANNELS,
        "hidden width": sampling.WIDTHS,
        "step": sampling.STEPS,
        "lambda": sampling.WORTHS,
    }
    spans = ", ".join(f"{name} {low:g} to {high:g}" for name, (low, high) in ranges.items())
    heads = [
        [
            name,
            f"`{point.after}`",
            "x".join(map(str, point.features)),
            f"{point.head_macs / _MILLION:.1f}",
        ]
        for name, point in SPLITS.items()
    ]
    return [
        f"{len(found.trials)} designs, spread evenly over the logarithms of these ranges:",
        f"{spans};",
        f"strides {', '.join(map(str, sampling.STRIDES))}; split points:",
        "",
        *table(["split point", "after layer", "features", "MMAC of the head"], heads),
        "",
        f"Each trial starts from nothing, sees {first.warm_images:,} pictures with only the",
        f"feature distance and {first.images:,} through the frozen rest of the network, all of",
        f"them from the same {found.frames:,} frames, and is scored on {found.selection:,} frames",
        "of the selection split, where the standard error of a share is up to",
        f"{50 / found.selection**0.5:.1f} points. So short a budget ranks designs; it does not",
        "show what they can reach.",
    ]


def _counted(found: Found) -> str:
    splits = [trial.design.split for trial in found.kept]
    shares = ", ".join(f"{splits.count(split)} {split}" for split in SPLITS)
    return f"Of {len(found.trials)} trials {len(splits)} are kept: {shares}."


def _elsewhere(found: Found, units: Sequence[Shipped]) -> list[str]:
    told = compared(found.longer, units)
    return [
        "Best is what scores most, as a mean of the tasks, among a split point's trials of at most",
        f"{found.most_bytes:g} bytes a frame.",
        *(["", *told] if told else []),
        "",
        *longer_rows([*found.longer, *units]),
    ]
