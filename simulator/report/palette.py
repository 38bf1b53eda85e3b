"""The colours of a report: one per policy, unit, outcome and stage, the same in every plot.

Policies take the colour-blind-safe set of Okabe and Ito ("Color universal design", 2008), less
its yellow and black, which vanish on white and on dark grey. Units take a stretch of viridis, whose
lightness grows with the ladder, so that their order survives greyscale print. Drawings are made in
the light colours; `DARK` says what the page turns each into for a reader in the dark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import matplotlib as mpl
from matplotlib.colors import to_hex, to_rgb

from simulator.framelog import Outcome, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "DARK",
    "FAINT",
    "GRID",
    "INK",
    "LINK",
    "MARKERS",
    "MUTED",
    "ON_DEVICE",
    "OUTCOMES",
    "PAPER",
    "REASONS",
    "STAGES",
    "ink_on",
    "of_layers",
    "of_policies",
    "of_units",
]

PAPER: Final = "#ffffff"
INK: Final = "#1f2430"
MUTED: Final = "#5b6472"
FAINT: Final = "#a9b1bd"
GRID: Final = "#e4e7ec"
LINK: Final = "#cfd9e6"
ON_DEVICE: Final = "#b86a3c"

_POLICIES: Final = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#c76a9e",
    "#e69f00",
    "#56b4e9",
    "#8a3a74",
    "#3f434d",
)
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "p")

OUTCOMES: Final = {
    Outcome.ON_TIME: "#2a8f86",
    Outcome.LATE: "#e8a33d",
    Outcome.LOST: "#b3263f",
    Outcome.SKIPPED: "#c3c9d2",
    Outcome.DROPPED: "#525b6a",
}
# Reds are lost, slate and blue are dropped; the usual reason has its outcome's colour.
REASONS: Final = {
    Reason.OVERFLOW: OUTCOMES[Outcome.LOST],
    Reason.CORRUPTED: "#f173a5",
    Reason.GIVEN_UP: "#74081e",
    Reason.UNDELIVERED: "#521d3c",
    Reason.UNDECODABLE: "#ce0a14",
    Reason.REPLACED: OUTCOMES[Outcome.DROPPED],
    Reason.CANCELLED: "#33629a",
    Reason.EXPIRED: "#9aa6cf",
    Reason.REFUSED: "#86b4ff",
    Reason.CRASHED: "#1b2a5e",
}
# One hue a place: blue on the device, orange on the uplink, green at the server, grey on the way
# back. Waiting is the paler of each pair.
STAGES: Final = {
    "camera_wait": "#a8c8e6",
    "device": "#3a7ab8",
    "uplink_queue": "#f3c58f",
    "uplink_transmission": "#d9822b",
    "propagation": "#8c5a2b",
    "server_wait": "#8fe3c6",
    "service": "#3f9b63",
    "downlink": "#9aa1ad",
}
DARK: Final = {
    PAPER: "#14181f",
    INK: "#e8ebf0",
    MUTED: "#a7b0bd",
    FAINT: "#5f6977",
    GRID: "#2a313b",
    LINK: "#33445a",
    "#0072b2": "#3d9bd9",
    "#8a3a74": "#b765a2",
    "#b3263f": "#d8435f",
    "#3f434d": "#c9ccd4",
    "#525b6a": "#626d80",
    "#74081e": "#9c1734",
    "#521d3c": "#7d2f7a",
    "#33629a": "#3d70ad",
    "#1b2a5e": "#4453b0",
}


def of_policies(names: Sequence[str]) -> dict[str, str]:
    """Return a colour for every policy, in the order given; a ninth takes the first again.

    Example:
        >>> of_policies(["fixed", "deadline"])
        {'fixed': '#0072b2', 'deadline': '#d55e00'}
    """
    return {name: _POLICIES[k % len(_POLICIES)] for k, name in enumerate(names)}


def of_units(names: Sequence[str], on_device: Iterable[str] = ()) -> dict[str, str]:
    """Return a colour for every unit of a ladder; lighter means a higher rate.

    Args:
        names: The units in ladder order.
        on_device: Those that send nothing; they take a colour off the scale.

    Example:
        >>> of_units(["device", "unit-1", "unit-2"], ["device"])
        {'device': '#b86a3c', 'unit-1': '#3a548c', 'unit-2': '#b0dd2f'}
    """
    local = set(on_device)
    sent = [name for name in names if name not in local]
    scale = mpl.colormaps["viridis"]
    last = max(len(sent) - 1, 1)
    shades = {name: to_hex(scale(0.26 + 0.62 * k / last)) for k, name in enumerate(sent)}
    return {name: ON_DEVICE if name in local else shades[name] for name in names}


def of_layers(count: int) -> list[str]:
    """Return a colour for one layer, two, and so on: the more, the darker.

    Example:
        >>> of_layers(2)
        ['#9ab4d6', '#760c71']
    """
    scale = mpl.colormaps["BuPu"]
    return [to_hex(scale(0.4 + 0.5 * k / max(count - 1, 1))) for k in range(count)]


def ink_on(colour: str) -> str:
    """Return the colour of words written on a filled area.

    Example:
        >>> ink_on("#000000"), ink_on("#ffff00")
        ('#fefefe', '#101318')
    """
    red, green, blue = to_rgb(colour)
    return "#101318" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else "#fefefe"  # noqa: PLR2004 -- the luma weights of ITU-R BT.601
