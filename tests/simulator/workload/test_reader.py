from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.foundation.errors import InputError
from simulator.workload import Workload, read_workload

if TYPE_CHECKING:
    from pathlib import Path

MS = 1_000_000
PLAIN = "t_capture_ms,bytes,device_ms,server_ms\n0,900,2,10\n100,800,3,11\n250,700,2.5,12\n"
UNITS = """\
t_capture_s,unit,bytes,device_ms,server_ms,score
10,raw,5000,1,20,0.9
10,local,0,80,,0.5
10.1,local,0,90,0,0.4
10.1,raw,6000,1,22,0.8
"""
LAYERS = """\
t_capture_s,unit,layer,bytes,device_ms,server_ms,score,confidence
0,raw,,9000,1,30,1,0.9
0,scalable,0,1000,7,10,0.5,0.4
0,scalable,1,2000,7,16,0.8,0.7
1,scalable,1,2200,7,18,0.9,0.8
1,scalable,0,1100,7,11,0.6,0.5
1,raw,0,9500,1,31,1,0.9
"""
STREAMS = """\
stream,t_capture_s,bytes,device_s
b,0.5,10,0.001
a,0,20,0.001
b,1.5,11,0.001
a,1,21,0.001
"""


def read(text: str, folder: Path) -> Workload:
    path = folder / "log.csv"
    path.write_text(text)
    return read_workload(path)


