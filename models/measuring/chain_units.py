"""Video codecs as units of a profile: their times, and both passes put together.

A codec is timed on a stream of its own, whole clips with the cuts between them, intra and predicted
frames as they come. Libraries may start threads of their own, so the CPU time of the whole process
is recorded for them.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.measuring.facts import load_ns
from models.measuring.stopwatch import Stopwatch
from models.measuring.timing import SubjectTimes, time_tail
from models.profile import DEVICE_STAGES, Unit
from models.profile.records import Chain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from models.measuring.chained import Chained
    from models.measuring.timing import TimingPlan, Timings
    from models.profile import Tail
    from models.subjects.films import Film
    from models.subjects.network import Network

__all__ = ["chain_unit", "time_chains"]

_CODING = DEVICE_STAGES.index("entropy_encode")


@torch.inference_mode()
def time_chains(
    network: Network,
    chains: Sequence[Film],
    images: NDArray[np.uint8],
    plan: TimingPlan,
    into: Timings,
    *,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Time the encoder and the decoder of each codec, the head behind it, and a tail of its own.

    Args:
        network: The cut backbones.
        chains: Video codecs, each with the network that answers; at least one.
        images: Frames uint8 (n, h, w, 3) of whole clips, one clip after the other.
        plan: How often.
        into: Where the times are noted, by the units' names; a tail that is timed is left alone.
        tell: Called with a line of progress.
    """
    torch.set_num_threads(1)
    for chain in chains:
        into.subjects[chain.name] = _timed(chain, images, plan)
        tell(f"timed {chain.name}")
        name, tail = chain.answerer.module, chain.answerer.tail
        if tail is not None and name not in into.tails:
            own = network._replace(head=chain.answerer.head, tail=tail)
            for round_ in range(-plan.warm_up, plan.server_rounds):
                kept = into if round_ >= 0 else replace(into, tails={}, tails_wall={})
                times = (each.setdefault(name, {}) for each in (kept.tails, kept.tails_wall))
                time_tail(Stopwatch(), own, images, plan.batch_sizes, *times)
    into.clock += "; of video codecs the CPU time of all threads"


def chain_unit(
    chain: Film,
    found: Chained,
    times: SubjectTimes,
    batch_sizes: Sequence[int],
    tails: Mapping[str, Tail],
) -> Unit:
    """Return a codec as a unit, from what it made of the profile's clips and its times.

    Which network answers is all the same to the device: to it units of one codec are one module.

    Args:
        chain: The codec with the network that answers.
        found: What it made of the clips.
        times: Its times.
        batch_sizes: Of the server's times, rising from 1.
        tails: By name, those besides the shared one.
    """
    costs = chain.answerer.costs
    return Unit(
        name=chain.name,
        kind="video-codec",
        payload_bytes=found.answers.payload_bytes.astype(np.int32),
        scores=found.answers.scores,
        confidence=found.answers.confidence,
        device_rows_ns=times.sorted_rows(),
        entropy_decode_ns=np.sort(np.array(times.entropy_decode)),
        decode_ns=times.sorted_decode(batch_sizes),
        switch_ns=load_ns(times),
        memory_bytes=costs["memory_bytes"],
        storage_bytes=costs["storage_bytes"],
        parameters=costs["parameters"],
        module=chain.codec.name,
        tail=tails.get(chain.answerer.module),
        chain=Chain(refresh=chain.codec.refresh, intra_bytes=found.intra_bytes.astype(np.int32)),
    )


def _timed(chain: Film, images: NDArray[np.uint8], plan: TimingPlan) -> SubjectTimes:
    codec = chain.codec
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
                    _, spent, wall = serving.time(chain.features, batch)
                    into.decode.setdefault(size, []).append(spent)
                    into.wall.decode.setdefault(size, []).append(wall)
    for _ in range(plan.loads):
        began = time.perf_counter_ns()
        with codec.encoder():
            times.loads.append(time.perf_counter_ns() - began)
    return times


def _row(coding_ns: int) -> list[int]:
    return [coding_ns if stage == _CODING else 0 for stage in range(len(DEVICE_STAGES))]
