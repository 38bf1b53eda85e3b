"""Every shipped policy keeps to every rule, and for every rule a policy is caught that does not."""

from __future__ import annotations

import random
import sys
import time
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from policies.conformance import check
from policies.deadline import Deadline
from policies.fixed import Fixed
from policies.rehearsal import LADDER, LADDER_WITH_DEVICE, rehearse
from policies.scripted import Scripted
from policies.snapshot import UnitSnapshot
from policies.throughput import Throughput

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies import Observation, Policy

SHIPPED: dict[str, Callable[[int], Policy]] = {
    "fixed": lambda _: Fixed(),
    "fixed, skipping": lambda _: Fixed(infeasible="skip"),
    "throughput": lambda _: Throughput(),
    "deadline": lambda _: Deadline(),
    "scripted": lambda _: Scripted(plan=[0] * 300),
}
_TICKS = count()


class Bad:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a policy's dice

    def choose(self, seen: Observation) -> Any:  # noqa: ANN401
        raise NotImplementedError


class OutOfRange(Bad):
    def choose(self, seen: Observation) -> Any:  # noqa: ANN401
        return len(seen.units)


class Raises(Bad):
    def choose(self, seen: Observation) -> Any:  # noqa: ANN401
        return 1 // (1000 - seen.frame * 4)


class Unseeded(Bad):
    def choose(self, seen: Observation) -> Any:  # noqa: ANN401
        return next(_TICKS) % 7 % len(seen.units)


class Meddler(Bad):
    def choose(self, seen: Observation) -> Any:  # noqa: ANN401
        object.__setattr__(seen, "deadline_ns", 1)
        return 0


class UnitMeddler(Bad):
    def choose(self, seen: Observation) -> Any:  # noqa: ANN401
        object.__setattr__(seen.units[0], "utility", 1.0)
        return 0


class Oracle(Bad):
    """Looks up in its caller's variables what the link will do."""

    def choose(self, seen: Observation) -> Any:  # noqa: ANN401
        frame: Any = sys._getframe(1)
        while "bytes_per_ms" not in frame.f_locals:
            frame = frame.f_back
            if frame is None:
                return 0
        return min(
            int(frame.f_locals["bytes_per_ms"](seen.now_ns + 10**9) > 100), len(seen.units) - 1
        )


class Slow(Bad):
    def choose(self, seen: Observation) -> Any:  # noqa: ANN401
        time.sleep(0.0015)
        return seen.frame % len(seen.units)


class Coward(Bad):
    """Never sends again after it once met an outage."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.afraid = False

    def choose(self, seen: Observation) -> Any:  # noqa: ANN401
        self.afraid = self.afraid or len(seen.unacknowledged) > 5
        return None if self.afraid else 0


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_policy_keeps_to_every_rule(name: str) -> None:
    assert check(SHIPPED[name], where=name) == []


@pytest.mark.parametrize(
    ("policy", "rule", "finding"),
    [
        (OutOfRange, "returns the index of a unit or None", "returned 3 for a ladder of 3 units"),
        (Raises, "returns the index of a unit or None", "raised ZeroDivisionError"),
        (Unseeded, "decides the same with the same seed", "with the same seed"),
        (Meddler, "leaves the observation alone", "changed what it was shown"),
        (UnitMeddler, "leaves the observation alone", "changed what it was shown"),
        (Oracle, "knows nothing of the future", "by what happened after 6 s"),
        (Slow, "decides within its time budget", "ms for a decision, more than 1 ms"),
        (Coward, "does not starve after an outage", "of frames on time from 2 s after"),
    ],
)
def test_a_policy_that_breaks_a_rule_is_caught(policy: type[Bad], rule: str, finding: str) -> None:
    problems = {p.what: str(p) for p in check(policy, where="mine.py:Bad", rules=[rule])}
    assert list(problems) == [rule]
    assert problems[rule].startswith(f"mine.py:Bad {rule}: ")
    assert finding in problems[rule]


def test_a_policy_that_cannot_be_built_is_reported_once() -> None:
    problems = check(lambda _: Fixed(unit="unit-9"), where="x")
    assert len(problems) == 1
    assert "unit-9" in str(problems[0])


def test_without_the_bound_on_busy_time_an_outage_would_be_felt_for_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def link(now_ns: int) -> float:
        return 0.0 if 5e9 <= now_ns < 15e9 else 300.0

    def share_of_the_best() -> float:
        choices = rehearse(Deadline(), link, frames=270)
        soon = [c for c in choices if c.captured_ns > 16e9]
        return sum(c.on_time and c.unit == 2 for c in soon) / len(soon)

    assert share_of_the_best() == 1
    monkeypatch.setattr("policies.transfers.LONGEST_BUSY_NS", 10**12)
    assert share_of_the_best() == 0


def test_on_the_device_a_stream_finds_out_that_the_link_is_good_again() -> None:
    def link(now_ns: int) -> float:
        return 1.0 if now_ns < 10e9 else 5000.0

    choices = rehearse(Deadline(), link, frames=600, ladder=LADDER_WITH_DEVICE)
    late = [choice.unit for choice in choices if choice.captured_ns > 30e9]
    assert late.count(3) > 0.9 * len(late)
    early = [choice.unit for choice in choices if 2e9 < choice.captured_ns < 10e9]
    assert early.count(0) > 0.9 * len(early)


def test_the_stage_drops_frames_that_newer_ones_replace() -> None:
    busy = (UnitSnapshot(name="d", utility=1, device_ns=100_000_000, on_device=True),)
    choices = rehearse(Fixed(), lambda _: 1.0, frames=7, ladder=busy)
    assert [round(c.captured_ns / 66_666_667) for c in choices] == [0, 1, 2, 4, 5, 6]
    assert not any(c.on_time for c in rehearse(Fixed(), lambda _: 0.0, frames=3, ladder=LADDER))


def test_integers_of_any_kind_name_a_unit() -> None:
    class Counting:
        def choose(self, seen: Observation) -> int | None:
            return np.int64(seen.frame % len(seen.units))  # type: ignore[return-value]

    assert check(lambda _seed: Counting(), where="here") == []
