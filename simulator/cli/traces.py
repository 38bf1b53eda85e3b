"""`splitcast traces`: what a trace file holds, and which synthetic families there are."""

from __future__ import annotations

from pathlib import Path

from simulator.cli.interface import Arguments, Commands, command

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Describe the command."""
    about = "what a trace file holds; which synthetic families there are"
    parts = commands.add_parser("traces", help=about).add_subparsers(
        metavar="COMMAND", required=True
    )
    info = command(parts, "info", "say what a trace file holds", _info)
    info.add_argument("file", metavar="FILE", type=Path)
    info.add_argument("--format", help="its format; recognised from its content if left out")
    command(parts, "families", "list the synthetic families", _families)


def _info(arguments: Arguments) -> int:
    import numpy as np

    from simulator.foundation.quantities import format_ns, format_rate
    from traces import rates_on_grid, read

    trace = read(arguments.file, arguments.format)
    second = 10**9
    print(f"file       {arguments.file}")
    print(f"measures   {trace.about.measures}, {trace.about.direction}")
    print(f"length     {format_ns(trace.period_ns)}, then {trace.after}")
    print(f"mean       {format_rate(trace.mean_bps)}")
    if trace.period_ns >= second:
        _, rates = rates_on_grid(trace, second, min(trace.period_ns, 86_400 * second))
        shares = np.quantile(rates, [0.05, 0.5, 0.95])
        print(f"1 s rates  p5, p50, p95: {', '.join(map(format_rate, shares.tolist()))}")
        print(f"outage     {float((rates < 1e5).mean()):.1%} of seconds below 100 kbit/s")  # noqa: PLR2004
    if warning := trace.about.warning():
        print(f"warning    {warning}")
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
