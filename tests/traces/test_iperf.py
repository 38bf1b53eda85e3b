"""Reports of iperf: totals, several tests, streams of JSON, holes, tests that ended early."""

from __future__ import annotations

import pytest

from simulator.foundation.errors import InputError
from traces import READERS, ReadOptions
from traces.bandwidth import RateTrace

S = 10**9
LINE = "[%3d]  %s-%s sec  1.25 MBytes  %s Mbits/sec%s\n"
RULE = "- - - - - - - - - - - - -\n"


def parse(text: str, **options: object) -> RateTrace:
    given: ReadOptions = options  # type: ignore[assignment]
    trace = READERS["iperf3"].read(text.encode(), "x", given)
    assert isinstance(trace, RateTrace)
    return trace


def rates(trace: RateTrace) -> list[tuple[float, float]]:
    """Seconds and Mbit/s."""
    return [(start / S, float(rate) / 1e6) for start, rate in trace.steps()]


def line(start: float, rate: float, stream: int = 3, tail: str = "", length: float = 1.0) -> str:
    return LINE % (stream, start, start + length, rate, tail)


def test_a_total_is_no_interval_whatever_its_line_says() -> None:
    two = line(0.0, 10) + line(1.0, 20)
    assert rates(parse(two + line(0.0, 15, length=2.0))) == [(0, 10), (1, 20)]
    assert rates(parse(two + line(0.0, 15, length=2.2))) == [(0, 10), (1, 20)]
    # The only interval and its total look the same.
    assert parse(line(0.0, 10) + line(0.0, 10)).period_ns == S
    # A total after rules, without the words of version 3.
    assert parse(two + RULE + line(0.0, 15, length=2.0)).mean_bps == 15e6
    # Without intervals the total is all there is.
    assert parse(line(0.0, 14, length=3.0)).period_ns == 3 * S


def test_one_of_several_tests_is_chosen() -> None:
    def test(port: int, rate: float) -> str:
        head = f"[  4] local 192.0.2.1 port 5001 connected with 192.0.2.2 port {port}\n"
        return head + line(0.0, rate) + line(1.0, rate) + line(0.0, rate, length=2.0)

    server = "Server listening on TCP port 5001\n" + test(1, 10) + test(2, 20) + test(3, 30)
    with pytest.raises(InputError, match=r"3 tests are in one file; say `run: 1` .*3 at line"):
        parse(server)
    assert [parse(server, run=k).mean_bps for k in (1, 2, 3)] == [10e6, 20e6, 30e6]
    assert parse(server, run=1).about.direction == "uplink"
    with pytest.raises(InputError, match="run: 4 is not in the file"):
        parse(server, run=4)
    # Runs appended to one file, with and without words between them.
    client = "Connecting to host 192.0.2.1, port 5201\n" + line(0.0, 5) + line(1.0, 7)
    assert parse(client * 2, run=2).mean_bps == 6e6
    bare = line(0.0, 5) + line(1.0, 7) + line(0.0, 8) + line(1.0, 9)
    assert parse(bare, run=2).mean_bps == 8.5e6
    one = line(0.0, 5) + line(1.0, 7) + RULE + line(0.0, 6, length=2.0, tail=" sender")
    assert parse(one + one.replace(" 5 M", " 9 M"), run=2).mean_bps == 8e6
    assert parse(one).mean_bps == 6e6
    assert parse(one, run=1) == parse(one)


def test_time_that_no_interval_covers_is_left_out_and_said() -> None:
    trace = parse(line(0.0, 10) + line(5.0, 2))
    assert (trace.period_ns, trace.mean_bps) == (2 * S, 6e6)
    assert trace.about.doubts == (
        "has a hole of 4 s in which nothing was measured: left out, so that 2 s of 6 s are covered",
    )
    # Ends are rounded: a hundredth between intervals is no hole.
    near = line(0.0, 10, length=1.01) + "[  3]  1.02-2.01 sec  1 MBytes  20 Mbits/sec\n"
    assert rates(parse(near)) == [(0, 10), (1.02, 20)]
    assert parse(near).about.doubts == ()


