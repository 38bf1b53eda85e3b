"""Every real file that can be read has the length and mean its collectors counted."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from simulator.foundation.errors import InputError
from traces import ReadOptions, doubts, read
from traces.reading import content
from traces.sniff import sniff

if TYPE_CHECKING:
    from pathlib import Path

READABLE = {
    **dict.fromkeys(("mahimahi", "oboe", "iperf3"), ""),
    **dict.fromkeys(("pensieve", "pensieve_puffer", "lumos5g_pensieve"), "pensieve"),
    "sabre_json": "sabre",
    "hsdpa_log": "hsdpa",
    "ghent_log": "ghent",
    "gnettrack_csv": "gnettrack",
    "nyu_mets": "nyu-mets",
    "opennetlab_json": "opennetlab",
    "lumos5g_raw_csv": "lumos5g",
    "genet_cc_json": "genet",
}
FOREIGN = {
    "5gophers_csv": "5Gophers",
    "5gtracker_csv": "5G Tracker",
    "dash_profile_json": "dash.js",
    "iperf3": "iperf3 CSV",
    "lpp_ntrace": "ntrace",
    "mahimahi": "0 bytes",
    "uav_matrix": "a table of 50 columns",
}


def manifest(shared: Path) -> list[dict[str, str]]:
    with (shared / "traces" / "MANIFEST.tsv").open() as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def options_of(row: dict[str, str]) -> ReadOptions:
    """What the authors of the manifest knew of a file and its bytes do not say."""
    if row["format"] == "mahimahi":
        return {"opportunity_bytes": 1500}
    if row["format"] == "pensieve_puffer":
        return {"unit": "MB/s"}
    if row["format"] == "lumos5g_pensieve" or "aitrans" in row["file"]:  # a sample a second or half
        options: ReadOptions = {
            "hold": "until-next",
            "period_ns": round(float(row["duration_s"]) * 1e9),
        }
        return {**options, "column": 2} if "multipath" in row["file"] else options
    if row["note"] == "one backward timestamp":
        return {"backwards": "sort"}
    return {}


def test_real_files_have_the_length_and_mean_of_the_manifest(shared: Path) -> None:
    compared = 0
    for row in manifest(shared):
        path = shared / "traces" / row["file"]
        known = READABLE.get(row["format"])
        if known is None or row["file"].endswith("S20UPM-run123-iPerf.csv"):
            continue
        if row["duration_s"] == "NA":
            with pytest.raises(InputError, match="must not be empty"):
                read(path)
            continue
        trace = read(path, known or row["format"], **options_of(row))
        # iperf's intervals are some hundred us longer than the manifest's rounded sum.
        close_s = 2e-3 if row["format"] == "iperf3" else 6e-4
        assert trace.period_ns / 1e9 == pytest.approx(float(row["duration_s"]), abs=close_s), row
        # The manifest averages lines of equal time, of which three 4G files have some.
        close = 5e-4 if "/4g_" in row["file"] else 1e-5
        assert trace.mean_bps / 1e6 == pytest.approx(
            float(row["mean_mbps"]), rel=close, abs=6e-5
        ), row
        compared += 1
    assert compared == 124


def test_every_real_file_is_recognised(shared: Path) -> None:
    rows = manifest(shared)
    for row in rows:
        data = content(shared / "traces" / row["file"])
        known = READABLE.get(row["format"])
        if known is not None and data and "S20UPM" not in row["file"]:
            assert sniff(data, row["file"]) == (known or row["format"])
        else:
            with pytest.raises(InputError) as caught:
                sniff(data, row["file"])
            assert FOREIGN[row["format"]] in str(caught.value)
    assert len(rows) == 145


@pytest.mark.parametrize(
    ("file", "doubt"),
    [
        ("opennetlab_json/5G_13mbps.json", "has 3 rates above 300 times its median"),
        ("genet_cc_json/synthetic-trace_00000.json", ""),
        ("oboe/trace_0.txt", "measures a flow rate on a downlink"),
        ("nyu_mets/bus57.csv", "measures a downlink"),
    ],
)
def test_what_is_doubtful_about_a_real_file_is_told(file: str, doubt: str, shared: Path) -> None:
    assert doubt in "\n".join(doubts(read(shared / "traces" / file)))


def test_a_ceiling_takes_the_spikes_from_a_real_file(shared: Path) -> None:
    path = shared / "traces/opennetlab_json/4G_3mbps.json"
    assert read(path).mean_bps > 30e6
    assert read(path, ceiling_bps=100_000_000).mean_bps < 5e6


def test_a_clock_that_goes_back_in_a_real_file_is_refused_or_cut(shared: Path) -> None:
    folder = shared / "traces/gnettrack_csv"
    (path,) = folder.glob("*StrangerThings*")
    with pytest.raises(InputError, match=r":\d+ time: .* must not decrease; say `backwards: cut`"):
        read(path)
    assert read(path, backwards="cut").period_ns < read(path, backwards="sort").period_ns
