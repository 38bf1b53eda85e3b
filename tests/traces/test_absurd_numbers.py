"""Numbers that no trace can mean: refused before a cast could wrap them, never an overflow."""

from __future__ import annotations

import re

import pytest

from simulator.foundation.errors import InputError
from tests.traces.examples import GOOD
from traces.formats.interface import LONGEST_S
from traces.formats.table import READERS

NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
ABSURD = tuple(b"1e10 9007199254740993 1e18 1e19 -1e19 9223372036854775808 1e300 1e-300".split())
PLACES = 25


@pytest.mark.parametrize("name", GOOD)
def test_an_absurd_number_anywhere_is_refused_or_makes_no_absurd_trace(name: str) -> None:
    good = GOOD[name]
    for place in list(NUMBER.finditer(good))[:PLACES]:
        for absurd in ABSURD:
            data = good[: place.start()] + absurd + good[place.end() :]
            try:
                trace = READERS[name].read(data, "absurd", {})
            except InputError:
                continue
            assert 0 < trace.period_ns <= LONGEST_S * 10**9
            assert trace.capacity(trace.period_ns) > 0
