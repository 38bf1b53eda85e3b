"""The units of a profile, put together from what both passes found out about subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.measuring.facts import load_ns
from models.profile import LayerTable, Tail, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.measuring.answers import Answers
    from models.measuring.timing import Timings
    from models.subjects.network import Network
    from models.subjects.subject import Subject

__all__ = ["ladder_of", "tails_of"]


def tails_of(network: Network, timings: Timings, batch_sizes: Sequence[int]) -> dict[str, Tail]:
    """Return the tails besides the shared one, by name: of subjects, and the aware backbone's."""
    weights = {
        network.kin.tail(subject): subject.costs["tail_bytes"]
        for subject in reversed(network.subjects)
        if subject.tail is not None
    }
    if network.aware is not None:
        weights[network.aware.module] = network.aware.costs["tail_bytes"]
    return {
        name: Tail(
            name=name,
            times_ns=np.sort(np.array([times[size] for size in batch_sizes], np.int64), axis=1),
            memory_bytes=weights[name],
        )
        for name, times in timings.tails.items()
    }


def ladder_of(
    network: Network,
    answers: Mapping[str, Answers],
    timings: Timings,
    batch_sizes: Sequence[int],
    tails: Mapping[str, Tail],
) -> tuple[Unit, ...]:
    """Return a profile's units, in its order: one for each subject, or for all layers of one.

    Args:
        network: The subjects, and what they have in common.
        answers: By subject, over the profile's clips.
        timings: Of all subjects.
        batch_sizes: Of the server's times, rising from 1.
        tails: Those besides the shared one, by name.
    """
    units = []
    for subject in network.subjects:
        name = network.kin.unit(subject.name)
        if name is not None:
            tail = network.kin.tail(subject)
            layers = _layers(network.kin.layered.get(name, ()), answers, timings)
            units.append(
                _unit(
                    name,
                    subject,
                    answers[subject.name],
                    timings,
                    batch_sizes,
                    module=network.kin.module(name),
                    tail=None if tail is None else tails[tail],
                    layers=layers,
                )
            )
    return tuple(sorted(units, key=lambda unit: unit.mean_bytes))


def _layers(
    prefixes: Sequence[str], answers: Mapping[str, Answers], timings: Timings
) -> LayerTable | None:
    """Return the layers of which each prefix decodes one more; None for a unit of one piece."""
    if not prefixes:
        return None
    parts = [answers[prefix] for prefix in prefixes]
    sizes = np.stack([part.payload_bytes for part in parts])
    decoding = [np.sort(np.array(timings.subjects[name].entropy_decode)) for name in prefixes]
    return LayerTable(
        payload_bytes=np.diff(sizes, axis=0, prepend=0).astype(np.int32),
        scores={task: np.stack([part.scores[task] for part in parts]) for task in parts[0].scores},
        confidence=np.stack([part.confidence for part in parts]),
        entropy_decode_ns=np.stack(decoding),
    )


def _unit(  # noqa: PLR0913 - both passes, and what it has in common with others
    name: str,
    subject: Subject,
    found: Answers,
    timings: Timings,
    batch_sizes: Sequence[int],
    *,
    module: str,
    tail: Tail | None,
    layers: LayerTable | None,
) -> Unit:
    times = timings.subjects[subject.name]
    on_device = subject.kind == "on-device"
    never = np.zeros(1, np.int64)  # an on-device unit has no server stages
    return Unit(
        name=name,
        kind=subject.kind,
        payload_bytes=found.payload_bytes.astype(np.int32),
        scores=found.scores,
        confidence=found.confidence,
        device_rows_ns=times.sorted_rows(),
        entropy_decode_ns=never if on_device else np.sort(np.array(times.entropy_decode)),
        decode_ns=(
            np.tile(never, (len(batch_sizes), 1)) if on_device else times.sorted_decode(batch_sizes)
        ),
        switch_ns=load_ns(times),
        memory_bytes=subject.costs["memory_bytes"],
        storage_bytes=subject.costs["storage_bytes"],
        parameters=subject.costs["parameters"],
        module=module,
        tail=tail,
        layers=layers,
    )
