"""The command line: one file a command; heavy libraries are imported where they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; see `simulator.cli.program`.

    Args:
        arguments: Without the program's name; by default the process's.

    Returns:
        The exit code.
    """
    try:
        import signal
        import sys

        from simulator.cli.program import run_command

        code = run_command(sys.argv[1:] if arguments is None else list(arguments))
        if arguments is None:  # the program ends: what an interruption could break off is done
            signal.signal(signal.SIGINT, signal.SIG_DFL)
    except KeyboardInterrupt:  # while something was imported
        return _INTERRUPTED
    return code
