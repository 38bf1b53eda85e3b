"""`splitcast traces`: what trace files hold, pictures and conversions of them, synthetic ones."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.option_values import output_file
from simulator.cli.trace_options import add_reading_options, family_trace, read_trace

if TYPE_CHECKING:
    from traces import BandwidthTrace

__all__ = ["add"]

_FORMATS = ("csv", "mahimahi")
_PICTURES = (".svg", ".png")


def add(commands: Commands) -> None:
    """Describe the command."""
    about = "say what trace files hold; convert, draw and make traces"
    parts = commands.add_parser("traces", help=about).add_subparsers(
        metavar="COMMAND", required=True
    )
    info = command(parts, "info", "say what a trace file holds", _info)
    info.add_argument("file", metavar="FILE", type=Path)
    info.add_argument("--json", action="store_true", help="as JSON")
    add_reading_options(info)
    convert = command(parts, "convert", "write a trace file in another format", _convert)
    convert.add_argument("file", metavar="FILE", type=Path)
    convert.add_argument("--to", choices=_FORMATS, required=True)
    convert.add_argument("--out", metavar="FILE", type=output_file, required=True)
    add_reading_options(convert)
    plot = command(parts, "plot", "draw a trace of a file or of a synthetic family", _plot)
    source = plot.add_mutually_exclusive_group(required=True)
    source.add_argument("file", metavar="FILE", type=Path, nargs="?")
    source.add_argument("--family", help="see `splitcast traces families`")
    plot.add_argument("--seed", type=int, default=1, help="which trace of the family: 1")
    plot.add_argument("--duration", default="120 s", help="length of the family's trace: 120 s")
    plot.add_argument("--out", metavar="FILE", type=output_file, required=True, help=".svg or .png")
    add_reading_options(plot)
    synth = command(parts, "synth", "write a synthetic trace to a file", _synth)
    synth.add_argument("family", metavar="FAMILY", help="see `splitcast traces families`")
    synth.add_argument("--seed", type=int, default=1, help="which of its traces: 1")
    synth.add_argument("--duration", default="120 s", help="its length: 120 s")
    synth.add_argument("--to", choices=_FORMATS, help="by default the one that is exact")
    synth.add_argument("--out", metavar="FILE", type=output_file, required=True)
    command(parts, "families", "list the synthetic families", _families)


def _info(arguments: Arguments) -> int:
    import json

    from simulator.foundation.quantities import format_ns, format_rate
    from traces.describe import describe

    trace = read_trace(arguments, arguments.file)
    found = describe(trace)
    about = trace.about
    if arguments.json:
        said = {
            "schema_version": 1,
            "file": str(arguments.file),
            "source": about.source,
            "measures": about.measures,
            "direction": about.direction,
            "after": trace.after,
            "end": about.end,
            **asdict(found),
        }
        print(json.dumps(said, indent=2))
        return 0
    print(f"file       {arguments.file}")
    print(f"source     {about.source}")
    print(f"measures   {about.measures}, {about.direction}")
    print(f"holds      {found.pieces} {found.kind}")
    print(f"length     {format_ns(trace.period_ns)}, then {trace.after}")
    if about.end:
        print(f"           {about.end}")
    print(f"mean       {format_rate(trace.mean_bps)}")
    if found.outage_share is not None:
        levels = ", ".join(f"{k} {format_rate(v)}" for k, v in found.seconds_bps.items())
        print(f"1 s rates  {levels}")
        print(f"outage     {found.outage_share:.1%} of seconds below 100 kbit/s")
    if found.outages:
        times = "once" if found.outages == 1 else f"{found.outages} times"
        print(f"           {times}, {found.longest_outage_s} s at the longest")
    if found.mean_loss is not None:
        print(f"loss       {found.mean_loss:.2%} of packets on average")
    if found.mean_delay_ns is not None and found.least_delay_ns is not None:
        least = format_ns(found.least_delay_ns)
        print(f"delay      {format_ns(found.mean_delay_ns)} one way on average, at least {least}")
    for doubt in found.doubts:
        print(f"warning    {doubt}")
    return 0


def _convert(arguments: Arguments) -> int:
    _write(read_trace(arguments, arguments.file), arguments.to, arguments.out)
    return 0


def _synth(arguments: Arguments) -> int:
    from traces import OpportunityTrace

    trace = family_trace(arguments.family, arguments.seed, arguments.duration)
    exact = "mahimahi" if isinstance(trace, OpportunityTrace) else "csv"
    _write(trace, arguments.to or exact, arguments.out)
    return 0


def _write(trace: BandwidthTrace, kind: str, out: Path) -> None:
    from simulator.foundation.files import write_atomically
    from traces import doubts
    from traces.convert import to_csv, to_mahimahi

    text, lost = to_csv(trace) if kind == "csv" else to_mahimahi(trace)
    write_atomically(out, text)
    print(f"{out}: {text.count(chr(10))} lines, {kind}, {'lossy' if lost else 'exact'}")
    for what in lost:
        print(f"lost       {what}")
    for doubt in doubts(trace):  # the new file cannot say it
        print(f"warning    {doubt}")


def _plot(arguments: Arguments) -> int:
    from simulator.foundation.errors import InputError, Problem
    from simulator.foundation.files import write_atomically

    out: Path = arguments.out
    if out.suffix not in _PICTURES:
        rule, remedy = "must end in .svg or .png", f"write {out.with_suffix('.svg')}"
        problem = Problem(where="argument", what="--out", value=out, rule=rule, remedy=remedy)
        raise InputError(problem)
    if arguments.family is not None:
        trace = family_trace(arguments.family, arguments.seed, arguments.duration)
    else:
        trace = read_trace(arguments, arguments.file)
    from simulator.report.svg import png, render
    from simulator.report.trace_picture import trace_picture

    picture = trace_picture(trace)
    write_atomically(out, render(picture) if out.suffix == ".svg" else png(picture))
    print(out)
    return 0


def _families(_: Arguments) -> int:
    from simulator.cli.text_table import text_table
    from traces.synthetic import families

    rows = [
        [f.name, f.title, f.measures, f.direction, str(f.traces), f"{f.hours:g}"]
        for f in families().values()
    ]
    heading = ["family", "fitted to", "measures", "direction", "traces", "hours"]
    print(text_table([heading, *rows], left=4))
    return 0
