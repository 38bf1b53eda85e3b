from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.foundation.errors import InputError
from simulator.replay import read_frames, rows
from simulator.replay.clock import as_seconds, nanoseconds

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "flow,frame_id,t_send_s,bytes\n"
WEIGHED = "flow,frame_id,t_send_s,bytes,weight\n"


@pytest.mark.parametrize(
    ("text", "unit_ns", "expected"),
    [
        ("0", 10**9, 0),
        ("0.1", 10**9, 100_000_000),
        ("1234567.123456789", 10**9, 1_234_567_123_456_789),
        ("33.333", 10**6, 33_333_000),
        ("1e-3", 10**9, 1_000_000),
        ("0.0333333333333333", 10**9, 33_333_333),
        ("+2.", 10**6, 2_000_000),
        ("-0", 10**9, 0),
    ],
)
def test_an_instant_is_exact_to_the_nanosecond(text: str, unit_ns: int, expected: int) -> None:
    assert nanoseconds(text, unit_ns) == expected


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("-1e-9", "must not be negative"),
        ("1e99", "must be at most 31622400 s"),
        ("nan", "must be a decimal number"),
        ("1_0", "must be a decimal number"),
        ("", "must be a decimal number"),
        ("١", "must be a decimal number"),
    ],
)
def test_what_is_no_instant_says_why(text: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        nanoseconds(text, 10**9)


@given(t_ns=st.integers(0, 31_622_400 * 10**9))
def test_an_instant_written_is_read_back(t_ns: int) -> None:
    assert nanoseconds(as_seconds(t_ns), 10**9) == t_ns


def test_columns_may_come_in_any_order_and_a_lone_flow_needs_none(tmp_path: Path) -> None:
    file = tmp_path / "frames.csv"
    file.write_bytes(b'\xef\xbb\xbfbytes,"t_send_ms",frame_id\r\n900,0,a\r\n\r\n1, 33.333 ,b\r\n')
    table = read_frames(file)
    assert table.flow == ["0", "0"]
    assert table.frame_id == ["a", "b"]
    assert table.sent_ns == [0, 33_333_000]
    assert table.payload_bytes == [900, 1]


def test_flows_may_have_weights(tmp_path: Path) -> None:
    file = tmp_path / "frames.csv"
    file.write_text("flow,frame_id,t_send_s,bytes,weight\na,0,0,9,1000\nb,0,0,9,2\na,1,1,9,1000\n")
    assert read_frames(file).weights == {"a": 1000, "b": 2}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ":1 header: (blank) must name frame_id and bytes and one of t_send_s and t_send_ms;"),
        ("frame_id,bytes\n", ":1 header: frame_id,bytes must name"),
        ("frame_id,t_send_s,t_send_ms,bytes\n", ":1 header: frame_id,t_send_s,t_send_ms,bytes"),
        ("frame,t_send_s,bytes\n", ":1 column: frame means nothing here; did you mean 'frame_id'?"),
        ("bytes,bytes,frame_id,t_send_s\n", ":1 column: bytes must come once; remove one"),
        (HEADER, ":1 rows: 0 must be at least 1; give some frames"),
        (HEADER + "0,0,0\n", ":2 fields: 3 must be 4, as the header has; correct the line"),
        (HEADER + "0,0,0,9\n0,1,-1,9\n", ":3 t_send_s: -1 must not be negative; give instants"),
        (HEADER + "0,0,,9\n", ":2 t_send_s: (empty) must be a decimal number;"),
        (
            HEADER + "0,0,1,9\n0,1,0.5,9\n",
            ":3 t_send_s: 0.5 must not be before the row above, 1.000000000 s; sort the rows",
        ),
        (HEADER + "0,0,0,0\n", ":2 bytes: 0 must be a whole number from 1 to 999999999999; leave"),
        (HEADER + "0,0,0,1.5\n", ":2 bytes: 1.5 must be a whole number"),
        (HEADER + "0,7,0,9\n1,7,0,9\n0,7,0,9\n", ":4 frame_id: 7 must come once in flow 0; number"),
        (HEADER + "0,,0,9\n", ":2 frame_id: (empty) must be 1 to 64 of the characters"),
        (HEADER + "a b,0,0,9\n", ":2 flow: a b must be 1 to 64 of the characters"),
        (HEADER + '0,"0,0,9\n', ":2 row: a line is no CSV (unexpected end of data); correct"),
        (WEIGHED + "0,0,0,9,1\n0,1,0,9,2\n", ":3 weight: 2 must be 1, as for the frames of flow 0"),
        (WEIGHED + "0,0,0,9,0\n", ":2 weight: 0 must be a whole number from 1 to 1000; divide"),
        (WEIGHED + "0,0,0,9,1001\n", ":2 weight: 1001 must be a whole number"),
        (WEIGHED + "0,0,0,9,1.5\n", ":2 weight: 1.5 must be a whole number"),
        (WEIGHED + "0,0,0,9,\n", ":2 weight: (empty) must be a whole number"),
        (HEADER + "0,\xff,0,9\n", ":2 text: a byte must be UTF-8; save it as UTF-8"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "frames.csv"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError) as caught:
        read_frames(file)
    assert len(caught.value.problems) == 1
    assert str(caught.value).startswith(f"{file}{message}")


def test_more_rows_than_can_be_held_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 1)
    file = tmp_path / "frames.csv"
    file.write_text(HEADER + "0,0,0,9\n0,1,0,9\n")
    with pytest.raises(InputError, match=":3 rows: 2 must be at most 1; cut it"):
        read_frames(file)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=60), at=st.integers(0, 60))
def test_noise_in_a_table_is_read_or_refused(tmp_path: Path, noise: bytes, at: int) -> None:
    good = HEADER.encode() + b"0,0,0,9\n0,1,0.5,3000\n"
    file = tmp_path / "noise.csv"
    file.write_bytes(good[:at] + noise + good[at:])
    refused = ""
    try:
        assert read_frames(file).sent_ns
    except InputError as error:
        refused = str(error)
    assert not refused or refused.startswith(str(file))
