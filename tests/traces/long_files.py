"""Files of each format as long as wanted, for the time and memory they take and their last line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from traces import ReadOptions

__all__ = ["FORMS", "long_file"]

FORMS: dict[str, tuple[str, ReadOptions]] = {
    "csv of dates": ("csv", {}),
    "csv with commas in numbers": ("csv", {"unit": "Mbit/s"}),
    "iperf json stream": ("iperf3", {}),
    "iperf 2 csv": ("iperf3", {}),
}
"""Forms of formats that are read in other ways: their reader and options."""

_HEADS = {
    "csv": b"t_s,mbps\n",
    "csv of dates": b"id,timestamp,throughput_mbps,rsrp\n",
    "csv with commas in numbers": b"time;cell;bandwidth\n",
    "gnettrack": (
        b"Timestamp,Longitude,Latitude,Speed,Operatorname,CellID,NetworkMode,RSRP,RSRQ,SNR,CQI,"
        b"RSSI,DL_bitrate,UL_bitrate,State\n"
    ),
    "lumos5g": b"run_num,seq_num,latitude,longitude,nrStatus,lte_rssnr,nr_ssRsrp,Throughput\n",
    "sabre": b"[\n",
    "opennetlab": b'{"uplink": {"trace_pattern": [\n',
    "iperf3": b"[ ID] Interval           Transfer     Bitrate\n",
}
_TAILS = {"sabre": b"]\n", "opennetlab": b"]}}\n"}
_BETWEEN = {"sabre": b",\n", "opennetlab": b",\n"}


def _gnettrack(k: int, rate: bytes) -> bytes:
    day, second = divmod(k, 86400)
    clock = b"%02d.%02d.%02d" % (second // 3600, second // 60 % 60, second % 60)
    stamp = b"2019.12.%02d_%s" % (1 + day, clock)
    return stamp + b",-8.39,51.91,0,B,57661,HSDPA,-91,-2,-,-,-,%s,36,D" % rate


def _ghent(k: int, rate: bytes) -> bytes:
    head = b"%d %d 51.0386528885778 3.73220785642186"
    return head % (1453121790686 + 1000 * k, 1000 * k) + b" %s 0999" % rate


def _by_pairs(k: int, rate: bytes) -> bytes:
    return rate if rate == b"x" else b"%d.6448801742918" % (1 + k // 2 % 97)


_OBOE = b"%d.0 %s"
_SABRE = b'    {"duration_ms": 100%d, "bandwidth_kbps": %s, "latency_ms": 20}'
_HSDPA = b"%d %d 59.851754 10.781778 %s 1000"
_IPERF3 = b"[  5] %d.00-%d.00  sec   340 KBytes  %s Kbits/sec  4.104 ms  3/33 (9%%)"
_OPENNETLAB = b'{"duration": 200, "capacity": %s, "loss": 0, "rtt": 89, "jitter": 0}'
_STREAM = (
    b'{"event":"interval","data":{"streams":[{"socket":5,"start":%d,"end":%d,"seconds":1,"bytes":1250'
    b'000,"bits_per_second":%s,"omitted":false,"sender":true}],"sum":{"start":%d,"end":%d,"seconds":1'
    b',"bytes":1250000,"bits_per_second":%s,"omitted":false,"sender":true}}}'
)


def _dated(k: int, rate: bytes) -> bytes:
    day, second = divmod(k, 86400)
    clock = b"%02d:%02d:%02d" % (second // 3600, second // 60 % 60, second % 60)
    return b"7,2024-01-%02dT%s.250Z,%s,-91" % (1 + day, clock, rate)


def _recorded(k: int, rate: bytes) -> bytes:
    return b"20240102120001,192.0.2.2,40000,192.0.2.1,5001,3,%d.0-%d.0,187500,%s" % (k, k + 1, rate)


_ROWS: dict[str, Callable[[int, bytes], bytes]] = {
    "mahimahi": lambda k, rate: rate if rate == b"x" else b"%d" % (k // 2 + 1),
    "pensieve": lambda k, rate: b"%d.549999952316\t%s" % (k, rate),
    "csv": lambda k, rate: b"%d,%s" % (k, rate),
    "csv of dates": _dated,
    "csv with commas in numbers": lambda k, rate: b"%d,5;x;%s" % (k, rate),
    "iperf json stream": lambda k, rate: _STREAM % (k, k + 1, rate, k, k + 1, rate),
    "iperf 2 csv": _recorded,
    "sabre": lambda k, rate: _SABRE % (k % 10, rate),
    "hsdpa": lambda k, rate: _HSDPA % (1289406399 + k, 1000 * k, rate),
    "ghent": _ghent,
    "oboe": lambda k, rate: _OBOE % (500 * (k // 2) + 450 * (k % 2), _by_pairs(k, rate)),
    "gnettrack": _gnettrack,
    "nyu-mets": lambda k, rate: b"%s,%sbits/sec" % (rate, b"K" if k % 3 else b"M"),
    "iperf3": lambda k, rate: _IPERF3 % (k, k + 1, rate),
    "opennetlab": lambda _, rate: _OPENNETLAB % rate,
    "lumos5g": lambda k, rate: b"1,%d.0,44.975,-93.259,NOT_RESTRICTED,2147483647.0,,%s" % (k, rate),
}


def long_file(name: str, rows: int, last: bytes = b"7") -> bytes:
    """Return a file of so many rows, the last with a rate of one's own."""
    rates = [b"%d" % (1 + k % 97) for k in range(rows - 1)] + [last]
    if name == "genet":
        times = b", ".join(b"%d.5" % k for k in range(rows))
        return b'{"timestamps": [%s],\n"bandwidths": [\n%s]}\n' % (times, b",\n".join(rates))
    if name == "starlink":
        ring = b", ".join(rate + b"345.678" for rate in rates)
        return b'{"dishGetHistory": {"current": 1000000000,\n"uplinkThroughputBps": [%s]}}' % ring
    row = _ROWS[name]
    body = _BETWEEN.get(name, b"\n").join(row(k, rate) for k, rate in enumerate(rates))
    return _HEADS.get(name, b"") + body + b"\n" + _TAILS.get(name, b"")