def test_streams_and_documents_of_json_are_tests() -> None:
    one = '{"start": 0, "end": 1, "bits_per_second": %d}'
    document = '{"start": {"test_start": {"reverse": 0}},\n"intervals": [{"sum": %s}]%s}\n'
    both = document % (one % 5, "") + document % (one % 9, "")
    with pytest.raises(InputError, match=r"2 tests are in one file; .* 1 at line 1, 2 at line 3"):
        parse(both)
    assert (parse(both, run=1).mean_bps, parse(both, run=2).mean_bps) == (5, 9)
    listed = f"[{document % (one % 5, '')}, {document % (one % 9, '')}]"
    assert parse(listed, run=2).mean_bps == 9
    with pytest.raises(InputError, match=r"x:4 bits_per_second: x must be a finite number"):
        parse(both.replace(" 9}", ' "x"}'), run=2)
    event = '{"event": "%s", "data": %s}\n'
    stream = event % ("start", '{"test_start": {"reverse": 1}}') + event % (
        "interval",
        f'{{"sum": {one % 7}}}',
    )
    assert parse(stream).about.direction == "downlink"
    assert parse(stream * 2, run=2).mean_bps == 7
    cut = parse(stream + '{"event": "interval", "data": {"sum"')
    assert cut.about.doubts == ("ended early, as iperf says: the file ends within a line",)
    with pytest.raises(InputError, match=r"x:3 JSON: Expecting value"):
        parse(stream + "nonsense\n" + stream)


def test_a_test_that_ended_with_an_error_says_so() -> None:
    interval = '{"sum": {"start": 0, "end": 1, "bits_per_second": 9}}'
    document = '{"start": {}, "intervals": [%s], "error": "%s"}'
    trace = parse(document % (interval, "unable to send: broken \\u001b[31m pipe"))
    assert trace.about.doubts == ("ended early, as iperf says: unable to send: broken [31m pipe",)
    with pytest.raises(InputError, match="iperf's error: no route ended the test before its first"):
        parse(document % ("", "no route"))
    # Of a failed and a whole test, the whole one is read.
    assert parse(document % ("", "busy") + document % (interval, "")).about.doubts == ()
    text = line(0.0, 10) + "iperf3: error - control socket has closed unexpectedly\n"
    assert parse(text).about.doubts[0].endswith("says: control socket has closed unexpectedly")
    stream = f'{{"event": "interval", "data": {interval}}}\n{{"event": "error", "data": "lost"}}\n'
    assert parse(stream).about.doubts == ("ended early, as iperf says: lost",)


def test_a_server_of_version_2_received_what_it_counts() -> None:
    head = "Server listening on UDP port 5001\n"
    udp = "[  3]  0.0- 1.0 sec   128 KBytes  1.05 Mbits/sec   0.010 ms    0/   89 (0%)\n"
    about = parse(head + udp).about
    assert (about.direction, about.measures, about.doubts) == ("uplink", "flow-rate", ())
    sent = "Client connecting to 192.0.2.1, UDP port 5001\n" + line(0.0, 1.05)
    assert parse(sent).about.doubts == ("tells what UDP sent, not what arrived",)


def test_records_of_version_2_are_intervals_totals_and_sums() -> None:
    row = "2024010212000%d,192.0.2.2,%d,192.0.2.1,5001,%d,%s,1310720,%d"
    total = row % (2, 4000, 3, "0.0-2.0", 15)
    one = [row % (1, 4000, 3, "0.0-1.0", 10), row % (2, 4000, 3, "1.0-2.0", 20), total]
    assert parse("\n".join(one)).mean_bps == 15
    udp = [f"{record},0.01,3,12,25.0,0" for record in one]
    found = parse("\n".join(udp))
    assert found.conditions is not None
    assert (found.conditions.mean_loss, found.about.direction) == (0.25, "uplink")
    summed = [row % (1, 4000 + k, 3 + k, "0.0-1.0", 10) for k in range(2)]
    assert parse("\n".join([*summed, row % (1, 0, -1, "0.0-1.0", 20)])).mean_bps == 20
    later = [record.replace(",3,", ",4,") for record in one]
    assert parse("\n".join([*one, *later]), run=2).mean_bps == 15


def test_of_two_members_of_one_name_the_last_counts_and_lines_are_still_found() -> None:
    twice = '{"intervals": [{"sum": 5, "sum":\n{"start": 0, "end": 1, "bits_per_second": "x"}}]}'
    with pytest.raises(InputError, match="bits_per_second: x must be a finite number"):
        parse(twice)
    with pytest.raises(InputError, match=r"x:1 entry 1: no member is named 'start'"):
        parse('{"event": "interval", "bits_per_second": 5}')
