from __future__ import annotations

import pytest

from simulator.links.queues import QueueLimit
from simulator.scenario.texts import BatchTime, batch_time, queue_limit, share


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1 %", 0.01), ("100%", 1.0), ("0.05 %", 0.0005), (0, 0.0), (0.25, 0.25), (1, 1.0)],
)
def test_a_share_is_a_number_or_percent(written: object, meant: float) -> None:
    assert share(written) == pytest.approx(meant)


@pytest.mark.parametrize("written", ["101 %", -0.1, 1.5, "0.5", "%", True, None, [], "1e3 %"])
def test_what_is_no_share_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="must be a share: a number from 0 to 1, or percent"):
        share(written)


def test_a_queue_is_limited_in_bytes_or_packets_or_not_at_all() -> None:
    assert queue_limit("64 kB") == QueueLimit(whole_bytes=64_000)
    assert queue_limit("1 packet") == QueueLimit(packets=1)
    assert queue_limit("unlimited") == QueueLimit()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0 packets", "between 1 and 1,000,000 packets"),
        ("2000000 packets", "between 1 and 1,000,000 packets"),
        ("0 B", "between 1 B and 1 GB"),
        ("2 GB", "between 1 B and 1 GB"),
        (50, "or '50 packets', or 'unlimited'"),
        ("50 frames", "or '50 packets', or 'unlimited'"),
    ],
)
def test_what_is_no_queue_is_refused(written: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        queue_limit(written)


def test_a_batch_takes_a_base_and_a_time_a_frame() -> None:
    assert batch_time("0 ms+4 ms") == BatchTime(base_ns=0, frame_ns=4_000_000)


@pytest.mark.parametrize(
    "written", ["4 ms", "1 ms + 2 ms + 3 ms", "0 s + 0 s", "2 h + 1 ms", "a + b", 4, None]
)
def test_what_is_no_time_of_a_batch_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="must be"):
        batch_time(written)
