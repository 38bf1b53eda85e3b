"""Files are told apart by their first lines, and foreign ones are called by their names."""

from __future__ import annotations

import pytest

from simulator.foundation.errors import InputError
from traces.sniff import sniff


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"1", "mahimahi"),
        (b"0\n0\n15\n", "mahimahi"),
        (b"0.0\t4.03\n0.54\t4.79\n", "pensieve"),
        (b"0 1\n5 nan\n9 2\nx y\n10 3\n", "pensieve"),  # the reader will name the line
        (b"1.0 90 20\n2.0 80 10\n", "pensieve"),
        (b"\xef\xbb\xbfT_s, Mbps\r\n0,1\r\n", "csv"),
        (b"timestamp,throughput_mbps\n2024-01-02T12:00:00Z,10.0\n", "csv"),
        (b"Zeit;Bandbreite\n0;1\n", "csv"),  # columns and unit must be given
        (b"start,end,bits_per_second\n", "csv"),
        (b"20240102120001,192.0.2.2,40000,192.0.2.1,5001,3,0.0-1.0,187500,1500000\n", "iperf3"),
        (b'{"event":"interval","data":{"sum":{"bits_per_second":1}}}', "iperf3"),
        (b'{"dishGetHistory":{"uplinkThroughputBps":[1],"popPingDropRate":[0]}}', "starlink"),
        (b'[\n  {"duration_ms": 5000, "bandwidth_kbps": 320, "latency_ms": 20}]', "sabre"),
        (b'{"type":"video","uplink":{"trace_pattern":[{"capacity":9}]}}', "opennetlab"),
        (b'{"timestamps":[0.0],"bandwidths":[1.0]}', "genet"),
        (b'{"timestamps":[' + b"0.5, " * 20_000 + b'9],"bandwidths":[1.0]}', "genet"),
        (b'\xef\xbb\xbf {"start": {}, "intervals": []}', "iperf3"),
        (b"Timestamp,State,DL_bitrate,UL_bitrate\n", "gnettrack"),
        (b"run_num,seq_num,Throughput,tower_id\n", "lumos5g"),
        (b"x:  [158]   0.20-0.30   sec   340 KBytes  27.8 Mbits/sec\n", "iperf3"),
        (b"[  5]   0.00-1.00   sec  1.12 MBytes  9.44 Mbits/sec\n", "iperf3"),
        (b"3.97,Mbits/sec\r\n791,Kbits/sec\r\n", "nyu-mets"),
        (b"1297715985 5276720 59.89 10.62 254601 1010\n", "hsdpa"),
        (b"1453121790686 39287 51.03 3.73 2493100 1000\n", "ghent"),
        (b"12.6,9,0,102,13,3,7.37,2100\n", "nyu-mets"),
        (b"15 3168.6\n474 3168.6\n514 3183.2\n905 3183.2\n", "oboe"),
    ],
)
def test_readable_formats_are_recognised(head: bytes, name: str) -> None:
    assert sniff(head, "file") == name


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (b"", "0 bytes must not be empty"),
        (b"\n \n", "3 bytes must not be empty"),
        (b"\x1f\x8b\x08rest", "a gzip file within a file"),
        (b"PK\3\4rest", "a zip archive cannot be read yet; extract one trace"),
        (b"\0\5\x16\7", "a companion file of macOS"),
        (b"1\0", "a binary file"),
        (b"0 5\n400 6\n800 7\n", "steps of 400 are hardly seconds"),
        (b'{"version": 1, "entries": [{"entryNo": 1, "dateTime": "2020"}]}', "Intel LPP ntrace"),
        (b'[{"speed": 500, "duration": 0.25}]', "dash.js network profile JSON"),
        (b"const PROFILE_A = [{speed: 1200, duration: 30}]", "JavaScript profile"),
        (b'{"x": 1}', "JSON of an unknown kind"),
        (b"timestamp,mobileRx,mobileTx\n", "5G Tracker CSV"),
        (b"protocol,seq_num,throughput_mbps\n", "5Gophers CSV"),
        (b"unit_id,dtime,target,bytes_sec\n", "FCC MBA CSV"),
        (b"8,2016-01-01 00:00:00,http://x\n", "FCC MBA CSV"),
        (b"time (ns GMT),session_id,index,delivery_rate\n", "Puffer CSV"),
        (b"ip_protocol,transport_protocol,download,upload\n", "WetLinks CSV"),
        (b"parent_file,_start,_end,bits_per_second\n", "iperf3 CSV"),
        (b"# mahimahi mm-link (x) [y]\n5 # 1504\n", "mahimahi mm-link log"),
        (b"1 2 3 4 5\n", "a table of 5 columns without a header"),
        (b"0,1\n1,2\n", "a table of 2 columns without a header"),
        (b"3.5\n2.5\n", "3.5 makes this no mahimahi trace"),
        (b"5\n3\n", "file:2 stamp: 3 after 5 makes this no mahimahi trace"),
        (b"hello\nworld\n", "hello is in no format known; convert it to a t_s,mbps table"),
        (b"7" * 70000, "one long line is in no format known"),
    ],
)
def test_what_cannot_be_read_is_named_and_a_remedy_given(head: bytes, title: str) -> None:
    with pytest.raises(InputError) as caught:
        sniff(head, "file")
    assert title in str(caught.value)
    assert caught.value.problems[0].remedy
