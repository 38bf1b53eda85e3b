"""By how much payloads grow in bursts: the same frames with what spoils them and without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.backbone import prepare
from models.scenes import SPIKES, calm, render
from models.scenes.script import ClipKey
from models.scenes.spikes import KINDS, burst_at
from models.subjects.subject import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from models.baselines.video import VideoCodec
    from models.subjects.network import Network

__all__ = ["Grown", "Stretch", "grown", "stretch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A clip from its first frame to the end of its first burst, with the burst and without.

    Attributes:
        kind: What happens in the burst.
        begins: The frame with which it does.
        calm: uint8 (n, 224, 224, 3).
        spoilt: The same frames with the burst.
    """

    kind: str
    begins: int
    calm: NDArray[np.uint8]
    spoilt: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """What bursts of one kind do to the payloads of one unit.

    Attributes:
        calm_bytes: Mean payload of the frames without the burst.
        times: Mean payload in the burst, in multiples of that.
        most_times: The largest payload in a burst, in multiples of that.
    """

    calm_bytes: float
    times: float
    most_times: float


def stretch(clip: int, *, seed: int = 1) -> Stretch:
    """Draw a clip of the set ``spikes`` as far as its first burst goes."""
    key = ClipKey(seed=seed, split="test", clip=clip, kind=SPIKES)
    begins = next(t for t in range(1000) if burst_at(key, t))
    ends = next(t for t in range(begins, 1000) if not burst_at(key, t))
    name = {"seed": seed, "split": "test", "clip": clip}
    return Stretch(
        kind=KINDS[clip % len(KINDS)],
        begins=begins,
        calm=np.stack([calm(**name, t=t).image for t in range(ends)]),  # type: ignore[arg-type]
        spoilt=np.stack(
            [render(**name, t=t, kind=SPIKES).image for t in range(ends)]  # type: ignore[arg-type]
        ),
    )


@torch.inference_mode()
def grown(
    network: Network,
    videos: Sequence[VideoCodec],
    stretches: Sequence[Stretch],
    *,
    frames: int = 4,
    tell: Callable[[str], None] = lambda _line: None,
) -> dict[str, dict[str, Grown]]:
    """Return by unit and kind of burst what becomes of payloads.

    Args:
        network: Its subjects are measured, where they send anything.
        videos: Codecs that are given every frame of a stretch.
        stretches: What is looked at.
        frames: Frames of a burst that all but video codecs are given, evenly over it.
        tell: Called with a line of progress.
    """
    sent = [subject for subject in network.subjects if subject.kind != "on-device"]
    sizes: dict[str, dict[str, list[NDArray[np.float64]]]] = {}
    for done, part in enumerate(stretches, start=1):
        rows = np.linspace(part.begins, len(part.calm) - 1, frames).astype(int)
        pairs: dict[str, list[NDArray[np.float64]]] = {subject.name: [] for subject in sent}
        for images in (part.calm[rows], part.spoilt[rows]):
            shown = Shown(images=images, features=network.head(prepare(images)))
            for subject in sent:
                pairs[subject.name].append(subject.code(shown).payload_bytes.astype(np.float64))
        for codec in videos:
            both = [_streamed(codec, images) for images in (part.calm, part.spoilt)]
            pairs[codec.name] = [found[part.begins :] for found in both]
        for name, pair in pairs.items():
            sizes.setdefault(name, {}).setdefault(part.kind, []).append(np.stack(pair))
        tell(f"coded {done} of {len(stretches)} bursts")
    return {
        name: {kind: _summed(np.concatenate(parts, axis=1)) for kind, parts in kinds.items()}
        for name, kinds in sizes.items()
    }


def _streamed(codec: VideoCodec, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    with codec.encoder() as encoder:
        return np.array([len(encoder.encode(image)) for image in images], np.float64)


def _summed(pair: NDArray[np.float64]) -> Grown:
    """Sum up bytes [calm or in the burst, frame]."""
    usual = float(pair[0].mean())
    return Grown(
        calm_bytes=usual,
        times=float(pair[1].mean()) / usual,
        most_times=float(pair[1].max()) / usual,
    )
