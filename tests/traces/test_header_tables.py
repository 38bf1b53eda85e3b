"""Tables with headers: what names and options say, what is asked, how times become a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.foundation.errors import InputError
from traces import READERS, ReadOptions, doubts, read
from traces.bandwidth import RateTrace
from traces.formats.column_names import column_name

if TYPE_CHECKING:
    from pathlib import Path

S = 10**9


def parse(text: str, **options: object) -> RateTrace:
    given: ReadOptions = options  # type: ignore[assignment]
    trace = READERS["csv"].read(text.encode(), "x", given)
    assert isinstance(trace, RateTrace)
    return trace


def rates(trace: RateTrace) -> list[tuple[float, float]]:
    """Seconds and Mbit/s."""
    return [(start / S, float(rate) / 1e6) for start, rate in trace.steps()]


@pytest.mark.parametrize(
    ("name", "unit_bps"),
    [
        *(("mbps", 1e6), ("Mbps", 1e6), ("Throughput (Mbps)", 1e6), ("bandwidth_kbps", 1e3)),
        *(("MBps", 8e6), ("dl_kB/s", 8e3), ("KBps", 8e3), ("rate [MB/s]", 8e6), ("MiB/s", 2**23)),
        *(("bits_per_second", 1), ("bitsPerSecond", 1), ("bit/s", 1), ("rxMbps", 1e6)),
        *(("bytes per second", 8), ("B/s", 8), ("Gbit/s", 1e9), ("kbits/sec", 1e3)),
        *(("megabits_per_second", 1e6), ("mbit_s", 1e6), ("RATE (MBIT/S)", 1e6)),
        *(("MBPS", None), ("BPS", None), ("bandwidth", None), ("throughput", None), ("up", None)),
    ],
)
def test_a_rate_has_the_unit_that_its_name_states_and_no_other(
    name: str, unit_bps: float | None
) -> None:
    found = column_name(name)
    assert (found.role, found.unit) == ("rate", unit_bps)


@pytest.mark.parametrize(
    ("name", "role", "unit"),
    [
        *(("t_s", "time", 1), ("timestamp_ms", "time", 1e-3), ("Time [µs]", "time", 1e-6)),
        *(("timestamp", "time", None), ("unix_s", "time", 1), ("ts_ns", "time", 1e-9)),
        *(("duration_s", "duration", 1), ("start", "start", None), ("end_ms", "end", 1e-3)),
        *(("loss", "loss", 1), ("Loss [%]", "loss", 0.01), ("packet_loss_pct", "loss", 0.01)),
        *(("delay_ms", "delay", 1e-3), ("owd_us", "delay", 1e-6), ("delay", "delay", None)),
        *(("rtt_ms", "round trip", 1e-3), ("ping", "round trip", None), ("bytes", "amount", None)),
        *(("speed_kmh", "other", None), ("frame_rate", "other", None), ("cell", "other", None)),
        *(("jitter_ms", "other", None), ("", "other", None), ("2", "other", None)),
    ],
)
def test_other_columns_are_what_their_names_say(name: str, role: str, unit: float | None) -> None:
    found = column_name(name)
    assert (found.role, found.unit) == (role, unit)


@given(st.text(max_size=30))
def test_whatever_a_column_is_called_it_is_something(name: str) -> None:
    assert column_name(name).text == name


def test_what_a_name_leaves_open_is_an_option() -> None:
    table = "time,bandwidth\n0,1.5\n1,3\n"
    with pytest.raises(InputError, match=r"x:1 header: time,bandwidth states no unit of `bandwid"):
        parse(table)
    trace = parse(table, unit="MB/s")
    assert rates(trace) == [(0, 12)]
    assert trace.about.doubts == (
        (
            "has times without a unit, taken to be seconds: else say `time_unit: ms` "
            "(`--time-unit ms`)"
        ),
    )
    assert parse(table, unit="MB/s", time_unit="ms").period_ns == 10**6
    assert parse(table, unit="MB/s", time_unit="s").about.doubts == ()
    # Whoever gives a unit knows better than the name.
    assert rates(parse("t_s,mbps\n0,1\n1,1\n", unit="kbit/s")) == [(0, 0.001)]


def test_amounts_in_intervals_are_rates_over_them() -> None:
    # Wireshark's export: bytes each second; the last row only ends the trace.
    table = '"Interval start","All packets"\n0,1250000\n1,2500000\n2,0\n'
    with pytest.raises(InputError, match="states no unit of `All packets`; say `unit: B/interval`"):
        parse(table)
    trace = parse(table, unit="B/interval")
    assert (rates(trace), trace.period_ns, trace.mean_bps) == ([(0, 10), (1, 20)], 2 * S, 15e6)
    assert trace.about.doubts == ()
    assert parse(table, unit="bit/interval").mean_bps == 15e6 / 8
    longer = parse(table.replace("2,0", "2,5e5"), unit="B/interval", period_ns=4 * S)
    assert rates(longer) == [(0, 10), (1, 20), (2, 2)]
    # Bytes since the row before: those of the first row came before the trace.
    counted = "t_s,bytes\n0,9\n1,1250000\n3,1250000\n"
    assert rates(parse(counted, unit="B/interval", hold="since-previous")) == [(0, 10), (1, 5)]
    with pytest.raises(InputError, match=r"x:2 amount: 5 crossed in no time: two rows have one"):
        parse("t_s,bytes\n0,5\n0,5\n1,0\n", unit="B/interval")
    spans = "duration_s,bytes\n1,1250000\n2,1250000\n"
    assert rates(parse(spans, unit="B/interval")) == [(0, 10), (1, 5)]
    with pytest.raises(InputError, match=r"x:3 duration: 0 s must be above 0"):
        parse("duration_s,bytes\n1,5\n0,5\n", unit="B/interval")


def test_rows_that_say_how_long_they_last_leave_holes_out() -> None:
    trace = parse("start_s,end_s,mbps\n0,1,10\n5,6,2\n")
    assert (trace.period_ns, trace.mean_bps) == (2 * S, 6e6)
    assert trace.about.doubts == (
        "has a hole of 4 s in which nothing was measured: left out, so that 2 s of 6 s are covered",
    )
    assert parse("t_s,duration_ms,mbps\n7,1000,10\n8,500,2\n").period_ns == 1_500_000_000
    with pytest.raises(InputError, match="hold: until-next means nothing where rows say how long"):
        parse("duration_s,mbps\n1,10\n", hold="until-next")


def test_of_two_directions_one_is_chosen_and_what_is_sparse_is_said(tmp_path: Path) -> None:
    path = tmp_path / "tests.csv"
    path.write_text(
        "timestamp,download_mbps,upload_mbps,ping_ms\n"
        "2024-01-02T12:00:00Z,10.0,5.0,20\n2024-01-02T12:01:00Z,20.0,5.0,20\n"
    )
    with pytest.raises(InputError, match="has rates of both directions; say `direction: uplink`"):
        read(path)
    up, down = read(path, direction="uplink"), read(path, direction="downlink")
    assert (up.mean_bps, down.mean_bps, up.period_ns) == (5e6, 10e6, 60 * S)
    assert up.about.source.endswith("(not read: download_mbps, ping_ms)")
    assert doubts(up) == (
        "tests.csv measures a flow rate: real uplink capacity may differ",
        "tests.csv has no sample for 60 s, over which the last rate is held",
    )
    with pytest.raises(InputError, match="names a rate of the downlink, `dl_mbps`"):
        parse("t_s,dl_mbps\n0,1\n1,1\n", direction="uplink")


def test_columns_are_chosen_by_name_or_number() -> None:
    table = "Zeit,Rate A,Rate B\n0,1,2\n1,1,2\n"
    with pytest.raises(InputError, match="header: Zeit,Rate A,Rate B names no time"):
        parse(table)
    with pytest.raises(InputError, match=r"names 2 rates; say `column: Rate A` .`--column 'Rate"):
        parse(table, time_column="Zeit")
    given = {"time_column": 1, "time_unit": "s", "unit": "Mbit/s"}
    assert rates(parse(table, column="rate b", **given)) == [(0, 2)]
    assert rates(parse(table, column=2, **given)) == [(0, 1)]
    with pytest.raises(InputError, match="has 3 columns, and no column 4"):
        parse(table, column=4, **given)
    with pytest.raises(InputError, match="has no columns 'Rate C'"):
        parse(table, column="Rate C", **given)


def test_a_delay_without_a_unit_is_not_read_and_that_is_said() -> None:
    trace = parse("t_s,mbps,delay\n0,1,20\n1,1,20\n")
    assert trace.conditions is None
    assert trace.about.doubts == (
        "has a column `delay` without a unit: name it delay_ms to use it",
    )
    percent = parse("t_s,mbps,loss_pct,owd_us\n0,1,5,2000\n1,1,5,2000\n").conditions
    assert percent is not None
    assert (percent.mean_loss, percent.mean_delay_ns) == (0.05, 2_000_000)


def test_unix_times_tell_their_unit_by_their_size() -> None:
    at_ms = "t_s,mbps\n1700000000500,8\n1700000001500,16\n1700000002500,0\n"
    trace = parse(at_ms)
    assert (rates(trace), trace.period_ns) == ([(0, 8), (1, 16)], 2 * S)
    assert trace.about.doubts == ("has unix times in ms, whatever `t_s` says",)
    for power, unit in ((9, "s"), (12, "ms"), (15, "us"), (18, "ns")):
        first = 17 * 10 ** (power - 1)
        text = f"timestamp,mbps\n{first},8\n{first + 10 ** (power - 9)},0\n"
        assert (parse(text).period_ns, parse(text).about.doubts) == (S, ()), unit
    # Fractions of unix seconds come out as they are written.
    assert parse("unix_s,mbps\n1743071707.99,8\n1743071708.98,0\n").period_ns == 990_000_000
    assert parse("up_ms,mbps,t_ms\n1,8,1700000000\n2,8,1700001000\n").period_ns == S


def test_control_characters_in_names_do_not_reach_a_terminal() -> None:
    trace = parse("t_s,mbps,\x1b[31mred\n0,1,2\n1,1,2\n")
    assert "\x1b" not in trace.about.source


@pytest.mark.parametrize(
    ("file", "options", "mbps", "seconds"),
    [
        ("comment_first.csv", {}, 12, 2),
        ("quoted.csv", {}, 12, 2),
        ("pandas_index.csv", {}, 12, 2),
        ("epoch_ms.csv", {}, 12, 2),
        ("ts_kbps.csv", {}, 10, 1),
        ("duration_rate.csv", {}, 15, 2),
        ("iso_time.csv", {}, 10, 1),
        ("time_throughput.csv", {}, 10, 1),
        ("time_bandwidth.csv", {"unit": "Mbit/s"}, 1.5, 1),
        ("eu_header.csv", {"unit": "Mbit/s"}, 2.25, 1),
        ("wireshark_io.csv", {"unit": "B/interval"}, 15, 2),
        ("speedtest_common.csv", {"direction": "uplink"}, 5, 60),
        ("iperf2_total.txt", {}, 14, 3),
        ("iperf3_server_two_tests.txt", {"run": 1}, 10.5, 2),
        ("iperf3_server_two_tests.txt", {"run": 2}, 41.9, 2),
        ("iperf3_gap.txt", {}, 6, 2),
        ("iperf3_stream.jsonl", {}, 15, 2),
        ("iperf3_powershell_utf16.txt", {}, 5500, 2),
        ("iperf3_zero_len.txt", {}, 1.014825870646766, 2.01),
        ("iperf3_omit_restart.txt", {}, 10.5, 3),
        ("starlink_history.json", {"direction": "uplink"}, 0.2, 3),
        ("starlink_history.json", {"direction": "downlink"}, 2, 3),
    ],
)
def test_cases_from_the_field_have_their_right_values(
    file: str, options: ReadOptions, mbps: float, seconds: float, shared: Path
) -> None:
    trace = read(shared / "cases/traces" / file, **options)
    assert trace.mean_bps / 1e6 == pytest.approx(mbps, rel=1e-9)
    assert trace.period_ns / 1e9 == pytest.approx(seconds, rel=1e-9)
