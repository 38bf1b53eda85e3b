"""What readers find besides rates: each file's own way to say loss and delay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.traces.examples import GOOD
from traces import READERS, Conditions, ReadOptions, read
from traces.formats.quality import delays_ns
from traces.formats.quality import losses as losses_of

if TYPE_CHECKING:
    from pathlib import Path

S = 10**9
MS = 10**6
UDP = b"[  5]   %.2f-%.2f   sec   340 KBytes  27.8 Mbits/sec  4.1 ms  %s\n"


def beside(name: str, data: bytes, **options: object) -> Conditions:
    given: ReadOptions = options  # type: ignore[assignment]
    found = READERS[name].read(data, "x", given).conditions
    assert found is not None
    return found


def losses(found: Conditions) -> list[tuple[float, float]]:
    """Seconds and shares."""
    assert found.loss is not None
    return list(zip([start / S for start in found.starts_ns], found.loss, strict=True))


def delays(found: Conditions) -> list[tuple[float, float]]:
    """Seconds and milliseconds."""
    assert found.delay_ns is not None
    milliseconds = [delay / MS for delay in found.delay_ns]
    return list(zip([start / S for start in found.starts_ns], milliseconds, strict=True))


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in GOOD
        if name not in {"csv", "sabre", "opennetlab", "genet", "iperf3", "starlink"}
    ],
)
def test_formats_of_rates_alone_say_nothing_else(name: str) -> None:
    assert READERS[name].read(GOOD[name], "x", {}).conditions is None


def test_a_plain_table_has_either_column_or_both() -> None:
    both = beside("csv", GOOD["csv"])
    assert losses(both) == [(0, 0), (1, 0.25)]
    assert delays(both) == [(0, 20), (1, 20)]
    held = beside("csv", GOOD["csv"], after="hold")
    assert (held.loss_at(9 * S), held.delay_ns_at(9 * S)) == (1, 35_500_000)
    stopped = beside("csv", GOOD["csv"], after="stop")
    assert (stopped.loss_at(9 * S), stopped.delay_ns_at(9 * S)) == (0.25, 20 * MS)
    swapped = beside("csv", b"T_S, mbps , Delay_ms,LOSS\n0,1,7,0.5\n1,1,7,0.5\n")
    assert (losses(swapped), delays(swapped)) == ([(0, 0.5)], [(0, 7)])
    late = beside("csv", b"t_s,mbps,delay_ms\n0,1,7\n1,1,7\n")
    assert (late.loss, late.mean_delay_ns) == (None, 7 * MS)
    assert READERS["csv"].read(b"t_s,mbps\n0,1\n1,1\n", "x", {}).conditions is None


def test_rows_of_a_plain_table_keep_their_losses_when_sorted_or_cut() -> None:
    table = b"t_s,mbps,loss\n0,1,0\n2,1,0.2\n1,1,0.1\n3,1,0.3\n"
    assert losses(beside("csv", table, backwards="sort")) == [(0, 0), (1, 0.1), (2, 0.2)]
    assert losses(beside("csv", table, backwards="cut")) == [(0, 0)]
    equal = b"t_s,mbps,loss\n0,1,0\n0,1,0.5\n1,1,0\n"
    assert losses(beside("csv", equal)) == [(0, 0.5)]


def test_half_a_round_trip_is_the_delay_and_no_capacity_is_a_loss_of_one() -> None:
    found = beside("opennetlab", GOOD["opennetlab"])
    assert losses(found) == [(0, 1), (0.2, 0)]  # the second entry keeps the first one's loss of 0
    assert delays(found) == [(0, 44.5), (0.2, 44.5)]
    step = b'{"duration": 1000, "capacity": %d%s}'
    entries = [(5, b', "rtt": 60'), (5, b', "loss": 0.1'), (0, b""), (5, b', "rtt": 20')]
    pattern = b",".join(step % entry for entry in entries)
    found = beside("opennetlab", b'{"uplink": {"trace_pattern": [%s]}}' % pattern)
    assert losses(found) == [(0, 0.1), (2, 1), (3, 0.1)]  # nothing seen before takes the first
    assert delays(found) == [(0, 30), (2, 30), (3, 10)]
    bare = b'{"uplink": {"trace_pattern": [%s]}}'
    found = beside("opennetlab", bare % (step % (0, b"") + b"," + step % (5, b"")))
    assert (losses(found), found.delay_ns) == ([(0, 1), (1, 0)], None)
    only_rates = READERS["opennetlab"].read(bare % (step % (5, b"")), "x", {})
    assert only_rates.conditions is None


def test_a_sabre_latency_is_halved_and_doubted() -> None:
    trace = READERS["sabre"].read(GOOD["sabre"], "x", {})
    assert delays(beside("sabre", GOOD["sabre"])) == [(0, 10)]
    (doubt,) = trace.about.doubts
    assert doubt.startswith("has half of `latency_ms` as its delay, which Sabre charges once a req")
    silent = READERS["sabre"].read(b'[{"duration_ms": 1, "bandwidth_kbps": 5}]', "x", {})
    assert (silent.conditions, silent.about.doubts) == (None, ())


def test_genet_has_one_delay_or_one_a_time_and_one_loss() -> None:
    head = b'{"timestamps": [0, 1, 2], "bandwidths": [5, 5, 5], '
    one = beside("genet", head + b'"delays": [78.125], "loss": 0.004}')
    assert (delays(one), losses(one)) == ([(0, 78.125)], [(0, 0.004)])
    many = beside("genet", head + b'"delays": [10, 20, 30]}')
    assert delays(many) == [(0, 10), (1, 20), (2, 30)]
    assert (many.loss, many.delay_ns_at(99 * S)) == (None, 30 * MS)
    bare = READERS["genet"].read(head + b'"delays": [], "queue": 10}', "x", {})
    assert bare.conditions is None


def test_a_column_in_which_nothing_is_known_is_no_column() -> None:
    nothing = np.full(3, np.nan)
    assert losses_of(nothing, "x", "loss", int) is None
    assert delays_ns(nothing, "x", "rtt", int) is None
    counted = UDP % (0, 1, b"0/0 (0%)")
    assert READERS["iperf3"].read(counted, "x", {}).conditions is None


def test_datagrams_lost_an_interval_are_its_loss() -> None:
    counts = [b"1/4 (25%)", b"0/0 (0%)", b"-90/49 (-1.8e+02%)", b"-5/0 (0%)", b"3/30 (10%)"]
    text = b"".join(UDP % (k / 10, (k + 1) / 10, count) for k, count in enumerate(counts))
    found = beside("iperf3", text)
    # None was counted in the second, which keeps the loss before it; the next two are below 0.
    assert losses(found) == [(0, 0.25), (0.2, 0), (0.4, 0.1)]
    about = READERS["iperf3"].read(text, "x", {}).about
    # A list of losses is one of UDP, even if the lines that say so were cut off. A quarter, 0, 0
    # and a tenth are less than a tenth on average.
    assert about.measures == "flow-rate"
    assert about.doubts[0].startswith("has 1 loss below 0 or above 1, as some datagrams came late")


def test_losses_of_a_flooded_link_are_doubted() -> None:
    about = READERS["iperf3"].read(UDP % (0, 1, b"94/100 (94%)"), "x", {}).about
    assert about.measures == "capacity"
    assert "what did not fit is counted twice" in about.doubts[0]


def test_losses_of_an_iperf_document_are_counted_or_in_percent() -> None:
    head = b'{"start": %d, "end": %d, "bits_per_second": 9e6, %s}'

    def document(*more: bytes) -> bytes:
        sums = (b'{"sum": %s}' % (head % (k, k + 1, one)) for k, one in enumerate(more))
        return b'{"intervals": [%s]}' % b",".join(sums)

    counted = b'"lost_packets": %d, "packets": %d, "lost_percent": 0'
    found = beside("iperf3", document(counted % (1, 4), counted % (0, 0), counted % (0, 9)))
    assert losses(found) == [(0, 0.25), (2, 0)]
    assert losses(beside("iperf3", document(b'"lost_percent": 2.5'))) == [(0, 0.025)]
    assert losses(beside("iperf3", document(b'"lost_percent": -102.3'))) == [(0, 0)]
    sender = READERS["iperf3"].read(document(b'"packets": 90, "sender": true'), "x", {})
    assert sender.conditions is None
    omitted = document(b'"lost_percent": 50, "omitted": true', b'"lost_percent": 1')
    assert losses(beside("iperf3", omitted)) == [(0, 0.01)]


@pytest.mark.parametrize(
    ("file", "loss", "delay_ms"),
    [
        ("opennetlab_json/loss-trace_loss_0dot5.json", 0.5, 0),
        ("opennetlab_json/rtt-trace_rtt_600.json", 0, 300),
        ("opennetlab_json/trace_300k.json", 0, None),
        ("genet_cc_json/synthetic-trace_00000.json", 0.004780105533517959, 104.07294),
        ("sabre_json/4Glogs-report_bus_0003.json", None, 10),
        ("iperf3/APPLE-run10277-udp-loop1-5g-dl-1200m-1-iPerf.txt", 0.697127, None),
    ],
)
def test_real_files_say_what_their_makers_wrote(
    file: str, loss: float | None, delay_ms: float | None, shared: Path
) -> None:
    found = read(shared / "traces" / file).conditions
    assert found is not None
    assert found.mean_loss == (loss if loss is None else pytest.approx(loss, rel=1e-6))
    assert found.mean_delay_ns == (delay_ms if delay_ms is None else pytest.approx(delay_ms * MS))
