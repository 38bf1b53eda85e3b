"""For each reader a file it takes, and files it refuses with what it then says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traces import ReadOptions

__all__ = ["BAD", "FORMS", "GOOD", "OPTIONS"]

GOOD = {
    "mahimahi": b"0\n2\n2\n7\n",
    "pensieve": b"0.0\t1.5\n1.0\t0\n2.5\t4\n",
    "csv": b"t_s,mbps,loss,delay_ms\n0,1.5,0,20\n1,0,0.25,20\n2.5,4,1,35.5\n",
    "sabre": (
        b'[\n  {"duration_ms": 1000, "bandwidth_kbps": 1500, "latency_ms": 20},\n'
        b'  {"duration_ms": 1500, "bandwidth_kbps": 0, "latency_ms": 20},\n'
        b'  {"duration_ms": 500, "bandwidth_kbps": 4000, "latency_ms": 20}\n]\n'
    ),
    "hsdpa": (
        b"1289406399 549692 59.851754 10.781778 250000 1000\n"
        b"1289406400 550692 59.85206  10.781833 0 1000\n"
        b"1289406401 551691 59.851964 10.781901 125000 0999\n"
    ),
    "ghent": (
        b"1453121790686 39287 51.0386528885778 3.73220785642186 2493100 1000\n"
        b"1453121791687 40288 51.0386532820580 3.73222847166054 0 1001\n"
        b"1453121792686 41287 51.0386553301824 3.73225142858955 2728896 0999\n"
    ),
    "oboe": b"15.0 3168.64\n474.0 3168.64\n514.0 3183.22\n905.0 3183.22\n",
    "gnettrack": (
        b"Timestamp,Longitude,State,CQI,DL_bitrate,UL_bitrate\n"
        b"2019.12.16_11.49.59,-8.39,D,-,22,36\n"
        b"2019.12.16_11.49.59,-8.40,I,-,24,36\n"
        b"2019.12.16_11.50.01,-8.40,D,7,9000,21\n"
    ),
    "nyu-mets": b"3.97,Mbits/sec\n791,Kbits/sec\n0,bits/sec\n",
    "iperf3": (
        b"x:  [ ID] Interval           Transfer     Bitrate\n"
        b"x:  [  5]   0.00-1.00   sec  1.12 MBytes  9.44 Mbits/sec    0             (omitted)\n"
        b"x:  [  5]   0.00-0.10   sec   340 KBytes  27.8 Mbits/sec  4.1 ms  -90/49 (-1.8e+02%)\n"
        b"x:  [  5]   0.10-0.20   sec  0.00 Bytes  0.00 bits/sec  4.104 ms  0/0 (0%)\n"
        b"x:  - - - - - - - - - - - - - - - - - - - - - - - - -\n"
        b"x:  [  5]   0.00-0.20   sec   340 KBytes  13.9 Mbits/sec  sender\n"
    ),
    "opennetlab": (
        b'{"type": "video", "downlink": {}, "uplink": {"trace_pattern": [\n'
        b'  {"duration": 200, "capacity": 0, "loss": 0, "rtt": 89, "jitter": 0},\n'
        b'  {"duration": 199.5, "capacity": 1720.25}\n]}}\n'
    ),
    "lumos5g": (
        b"run_num,seq_num,lte_rssnr,nr_ssRsrp,Throughput,mobility_mode\n"
        b"1,1.0,2147483647.0,,78,driving\n"
        b"1,2.0,2147483647.0,,2147483647,driving\n"
        b"1,3.0,2147483647.0,,110.5,driving\n"
    ),
    "genet": (
        b'{\n"timestamps": [2.0, 2.5, 3.0],\n"bandwidths": [0.1, 0.672, 0.3],\n'
        b'"delays": [78.1], "loss": 0, "queue": 10, "delay_noise": 0, "T_s": 0\n}\n'
    ),
}
GOOD["starlink"] = (
    b'{"apiVersion": "1", "dishGetHistory": {"current": "5",\n'
    b'"downlinkThroughputBps": [2000000, 3000000, 1000000],\n'
    b'"uplinkThroughputBps": [200000, 300000, 100000],\n'
    b'"popPingDropRate": [0.1, 0, 0],\n"popPingLatencyMs": [31, 32, 30]}}\n'
)
OPTIONS: dict[str, ReadOptions] = {"starlink": {"direction": "uplink"}}
"""What must be said of a good file."""

_SUM = '"sum": {"start": %d, "end": %d, "bits_per_second": %d, "omitted": false, "sender": true}'
FORMS: dict[str, tuple[str, bytes]] = {
    "header below comments": ("csv", b"# by me\n% again\nt_s,mbps\n0,1.5\n1,0\n2.5,4\n"),
    "header in a comment": ("csv", b"# t_s mbps\n0 1.5\n1 0\n2.5 4\n"),
    "quoted": ("csv", b'"t_s","mbps"\n"0","1.5"\n"1","0"\n"2.5","4"\n'),
    "with an index": ("csv", b",t_s,mbps\n0,0,1.5\n1,1,0\n2,2.5,4\n"),
    "decimal commas": ("csv", b"t_s;mbps\n0;1,5\n1;0\n2,5;4,0\n"),
    "a spreadsheet's": ("csv", b"sep=;\nt_s;mbps\n0;1,5\n1;0\n2,5;4\n"),
    "tabs": ("csv", b"Time (ms)\tRate [kbit/s]\n0\t1500\n1000\t0\n2500\t4000\n"),
    "blanks": ("csv", b"t_s   mbps\n0   1.5\n1   0\n2.5 4\n"),
    "dates": (
        "csv",
        (
            b"cell,when utc time,capacity_mbps\n7,2024-01-02T23:59:59Z,1.5\n"
            b"7,2024-01-03T00:00:00Z,0\n8,2024-01-03T00:00:01.500Z,4\n"
        ),
    ),
    "times of a day": ("csv", b"time,mbps\n23:59:59,1.5\n00:00:00,0\n00:00:01.5,4\n"),
    "unix times": ("csv", b"unix,kB/s\n1700000000,187.5\n1700000001,0\n1700000002.5,500\n"),
    "unix times in ms": ("csv", b"ts,mbps\n1700000000000,1.5\n1700000001000,0\n1700000002500,4\n"),
    "durations": ("csv", b"duration_ms,rate_kbps\n1000,1500\n1500,0\n"),
    "starts and ends": ("csv", b"start_s,end_s,bits_per_second\n0,1,1500000\n1,2.5,0\n"),
    "starts and durations": ("csv", b"t_s,duration_s,mbps\n5,1,1.5\n6,1.5,0\n"),
    "iperf 2": (
        "iperf3",
        (
            b"[ ID] Interval       Transfer     Bandwidth\n"
            b"[  3]  0.0- 1.0 sec   183 KBytes  1.50 Mbits/sec\n"
            b"[  3]  1.0- 2.5 sec  0.00 Bytes  0.00 bits/sec\n"
            b"[  3]  0.0- 2.5 sec   183 KBytes  0.60 Mbits/sec\n"
        ),
    ),
    "iperf 2 csv": (
        "iperf3",
        (
            b"20240102120001,192.0.2.2,40000,192.0.2.1,5001,3,0.0-1.0,187500,1500000\n"
            b"20240102120002,192.0.2.2,40000,192.0.2.1,5001,3,1.0-2.5,0,0\n"
            b"20240102120002,192.0.2.2,40000,192.0.2.1,5001,3,0.0-2.5,187500,600000\n"
        ),
    ),
    "iperf json": (
        "iperf3",
        f'{{"start": {{}}, "intervals": [{{{_SUM % (0, 1, 1500000)}}},\n'
        f'{{{(_SUM % (1, 2, 0)).replace("2,", "2.5,", 1)}}}], "end": {{}}}}\n'.encode(),
    ),
    "iperf json stream": (
        "iperf3",
        f'{{"event": "start", "data": {{}}}}\n'
        f'{{"event": "interval", "data": {{{_SUM % (0, 1, 1500000)}}}}}\n'
        f'{{"event": "interval", "data": {{{(_SUM % (1, 2, 0)).replace("2,", "2.5,", 1)}}}}}\n'
        f'{{"event": "end", "data": {{}}}}\n'.encode(),
    ),
}
"""More forms of some formats: 1 s of 1.5 Mbit/s and 1.5 s of nothing in each."""

BAD = {
    "mahimahi": {
        b"5\n4\n": ":2 stamp: 4 after 5 must not decrease",
        b"5\n-4\n": ":2 stamp: -4 must be one whole number",
        b"5\nnan\n": ":2 stamp: nan must be one whole number",
        b"5\n6.5\n": ":2 stamp: 6.5 must be one whole number",
        b"5\n6 7\n": ":2 stamp: 6 7 must be one whole number",
        b"5\n\n7\n": ":2 stamp: (blank) must be one whole number",
        b"5\n1_000\n": ":2 stamp: 1_000 must be one whole number",
        b"9" * 30: ":1 stamp: 999999999999999999999999999999 must be one whole number",
        b"0\n0\n": ":2 last stamp: 0 ms is the period and must be above 0",
        b"1\n99999999999999\n": ":2 last stamp: 99999999999999 ms is the period",
        b"": " content: no stamps must have at least one line",
        b" \n\n": " content: no stamps must have at least one line",
    },
    "pensieve": {
        b"0 1\n2 3\n1 4\n": ":3 time: 1 after 2 must not decrease",
        b"0 1\n2 -3\n": ":2 rate: -3 must be from 0",
        b"0 1\n2 nan\n": ":2 column 2: nan must be a finite number",
        b"0 1\n2 inf\n": ":2 column 2: inf must be a finite number",
        b"0 1\nnan 2\n": ":2 column 1: nan must be a finite number",
        b"0 1\n\n2 x\n": ":3 column 2: x must be a finite number",
        b"0 1\n2 1_0\n": ":2 column 2: 1_0 must be a finite number",
        b"0 1\n2\n": ":2 columns: 1 must be 2",
        b"0 1 1 1\n2 1 1 1\n": ":1 columns: 4 must be 2 or 3",
        b"0 1 2\n1 2 3\n": ":1 columns: 3 hold more than one rate",
        b"0 0\n1 0\n": ":1 rate: 0 bit/s throughout must be above 0 somewhere",
        b"0 1\n1 2e9\n": ":2 rate: 2e+09 must be from 0 to 1e+06",
        b"0 1\n1e9 2\n": ":2 time: 1e+09 s must be within",
        b"1e300 1\n1e300 2\n": ":2 time: 1e+300 s must be within",
        b"5 1\n": ":1 period: 0 s must be above 0",
        b"5 1\n5 2\n": ":2 period: 0 s must be above 0",
        b"\n": " content: no numbers must have at least one line",
    },
    "csv": {
        b"t_s,mbps\n0,1\n2,3\n1,4\n": ":4 time: 1 after 2 must not decrease",
        b"t_s,mbps\n0,1\n2,-3\n": ":3 rate: -3 must be from 0",
        b"t_s,mbps\n0,1\n2,NaN\n": ":3 mbps: no number must be a finite number",
        b"t_s,mbps\n0,1\n2,\n": ":3 mbps: no number must be a finite number",
        b"t_s,mbps\n0,1\n2,1_0\n": ":3 mbps: 1_0 must be a finite number",
        b"t_s,mbps\n0,1\n2,inf\n": ":3 mbps: inf must be a finite number",
        b"t_s,mbps\n0,1\n2,3,4\n": ":3 columns: 3 must be 2",
        b"t_s,mbps\n0,0\n1,0\n": ":2 rate: 0 bit/s throughout must be above 0",
        b"t_s,mbps\n0,5\n": ":2 period: 0 s must be above 0",
        b"t_s,mbps\n": " rows: none below the header must have at least one",
        b"t_s,mbps,loss,loss\n0,1,0,0\n": ":1 header: t_s,mbps,loss,loss must name each loss once",
        b"t_s,mbps,loss\n0,1,0\n1,1,1.5\n": ":3 loss: 1.5 must be a probability from 0 to 1; gi",
        b"t_s,mbps,loss\n0,1,-0.1\n1,1,0\n": ":2 loss: -0.1 must be a probability from 0 to 1",
        b"t_s,mbps,loss\n0,1,nan\n1,1,0\n": ":2 loss: no number must be a finite number",
        b"t_s,mbps,loss\n0,1\n1,1\n": ":2 columns: 2 must be 3",
        b"t_s,mbps,delay_ms\n0,1,-1\n1,1,0\n": ":2 delay_ms: -1 must be from 0 to 60000 ms",
        b"t_s,mbps,delay_ms\n0,1,0\n1,1,6e4\n2,1,60001\n": ":4 delay_ms: 60001 must be from 0",
        b"time,rate\n0,5\n": ":1 header: time,rate states no unit of `rate`; say `unit: M",
        b"t_s,RATE_MBPS\n0,5\n": ":1 header: t_s,RATE_MBPS leaves it open whether `RATE_MB",
        b"t_s,bytes\n0,5\n": ":1 header: t_s,bytes leaves it open whether `bytes` is an amo",
        b"# x\n\nt_s,a,b\n0,5,6\n": ":3 header: t_s,a,b names no rate; name it like mbps or",
        b"a,mbps\n0,5\n": ":1 header: a,mbps names no time; name it like t_s or time",
        b"t_s,a_mbps,b_mbps\n0,5,6\n": ":1 header: t_s,a_mbps,b_mbps names 2 rates; say `col",
        b"t_s,ul_mbps,dl_mbps\n0,5,6\n": ":1 header: t_s,ul_mbps,dl_mbps has rates of both di",
        b"t_s,time_ms,mbps\n0,5,6\n": ":1 header: t_s,time_ms,mbps names 2 times; say `time_",
        b"t,mbps\n0,5\n20,6\n": " time: t has no unit in its name, and steps of 20 are hard",
        b"duration,mbps\n0,5\n": " time: duration has no unit in its name; say `time_unit: ms`",
        b"duration_s,mbps\n1,5\n-1,5\n": ":3 duration: -1 s must be above 0",
        b"duration_s,mbps\n1,5\n,5\n": ":3 duration_s: no number must be a number",
        b"time,mbps\n2024-01-02T12:00:00Z,5\nx,6\n": ":3 time: x must be a time like 2024-01-02T12",
        b"time,mbps\n12:00:00,5\n12:00,6\n": ":3 time: 12:00 must be a time like 12:00:00.5",
        b"time,mbps\n2024-01-02T12:00:01Z,5\n2024-01-02T12:00:00Z,6\n": ":3 time: -1 after 0 must",
        b"t_s,mbps\n-,5\n": ":2 t_s: no number must be a time",
        b"t_s,mbps\n0,5\n-,6\n": ":3 t_s: no number must be a time",
        b"start_s,end_s,mbps\n0,1,5\n2,1,5\n": ":3 duration: -1 s must be above 0",
        b"0,1\n1,2\n": ":1 header: 0,1 must name the columns; put their names on the first line",
        b"": ":1 header: (blank) must name the columns",
    },
    "sabre": {
        b'[{"duration_ms": 1, "bandwidth_kbps": 0}]': " bandwidth_kbps: 0 throughout must be above",
        (
            b'[{"duration_ms": 1, "bandwidth_kbps": 5},\n'
            b'{"duration_ms": 1, "bandwidth_kbps": 5, "latency_ms": -1}]'
        ): ":2 latency_ms: -1 must be from 0 to 120000 ms",
        (
            b'[{"duration_ms": 1, "bandwidth_kbps": 5},\n'
            b'{"duration_ms": 1, "bandwidth_kbps": 5, "latency_ms": null}]'
        ): ":2 latency_ms: None must be a finite number",
        b'[{"duration_ms": 0, "bandwidth_kbps": 5}]': " sum of duration_ms: 0 s must be above 0",
        b'[\n{"duration_ms": -1, "bandwidth_kbps": 5}]': ":2 duration_ms: -0.001 s must be from 0",
        b'[\n{"duration_ms": 1,\n"bandwidth_kbps": -5}]': ":2 bandwidth_kbps: -5 must be from 0",
        b'[{"duration_ms": 1,\n"bandwidth_kbps": "5"}]': ":2 bandwidth_kbps: 5 must be a finite",
        b'[{"duration_ms": true, "bandwidth_kbps": 5}]': ":1 duration_ms: True must be a finite",
        b'[{"duration_ms": 1, "bandwidth_kbps": 1e999}]': ":1 bandwidth_kbps: inf must be a",
        b'[{"duration_ms": 1, "bandwidth_kbps": 1' + b"0" * 400 + b"}]": ":1 bandwidth_kbps: 1000",
        b'[{"duration_ms": 1, "bandwidth_kbps": 1' + b"0" * 5000 + b"}]": " JSON: a number is too",
        b'[{"duration_ms": 1,\n"bandwidth_kbps": NaN}]': ":2 JSON: NaN must be finite",
        b'[{"duration_ms": 1}]': ":1 entry 1: no member is named 'bandwidth_kbps'",
        b"[7]": ":1 entry 1: no member is named 'duration_ms'",
        b"[]": ":1 document: [] must be a list with entries",
        b"{}": ":1 document: dict must be a list with entries",
        b'[{"duration_ms": 1,\n': ":2 JSON: ",
        b"[" * 100_000: " JSON: nesting is too deep",
        b"": ":1 JSON: Expecting value at this place",
    },
    "hsdpa": {
        b"1 2 3 4 5\n": ":1 columns: 5 must be 6",
        b"1289406399 5 5 1 9 9\n1289406400 4 5 1 9 9\n": ":2 time: 4 after 5 must not decrease",
        b"1289406399 5 5 1 9 0\n": ":1 bytes and ms: 9 in 0 must be >= 0",
        b"1289406399 5 5 1 -9 9\n": ":1 bytes and ms: -9 in 9 must be >= 0",
        b"1289406399 5 5 1 9 9\n1453121790686 6 5 1 9 9\n": ":2 unix time: 1453121790686 must",
        b"1289406399 5 5 1 0 9\n": " rate: 0 throughout must be above 0",
        b"1289406399 5 5 1 0x9 9\n": ":1 column 5: 0x9 must be a finite number",
        b"1289406399 5 5 1 9e20 9\n": ":1 rate: 8e+23 must be from 0 to 1e+12",
    },
    "ghent": {
        b"1289406399 5 5 1 9 9\n": ":1 unix time: 1289406399 must be in ms throughout",
        b"1453121790686 5 5 1 9 -9\n": ":1 bytes and ms: 9 in -9 must be >= 0",
        b"": " content: no numbers must have at least one line",
    },
    "oboe": {
        b"5 1\n": ":1 download: 5 ms, 1 kbit/s must be two lines or more",
        b"5 1\n6 -1\n": ":2 download: 6 ms, -1 kbit/s must be two lines or more",
        b"5 1\n4 1\n": ":2 time: 4 after 5 must not decrease",
        b"5 1\n5 1\n": " sum of duration: 0 s must be above 0",
        b"5 0\n6 0\n": " rate: 0 throughout must be above 0",
        b"5 1\n6 1e12\n": ":1 rate: 5e+11 must be from 0 to 1e+09",
        b"5 1 2\n": ":1 columns: 3 must be 2",
    },
    "gnettrack": {
        b"Timestamp,UL_bitrate\n": ":1 header: Timestamp,UL_bitrate must name a column 'DL_bitrate",
        b"Timestamp,DL_bitrate\n": " rows: none below the header must have at least one",
        b"Timestamp,DL_bitrate\n2019.12.16_11.49.59\n": ":2 columns: 1 must be 2, as in the header",
        b"Timestamp,DL_bitrate\n2019-12-16,5\n": ":2 Timestamp: 2019-12-16 must be a time like",
        b"Timestamp,DL_bitrate\n2019.13.16_11.49.59,5\n": ":2 Timestamp: 2019.13.16_11.49.59 must",
        b"Timestamp,DL_bitrate\n2019.12.16_11.49.59,x\n": ":2 DL_bitrate: x must be a finite",
        b"Timestamp,DL_bitrate\n2019.12.16_11.49.59,1_0\n": ":2 DL_bitrate: 1_0 must be a finite",
        b"Timestamp,DL_bitrate\n2019.12.16_11.49.59,-1\n": ":2 DL_bitrate: -1 must be >= 0",
        b"Timestamp,DL_bitrate\n2019.12.16_11.49.59,-\n": " DL_bitrate: none must be in the file",
        b"Timestamp,DL_bitrate\n2019.12.16_11.49.59,0\n": " DL_bitrate: 0 throughout must be above",
        (
            b"Timestamp,DL_bitrate\n2019.12.16_11.49.59,9\n2019.12.16_11.49.58,9\n"
        ): ":3 time: 1576496998 after 1576496999 must not decrease; say `backwards: cut`",
        b'Timestamp,DL_bitrate\n"2019' + b"9" * 200_000 + b",5\n": ":2 line: 200008 bytes must be",
        b"": ":1 header: (blank) must name a column 'Timestamp'",
    },
    "nyu-mets": {
        b"3.97,Mbits/sec\n4\n": ":2 rate: 4 must be a number, a comma and [K|M|G]bits/sec",
        b"3.97,Mbits/sec\n4,MBytes/sec\n": ":2 rate: 4,MBytes/sec must be a number",
        b"3.97,Mbits/sec\nnan,bits/sec\n": ":2 rate: nan,bits/sec must be a number",
        b"3.97,Mbits/sec\n-1,bits/sec\n": ":2 rate: -1e-06 must be from 0 to 1e+06",
        b"0,Mbits/sec\n": " rate: 0 throughout must be above 0",
        b"1,2,3,4,5,6,7,8\n1,2,3,4,5,6,7\n": ":2 columns: 7 must be 8",
        b"1_0,bits/sec\n": ":1 rate: 1_0,bits/sec must be a number",
        b"": ":1 rate: (blank) must be a number",
    },
    "iperf3": {
        b"[  5]   0.00-1.00   sec  1.12 MBytes\n": ":1 line: [ 5] 0.00-1.00 sec 1.12 MBytes must b",
        b"nothing\n": " intervals: none must be those of one stream",
        b"": " intervals: none must be those of one stream",
        (
            b"[  5]   0.00-1.00   sec  1.12 MBytes  9.44 Mbits/sec\n"
            b"[  6]   0.00-1.00   sec  1.12 MBytes  9.44 Mbits/sec\n"
        ): " intervals: 2 streams must be those of one stream, or have a [SUM]",
        (
            b"[  5]   1.00-2.00   sec  1.12 MBytes  9.44 Mbits/sec\n"
            b"[  5]   0.00-1.00   sec  1.12 MBytes  9.44 Mbits/sec\n"
        ): ":2 time: 0 after 1 must not decrease",
        (
            b"[  5][TX-C]   0.00-1.00   sec  1.12 MBytes  9.44 Mbits/sec\n"
            b"[  7][RX-C]   0.00-1.00   sec  1.12 MBytes  9.44 Mbits/sec\n"
        ): " directions: uplink, downlink are in one report; say one of them",
        b"{}": ":1 document: no member must be named 'intervals'",
        b'{"intervals": []}': ":1 intervals: [] must be a list with entries",
        b'{"intervals": [], "error": "no route"}': ":1 iperf's error: no route ended the test be",
        b"\niperf3: error - no route\n": " iperf's error: no route ended the test before",
        b'{"event": "start", "data": {}}': ":1 intervals: none must be in the stream",
        b'{"event": "error", "data": "no route"}': ":1 iperf's error: no route ended the test be",
        b'{"event": "interval", "data": {}}': ":1 entry 1: no member is named 'start'",
        (
            b"20240102120001,192.0.2.2,40000,192.0.2.1,5001,3,0.0-1.0,187500,1500000\nx\n"
        ): ":2 line: x must be a record of `iperf -y C`",
        (
            b"[  5]   0.00-1.00   sec  1.12 MBytes  9.44 Mbits/sec\n"
            b"[  5]   1.00-2.00   sec  1.12 MBytes  9.44 Mbits/sec\n"
        )
        * 2: " tests: 2 tests are in one file; say `run: 1` (`--run 1`); there are 1 at line 1, ",
        b'{"intervals": [{}]}': ":1 entry 1: no member is named 'start'",
        (
            b'{"intervals": [\n{"sum": {"start": 0, "end": 1, "bits_per_second": 9,'
            b' "omitted": true}}]}'
        ): ":2 intervals: all must not be omitted",
        (
            b'{"intervals": [{"sum":\n{"start": 0, "end": 1,\n"bits_per_second": "9"}}]}'
        ): ":3 bits_per_second: 9 must be a finite number",
        (
            b'{"intervals": [{"sum": {"start": 0, "end": 1, "bits_per_second": 9,\n'
            b'"lost_percent": "5"}}]}'
        ): ":2 lost_percent: 5 must be a finite number",
        (
            b'{"start": {"test_start": {"bidirectional": 1}}, "intervals": [1]}'
        ): ":1 intervals: iperf3 --bidir tests both directions at once: say `direct",
    },
    "starlink": {
        b"[]": ":1 document: list must hold dishGetHistory",
        b"{}": ":1 history: no member must be named 'uplinkThroughputBps'",
        b'{"uplinkThroughputBps": [1,\n"x"]}': ":2 entry 2: x must be a finite number",
        b'{"uplinkThroughputBps": []}': ":1 uplinkThroughputBps: [] must be a list with entries",
        b'{"uplinkThroughputBps": [0]}': " uplinkThroughputBps: 0 throughout must be above 0",
        b'{"uplinkThroughputBps": [-1]}': ":1 uplinkThroughputBps: -1 must be from 0 to 1e+12",
        b'{"uplinkThroughputBps": [1], "current": 0}': ":1 current: 0 must be a count of seconds",
        b'{"uplinkThroughputBps": [1],\n"popPingDropRate": [0, 0]}': ":2 popPingDropRate: 2 must b",
        b'{"uplinkThroughputBps": [1],\n"popPingDropRate": [2]}': ":1 popPingDropRate: 2 must be a",
    },
    "opennetlab": {
        b"[]": ":1 document: no member must be named 'uplink'",
        b'{"uplink": {}}': ":1 document: uplink holds no trace_pattern: try the other `direction`",
        b'{"uplink": {"trace_pattern": []}}': ":1 trace_pattern: [] must be a list with entries",
        b'{"uplink": {"trace_pattern": [\n{"capacity": 5}]}}': ":2 entry 1: no member is named",
        b'{"uplink": {"trace_pattern": [\n{"duration": 1, "capacity": -5}]}}': ":2 capacity: -5 mu",
        b'{"uplink": {"trace_pattern": [{"duration": 1, "capacity": 0}]}}': " capacity: 0 througho",
        (
            b'{"uplink": {"trace_pattern": [{"duration": 1, "capacity": 5},\n'
            b'{"duration": 1, "capacity": 5, "loss": 2}]}}'
        ): ":2 loss: 2 must be a probability from 0 to 1",
        (
            b'{"uplink": {"trace_pattern": [\n{"duration": 1, "capacity": 5, "rtt": 120000.5}]}}'
        ): ":2 rtt: 120000.5 must be from 0 to 120000 ms",
        (
            b'{"uplink": {"trace_pattern": [\n{"duration": 1, "capacity": 5, "rtt": "9"}]}}'
        ): ":2 rtt: 9 must be a finite number",
        b'{"uplink": {"trace_pattern": [{"duration": 1e12, "capacity": 5}]}}': ":1 duration: 1e+09",
    },
    "lumos5g": {
        b"run_num,Throughput\n1,5\n": ":1 header: run_num,Throughput must name a column 'seq_num'",
        b"run_num,seq_num,Throughput\n1,1,5\n2,1,5\n": " runs: 2 runs are in one file; say one as",
        b"run_num,seq_num,Throughput\n1,-,5\n": ":2 seq_num: no number must be a number of s",
        b"run_num,seq_num,Throughput\n1,2,5\n1,1,5\n": ":3 time: 1 after 2 must not decrease",
        b"run_num,seq_num,Throughput\n1,2,2147483647\n": " Throughput: none must be in the file",
        b"run_num,seq_num,Throughput\n1,2,-5\n": ":2 Throughput: -5 must be >= 0",
    },
    "genet": {
        b"[]": ":1 document: no member must be named 'timestamps'",
        b'{"timestamps": [0, 1],\n"bandwidths": [5]}': ":2 bandwidths: 1 must be as many as the 2",
        b'{"timestamps": [0, 1],\n"bandwidths": [5,\nnull]}': ":3 entry 2: None must be a finite",
        b'{"timestamps": [1, 0],\n"bandwidths": [5, 5]}': ":2 time: 0 after 1 must not decrease",
        b'{"timestamps": [0, 1], "bandwidths": [0, 0]}': ":1 rate: 0 bit/s throughout must be",
        b'{"timestamps": 0, "bandwidths": [0, 0]}': ":1 timestamps: int must be a list",
        (
            b'{"timestamps": [0, 1, 2], "bandwidths": [5, 5, 5],\n"delays": [1, 2]}'
        ): ":2 delays: 2 must be one, or as many as the 3 timestamps",
        (
            b'{"timestamps": [0, 1], "bandwidths": [5, 5],\n"delays": [1, -2]}'
        ): ":2 delays: -2 must be from 0 to 60000 ms",
        b'{"timestamps": [0, 1], "bandwidths": [5, 5],\n"loss": "1"}': ":2 loss: 1 must be a fini",
        b'{"timestamps": [0, 1], "bandwidths": [5, 5],\n"loss": 1.01}': ":2 loss: 1.01 must be a p",
    },
}
