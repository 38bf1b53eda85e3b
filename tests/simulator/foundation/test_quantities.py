from __future__ import annotations

import pytest

from simulator.foundation.quantities import (
    duration_ns,
    format_bytes,
    format_ns,
    format_rate,
    rate_bps,
    size_bytes,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0 s", 0), ("1 ns", 1), ("150ms", 150_000_000), ("2 min", 120 * 10**9), ("1e3 us", 10**6)],
)
def test_durations_become_integer_nanoseconds(text: str, expected: int) -> None:
    assert duration_ns(text) == expected


@pytest.mark.parametrize("text", ["150", "", "ms", "-1 ms", "1 m", "nan s", "1 MS", "٣ s", "1_0 s"])
def test_a_duration_without_a_proper_number_and_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a duration with a unit"):
        duration_ns(text)


def test_a_number_of_absurd_size_is_refused() -> None:
    with pytest.raises(ValueError, match="must be a duration below"):
        duration_ns("1e99 h")


def test_decimal_fractions_are_exact() -> None:
    assert duration_ns("0.1 s") == 100_000_000
    assert rate_bps("0.3 Mbit/s") == 300_000


def test_si_and_binary_prefixes_differ() -> None:
    assert size_bytes("1 kB") == 1000
    assert size_bytes("1 KiB") == 1024


def test_quantities_are_shown_with_their_unit() -> None:
    assert format_ns(5) == "5 ns"
    assert format_bytes(64_000) == "64 kB"
    assert format_rate(0) == "0 bit/s"
