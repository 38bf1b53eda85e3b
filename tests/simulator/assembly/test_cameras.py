from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.assembly import assemble
from simulator.foundation.errors import InputError
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from simulator.world.plan import StreamPlan

MS = 1_000_000


def first(document: dict[str, Any], **said: object) -> StreamPlan:
    document["streams"]["cameras"] |= said
    return assemble(Scenario.from_dict(document).record, 5, Path()).plan.streams[0]


def test_how_frames_are_sent_and_answered_reaches_the_plan(document: dict[str, Any]) -> None:
    plain = first(document)
    assert (plain.weight, plain.transport, plain.cancel, plain.result_bytes) == (
        1,
        "datagram",
        "never",
        100,
    )
    said = first(document, weight=3, transport="retransmit", cancel="too-late", result="2 kB")
    assert (said.weight, said.transport, said.cancel, said.result_bytes) == (
        3,
        "retransmit",
        "too-late",
        2000,
    )
    assert (said.layers, said.decode_by_ns) == ((), 0)


def test_further_tasks_have_deadlines_and_scores_of_their_own(document: dict[str, Any]) -> None:
    stream = first(document, tasks={"mask_iou": "300 ms", "box_iou": "100 ms"})
    mask, box = stream.tasks
    assert [(task.name, task.deadline_ns) for task in (mask, box)] == [
        ("mask_iou", 300 * MS),
        ("box_iou", 100 * MS),
    ]
    np.testing.assert_allclose(mask.score, 0.6 * stream.score, atol=0.01)
    np.testing.assert_allclose(box.score, 0.8 * stream.score, atol=0.01)
    assert stream.last_deadline_ns == 300 * MS


def test_tasks_that_a_profile_does_not_score_are_all_named(document: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        first(document, tasks={"mask_io": "300 ms", "top1": "1 s", "box_iou": "1 s"})
    assert [problem.what for problem in caught.value.problems] == [
        "streams.cameras.tasks.mask_io",
        "streams.cameras.tasks.top1",
    ]
    said = str(caught.value)
    assert "300 ms must be a further task of the profile; did you mean 'mask_iou'?" in said
    assert "1 s must not be the primary task; its deadline is the stream's `deadline`" in said


def test_captures_begin_and_end_when_a_group_says(document: dict[str, Any]) -> None:
    whole = first(document)
    part = first(document, start="500 ms", stop="1 s")
    assert len(part.captured_ns) == 5
    np.testing.assert_array_equal(part.captured_ns, whole.captured_ns[:5] + 500 * MS)
    np.testing.assert_array_equal(part.payload_bytes, whole.payload_bytes[:, :5])
    late = first(document, start="1990 ms", stop="60 s")
    assert len(late.captured_ns) in {0, 1}


def test_problems_of_all_groups_are_told_at_once(document: dict[str, Any]) -> None:
    camera = document["streams"]["cameras"]
    document["streams"]["gates"] = camera | {"units": ["unit-9"]}
    with pytest.raises(InputError) as caught:
        first(document, clips=["nowhere"])
    assert [problem.what for problem in caught.value.problems] == [
        "streams.cameras.clips",
        "streams.gates.units",
    ]
