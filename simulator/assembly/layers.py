"""A measured unit's layers on the frames that a stream sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.assembly.times import entropy_decode_times
from simulator.world.plan import LayerPlan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.profile import Profile, Unit

__all__ = ["layer_plan"]


def layer_plan(
    profile: Profile,
    unit: Unit,
    clip: NDArray[np.int32],
    clip_frame: NDArray[np.int32],
    draws: NDArray[np.float64],
) -> LayerPlan | None:
    """Return the layers of a unit on a stream's frames, or None if its payload is one piece.

    Args:
        profile: Where the unit was measured.
        unit: The unit.
        clip: Which clips the stream sees.
        clip_frame: Which frames of them.
        draws: A uniform a frame, for the time of entropy decoding: that of one layer and that of
            several are equally slow.
    """
    table = unit.layers
    if table is None:
        return None
    return LayerPlan(
        payload_bytes=table.payload_bytes[:, clip, clip_frame],
        entropy_decode_ns=entropy_decode_times(table.entropy_decode_ns, draws),
        score=table.scores[profile.primary_task][:, clip, clip_frame],
        confidence=table.confidence[:, clip, clip_frame],
    )
