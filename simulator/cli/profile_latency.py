"""`splitcast profile latency`: how long answers take on slow devices and over slow links."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.option_values import output_file, parsed
from simulator.cli.progress import Progress
from simulator.cli.run import workers

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["add"]

_MOST_SPEED = 1000.0
_LEAST_SPEED = 1e-3
_LEAST_BPS = 1000


def add(commands: Commands) -> None:
    """Describe the command."""
    about = "simulate every unit on slow devices and links: mean time to an answer"
    parser = command(commands, "latency", about, _execute)
    parser.add_argument("profile", metavar="NAME|DIR")
    parser.add_argument("--speeds", metavar="X,...", help="of devices (default 0.02,0.2,1)")
    parser.add_argument(
        "--rates", metavar="R,...", help="of links (default six, 37.5 kbit/s to 20 Mbit/s)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead")
    parser.add_argument(
        "--out", metavar="FILE.md", type=output_file, help="write the table there, too"
    )
    parser.add_argument("--workers", metavar="N", type=workers, default=1, help="default 1")


def _execute(arguments: Arguments) -> int:
    from simulator.foundation.files import write_atomically
    from simulator.latency import RATES_BPS, SPEEDS, latency_markdown, measure_latency

    speeds: Sequence[float] = SPEEDS
    rates: Sequence[int] = RATES_BPS
    if arguments.speeds is not None:
        speeds = parsed("--speeds", "value", arguments.speeds, _speeds, "0.02,0.2,1")
    if arguments.rates is not None:
        rates = parsed("--rates", "value", arguments.rates, _rates, "100 kbit/s,1 Mbit/s")
    with Progress(sys.stderr) as progress:
        found = measure_latency(
            arguments.profile,
            speeds=speeds,
            rates_bps=rates,
            workers=arguments.workers,
            progress=progress,
        )
    text = latency_markdown(found)
    print(json.dumps(found.as_json(), indent=1) if arguments.json else text, end="")
    if arguments.out is not None:
        write_atomically(arguments.out, text)
    return 0


def _speeds(text: str) -> tuple[float, ...]:
    rule = f"must be numbers from {_LEAST_SPEED:g} to {_MOST_SPEED:g}, each once"
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise ValueError(rule) from error
    # Written so that NaN is refused, too.
    if len(set(found)) < len(found) or not all(_LEAST_SPEED <= x <= _MOST_SPEED for x in found):
        raise ValueError(rule)
    return found


def _rates(text: str) -> tuple[int, ...]:
    from simulator.foundation.quantities import rate_bps

    found = tuple(rate_bps(part.strip()) for part in text.split(","))
    if len(set(found)) < len(found) or min(found) < _LEAST_BPS:
        msg = "must be rates of at least 1 kbit/s, each once"
        raise ValueError(msg)
    return found
