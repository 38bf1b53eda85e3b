"""Files are told apart by their first lines, and foreign ones are called by their names."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from simulator.foundation.errors import InputError
from traces.sniff import sniff

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"1", "mahimahi"),
        (b"0\n0\n15\n", "mahimahi"),
        (b"0.0\t4.03\n0.54\t4.79\n", "pensieve"),
        (b"0 1\n5 nan\n9 2\nx y\n10 3\n", "pensieve"),  # the reader will name the line
        (b"1.0 90 20\n2.0 80 10\n", "pensieve"),
        (b"\xef\xbb\xbfT_s, Mbps\r\n0,1\r\n", "csv"),
    ],
)
def test_readable_formats_are_recognised(head: bytes, name: str) -> None:
    assert sniff(head, "file") == name


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (b"", "0 bytes must not be empty"),
        (b"\n \n", "3 bytes must not be empty"),
        (b"\x1f\x8b\x08rest", "a gzip file cannot be read yet; decompress it first"),
        (b"PK\0\0", "a binary file"),
        (b'[\n  {"duration_ms": 5000, "bandwidth_kbps": 320, "latency_ms": 20}]', "Sabre JSON"),
        (b'{"type":"video","uplink":{"trace_pattern":[{"capacity":9}]}}', "OpenNetLab"),
        (b'{"timestamps":[0.0],"bandwidths":[1.0]}', "Genet"),
        (b'{"version": 1, "entries": [{"entryNo": 1, "dateTime": "2020"}]}', "Intel LPP ntrace"),
        (b'{"start": {}, "intervals": []}', "iperf3 JSON"),
        (b'[{"speed": 500, "duration": 0.25}]', "dash.js network profile JSON"),
        (b"const PROFILE_A = [{speed: 1200, duration: 30}]", "JavaScript network profile"),
        (b'{"x": 1}', "JSON of an unknown kind"),
        (b"Timestamp,State,DL_bitrate,UL_bitrate\n", "G-NetTrack CSV"),
        (b"run_num,seq_num,Throughput,tower_id\n", "Lumos5G CSV"),
        (b"timestamp,mobileRx,mobileTx\n", "5G Tracker CSV"),
        (b"protocol,seq_num,throughput_mbps\n", "5Gophers CSV"),
        (b"unit_id,dtime,target,bytes_sec\n", "FCC MBA CSV"),
        (b"8,2016-01-01 00:00:00,http://x\n", "FCC MBA CSV"),
        (b"time (ns GMT),session_id,index,delivery_rate\n", "Puffer CSV"),
        (b"ip_protocol,transport_protocol,download,upload\n", "WetLinks CSV"),
        (b"start,end,bits_per_second\n", "iperf3 CSV"),
        (b"# mahimahi mm-link (x) [y]\n5 # 1504\n", "mahimahi mm-link log"),
        (b"x:  [158]   0.20-0.30   sec   340 KBytes  27.8 Mbits/sec\n", "iperf3 text"),
        (b"3.97,Mbits/sec\r\n791,Kbits/sec\r\n", "NYU-METS rates with a unit a row"),
        (b"1297715985 5276720 59.89 10.62 254601 1010\n", "HSDPA log"),
        (b"1453121790686 39287 51.03 3.73 2493100 1000\n", "Ghent log"),
        (b"12.6,9,0,102,13,3,7.37,2100\n", "NYU-METS multivariate CSV"),
        (b"15 3168.6\n474 3168.6\n514 3183.2\n905 3183.2\n", "Oboe trace"),
        (b"1 2 3 4 5\n", "a table of 5 columns without a header"),
        (b"0,1\n1,2\n", "a table of 2 columns without a header"),
        (b"3.5\n2.5\n", "3.5 makes this no mahimahi trace"),
        (b"5\n3\n", "file:2 stamp: 3 after 5 makes this no mahimahi trace"),
        (b"hello\nworld\n", "hello is in no format known; use mahimahi, pensieve or csv"),
        (b"7" * 70000, "one long line is in no format known"),
    ],
)
def test_what_cannot_be_read_is_named_and_a_remedy_given(head: bytes, title: str) -> None:
    with pytest.raises(InputError) as caught:
        sniff(head, "file")
    assert title in str(caught.value)
    assert caught.value.problems[0].remedy


def test_every_real_file_is_recognised(shared: Path) -> None:
    readable = {
        "mahimahi": "mahimahi",
        "pensieve": "pensieve",
        "pensieve_puffer": "pensieve",
        "lumos5g_pensieve": "pensieve",
    }
    titles = {
        "5gophers_csv": "5Gophers",
        "5gtracker_csv": "5G Tracker",
        "dash_profile_json": "dash.js",
        "genet_cc_json": "Genet",
        "ghent_log": "Ghent",
        "gnettrack_csv": "G-NetTrack",
        "hsdpa_log": "HSDPA",
        "iperf3": "iperf3",
        "lpp_ntrace": "ntrace",
        "lumos5g_raw_csv": "Lumos5G",
        "mahimahi": "0 bytes",
        "nyu_mets": "NYU-METS",
        "oboe": "Oboe",
        "opennetlab_json": "OpenNetLab",
        "sabre_json": "Sabre",
        "uav_matrix": "a table of 50 columns",
    }
    with (shared / "traces" / "MANIFEST.tsv").open() as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    for row in rows:
        data = (shared / "traces" / row["file"]).read_bytes()
        if row["format"] in readable and data:
            assert sniff(data, row["file"]) == readable[row["format"]]
        else:
            with pytest.raises(InputError) as caught:
                sniff(data, row["file"])
            expected = "gzip" if row["file"].endswith("gz") else titles[row["format"]]
            assert expected in str(caught.value)
    assert len(rows) == 145
