from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.cli import main
from simulator.foundation.errors import InputError
from simulator.replay import rows
from simulator.replay.customers import (
    BatchTime,
    CustomerTable,
    PoolChoice,
    batch_time,
    read_customers,
    serve,
    visits_table,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CUSTOMERS = "id,arrival_s,service_time_s\na,0,0.02\nb,0.001,0.02\nc,0.002,0.02\nd,0.04,0.01\n"
VISITS = "id,arrival_s,service_start_s,departure_s,outcome,batch_id,batch_size\n"


class Called(NamedTuple):
    """What a command left."""

    code: int
    out: str
    err: str


@pytest.fixture
def replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    """The command on four customers; options given later win."""
    (tmp_path / "customers.csv").write_text(CUSTOMERS)

    def call(*options: object) -> Called:
        usual = ("--customers", tmp_path / "customers.csv", "--out", tmp_path / "out" / "o.csv")
        code = main(["replay", *map(str, (*usual, *options))])
        said = capsys.readouterr()
        return Called(code, said.out, said.err)

    return call


@pytest.mark.parametrize(
    ("options", "visits", "said"),
    [
        (
            (),
            [
                "a,0.000000000,0.000000000,0.020000000,served,0,1",
                "b,0.001000000,0.020000000,0.040000000,served,1,1",
                "c,0.002000000,0.040000000,0.060000000,served,2,1",
                "d,0.040000000,0.060000000,0.070000000,served,3,1",
            ],
            "4 of 4 customers served; 0 reneged, 0 refused",
        ),
        (
            # b leaves after 15 ms, c finds the one place taken, and d is served at once.
            ("--queue-places", "1", "--patience", "15 ms"),
            [
                "a,0.000000000,0.000000000,0.020000000,served,0,1",
                "b,0.001000000,,0.016000000,reneged,,",
                "c,0.002000000,,,refused,,",
                "d,0.040000000,0.040000000,0.050000000,served,1,1",
            ],
            "2 of 4 customers served; 1 reneged, 1 refused",
        ),
        (
            # b and c together take the sum of their times.
            ("--max-batch", "2"),
            [
                "a,0.000000000,0.000000000,0.020000000,served,0,1",
                "b,0.001000000,0.020000000,0.060000000,served,1,2",
                "c,0.002000000,0.020000000,0.060000000,served,1,2",
                "d,0.040000000,0.060000000,0.070000000,served,2,1",
            ],
            "4 of 4 customers served; 0 reneged, 0 refused",
        ),
        (
            # a, b and c close at 2 ms, d at 45 ms.
            (
                *("--batching", "form", "--max-batch", "3", "--max-wait", "5 ms"),
                *("--batch-time", "10 ms + 4 ms", "--workers", "2"),
            ),
            [
                "a,0.000000000,0.002000000,0.024000000,served,0,3",
                "b,0.001000000,0.002000000,0.024000000,served,0,3",
                "c,0.002000000,0.002000000,0.024000000,served,0,3",
                "d,0.040000000,0.045000000,0.059000000,served,1,1",
            ],
            "4 of 4 customers served; 0 reneged, 0 refused",
        ),
    ],
)
def test_customers_come_out_with_their_instants_and_batches(
    replayed: Callable[..., Called],
    tmp_path: Path,
    options: tuple[str, ...],
    visits: list[str],
    said: str,
) -> None:
    out = tmp_path / "out" / "o.csv"
    assert replayed(*options) == (0, f"{said}\nwrote {out}\n", "")
    assert out.read_text() == VISITS + "".join(f"{row}\n" for row in visits)


def test_customers_may_come_in_any_order_and_stay_in_it(
    replayed: Callable[..., Called], tmp_path: Path
) -> None:
    assert replayed().code == 0
    known = (tmp_path / "out" / "o.csv").read_text().splitlines()
    lines = CUSTOMERS.splitlines()
    (tmp_path / "customers.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]))
    assert replayed().code == 0
    assert (tmp_path / "out" / "o.csv").read_text().splitlines()[1:] == known[:0:-1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--workers", "0"), "--workers value: 0 must be a whole number from 1 to 10000; write"),
        (("--queue-places", "-1"), "--queue-places value: -1 must be a whole number from 0"),
        (("--max-batch", "1.5"), "--max-batch value: 1.5 must be a whole number from 1 to"),
        (("--patience", "100"), "--patience duration: 100 must be a duration with a unit"),
        (("--patience", "9000 h"), "--patience duration: 32400000000000000 ns must be at most"),
        (("--max-wait", "5 ms"), "--max-wait duration: 5000000 ns means nothing for --batching p"),
        (("--batching", "form"), "--max-wait duration: (none) must be given for --batching form"),
        (("--batch-time", "10 ms"), "--batch-time times: 10 ms must be a duration for the batch, "),
        (("--batch-time", "10 ms + 4"), "--batch-time times: 10 ms + 4 must be a duration with"),
        (("--batch-time", "1 ms + 999999 h"), "--batch-time service of all customers: 143999"),
        (("--trace", "t"), "--trace option: t means nothing for --customers; leave it out"),
        (("--sharing", "drr"), "--sharing option: drr means nothing for --customers; leave it"),
        (("--quantum", "3000"), "--quantum option: 3000 means nothing for --customers; leave"),
        (("--customers", "nowhere.csv"), "nowhere.csv customers: nowhere.csv does not exist"),
    ],
)
def test_wrong_options_are_refused_in_a_line_and_nothing_is_written(
    replayed: Callable[..., Called], tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    called = replayed(*options)
    assert (called.code, called.out, called.err.count("\n")) == (2, "", 1)
    assert message in called.err
    assert not (tmp_path / "out").exists()


def test_the_table_is_no_place_for_the_answer(
    replayed: Callable[..., Called], tmp_path: Path
) -> None:
    called = replayed("--out", tmp_path / "customers.csv")
    assert "must be no input and no other output" in called.err
    assert (tmp_path / "customers.csv").read_text() == CUSTOMERS


def test_frames_have_no_workers_and_need_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--out", "o.csv", "--workers", "2"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "--trace option: (none) must be given; give --trace FILE, or --customers FILE",
        "--frames option: (none) must be given; give --frames FILE, or --customers FILE",
        "--workers option: 2 means nothing for frames; leave it out, or give --customers FILE",
    ]


def table(tmp_path: Path, text: str) -> CustomerTable:
    path = tmp_path / "c.csv"
    path.write_text(text)
    return read_customers(path)


def test_a_table_is_read_to_the_nanosecond_whatever_the_order_of_its_columns(
    tmp_path: Path,
) -> None:
    read = table(
        tmp_path, "service_time_s , id,arrival_s\n0.0333333333333333,x/1, 1e-3\n\n0,y,2.\n"
    )
    assert read == CustomerTable(
        names=["x/1", "y"], arrived_ns=[1_000_000, 2 * 10**9], service_ns=[33_333_333, 0]
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "c.csv:1 header: (blank) must name id and arrival_s; write id,arrival_s"),
        ("id,arrivals\n", "c.csv:1 column: arrivals means nothing here; did you mean 'arrival_s'"),
        ("id,id,arrival_s\n", "c.csv:1 column: id must come once; remove one"),
        ("id,arrival_s\n", "c.csv:1 rows: 0 must be at least 1; give some customers"),
        ("id,arrival_s\n1\n", "c.csv:2 fields: 1 must be 2, as the header has; correct the line"),
        ("id,arrival_s\n,1\n", "c.csv:2 id: (empty) must be 1 to 64 of the characters"),
        ("id,arrival_s\n1,0\n\n1,0\n", "c.csv:4 id: 1 must come once; number the customers"),
        ("id,arrival_s\n1,\n", "c.csv:2 arrival_s: (empty) must be a decimal number; give sec"),
        ("id,arrival_s\n1,nan\n", "c.csv:2 arrival_s: nan must be a decimal number; give sec"),
        ("id,arrival_s\n1,-1\n", "c.csv:2 arrival_s: -1 must not be negative; give seconds"),
        ("id,arrival_s\n1,1e9\n", "c.csv:2 arrival_s: 1e9 must be at most 31622400 s; give"),
        (
            "id,arrival_s,service_time_s\n1,0,\n",
            "c.csv:2 service_time_s: (empty) must be a decimal number; give seconds",
        ),
        ('id,arrival_s\n"1"x,0\n', "c.csv:2 row: a line is no CSV ("),
    ],
)
def test_bad_tables_are_refused_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        table(tmp_path, text)
    assert message in str(refused.value)


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(b"id,arrival_s\n\xff,1\n")
    with pytest.raises(InputError, match=r"c\.csv:2 text: a byte must be UTF-8; save it as"):
        read_customers(path)