def refused(text: str, folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        read(text, folder)
    assert all(problem.rule and problem.remedy for problem in caught.value.problems)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_plain_log_is_one_stream_of_one_unit(tmp_path: Path) -> None:
    found = read(PLAIN, tmp_path)
    (stream,) = found.streams
    (unit,) = stream.units
    assert (found.units, found.named, found.serves) == (("frame",), False, True)
    assert stream.captured_ns.tolist() == [0, 100 * MS, 250 * MS]
    assert unit.payload_bytes.tolist() == [900, 800, 700]
    assert unit.device_ns.tolist() == [2 * MS, 3 * MS, 2_500_000]
    assert unit.server_ns.tolist() == [10 * MS, 11 * MS, 12 * MS]
    assert unit.score.tolist() == unit.confidence.tolist() == [1, 1, 1]
    assert (stream.interval_ns, stream.period_ns) == (125 * MS, 375 * MS)


def test_every_capture_has_every_unit_and_the_first_is_at_0(tmp_path: Path) -> None:
    found = read(UNITS, tmp_path)
    assert found.units == ("raw", "local")
    assert found.streams[0].captured_ns.tolist() == [0, 100 * MS]
    assert [found.on_device(unit) for unit in (0, 1)] == [False, True]
    np.testing.assert_allclose(found.column(1, "score"), [0.5, 0.4], atol=1e-6)
    np.testing.assert_allclose(found.column(0, "confidence"), [0.9, 0.8], atol=1e-6)


def test_layers_add_bytes_and_are_served_and_score_together(tmp_path: Path) -> None:
    found = read(LAYERS, tmp_path)
    raw, scalable = found.streams[0].units
    assert raw.layers is None
    assert (found.layers(0), found.layers(1)) == (1, 2)
    assert scalable.layers is not None
    assert scalable.layers.payload_bytes.tolist() == [[1000, 1100], [2000, 2200]]
    assert scalable.layers.server_ns.tolist() == [[10 * MS, 11 * MS], [16 * MS, 18 * MS]]
    assert scalable.payload_bytes.tolist() == [3000, 3300]
    assert scalable.device_ns.tolist() == [7 * MS, 7 * MS]
    assert scalable.server_ns.tolist() == [16 * MS, 18 * MS]
    np.testing.assert_allclose(scalable.score, [0.8, 0.9], atol=1e-6)
    np.testing.assert_allclose(scalable.layers.confidence[0], [0.4, 0.5], atol=1e-6)


def test_streams_keep_their_names_and_their_places_in_time(tmp_path: Path) -> None:
    found = read(STREAMS, tmp_path)
    assert (found.named, found.serves) == (True, False)
    assert [stream.name for stream in found.streams] == ["b", "a"]
    assert found.streams[0].captured_ns.tolist() == [500 * MS, 1500 * MS]
    assert found.column(0, "payload_bytes").tolist() == [10, 11, 20, 21]


def test_instants_may_count_from_an_epoch(tmp_path: Path) -> None:
    text = "t_capture_s,bytes,device_ms\n1760000000.25,9,1\n1760000000.75,9,1\n"
    assert read(text, tmp_path).streams[0].captured_ns.tolist() == [0, 500 * MS]


def test_blank_lines_quotes_carriage_returns_and_a_byte_order_mark_are_fine(
    tmp_path: Path,
) -> None:
    text = '\ufefft_capture_s,"bytes",device_ms\r\n0,9,1\r\n\r\n1,"9",1\r\n'
    assert len(read(text, tmp_path).streams[0].captured_ns) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "log.csv:1 header: (blank) must name bytes"),
        ("t_capture_s,bytes,device_ms\n", "log.csv rows: 0 must be at least two captures"),
        ("t_capture_s,bytes,device_ms\n0,9,1\n", "log.csv:2 stream: the log must have at least"),
        ("t_s,bytes,device_ms\n0,9,1\n", "log.csv:1 column: t_s is none of these"),
        ("bytes,device_ms\n9,1\n", "must name t_capture_s or t_capture_ms"),
        ("t_capture_s,bytes\n0,1\n", "must name device_ms or device_s"),
        ("t_capture_s,device_ms\n0,1\n", "must name bytes"),
        ("t_capture_s,bytes,bytes,device_s\n", "column: bytes must come once"),
        ("t_capture_s,bytes,device_s,device_ms\n", "device_s must not come beside device_ms"),
        (PLAIN + "300,1,1\n", "log.csv:5 fields: 3 must be 4, as the header has"),
        (PLAIN + "300,-1,1,1\n", "log.csv:5 bytes: -1 must be a whole number from 0 to 1e+09"),
        (PLAIN + "300,1.5,1,1\n", "log.csv:5 bytes: 1.5 must be a whole number"),
        (PLAIN + "nan,1,1,1\n", "log.csv:5 t_capture_ms: nan must be a number from 0"),
        (PLAIN + "300,1,,1\n", "log.csv:5 device_ms: (empty) must be a number from 0"),
        (PLAIN + "300,1,inf,1\n", "log.csv:5 device_ms: inf must be a number from 0"),
        (PLAIN + "300,1_0,1,1\n", "log.csv:5 bytes: 1_0 must be a whole number"),
        (PLAIN + "300,1,1,\n", "log.csv:5 server: (empty) must be given for what is sent"),
        (PLAIN + "1e9,1,1,1\n", "must be within 24 h of the earliest capture"),
        (PLAIN + "86400200,1,1,1\n", "log.csv:5 t_capture: 86400.2 s after the first must be with"),
        (PLAIN + "1e13,1,1,1\n", "log.csv:5 t_capture: 1e+10 s after the first must be within 24"),
        ("t_capture_s,bytes,device_s\n1e10,1,1\n0,1,1\n", "log.csv:2 t_capture: 1e+10 s after the"),
        (PLAIN + "1e14,1,1,1\n", "log.csv:5 t_capture_ms: 1e14 must be a number from 0 to 1e+13"),
        (PLAIN + "100,1,1,1\n", "log.csv:5 capture: unit frame, layer 0 must not come twice"),
        (PLAIN + '"300,1,1,1\n', "is no CSV"),
        (PLAIN + '300,"1\n",1,1\n', "log.csv:2 rows: 4 on 5 lines must stand on one line each"),
        (UNITS + "10.2,raw,1,1,1,1\n", "log.csv:6 capture: at 0.2 s must have unit local"),
        (UNITS + "10.2,local,0,1,,1\n", "log.csv:6 capture: at 0.2 s must have unit raw"),
        (UNITS + "10.2,r w,1,1,1,1\n", "log.csv:6 unit: r w must be 1 to 60 of the characters"),
        (UNITS + "10.2,raw,1,1,1,1.1\n", "log.csv:6 score: 1.1 must be a number from 0 to 1"),
        (
            UNITS + "10.2,raw,0,1,,1\n10.2,local,0,1,,1\n",
            "log.csv:6 bytes: 0 must not be 0 here: elsewhere unit raw sends something",
        ),
        (
            UNITS + "10.2,raw,1,1,1,1\n10.2,local,0,1,3,1\n",
            "log.csv:7 server: 3 must be 0 or blank where no bytes are sent",
        ),
        (
            LAYERS + "2,raw,0,1,1,1,1,1\n2,scalable,0,1,1,1,1,1\n",
            "must have unit scalable, layer 1, as the others have",
        ),
        (LAYERS + "2,raw,20,1,1,1,1,1\n", "layer: 20 must be a whole number from 0 to 19"),
        (STREAMS + "c,1,5,1\n", "log.csv:6 stream: c must have at least two captures"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    assert said in refused(text, tmp_path)


def test_a_file_that_is_no_text_or_missing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(b"t_capture_s,bytes,device_ms\n\xff,1,1\n")
    with pytest.raises(InputError, match=r"log\.csv:2 text: a byte must be UTF-8"):
        read_workload(tmp_path / "log.csv")
    with pytest.raises(InputError, match="does not exist"):
        read_workload(tmp_path / "none.csv")


def test_too_many_rows_units_and_streams_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = "t_capture_s,bytes,device_ms,unit\n"
    many = header + "".join(f"0,1,1,u{k}\n1,1,1,u{k}\n" for k in range(101))
    assert "unit: u100 must be one of at most 100 units" in refused(many, tmp_path)
    monkeypatch.setattr("simulator.workload.table._MOST_NAMES", 3)
    assert "unit: u3 must be one of at most 3 names" in refused(many, tmp_path)
    monkeypatch.setattr("simulator.workload.table.MOST_ROWS", 2)
    assert "log.csv:4 rows: 3 must be at most 2" in refused(PLAIN, tmp_path)
