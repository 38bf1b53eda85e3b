"""`splitcast replay`: frames with given instants and sizes through a link; or customers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli import replay_customers
from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.option_values import option_name, output_file, parsed, whole_number
from simulator.cli.trace_options import add_content_options, content_options

if TYPE_CHECKING:
    from simulator.links.wires import Accuracy
    from simulator.replay import LinkChoice

__all__ = ["add"]

# Options that are whole numbers: what is usual, from, to, and what it means.
_WHOLE = {
    "opportunity_bytes": (1504, 1, 10**9, "what a delivery opportunity carries"),
    "mtu_payload": (1472, 1, 65_535, "most payload bytes of a packet"),
    "header_bytes": (32, 0, 65_535, "what each packet carries besides"),
    "quantum": (1500, 64, 10**9, "bytes a flow gains a round of drr, times its weight"),
    "drr_header_bytes": (28, 0, 65_535, "header bytes that count in drr's deficits"),
    "committed_packets": (1, 0, 10_000, "places of the device's own queue before the wire, in drr"),
}
_CLOCKS_NS = {"exact": 1, "ms": 10**6}


def add(commands: Commands) -> None:
    """Describe the command."""
    about = "send frames with given instants and sizes through a link, or customers through a pool"
    parser = command(commands, "replay", about, _execute)
    parser.add_argument("--trace", metavar="FILE", type=Path, help="its capacity")
    parser.add_argument("--format", help="of the trace; recognised from its content if left out")
    parser.add_argument(
        "--after",
        choices=("loop", "hold", "stop"),
        help="what follows the trace's end; by default hold for a t_s,mbps table, else loop",
    )
    parser.add_argument(
        "--frames",
        metavar="FILE",
        type=Path,
        help="CSV with flow,frame_id,t_send_s,bytes (or t_send_ms) in the order of sending; "
        "a column weight gives flows shares of fair and drr",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=output_file,
        required=True,
        help="CSV to write: flow,frame_id,t_send_s,bytes,n_pkts,n_lost,t_arrive_s,complete; "
        "a frame that lost packets has the instant of its last one that arrived",
    )
    parser.add_argument(
        "--packets-out", metavar="FILE", type=output_file, help="CSV of every packet"
    )
    parser.add_argument(
        "--queue",
        default="infinite",
        help="infinite (default), droptail:50p, droptail:64000B, drophead:40p; "
        "for fair, droptail of whatever has not left",
    )
    parser.add_argument("--delay", default="0 ms", help="propagation after the link, like '20 ms'")
    parser.add_argument("--sharing", choices=("fifo", "fair", "drr"), default="fifo")
    parser.add_argument(
        "--accuracy",
        choices=("frame", "packet"),
        help="packet: store and forward, one by one (default); frame: fluid (always, for fair)",
    )
    parser.add_argument(
        "--arrival-rounding",
        choices=tuple(_CLOCKS_NS),
        default="exact",
        help="ms: frames come to the link's queue at the whole millisecond before they are sent",
    )
    for name, (usual, _, _, meaning) in _WHOLE.items():
        parser.add_argument(
            option_name(name), metavar="N", default=str(usual), help=f"{meaning} ({usual})"
        )
    add_content_options(parser)
    replay_customers.join(parser, _execute)


def _execute(arguments: Arguments) -> int:
    from simulator.replay import arrivals_table, packets_table, read_frames, replay
    from simulator.replay.capacity import read_capacity
    from simulator.replay.checks import check
    from simulator.replay.outputs import check_outputs, write_outputs

    whole = {
        name: whole_number(option_name(name), getattr(arguments, name), least, most, usual)
        for name, (usual, least, most, _) in _WHOLE.items()
    }
    choice = _choice(arguments, whole)
    outputs = [path for path in (arguments.out, arguments.packets_out) if path is not None]
    check_outputs(outputs, inputs=[arguments.trace, arguments.frames])
    frames = read_frames(arguments.frames)
    check(frames, choice, packets_wanted=arguments.packets_out is not None)
    trace = read_capacity(
        arguments.trace,
        arguments.format,
        after=arguments.after,
        opportunity_bytes=whole["opportunity_bytes"],
        options=content_options(arguments),
    )
    fates = replay(frames, trace, choice)
    tables = {arguments.out: arrivals_table(frames, fates)}
    if arguments.packets_out is not None:
        tables[arguments.packets_out] = packets_table(
            frames, fates, mtu_payload_bytes=choice.mtu_payload_bytes
        )
    write_outputs(tables)
    complete = fates.lost.count(0)
    lost, packets = sum(fates.lost), sum(fates.packets)
    print(f"{complete} of {len(fates.lost)} frames complete; {lost} of {packets} packets lost")
    if trace.about.end and max(fates.arrived_ns) - choice.delay_ns > trace.period_ns > 1:
        # Of one row or of none behind its end, there is nothing to say.
        print(f"{trace.about.name} {trace.about.end}")
    print("\n".join(f"wrote {path}" for path in tables))
    return 0


def _choice(arguments: Arguments, whole: dict[str, int]) -> LinkChoice:
    from simulator.foundation.quantities import duration_ns
    from simulator.replay import LinkChoice, queue_limit

    usual: Accuracy = "frame" if arguments.sharing == "fair" else "packet"
    accuracy: Accuracy = arguments.accuracy or usual
    queue, drop = parsed("--queue", "limit", arguments.queue, queue_limit, "droptail:50p")
    return LinkChoice(
        mtu_payload_bytes=whole["mtu_payload"],
        header_bytes=whole["header_bytes"],
        queue=queue,
        drop=drop,
        sharing=arguments.sharing,
        accuracy=accuracy,
        delay_ns=parsed("--delay", "delay", arguments.delay, duration_ns, "20 ms"),
        clock_ns=_CLOCKS_NS[arguments.arrival_rounding],
        quantum_bytes=whole["quantum"],
        drr_header_bytes=whole["drr_header_bytes"],
        committed_packets=whole["committed_packets"],
    )
