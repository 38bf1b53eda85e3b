"""The page: reads a profile and its evaluation, and puts the card's parts in order.

Every figure comes from a stored measurement; ``splitcast units card`` writes the card anew.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from models.card.cost_plot import draw as draw_costs
from models.card.costs import costs
from models.card.details import details
from models.card.facts import facts, limits, measures
from models.card.rate_plot import draw as draw_rates
from models.card.rivals import families, in_short, ladder_alone
from models.card.seeds import seeds
from models.comparing.rival_targets import device_share
from models.profile import find, load
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from models.profile import Profile

__all__ = ["render", "write"]

_LIMIT_BYTES = 1 << 24
_PLOTS = {"rate-accuracy.svg": draw_rates, "rate-accuracy-cost.svg": draw_costs}


def write(profile: str | Path, out: Path) -> str:
    """Write the model card of a profile that lies beside its ``evaluation.json``.

    Args:
        profile: Name of a shipped profile, or a profile's folder.
        out: The Markdown file; the plots it shows are written beside it.

    Returns:
        The card's text.

    Raises:
        InputError: The profile or the evaluation is missing or damaged; nothing is written.
    """
    folder = find(profile)
    path = folder / "evaluation.json"
    raw = read_bounded(path, limit_bytes=_LIMIT_BYTES, what="evaluation")
    measured = load(folder)
    try:
        evaluation = json.loads(raw)
        text = render(measured, evaluation)
        drawn = "comparison" in evaluation
        plots = {n: draw(measured, evaluation) for n, draw in _PLOTS.items()} if drawn else {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            Problem(
                where=str(path),
                what="evaluation",
                value=repr(error),
                rule="must be what an evaluation wrote",
                remedy="evaluate again with `splitcast units evaluate`",
            )
        ) from error
    write_atomically(out, text)
    for name, plot in plots.items():
        write_atomically(out.with_name(name), plot)
    return text


def render(profile: Profile, evaluation: Mapping[str, Any]) -> str:
    """Return the card of a profile and an evaluation as Markdown: answers first, details last."""
    return "\n".join(_lines(profile, evaluation))


def _lines(profile: Profile, evaluation: Mapping[str, Any]) -> Iterator[str]:
    yield f"# Model card: {profile.name}"
    yield ""
    yield "Written by `splitcast units card`; do not edit. Regenerate after measuring."
    yield ""
    yield (
        "A frozen backbone, and what can be streamed instead of frames: trained units that are "
        "inserted where it is cut, beside other codecs of features, pictures and video. The video "
        "is procedural, 224x224: one of 32 textured subjects, or none, among distractors and "
        "occluders. Three tasks at once: class, box and mask."
    )
    yield ""
    compared = evaluation.get("comparison")
    share = device_share(profile)
    if compared:
        yield from in_short(compared, [*evaluation["targets"], *([share] if share else [])])
        yield from families(compared)
        yield from costs(profile, evaluation)
    else:
        yield from ladder_alone(evaluation)
    yield from seeds(evaluation)
    yield from measures()
    yield from facts(profile, evaluation)
    yield from limits(compared=compared is not None)
    yield from details(profile, evaluation)
