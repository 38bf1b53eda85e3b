"""The way in: chooses the command, and turns every error into a message and an exit code."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO, cast

import simulator
from simulator.cli import (
    demo,
    findings,
    init,
    policies,
    profile,
    replay,
    report,
    run,
    schema,
    traces,
    units,
    validate,
)
from simulator.cli.ending import ending, exit_code
from simulator.cli.parser import Parser
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.terminal import CleanStream

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["run_command"]

INTERNAL_ERROR = 1
BAD_INPUT = 2
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
_OF_MODELS = frozenset({"PIL", "constriction", "torch"})  # what only the extra [models] brings

_COMMANDS = (
    run,
    demo,
    validate,
    init,
    schema,
    report,
    replay,
    traces,
    policies,
    profile,
    units,
    findings,
)
_EXIT_CODES = """\
exit codes: 0 done (and objectives met), 1 internal error, 2 bad input,
            3 an objective failed, 4 an objective is inconclusive,
            130 interrupted, 143 ended by SIGTERM, 129 as its terminal closed
"""


def run_command(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: Without the program's name.

    Returns:
        The exit code.
    """
    with redirect_stdout(_cleaned(sys.stdout)), redirect_stderr(_cleaned(sys.stderr)):
        return _executed(list(arguments))


def _cleaned(stream: TextIO) -> TextIO:
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # of a terminal that has few characters
    return cast("TextIO", CleanStream(stream))


def _executed(words: list[str]) -> int:
    try:
        with ending():
            chosen = _parser().parse_words(words)
            chosen.words = words  # as typed, for the manifest
            code: int = chosen.execute(chosen)
            sys.stdout.flush()
    except InputError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        # Whoever read has seen enough. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as error:
        print("interrupted; a batch with --out can be finished with --resume", file=sys.stderr)
        return exit_code(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told in a line
        return _told(error)
    return code


def _told(error: Exception) -> int:
    """Tell of a package that is not there, or of an error that is the program's own fault.

    Raises:
        Exception: The error itself, where `SPLITCAST_DEBUG` asks for its traceback.
    """
    if isinstance(error, ModuleNotFoundError) and error.name in _OF_MODELS:
        rule = "must be installed for this command"
        remedy = "`make install` brings it, or pip install with the extra [models]"
        print(
            Problem(where="splitcast", what="package", value=error.name, rule=rule, remedy=remedy),
            file=sys.stderr,
        )
        return BAD_INPUT
    if isinstance(error, OSError) and error.errno in _NO_ROOM and error.filename is None:
        # Files are written elsewhere, where their names are known: this is what was printed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        rule, remedy = f"cannot be written ({error.strerror})", "make room there"
        problem = Problem(where="splitcast", what="output", value="-", rule=rule, remedy=remedy)
        print(problem, file=sys.stderr)
        return BAD_INPUT
    if os.environ.get("SPLITCAST_DEBUG"):
        raise error
    said = f"{type(error).__name__}: {error}".splitlines()[0]
    print(f"splitcast: internal error: {said}", file=sys.stderr)
    print("set SPLITCAST_DEBUG=1 to see where, and please report it", file=sys.stderr)
    return INTERNAL_ERROR


def _parser() -> Parser:
    parser = Parser(
        prog="splitcast",
        description="Simulate and size split-DNN streaming: devices that send really encoded "
        "tensors over changing networks to an edge server.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"splitcast {simulator.__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command.add(commands)
    return parser
