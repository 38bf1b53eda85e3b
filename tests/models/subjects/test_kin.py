"""Subjects with something in common, from their times to the units of a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from models.backbone import Outputs
from models.measuring.answers import Answers
from models.measuring.facts import clocks, facts
from models.measuring.profile_units import ladder_of, tails_of
from models.measuring.timing import TimingPlan, time_stages
from models.subjects.kin import STRANGERS, Kin
from models.subjects.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from models.profile import Unit
    from models.profile.records import UnitKind

NAMES = ("device", "any-1", "any-2", "early-1", "early-2", "student-1", "layers-1", "layers-2")
KIN = Kin(
    modules={"any-1": "any", "any-2": "any"},
    tails={"early-1": "early", "early-2": "early"},
    layered={"layered": ("layers-1", "layers-2")},
)
SIZES = {"layers-1": 300, "layers-2": 700}
PLAN = TimingPlan(batch_sizes=(1, 2), rounds=3, server_rounds=2, warm_up=1, loads=1)


class TailOf:
    """A tail that counts the frames it is shown."""

    def __init__(self) -> None:
        self.shown: list[int] = []

    def __call__(self, features: Tensor) -> Outputs:
        self.shown.append(len(features))
        frames = len(features)
        return Outputs(
            logits=torch.zeros(frames, 2),
            box=torch.zeros(frames, 4),
            mask=torch.zeros(frames, 2, 2),
        )


class Fake:
    """A subject that does nothing, quickly."""

    def __init__(self, name: str, tail: TailOf | None) -> None:
        self.name, self.tail, self.digest = name, tail, f"digest of {name}"
        self.kind: UnitKind = "on-device" if name == "device" else "bottleneck"
        self.costs: Mapping[str, int] = {
            "parameters": 1,
            "storage_bytes": 2,
            "memory_bytes": 50,
            "tail_bytes": 40 if tail else 0,
        }

    @property
    def device_steps(self) -> Mapping[str, Callable[[Any], Any]]:
        return {"prep": list, "entropy_encode": lambda frames: [b"payload" for _ in frames]}

    def receive(self, payload: bytes) -> Tensor:
        return torch.full((1,), float(len(payload)))

    def decode(self, received: Sequence[Tensor]) -> Tensor:
        return torch.stack(list(received))

    def code(self, shown: object) -> Any:  # noqa: ANN401 - nobody asks
        raise AssertionError(shown)

    def load(self) -> None:
        """Load nothing."""


class Counting:
    """A stopwatch that counts: the n-th thing it times takes n ns, and 2 n ns of wall time."""

    about = "counts"

    def __init__(self) -> None:
        self.count = 0

    def time(self, step: Callable[[Any], Any], value: object) -> tuple[Any, int, int]:
        self.count += 1
        return step(value), self.count, 2 * self.count


def network_of(tails: Mapping[str, TailOf]) -> Network:
    return Network(
        head=lambda images: images,
        tail=TailOf(),
        subjects=[Fake(name, tails.get(name)) for name in NAMES],
        kin=KIN,
    )


def answers_of(name: str) -> Answers:
    sizes = np.full((1, 2), 0 if name == "device" else SIZES.get(name, 100))
    share = 0.5 if name == "layers-1" else 1.0
    return Answers(
        payload_bytes=sizes,
        ideal_bytes=sizes.astype(np.float64),
        scores={"top1": np.full((1, 2), share, np.float32)},
        confidence=np.full((1, 2), share, np.float32),
    )


def measured() -> tuple[dict[str, Unit], dict[str, TailOf], dict[str, Any]]:
    """Return the units by name, the tails by subject, and the facts."""
    tails = {name: TailOf() for name in ("early-1", "early-2", "student-1")}
    network = network_of(tails)
    images = np.zeros((2, 4, 4, 3), np.uint8)
    timings = time_stages(network, images, PLAN, stopwatch=Counting())  # type: ignore[arg-type]
    answers = {name: answers_of(name) for name in NAMES}
    units = ladder_of(
        network,
        answers,
        timings,
        PLAN.batch_sizes,
        tails_of(network, timings, PLAN.batch_sizes),
    )
    info = facts(network.subjects, KIN) | clocks(timings, KIN)
    return {unit.name: unit for unit in units}, tails, info


def test_prefixes_become_one_unit_of_layers() -> None:
    units, _, _ = measured()
    assert set(units) == {"device", "any-1", "any-2", "early-1", "early-2", "student-1", "layered"}
    layers = units["layered"].layers
    assert layers is not None
    assert layers.payload_bytes[:, 0, 0].tolist() == [300, 400]
    assert layers.scores["top1"][:, 0, 0].tolist() == [0.5, 1.0]
    assert layers.confidence[:, 0, 0].tolist() == [0.5, 1.0]
    assert (units["layered"].payload_bytes == 700).all()
    assert layers.entropy_decode_ns.shape == (2, 3)
    np.testing.assert_array_equal(layers.entropy_decode_ns[1], units["layered"].entropy_decode_ns)
    assert units["any-1"].layers is None


def test_settings_of_one_network_name_it() -> None:
    units, _, _ = measured()
    assert (units["any-1"].module, units["any-2"].module) == ("any", "any")
    assert (units["layered"].module, units["early-1"].module) == ("layered", "early-1")


def test_a_tail_that_several_bring_is_timed_with_the_first_of_them() -> None:
    units, tails, _ = measured()
    early = units["early-1"].tail
    assert early is not None
    assert early is units["early-2"].tail
    assert (early.name, early.memory_bytes, early.times_ns.shape) == ("early", 40, (2, 2))
    assert (np.diff(early.times_ns, axis=1) > 0).all()
    assert tails["early-2"].shown == []
    # One round of warming up and two that are kept, each size once untimed and once timed.
    assert tails["early-1"].shown == tails["student-1"].shown == [1, 1, 2, 2] * 3
    student = units["student-1"].tail
    assert student is not None
    assert student.name == "student-1"
    assert units["any-1"].tail is None


def test_facts_name_units_and_tails() -> None:
    units, _, info = measured()
    assert set(info["digests"]) == set(units)
    assert info["digests"]["layered"] == "digest of layers-2"
    wall = info["wall_ms"]
    assert set(wall["units"]) == set(units)
    assert set(wall["tails"]) == {"early", "student-1"}
    assert set(wall["tails"]["early"]) == {"1", "2"}


def test_strangers_have_nothing_in_common() -> None:
    assert STRANGERS.module("unit-1") == STRANGERS.unit("unit-1") == "unit-1"
    assert STRANGERS.tail(Fake("unit-1", None)) is None
    assert STRANGERS.tail(Fake("unit-1", TailOf())) == "unit-1"
