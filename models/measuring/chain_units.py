"""Video codecs as units of a profile: their times, and both passes put together.

A codec is timed on a stream of its own, whole clips with the cuts between them, intra and predicted
frames as they come. Libraries may start threads of their own, so the CPU time of the whole process
is recorded for them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.backbone import prepare
from models.measuring.facts import load_ns
from models.measuring.stopwatch import Stopwatch
from models.measuring.timing import SubjectTimes
from models.profile import DEVICE_STAGES, Unit
from models.profile.records import Chain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from models.baselines.video import VideoCodec
    from models.measuring.chained import Chained
    from models.measuring.timing import TimingPlan, Timings
    from models.subjects.network import Network

__all__ = ["chain_unit", "time_chains"]

_CODING = DEVICE_STAGES.index("entropy_encode")


@torch.inference_mode()
def time_chains(
    network: Network,
    codecs: Sequence[VideoCodec],
    images: NDArray[np.uint8],
    plan: TimingPlan,
    into: Timings,
    *,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Time the encoder and the decoder of each codec, and the head behind it.

    Args:
        network: The cut backbone.
        codecs: Video codecs, at least one.
        images: Frames uint8 (n, h, w, 3) of whole clips, one clip after the other.
        plan: How often.
        into: Where the times are noted, by the codecs' names.
        tell: Called with a line of progress.
    """
    torch.set_num_threads(1)
    for codec in codecs:
        into.subjects[codec.name] = _timed(network, codec, images, plan)
        tell(f"timed {codec.name}")
    into.clock += "; of video codecs the CPU time of all threads"


def chain_unit(
    codec: VideoCodec, found: Chained, times: SubjectTimes, batch_sizes: Sequence[int]
) -> Unit:
    """Return a codec as a unit, from what it made of the profile's clips and its times."""
    return Unit(
        name=codec.name,
        kind="video-codec",
        payload_bytes=found.answers.payload_bytes.astype(np.int32),
        scores=found.answers.scores,
        confidence=found.answers.confidence,
        device_rows_ns=times.sorted_rows(),
        entropy_decode_ns=np.sort(np.array(times.entropy_decode)),
        decode_ns=times.sorted_decode(batch_sizes),
        switch_ns=load_ns(times),
        memory_bytes=0,
        storage_bytes=0,
        parameters=0,
        chain=Chain(refresh=codec.refresh, intra_bytes=found.intra_bytes.astype(np.int32)),
    )


def _timed(
    network: Network, codec: VideoCodec, images: NDArray[np.uint8], plan: TimingPlan
) -> SubjectTimes:
    coding, serving = Stopwatch(whole_process=True), Stopwatch()
    decoder = codec.decoder()
    times = SubjectTimes()
    received: list[NDArray[np.uint8]] = []
    with codec.encoder() as encoder:
        for round_ in range(-plan.warm_up, plan.rounds):
            into = times if round_ >= 0 else SubjectTimes()
            image = images[(round_ + plan.warm_up) % len(images)]
            payload, spent, wall = coding.time(encoder.encode, image)
            into.device_rows.append(_row(spent))
            into.wall.device_rows.append(_row(wall))
            shown, spent, wall = coding.time(decoder.decode, payload)
            into.entropy_decode.append(spent)
            into.wall.entropy_decode.append(wall)
            received = [shown, *received][: plan.batch_sizes[-1]]
            if round_ < plan.server_rounds:
                for size in plan.batch_sizes:
                    batch = np.stack([received[k % len(received)] for k in range(size)])
                    _, spent, wall = serving.time(lambda some: network.head(prepare(some)), batch)
                    into.decode.setdefault(size, []).append(spent)
                    into.wall.decode.setdefault(size, []).append(wall)
    for _ in range(plan.loads):
        began = time.perf_counter_ns()
        with codec.encoder():
            times.loads.append(time.perf_counter_ns() - began)
    return times


def _row(coding_ns: int) -> list[int]:
    return [coding_ns if stage == _CODING else 0 for stage in range(len(DEVICE_STAGES))]
