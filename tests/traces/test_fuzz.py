"""Damaged files: whatever bytes come, a trace or a refusal, in little time and memory."""

from __future__ import annotations

import gzip
import resource
import time
from typing import TYPE_CHECKING

import pytest

from simulator.foundation.errors import InputError
from simulator.foundation.keyed import generator
from tests.traces.examples import BAD, FORMS, GOOD, OPTIONS
from traces import READERS, doubts
from traces.compressed import gunzipped
from traces.convert import to_csv
from traces.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np

    from traces import BandwidthTrace

SEEDS = [
    *list(GOOD.values()) * 5,
    *[data for _, data in FORMS.values()] * 3,
    *(data for cases in BAD.values() for data in cases if len(data) < 400),
]
WORDS = [
    *(b"nan", b"inf", b"-inf", b"-1", b"0", b"1e999", b"1e-400", b"9" * 30, b"2147483647", b"null"),
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\n", b"\r", b"\r\n", b" ", b"\t", b",", b",,", b'"'),
    *(
        b"[",
        b"]",
        b"{",
        b"}",
        b":",
        b"-",
        b"_",
        b".",
        b"1_0",
        b"true",
        b"[[[[",
        b"Infinity",
        b"- - - -",
    ),
    *(b"bits/sec", b"Gbits/sec", b"[SUM]", b"(omitted)", b"0999", b"\xd9\xa3", b"1453121790686"),
    *(b"t_s,mbps,delay_ms,loss\n", b"t_s,mbps,loss\n", b",0.5", b",-0.1", b",60001", b"-90/49 ("),
    *(b";", b"1,5", b"2024-01-02T12:00:00Z", b"23:59:59", b"1700000000000", b"# ", b"sep=;\n"),
    *(
        b"Server listening on 5201\n",
        b'"error": "x",',
        b'{"event": "start"}\n',
        b"iperf3: error - x",
    ),
    *(b'"loss": 1.5,', b'"loss": 0.3,', b'"rtt": 9,', b'"rtt": -9,', b'"delays": [1, 2],'),
    *(b'"latency_ms": 1e9,', b'"lost_percent": -102.3,', b" 4.1 ms  3/9 (33%)"),
]
SLOWEST_S = 2.0
MOST_BYTES = 400 * 2**20


def damaged(seed: bytes, others: Sequence[bytes], chance: np.random.Generator) -> bytes:
    data = bytearray(seed)
    for _ in range(int(chance.integers(1, 4))):
        mild = chance.random() < 0.4
        data = _changed(data, chance) if mild else _broken(data, others, chance)
    return bytes(data)


def _changed(data: bytearray, chance: np.random.Generator) -> bytearray:
    """Change digits or repeat a line: damage after which much is still a trace."""
    if chance.random() < 0.3:
        lines = data.splitlines(keepends=True)
        line = int(chance.integers(max(1, len(lines))))
        return bytearray(b"".join(lines[: line + 1] + lines[line:]))
    digits = [k for k, byte in enumerate(data) if 48 <= byte < 58]
    for k in digits[:: int(chance.integers(1, 9))]:
        data[k] = 48 + int(chance.integers(10))
    return data


def _broken(data: bytearray, others: Sequence[bytes], chance: np.random.Generator) -> bytearray:
    at = int(chance.integers(len(data) + 1))
    end = min(len(data), at + int(chance.integers(1, 30)))
    match int(chance.integers(7)):
        case 0:
            data[at:end] = WORDS[int(chance.integers(len(WORDS)))]
        case 1:
            data[at:at] = WORDS[int(chance.integers(len(WORDS)))]
        case 2:
            data[at:at] = data[at:end] * int(chance.integers(2, 40))
        case 3:
            del data[at:end]
        case 4:
            del data[at:]
        case 5:
            other = others[int(chance.integers(len(others)))]
            data[at:] = other[int(chance.integers(len(other) + 1)) :]
        case _:
            data[at : at + 1] = bytes([int(chance.integers(256))])
    return data


def read_or_refuse(data: bytes, name: str | None) -> bool:
    """Read a file that may be damaged; tell whether it could be read."""
    refusal: InputError | None = None
    try:
        if name is None:
            name = sniff(data, "fuzz")
        trace = READERS[name].read(data, "fuzz", OPTIONS.get(name, {}))
    except InputError as error:
        refusal = error
    if refusal is not None:
        assert str(refusal).startswith("fuzz")
        assert all(problem.rule and problem.remedy for problem in refusal.problems)
        return False
    at = trace.instant(1)
    assert at is not None
    assert trace.capacity(at) >= 1 > trace.capacity(at - 1)
    assert trace.mean_bps > 0
    assert all(doubts(trace))
    check_conditions(trace)
    return True


def check_conditions(trace: BandwidthTrace) -> None:
    """Whatever the damage, losses are probabilities and delays are delays, and a table says so."""
    beside = trace.conditions
    if beside is None:
        return
    assert (beside.period_ns, beside.after) == (trace.period_ns, trace.after)
    if beside.loss is not None:
        assert all(0 <= loss <= 1 for loss in beside.loss)
    if beside.delay_ns is not None:
        assert all(0 <= delay <= 60 * 10**9 for delay in beside.delay_ns)
    assert trace.after == "hold" or again(trace).conditions == beside


def again(trace: BandwidthTrace) -> BandwidthTrace:
    """Write a trace as a table and read that."""
    return READERS["csv"].read(to_csv(trace)[0].encode(), "again", {"after": trace.after})


def fuzz(seeds: Sequence[bytes], times: int, key: str) -> int:
    names = list(READERS)
    taken = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for k in range(times):
        chance = generator(7, key, k)
        data = damaged(seeds[k % len(seeds)], seeds, chance)
        start = time.process_time()
        taken += read_or_refuse(data, None)
        taken += read_or_refuse(data, names[int(chance.integers(len(names)))])
        assert time.process_time() - start < SLOWEST_S, data
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < MOST_BYTES
    return taken


def test_two_thousand_damaged_files_are_read_or_refused() -> None:
    assert fuzz(SEEDS, 2000, "inline") > 100


@pytest.mark.slow
def test_a_hundred_thousand_damaged_files_are_read_or_refused() -> None:
    assert fuzz(SEEDS, 100_000, "inline, many") > 5000


def real_heads(shared: Path) -> list[bytes]:
    files = sorted(path for path in (shared / "traces").rglob("*") if path.parent.name != "traces")
    heads = [path.read_bytes()[:4000] for path in files if path.is_file()]
    return [head[: head.rfind(b"\n") + 1] or head for head in heads if head]


def test_damaged_real_files_are_read_or_refused(shared: Path) -> None:
    assert fuzz(real_heads(shared), 600, "real") > 30


@pytest.mark.slow
def test_many_damaged_real_files_are_read_or_refused(shared: Path) -> None:
    assert fuzz(real_heads(shared), 20_000, "real, many") > 1000


def test_damaged_gzip_files_are_unpacked_or_refused() -> None:
    seeds = [gzip.compress(GOOD["oboe"]), gzip.compress(bytes(5000)) * 2]
    unpacked = 0
    for k in range(500):
        data = damaged(seeds[k % 2], seeds, generator(7, "gzip", k))
        try:
            unpacked += len(gunzipped(data, "fuzz", 20_000)) <= 20_000
        except InputError as error:
            assert str(error).startswith("fuzz content: ")  # noqa: PT017  # the point of the test
    assert unpacked < 500
