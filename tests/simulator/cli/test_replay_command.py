from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.replay import checks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.simulator.cli.conftest import Called

FRAMES = "flow,frame_id,t_send_ms,bytes\na,0,0,3000\nb,0,0,1000\na,1,40.5,500\n"
ARRIVALS = "flow,frame_id,t_send_s,bytes,n_pkts,n_lost,t_arrive_s,complete\n"

MTU = ("--mtu-payload", "1000")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A constant rate of 8 Mbit/s, three frames of two flows, and a mahimahi trace."""
    (tmp_path / "rate.csv").write_text("t_s,mbps\n0,8\n")
    (tmp_path / "frames.csv").write_text(FRAMES)
    (tmp_path / "mm.trace").write_text("2\n4\n")
    return tmp_path


@pytest.fixture
def replayed(splitcast: Callable[..., Called], desk: Path) -> Callable[..., Called]:
    """The command with the usual files; options given later win."""

    def call(*options: object) -> Called:
        usual = ("--trace", desk / "rate.csv", "--frames", desk / "frames.csv")
        return splitcast("replay", *usual, "--out", desk / "out" / "a.csv", *options)

    return call


def test_frames_come_out_with_their_packets_and_instants(
    replayed: Callable[..., Called], desk: Path
) -> None:
    called = replayed("--packets-out", desk / "p.csv", "--delay", "20 ms")
    out = desk / "out" / "a.csv"
    said = "3 of 3 frames complete; 0 of 5 packets lost"
    assert called == (0, f"{said}\nwrote {out}\nwrote {desk / 'p.csv'}\n", "")
    # 1 us a byte: 3000 + 3 x 32 bytes, then 1000 + 32.
    assert out.read_text() == (
        f"{ARRIVALS}a,0,0.000000000,3000,3,0,0.023096000,1\n"
        "b,0,0.000000000,1000,1,0,0.024128000,1\n"
        "a,1,0.040500000,500,1,0,0.061032000,1\n"
    )
    assert (desk / "p.csv").read_text() == (
        "flow,frame_id,idx,payload_bytes,t_send_s,t_arrive_s,lost\n"
        "a,0,0,1472,0.000000000,0.021504000,0\n"
        "a,0,1,1472,0.000000000,0.023008000,0\n"
        "a,0,2,56,0.000000000,0.023096000,0\n"
        "b,0,0,1000,0.000000000,0.024128000,0\n"
        "a,1,0,500,0.040500000,0.061032000,0\n"
    )


@pytest.mark.parametrize(
    ("options", "sent_s", "arrival", "said"),
    [
        ((), 0, "0.001032000", ""),
        ((), 12, "12.002064000", "t.csv ends with its last row, whose rate holds for ever after\n"),
        (("--after", "loop"), 12, "12.001032000", "t.csv ends with its last row, whose own rate"),
    ],
)
def test_what_follows_the_end_of_a_table_is_said_where_it_matters(
    splitcast: Callable[..., Called],
    tmp_path: Path,
    options: tuple[str, ...],
    sent_s: int,
    arrival: str,
    said: str,
) -> None:
    (tmp_path / "t.csv").write_text("t_s,mbps\n0,8\n10,4\n")
    (tmp_path / "f.csv").write_text(f"flow,frame_id,t_send_s,bytes\na,0,{sent_s},1000\n")
    files = ("--trace", tmp_path / "t.csv", "--frames", tmp_path / "f.csv")
    called = splitcast("replay", *files, "--delay", "0 s", "--out", tmp_path / "a.csv", *options)
    assert f"packets lost\n{said}" in called.out
    assert ("t.csv ends" in called.out) == bool(said)
    assert arrival in (tmp_path / "a.csv").read_text()


def test_a_full_queue_costs_packets(replayed: Callable[..., Called], desk: Path) -> None:
    # One on the wire, one queued; the last of the first frame and the second frame are dropped.
    assert replayed("--queue", "droptail:1p").code == 0
    assert (desk / "out" / "a.csv").read_text() == (
        f"{ARRIVALS}a,0,0.000000000,3000,3,1,0.003008000,0\n"
        "b,0,0.000000000,1000,1,1,,0\n"
        "a,1,0.040500000,500,1,0,0.041032000,1\n"
    )


@pytest.mark.parametrize(
    ("options", "arrivals"),
    [
        # b's packet goes before a's third, which is committed only once there is place for it.
        (("--sharing", "drr"), ["0.004128000", "0.004040000"]),
        (("--sharing", "drr", "--committed-packets", "0"), ["0.004128000", "0.002536000"]),
        # Byte by byte nothing has begun yet when b comes: only a's first packet is committed.
        (("--sharing", "drr", "--accuracy", "frame"), ["0.004128000", "0.002536000"]),
        (("--sharing", "fair"), ["0.004128000", "0.002064000"]),
        (("--accuracy", "frame"), ["0.003096000", "0.004128000"]),
        (("--header-bytes", "0", "--mtu-payload", "1000"), ["0.003000000", "0.004000000"]),
        (("--queue", "drophead:1p"), ["0.001504000", "0.002536000"]),
        (("--queue", "droptail:1504B"), ["0.003008000", ""]),
        # One is on the wire, one committed, one queued, and b's is one too many.
        (("--sharing", "drr", "--queue", "droptail:1p"), ["0.003096000", ""]),
        # b has more bytes queued than a's third packet.
        (("--sharing", "drr", "--queue", "drophead:1p"), ["0.003096000", ""]),
        # As many bytes, and a's have waited for longer.
        (
            ("--sharing", "drr", "--queue", "drophead:1p", "--header-bytes", "0", *MTU),
            ["0.002000000", "0.003000000"],
        ),
        # Three packets of a are all that may be unfinished.
        (("--sharing", "fair", "--queue", "droptail:3p"), ["0.003096000", ""]),
        # Two of a and b's would be 4040 bytes; the last of a is 88.
        (("--sharing", "fair", "--queue", "droptail:4127B"), ["0.003096000", ""]),
    ],
)
def test_links_differ(
    replayed: Callable[..., Called], desk: Path, options: tuple[str, ...], arrivals: list[str]
) -> None:
    assert replayed(*options).code == 0
    rows = (desk / "out" / "a.csv").read_text().splitlines()[1:3]
    assert [row.split(",")[6] for row in rows] == arrivals


@pytest.mark.parametrize(
    ("sharing", "arrivals"),
    [
        # b has 3/4 of 1 byte/us: 1032 bytes take 1.376 ms; a's 3096 are last.
        ("fair", ["0.004128000", "0.001376000"]),
        ("drr", ["0.004128000", "0.004040000"]),
    ],
)
def test_flows_may_have_weights(
    replayed: Callable[..., Called], desk: Path, sharing: str, arrivals: list[str]
) -> None:
    header, *rows = FRAMES.split()
    weighed = [f"{header},weight", *(f"{row},{3 if row[0] == 'b' else 1}" for row in rows)]
    (desk / "frames.csv").write_text("\n".join(weighed))
    assert replayed("--sharing", sharing).code == 0
    written = (desk / "out" / "a.csv").read_text().splitlines()[1:3]
    assert [row.split(",")[6] for row in written] == arrivals
    refused = replayed("--sharing", "fifo")
    assert refused.code == 2
    assert "--frames column: weight means nothing for --sharing fifo; leave it" in refused.err


def test_opportunities_carry_what_they_are_told_to(
    replayed: Callable[..., Called], desk: Path
) -> None:
    def last_arrival(*options: str) -> str:
        assert replayed("--trace", desk / "mm.trace", "--format", "mahimahi", *options).code == 0
        return (desk / "out" / "a.csv").read_text().split(",")[-2]

    assert last_arrival() == "0.042000000"
    assert last_arrival("--opportunity-bytes", "100") == "0.094000000"  # 4660 bytes are 47 of them
    assert last_arrival("--arrival-rounding", "ms") == "0.042000000"


def test_sending_may_happen_on_a_millisecond_clock(
    replayed: Callable[..., Called], desk: Path
) -> None:
    assert replayed("--arrival-rounding", "ms").code == 0
    assert "a,1,0.040500000,500,1,0,0.040532000,1" in (desk / "out" / "a.csv").read_text()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--queue", "droptail:0p"), "--queue limit: droptail:0p must be infinite, or droptail"),
        (("--queue", "codel"), "--queue limit: codel must be infinite"),
        (("--queue", "droptail:1503B"), "--queue limit: 1503 bytes must hold a packet of 1504"),
        (("--delay", "20"), "--delay delay: 20 must be a duration with a unit"),
        (("--mtu-payload", "0"), "--mtu-payload value: 0 must be a whole number from 1 to 65535"),
        (("--quantum", "1e3"), "--quantum value: 1e3 must be a whole number from 64 to"),
        (("--quantum", "3000"), "--quantum value: 3000 means nothing for --sharing fifo; leave"),
        (("--sharing", "fair", "--queue", "drophead:9p"), "--queue limit: drophead means nothing"),
        (("--sharing", "fair", "--queue", "droptail:99B"), "--queue limit: 99 bytes must hold a"),
        (("--sharing", "drr", "--queue", "drophead:99B"), "--queue limit: 99 bytes must hold a"),
        (("--sharing", "fair", "--accuracy", "packet"), "--accuracy accuracy: packet must be fr"),
        (("--accuracy", "frame", "--packets-out", "p"), "--packets-out accuracy: frame follows no"),
        (("--format", "mahimahy"), "rate.csv format: mahimahy is no format; did you mean"),
        (("--opportunity-bytes", "99"), "rate.csv opportunity: 99 means nothing for csv"),
    ],
)
def test_wrong_options_are_refused_in_a_line_and_nothing_is_written(
    replayed: Callable[..., Called], desk: Path, options: tuple[str, ...], message: str
) -> None:
    called = replayed(*options)
    assert (called.code, called.out) == (2, "")
    assert called.err.count("\n") == 1
    assert message in called.err
    assert not (desk / "out").exists()


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ("0,0\n9,0\n", "must be above 0 somewhere; a link that never delivers cannot be simul"),
        ("0,8\n9,0\n", "last rate: 0 would hold for ever: the link can never deliver after it;"),
    ],
)
def test_a_link_that_never_delivers_is_refused(
    replayed: Callable[..., Called], desk: Path, rates: str, message: str
) -> None:
    (desk / "rate.csv").write_text(f"t_s,mbps\n{rates}")
    called = replayed()
    assert (called.code, called.err.count("\n")) == (2, 1)
    assert message in called.err
    assert not (desk / "out").exists()


def test_what_follows_the_trace_can_be_said(replayed: Callable[..., Called], desk: Path) -> None:
    (desk / "rate.csv").write_text("t_s,mbps\n0,8\n0.001,0\n")
    for after, summary in (("loop", "3 of 3 frames"), ("stop", "0 of 3"), ("hold", "0 of 3")):
        assert replayed("--after", after, "--accuracy", "frame").out.startswith(summary)


def test_places_that_cannot_be_written_are_refused(
    replayed: Callable[..., Called], desk: Path
) -> None:
    assert "must be a plain file, or not be there yet; give the name" in replayed("--out", desk).err
    assert "must be no input and no other" in replayed("--out", desk / "frames.csv").err
    assert "must be no input and no other" in replayed("--packets-out", desk / "out/a.csv").err
    assert "cannot be written (" in replayed("--out", desk / "rate.csv" / "a.csv").err
    assert (desk / "frames.csv").read_text() == FRAMES
    assert not (desk / "out").exists()


def test_more_packets_than_can_be_held_are_refused(
    replayed: Callable[..., Called], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_MOST_PACKETS", 4)
    assert "--frames packets: 5 must be at most 4; cut the table" in replayed().err


def test_what_a_trace_file_leaves_open_can_be_said(
    splitcast: Callable[..., Called], desk: Path
) -> None:
    (desk / "io.csv").write_text('"Interval start","All packets"\n0,1000\n1,1000\n')
    words = ("replay", "--trace", desk / "io.csv", "--frames", desk / "frames.csv")
    refused = splitcast(*words, "--out", desk / "out.csv")
    assert refused.code == 2
    assert "say `unit: B/interval` (`--unit B/interval`)" in refused.err
    said = splitcast(*words, "--unit", "B/interval", "--out", desk / "out.csv")
    assert said.code == 0
    (desk / "cooked").write_text("0 8\n1 8\n2 8\n")
    words = ("replay", "--trace", desk / "cooked", "--frames", desk / "frames.csv")
    guessed = splitcast(*words, "--out", desk / "out.csv")
    assert "have no unit that the file states" in guessed.err
