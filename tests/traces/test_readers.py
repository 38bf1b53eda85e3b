"""What is particular to readers of measurement logs: their units, options, gaps and directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.foundation.errors import InputError
from tests.traces.examples import GOOD
from traces import READERS, ReadOptions, doubts, read
from traces.bandwidth import RateTrace

if TYPE_CHECKING:
    from pathlib import Path

S = 10**9
HEAD = b"Timestamp,DL_bitrate,UL_bitrate\n"
RUNS = b"run_num,seq_num,Throughput\n1,1,10\n2,1,40\n2,2,60\n"
INTERVAL = b"[%3s]%s %d.00-%d.00   sec   340 KBytes  %d Mbits/sec %s\n"


def parse(name: str, data: bytes, **options: object) -> RateTrace:
    given: ReadOptions = options  # type: ignore[assignment]
    trace = READERS[name].read(data, "x", given)
    assert isinstance(trace, RateTrace)
    return trace


def rates(trace: RateTrace) -> list[tuple[float, float]]:
    """Seconds and Mbit/s."""
    return [(start / S, float(rate) / 1e6) for start, rate in trace.steps()]


def test_a_recognised_file_without_units_is_refused_until_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(GOOD["pensieve"])
    with pytest.raises(InputError, match="give the `unit`, or say `format: pensieve` for its own"):
        read(path)
    assert read(path, "pensieve") == read(path, unit="Mbit/s")
    assert read(path, unit="MB/s").mean_bps == 8 * read(path, unit="Mbit/s").mean_bps


def test_each_good_file_has_the_rates_it_states() -> None:
    assert rates(parse("sabre", GOOD["sabre"])) == [(0, 1.5), (1, 0), (2.5, 4)]
    assert rates(parse("hsdpa", GOOD["hsdpa"])) == [(0, 2), (1, 0), (2, pytest.approx(1.001001))]
    assert rates(parse("nyu-mets", GOOD["nyu-mets"])) == [(0, 3.97), (1, 0.791), (2, 0)]
    assert rates(parse("iperf3", GOOD["iperf3"])) == [(0, 27.8), (0.1, 0)]
    assert rates(parse("opennetlab", GOOD["opennetlab"])) == [(0, 0), (0.2, 1.72025)]
    # The unavailable second keeps the rate before it.
    assert rates(parse("lumos5g", GOOD["lumos5g"])) == [(0, 78), (2, 110.5)]
    # Rows of one second are averaged; the clock skips a second; the last row lasts one.
    gnettrack = parse("gnettrack", GOOD["gnettrack"])
    assert rates(gnettrack) == [(0, 0.023), (2, 9)]
    assert gnettrack.period_ns == 3 * S
    genet = parse("genet", GOOD["genet"])
    assert rates(genet) == [(0, 0.1), (0.5, 0.672), (1, 0.3)]
    assert genet.capacity(11 * S) - genet.capacity(S) == 300_000 * 10 * S


def test_oboe_follows_the_slopes_between_downloads() -> None:
    trace = parse("oboe", b"0 100\n1000 100\n1200 300\n2000 300\n")
    # 200 ms between downloads: two steps of 100 ms on the line from 100 to 300 kbit/s.
    assert rates(trace) == [(0, 0.1), (1, 0.15), (1.1, 0.25), (1.2, 0.3)]
    wild = b"".join(b"%d %d\n" % (9000 * k, 1 + k % 2) for k in range(120_000))
    assert parse("oboe", wild).pieces == 119_999


def test_a_clock_that_goes_back_is_refused_cut_or_sorted() -> None:
    data = HEAD + b"".join(
        b"2019.11.21_10.20.%02d,%d,5\n" % row for row in ((10, 1), (12, 2), (11, 4), (13, 8))
    )
    with pytest.raises(InputError, match=r"x:4 time: .* say `backwards: cut` to end the trace"):
        parse("gnettrack", data)
    assert rates(parse("gnettrack", data, backwards="cut")) == [(0, 0.001), (2, 0.002)]
    assert len(rates(parse("gnettrack", data, backwards="sort"))) == 4
    cooked = b"0 1\n2 5\n1 7\n"
    assert parse("pensieve", cooked, backwards="cut").period_ns == 2 * S
    assert parse("pensieve", cooked, backwards="sort").mean_bps == 6e6


def test_both_directions_of_a_file_can_be_read() -> None:
    up = parse("gnettrack", GOOD["gnettrack"], direction="uplink")
    assert rates(up) == [(0, 0.036), (2, 0.021)]
    assert up.about.direction == "uplink"
    assert "in logs of downloads, hardly more" in up.about.doubts[0]
    assert parse("gnettrack", GOOD["gnettrack"]).about.doubts == ()
    both = b'{"uplink": {"trace_pattern": [{"duration": 1, "capacity": 1}]}, '
    both += b'"downlink": {"trace_pattern": [{"duration": 1, "capacity": 2}]}}'
    assert parse("opennetlab", both).mean_bps == 1000
    assert parse("opennetlab", both, direction="downlink").mean_bps == 2000


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("Verizon-LTE-short.up", "uplink"),
        ("folder.up/Verizon-LTE-short.down", "downlink"),
        ("nyc-uplink-3g-no-cross-subway.pps", "uplink"),
        ("downlink-3g-with-cross-times-2", "downlink"),
        ("ATT_UP.trace", "uplink"),
        ("startup-update", "unknown"),
        ("up-and-down", "unknown"),
        ("wired12", "unknown"),
    ],
)
def test_a_mahimahi_file_is_named_after_its_direction(name: str, direction: str) -> None:
    assert READERS["mahimahi"].read(GOOD["mahimahi"], name, {}).about.direction == direction


def test_one_run_of_several_is_chosen() -> None:
    with pytest.raises(InputError, match="2 runs are in one file; say one as `run`: 1, 2"):
        parse("lumos5g", RUNS)
    assert parse("lumos5g", RUNS, run=2).mean_bps == 50e6
    with pytest.raises(InputError, match="run: 3 is not in the file"):
        parse("lumos5g", RUNS, run=3)
    many = b"run_num,seq_num,Throughput\n" + b"".join(b"%d,1,5\n" % k for k in range(1, 30))
    with pytest.raises(InputError, match=r"12, \.\.\."):
        parse("lumos5g", many)


def test_a_sum_over_streams_is_preferred_and_totals_are_left_out() -> None:
    lines = [
        b"Connecting to host 10.0.0.1, port 5201\n",
        INTERVAL % (b"5", b"", 0, 1, 10, b""),
        INTERVAL % (b"7", b"", 0, 1, 20, b""),
        INTERVAL % (b"SUM", b"", 0, 1, 30, b""),
        INTERVAL % (b"SUM", b"", 0, 1, 30, b" sender"),
    ]
    trace = parse("iperf3", b"".join(lines))
    assert trace.mean_bps == 30e6
    assert (trace.about.measures, trace.about.direction) == ("capacity", "uplink")


def test_each_direction_of_a_test_of_both_is_read() -> None:
    lines = INTERVAL % (b"5", b"[TX-C]", 0, 1, 10, b"") + INTERVAL % (
        b"7",
        b"[RX-C]",
        0,
        1,
        20,
        b"",
    )
    assert parse("iperf3", lines, direction="uplink").mean_bps == 10e6
    assert parse("iperf3", lines, direction="downlink").mean_bps == 20e6
    one = b'{"start": 0, "end": 1, "bits_per_second": %d}'
    text = b'{"start": {"test_start": {"bidirectional": 1}}, "intervals": [{"sum": %s, '
    text += b'"sum_bidir_reverse": %s}]}'
    text %= (one % 5, one % 9)
    assert parse("iperf3", text, direction="uplink").mean_bps == 5
    assert parse("iperf3", text, direction="downlink").mean_bps == 9


def test_what_an_iperf_test_measured_follows_from_how_it_was_run() -> None:
    interval = b'{"sum": {"start": 0, "end": 1, "bits_per_second": 9e6%s}}'

    def about(start: bytes, more: bytes = b"") -> tuple[str, str, int]:
        text = b'{"start": {"test_start": {%s}}, "intervals": [%s]}' % (start, interval % more)
        trace = parse("iperf3", text)
        return trace.about.measures, trace.about.direction, len(trace.about.doubts)

    tcp, udp = b'"protocol": "TCP", "reverse": %d', b'"protocol": "UDP", "reverse": %d'
    assert about(tcp % 0) == ("capacity", "uplink", 0)
    assert about(tcp % 1 + b', "target_bitrate": 5') == ("flow-rate", "downlink", 0)
    assert about(udp % 1, b', "lost_percent": 0.1, "sender": false') == ("flow-rate", "downlink", 0)
    assert about(udp % 1, b', "lost_percent": 40') == ("capacity", "downlink", 1)
    assert about(udp % 0, b', "sender": true') == ("flow-rate", "uplink", 1)
    lines = b"Starting Test: protocol: UDP\nReverse mode, remote host is sending\n"
    full = parse("iperf3", lines + INTERVAL % (b"5", b"", 0, 1, 9, b" 4.1 ms  94/100 (94%)"))
    assert (full.about.measures, full.about.direction) == ("capacity", "downlink")
    odd = parse("iperf3", lines + INTERVAL % (b"5", b"", 0, 1, 9, b" 4.1 ms  -90/49 (-1.8e+02%)"))
    assert odd.about.measures == "flow-rate"
    data = b'{"start": {"test_start": {"reverse": 1}}, "intervals": [%s]}' % (interval % b"")
    with pytest.raises(InputError, match="direction: uplink is a test of the downlink only"):
        parse("iperf3", data, direction="uplink")


def test_spikes_silences_and_gaps_are_doubted() -> None:
    spiky = b",".join(
        b'{"duration_ms": 1000, "bandwidth_kbps": %d}' % rate for rate in [1000] * 60 + [9_000_000]
    )
    trace = parse("sabre", b"[" + spiky + b"]")
    assert "1 rate above 300 times its median, the highest 9000 Mbit/s" in trace.about.doubts[0]
    assert parse("sabre", b"[" + spiky + b"]", ceiling_bps=2_000_000).about.doubts == ()
    silent = (
        b'[{"duration_ms": 994887, "bandwidth_kbps": 0}, {"duration_ms": 9, "bandwidth_kbps": 5}]'
    )
    assert "is silent for 995 s" in doubts(parse("sabre", silent))[1]
    gap = RUNS + b"2,90,70\n2,91,-\n"
    told = "; ".join(parse("lumos5g", gap, run=2).about.doubts)
    assert told == (
        "has 1 of 4 samples without a rate; has a hole of 86 s in which nothing was measured: "
        "left out, so that 5 s of 91 s are covered"
    )
    log = GOOD["hsdpa"] + b"1289406501 700000 59.8 10.7 125000 1000\n"
    assert "leaves out 147 s" in parse("hsdpa", log).about.doubts[0]


def test_zero_padded_numbers_and_several_blanks_are_numbers() -> None:
    assert parse("ghent", GOOD["ghent"]).period_ns == 3 * S


def test_lines_wide_enough_to_fill_the_memory_are_refused() -> None:
    with pytest.raises(InputError, match=r"x:2 line: 80001 bytes must be at most 65536 bytes"):
        parse("pensieve", b"0 1\n" + b"1 " * 40_000 + b"\n0 5\n")
    with pytest.raises(InputError, match="number of values: 6000001 must be at most 5000000"):
        parse("sabre", b"[" + b"1," * 6_000_000)