def test_more_rows_than_can_be_held_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 2)
    text = "id,arrival_s\n" + "".join(f"{k},{k}\n" for k in range(9))
    with pytest.raises(InputError, match=r"c\.csv:4 rows: 3 must be at most 2; cut it into"):
        table(tmp_path, text)


@given(st.binary(max_size=60) | st.text('id,arvl_s\n01.e-"', max_size=60).map(str.encode))
def test_whatever_is_in_a_table_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, tail: bytes
) -> None:
    path = tmp_path_factory.mktemp("c") / "c.csv"
    for data in (tail, b"id,arrival_s\n1,0\n" + tail):
        path.write_bytes(data)
        try:
            read = read_customers(path)
        except InputError:
            continue
        assert len(read.names) == len(read.arrived_ns)


def test_services_that_would_outlast_the_clock_are_refused(
    replayed: Callable[..., Called], tmp_path: Path
) -> None:
    year = "".join(f"{k},0,31622400\n" for k in range(101))
    (tmp_path / "customers.csv").write_text(f"id,arrival_s,service_time_s\n{year}")
    assert "--customers service of all customers: 3193862400 s must be at" in replayed().err
    assert replayed("--batch-time", "0 ns + 0 ns").out.startswith("101 of 101 customers served")


def test_times_of_batches_have_a_base_and_something_for_each() -> None:
    assert batch_time("1.5 ms + 0 ns") == BatchTime(1_500_000, 0)
    assert batch_time("1e+1 ms+4e+0 ns") == BatchTime(10_000_000, 4)
    for text in ("10 ms", "1e+3 ms", "1 ms + 2 ms + 3 ms"):
        with pytest.raises(ValueError, match=r"must be a duration for the batch, '\+', and one"):
            batch_time(text)
    for text in ("10 + 4 ms", "+ 4 ms", "1 ms +"):
        with pytest.raises(ValueError, match="must be a duration with a unit"):
            batch_time(text)


def test_customers_of_one_instant_come_together_and_in_the_order_of_the_table() -> None:
    customers = CustomerTable(names=["1", "2", "3"], arrived_ns=[5, 0, 5], service_ns=[1, 9, 2])
    visits = serve(customers, PoolChoice(max_batch=2))
    assert (visits.start_ns, visits.left_ns) == ([9, 0, 9], [12, 9, 12])
    assert visits_table(customers, visits).splitlines()[1] == (
        "1,0.000000005,0.000000009,0.000000012,served,1,2"
    )
