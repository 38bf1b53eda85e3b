"""The page on robustness: how payloads grow in bursts, unit by unit: ``splitcast units spikes``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.baselines import jpeg, video, webp
from models.markdown import table
from models.measuring.growth import grown, stretch
from models.scenes.spikes import AMPLITUDE, KINDS
from models.subjects.families import AWARE
from models.subjects.opening import open_network
from simulator.foundation.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from models.baselines.video import VideoCodec
    from models.measuring.growth import Grown
    from models.subjects.image_unit import ImageCodec

__all__ = ["lines", "write"]

_CLIPS = 32

_TEXT = f"""# Robustness

## Damaged and foreign payloads

Every payload carries the length of its coded bytes and a CRC-32 over all else
([wire format](../models/coding/wire.py)). One flipped bit, a burst of up to 32 bits, a cut, an
addition, another unit's or codec's bytes, noise: every kind of payload there is refuses each with a
reason and decodes none. A layer of the layered unit is refused without the layer that it refines,
or with another frame's. `tests/models/coding/test_damage.py` holds all of them to it.

## Bursts that inflate payloads

The clip set `spikes` is drawn like the standard set, but for about a second in every three
something happens that no unit saw in training. Clip k shows kind k modulo {len(KINDS)}:

- **noise**: the sensor's, 6 to 25 % of full scale;
- **checks** of 1 to 4 pixels, 10 to 40 % of full scale up and down, turned over in every frame;
- **strobe** light: 2 to 4 times as bright, and as dark, frame about frame;
- **crafted**: a pattern found by gradients against units 2 to 5, at most {AMPLITUDE} of 255 levels
  and the same in all frames (`models/training/runs/crafted.py`).

Below are the mean bytes of the same frames without a burst, and in multiples of it the mean and the
largest payload in the burst. Video codecs are given every frame up to the burst's end, all others
four frames of each burst. Clips are of the test split; `splitcast units spikes` writes this page.
"""


def write(
    weights: str | Path,
    path: Path,
    *,
    clips: int = _CLIPS,
    images: Sequence[ImageCodec] = (*jpeg.LADDER, *webp.LADDER),
    videos: Sequence[VideoCodec] = video.STREAMED,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Measure bursts on every unit and codec and write the page.

    Args:
        weights: Folder of weights, or the name of a shipped one.
        path: The page.
        clips: How many clips, from the first.
        images: Settings of still-image codecs.
        videos: Settings of video codecs.
        tell: Called with a line of progress.

    Raises:
        InputError: The weights are missing or damaged; nothing is written.
    """
    network = open_network(weights, tuple(images), baselines=True)
    # What answers from an image does not change its bytes.
    once = [subject for subject in network.subjects if not subject.name.endswith(AWARE)]
    found = grown(
        network._replace(subjects=once),
        videos,
        [stretch(clip) for clip in range(clips)],
        tell=tell,
    )
    write_atomically(path, f"{_TEXT}\n{clips} clips:\n\n" + "\n".join(lines(found)) + "\n")


def lines(found: Mapping[str, Mapping[str, Grown]]) -> list[str]:
    """Return the lines of the table."""
    kinds = [kind for kind in KINDS if any(kind in of for of in found.values())]
    rows = []
    for name, of in found.items():
        usual = sum(of[kind].calm_bytes for kind in kinds) / len(kinds)
        grew = [f"{of[kind].times:.2f}x, {of[kind].most_times:.2f}x" for kind in kinds]
        rows.append([f"`{name}`", f"{usual:.0f}", *grew])
    return table(["unit", "bytes", *(f"{kind}: mean, most" for kind in kinds)], rows)
