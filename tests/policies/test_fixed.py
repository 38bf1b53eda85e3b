from __future__ import annotations

import pytest

from policies.fixed import Fixed
from policies.interface import Delivery, Pending
from policies.snapshot import Snapshot, UnitSnapshot
from simulator.foundation.errors import InputError

MS = 1_000_000
UNITS = (
    UnitSnapshot(name="device", utility=0.8, on_device=True),
    UnitSnapshot(name="unit-1", utility=0.6, size_bytes=200),
    UnitSnapshot(name="unit-2", utility=0.7, size_bytes=500),
    UnitSnapshot(name="unit-3", utility=0.9, size_bytes=2000),
)
SEEN = Snapshot(units=UNITS, deadline_ns=100 * MS)


def test_the_default_is_the_middle_of_the_units_that_are_sent() -> None:
    assert Fixed().choose(SEEN) == 2


def test_where_none_is_sent_it_is_the_middle_of_all() -> None:
    assert Fixed().choose(Snapshot(units=UNITS[:1], deadline_ns=1)) == 0


@pytest.mark.parametrize(("wish", "index"), [("device", 0), ("unit-3", 3), (1, 1)])
def test_a_unit_is_named_or_numbered(wish: str | int, index: int) -> None:
    assert Fixed(unit=wish).choose(SEEN) == index


@pytest.mark.parametrize("wish", ["unit-7", 4, -1])
def test_an_unknown_unit_is_refused_with_those_there_are(wish: str | int) -> None:
    with pytest.raises(InputError, match=f"policy fixed unit: {wish} must be .* unit-1"):
        Fixed(unit=wish).choose(SEEN)


def test_an_unknown_variant_is_refused() -> None:
    with pytest.raises(InputError, match="'send' or 'skip'"):
        Fixed(infeasible="wait")  # type: ignore[arg-type]


def test_one_variant_skips_what_would_come_too_late() -> None:
    # 1000 bytes took 10 ms, so 2000 take 20 ms, and 8000 under way before them 80 ms.
    known = Snapshot(
        units=UNITS,
        deadline_ns=100 * MS,
        now_ns=50 * MS,
        captured_ns=50 * MS,
        delivered=1,
        deliveries=(Delivery(0, 1000, 0, 10 * MS, 0),),
    )
    clear = Fixed(unit="unit-3", infeasible="skip")
    assert clear.choose(SEEN) == 3  # nothing known: sent
    assert clear.choose(known) == 3

    def behind(size_bytes: int) -> Snapshot:
        late = Pending(1, size_bytes, 50 * MS)
        return Snapshot(
            units=UNITS,
            deadline_ns=100 * MS,
            now_ns=50 * MS,
            captured_ns=50 * MS,
            delivered=1,
            deliveries=known.deliveries,
            unacknowledged=(late,),
        )

    assert clear.choose(behind(8000)) == 3
    assert clear.choose(behind(8001)) is None
    assert Fixed(unit="unit-3").choose(behind(8001)) == 3
