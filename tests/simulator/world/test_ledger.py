"""What the ledger concludes from what the world noted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.framelog import NEVER, Outcome, Reason
from simulator.world.ledger import Ledger
from simulator.world.plan import LayerPlan
from tests.simulator.world.small import MS, camera, world

if TYPE_CHECKING:
    from simulator.world.plan import StreamPlan


def layered(captured_ms: list[float]) -> StreamPlan:
    """Unit 1 is three layers of 1000 bytes, which score 0.5, 0.75 and 1."""
    lone = camera(captured_ms, sizes=[500, 3000], utility=[0.25, 1.0])
    frames = len(captured_ms)
    score = np.tile(np.array([[0.5], [0.75], [1.0]], np.float32), frames)
    plan = LayerPlan(
        payload_bytes=np.full((3, frames), 1000),
        entropy_decode_ns=np.zeros((3, frames), np.int64),
        score=score,
        confidence=score / np.float32(2),
    )
    return replace(lone, layers=(None, plan))


def noted(ledger: Ledger, row: int, **notes: int) -> None:
    for name, value in notes.items():
        getattr(ledger, name)[row] = value


def test_frames_end_by_their_reason_and_else_by_their_answer() -> None:
    ledger = Ledger(world(camera([0, 1, 2, 3, 4, 5], deadline_ms=100)))
    coded = {"chosen_ns": 5 * MS, "unit": 0, "device_end_ns": 6 * MS}
    noted(ledger, 1, chosen_ns=5 * MS)
    noted(ledger, 2, **coded, served_ns=101 * MS, done_ns=102 * MS)
    noted(ledger, 3, **coded, served_ns=102 * MS, done_ns=103 * MS + 1)
    noted(ledger, 4, **coded, reason=Reason.GIVEN_UP, transmissions=3)
    noted(ledger, 5, **coded, reason=Reason.CRASHED, worker=2, layers=1)
    log = ledger.close()
    assert [Outcome(x).name for x in log["outcome"]] == [
        "DROPPED",
        "SKIPPED",
        "ON_TIME",
        "LATE",
        "LOST",
        "DROPPED",
    ]
    assert [Reason(x).name for x in log["reason"]] == [
        "REPLACED",
        "NONE",
        "NONE",
        "NONE",
        "GIVEN_UP",
        "CRASHED",
    ]
    assert log["transmissions"].tolist() == [0, 0, 1, 1, 3, 1]
    assert log["layers"].tolist() == [0, 0, 1, 1, 0, 1]
    assert log["worker"].tolist() == [NEVER, NEVER, NEVER, NEVER, NEVER, 2]


def test_a_layered_frame_scores_what_was_decoded_of_it() -> None:
    ledger = Ledger(world(layered([0, 1, 2, 3])))
    coded = {"chosen_ns": 5 * MS, "device_end_ns": 6 * MS, "done_ns": 50 * MS}
    noted(ledger, 0, **coded, unit=1, layers=1)
    noted(ledger, 1, **coded, unit=1, layers=2)
    noted(ledger, 2, **coded, unit=1, reason=Reason.OVERFLOW)  # what it would have scored
    noted(ledger, 3, **coded, unit=0, layers=1)
    log = ledger.close()
    assert log["score"].tolist() == [0.5, 0.75, 1.0, 0.25]
    assert log["confidence"].tolist() == [0.25, 0.375, 0.5, 0.5]
    assert log["bytes"].tolist() == [3000, 3000, 3000, 500]


def test_what_the_device_answers_itself_was_neither_sent_nor_decoded() -> None:
    ledger = Ledger(world(camera([0], sizes=[0])))
    noted(ledger, 0, chosen_ns=0, unit=0, device_end_ns=7 * MS)
    log = ledger.close()
    assert log["done_ns"][0] == 7 * MS
    assert (log["layers"][0], log["transmissions"][0], log["worker"][0]) == (0, 0, NEVER)
