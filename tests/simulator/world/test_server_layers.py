"""What the server decodes of a layered payload."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.world import simulate
from simulator.world.plan import LayerPlan
from tests.simulator.world.small import MS, camera, world

if TYPE_CHECKING:
    from simulator.world.plan import StreamPlan


def layered(deadline_ms: float) -> StreamPlan:
    """A base of 1000 bytes and two layers of 1000, each half a ms more of entropy decoding."""
    lone = camera([0], sizes=[3000], entropy_ms=99)
    score = np.array([[0.5], [0.75], [0.875]], np.float32)
    plan = LayerPlan(
        payload_bytes=np.full((3, 1), 1000),
        entropy_decode_ns=np.array([[MS], [1.5 * MS], [2 * MS]], np.int64),
        score=score,
        confidence=score,
    )
    return replace(lone, layers=(plan,), decode_by_ns=int(deadline_ms * MS))


@pytest.mark.parametrize(
    ("decode_by_ms", "start_ms", "layers", "entropy_ms", "score"),
    [(10, 3, 3, 2.0, 0.875), (2.5, 2.5, 2, 1.5, 0.75), (1.5, 1.5, 1, 1.0, 0.5)],
)
def test_entropy_decoding_is_that_of_the_layers_that_are_there(
    decode_by_ms: float, start_ms: float, layers: int, entropy_ms: float, score: float
) -> None:
    log = simulate(world(layered(decode_by_ms)))
    assert log["service_start_ns"].tolist() == [start_ms * MS]
    assert (log["served_ns"] - log["service_start_ns"]).tolist() == [entropy_ms * MS]
    assert log["layers"].tolist() == [layers]
    assert log["score"].tolist() == [score]
