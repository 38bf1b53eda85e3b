"""One conformance test over all readers, then what is particular to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.foundation.errors import InputError
from tests.traces.examples import BAD, FORMS, GOOD, OPTIONS
from tests.traces.long_files import FORMS as LONG_FORMS
from tests.traces.long_files import long_file
from traces import READERS, RateTrace, ReadOptions, read
from traces.reading import content
from traces.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

S = 10**9


def write(folder: Path, data: bytes, name: str = "file.trace") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_every_reader_is_under_test() -> None:
    assert READERS.keys() == GOOD.keys() == BAD.keys()


@pytest.mark.parametrize("name", READERS)
def test_a_reader_is_chosen_by_content_and_tells_its_name(name: str, tmp_path: Path) -> None:
    path = write(tmp_path, GOOD[name])
    assert sniff(GOOD[name], "x") == name
    trace = read(path, name, **OPTIONS.get(name, {}))
    assert trace.about.name == "file.trace"
    assert trace.after == READERS[name].options["after"][0]
    assert trace.offset_ns == 0
    assert READERS[name].name == name
    assert READERS[name].title


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_a_format_is_recognised_and_says_the_same(form: str, tmp_path: Path) -> None:
    name, data = FORMS[form]
    assert sniff(data, "x") == name
    trace = read(write(tmp_path, data))
    assert isinstance(trace, RateTrace)
    assert [(start, float(rate)) for start, rate in trace.steps()] == [(0, 1.5e6), (S, 0)]
    assert trace.period_ns == 2_500_000_000


@pytest.mark.parametrize("name", [*READERS, *FORMS])
@pytest.mark.parametrize(
    "variant",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.removesuffix(b"\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data + b"\n\n",
        lambda data: data.decode().encode("utf-16"),
        lambda data: data.decode().encode("utf-16-le"),
        lambda data: data.decode().encode("utf-16-be"),
        lambda data: data.decode().encode("utf-32"),
        lambda data: data.removesuffix(b"\n").replace(b"\n", b"\r"),
    ],
    ids=[
        *("crlf", "no final newline", "byte-order mark", "blank lines at the end"),
        *("utf-16", "utf-16 little-endian", "utf-16 big-endian", "utf-32", "cr"),
    ],
)
def test_line_ends_and_marks_change_nothing(
    name: str, variant: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    reader, data = FORMS.get(name) or (name, GOOD[name])
    options = OPTIONS.get(name, {})
    plain = read(write(tmp_path, data), reader, **options)
    path = write(tmp_path, variant(data))
    assert read(path, reader, **options) == plain
    assert sniff(content(path), "x") == reader


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [(name, data, said) for name, cases in BAD.items() for data, said in cases.items()],
)
def test_bad_input_is_refused_with_its_line(
    name: str, data: bytes, said: str, tmp_path: Path
) -> None:
    path = write(tmp_path, data)
    with pytest.raises(InputError) as caught:
        read(path, name, **OPTIONS.get(name, {}))
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"{path}{said}")
    assert problem.remedy


@pytest.mark.parametrize("name", READERS)
@settings(deadline=None)
@given(
    data=st.one_of(
        st.binary(max_size=60),
        st.text(alphabet="0123456789.,-e\n\t naif", max_size=60).map(str.encode),
    )
)
def test_whatever_the_bytes_a_reader_gives_a_trace_or_a_clear_refusal(
    name: str, data: bytes
) -> None:
    if name in {"csv", "gnettrack", "lumos5g"}:
        data = GOOD[name].split(b"\n")[0] + b"\n" + data
    try:
        trace = READERS[name].read(data, "fuzz", OPTIONS.get(name, {}))
    except InputError as error:
        refusal = error
    else:
        at = trace.instant(1)
        assert at is not None
        assert trace.capacity(at) >= 1 > trace.capacity(at - 1)
        return
    assert all(str(problem.where).startswith("fuzz") for problem in refusal.problems)
    assert all(problem.rule and problem.remedy for problem in refusal.problems)


@pytest.mark.parametrize("name", [*READERS, *LONG_FORMS])
def test_a_long_file_is_read_in_pieces_and_its_lines_keep_their_numbers(
    name: str, tmp_path: Path
) -> None:
    by_pieces = name in {"mahimahi", "pensieve", "nyu-mets"}  # of 100,000 lines
    rows = 101_000 if by_pieces else 3_000
    reader, options = LONG_FORMS.get(name) or (name, OPTIONS.get(name, {}))
    assert read(write(tmp_path, long_file(name, rows)), reader, **options).mean_bps > 0
    data = long_file(name, rows, last=b"x")
    line = data.count(b"\n", 0, data.rindex(b"x")) + 1
    if name == "starlink":
        line = 2  # where its ring begins
    with pytest.raises(InputError, match=rf":{line} .*must be|:{line} .*no JSON"):
        read(write(tmp_path, data), reader, **options)


def test_a_mahimahi_file_ends_at_its_last_stamp(tmp_path: Path) -> None:
    trace = read(write(tmp_path, b"0\n1\n2\n3\n4\n", "12mbps.down"))
    assert trace.period_ns == 4 * 10**6
    assert trace.mean_bps == pytest.approx(15.04e6)
    assert trace.about.direction == "downlink"
    assert trace.about.measures == "capacity"
    small = read(tmp_path / "12mbps.down", opportunity_bytes=1500, after="stop")
    assert small.mean_bps == pytest.approx(15e6)
    assert small.instant(4 * 1500 + 1) is None


def test_a_rate_holds_in_the_direction_that_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, b"10 8\n11 16\n13 80\n")
    byte = 8 * S

    def offered(**options: object) -> list[int]:
        trace = read(path, "pensieve", **options)  # type: ignore[arg-type]
        return [trace.capacity(t * S) // byte // 10**6 for t in (1, 2, 3, 4)]

    assert offered() == [2, 12, 22, 24]  # 16 in the first second, then 80
    assert offered(hold="since-previous") == offered()
    assert offered(hold="until-next") == [1, 3, 5, 6]
    assert offered(hold="until-next", period_ns=4 * S) == [1, 3, 5, 15]
    assert offered(period_ns=4 * S) == [1, 3, 13, 23]
    assert offered(hold="until-next", after="hold") == [1, 3, 5, 15]
    assert offered(after="hold") == [2, 12, 22, 32]
    assert offered(after="stop") == [2, 12, 22, 22]


def test_lines_of_equal_time_have_no_length(tmp_path: Path) -> None:
    trace = read(write(tmp_path, b"0 1\n1 2\n1 3\n2 4\n"), "pensieve", hold="until-next")
    assert trace.mean_bps == 2e6
    assert read(tmp_path / "file.trace", "pensieve").mean_bps == 3e6


def test_units_and_columns_are_options(tmp_path: Path) -> None:
    path = write(tmp_path, b"0 1 5\n1 2 6\n")
    assert read(path, column=2, unit="Mbit/s").mean_bps == 2e6
    assert read(path, column=3, unit="MB/s").mean_bps == 48e6
    with pytest.raises(InputError, match="column: 3 must be one of the file's 2 columns"):
        read(write(tmp_path, b"0 1\n1 2\n"), "pensieve", column=3)


def test_a_single_line_needs_a_period(tmp_path: Path) -> None:
    path = write(tmp_path, b"t_s,mbps\n5,12\n")
    assert read(path, period_ns=S).mean_bps == 12e6
    with pytest.raises(InputError, match="at least last - first"):
        read(write(tmp_path, GOOD["csv"]), period_ns=S)
    with pytest.raises(InputError, match="at most 31622400 s"):
        read(path, period_ns=10**17)


def test_a_last_csv_row_can_hold_for_ever(tmp_path: Path) -> None:
    trace = read(write(tmp_path, b"t_s,mbps\n0,8\n1,0.8\n"), after="hold")
    assert trace.capacity(11 * S) // trace.units_per_byte == 2 * 10**6


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"hold": "until-next"}, "hold: until-next means nothing for mahimahi"),
        ({"after": "hold"}, "after: hold must be one of loop, stop"),
        ({"after": "once"}, "after: once must be one of loop, stop"),
        ({"opportunity_bytes": 0}, "opportunity: 0 must be an integer from 1"),
        ({"opportunity_bytes": True}, "opportunity: True must be an integer"),
        ({"hodl": 1, "colunm": 2}, "hodl: 1 means nothing.*\n.*colunm: 2 means nothing"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    options: ReadOptions, said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=said):
        read(write(tmp_path, GOOD["mahimahi"]), **options)


def test_an_unknown_format_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'mahimahi'"):
        read(write(tmp_path, GOOD["mahimahi"]), "mahimai")


def test_a_missing_or_endless_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read(tmp_path / "none")
    with (tmp_path / "huge").open("wb") as stream:
        stream.truncate(64 * 2**20 + 1)
    with pytest.raises(InputError, match="must be at most 67108864 bytes"):
        read(tmp_path / "huge")
    with pytest.raises(InputError, match="length: 5000001 must be at most 5000000 lines"):
        read(write(tmp_path, b"1\n" * 5_000_001))
