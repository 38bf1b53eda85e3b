"""A user's own code: whatever it raises is a failure in words, with its file and line."""

from __future__ import annotations

import dis
import operator
import sys
import sysconfig
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType

__all__ = ["Failure", "aside", "failure_of", "index_of", "shown"]

_OURS = frozenset({"simulator", "policies", "models", "traces"})
_LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib"))
_RAISE = dis.opmap["RAISE_VARARGS"]


@contextmanager
def aside() -> Iterator[None]:
    """Let what a user's code prints go to stderr: it is no part of a table or of JSON.

    Both streams are as they were afterwards, whatever the code has put in their places.
    """
    with redirect_stdout(sys.stderr), redirect_stderr(sys.stderr):
        yield


class Failure(NamedTuple):
    """What went wrong in a user's code.

    Attributes:
        said: The error: ``ZeroDivisionError: division by zero``.
        place: Its file and line: ``my_policy.py:12``; "" where it has none.
    """

    said: str
    place: str


def failure_of(error: BaseException) -> Failure:
    """Return what a user's code raised in words: not errors alone, but `SystemExit` and the like.

    Args:
        error: While it is being handled.

    Raises:
        KeyboardInterrupt: The error itself, where somebody pressed Ctrl-C while the code ran. One
            that the code raised by a statement of its own is a failure like any other.
    """
    frames = list(_frames(error.__traceback__))
    if isinstance(error, KeyboardInterrupt) and not _raised_by_statement(error, frames):
        raise error
    name = type.__dict__["__name__"].__get__(type(error))
    try:
        said = str.__str__(str(error))
    except BaseException:  # noqa: BLE001 - its text is the user's code, too
        said = "(its text cannot be shown)"
    if isinstance(error, SyntaxError) and error.filename:
        return Failure(f"{name}: {error.msg}", f"{error.filename}:{error.lineno}")
    place = f"{frames[-1][0].f_code.co_filename}:{frames[-1][1]}" if frames else ""
    return Failure(f"{name}: {said}" if said else name, place)


def shown(value: object) -> str:
    """Return a value of a user's code as text, also one whose text cannot be made."""
    try:
        return str.__str__(repr(value))
    except BaseException:  # noqa: BLE001 - whatever a user's class does
        return f"a {type.__dict__['__name__'].__get__(type(value))} that cannot be shown"


def _frames(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    """Yield the frames of a traceback that are the user's, and their lines."""
    while trace is not None:
        frame = trace.tb_frame
        module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        file = frame.f_code.co_filename
        if module not in _OURS and not file.startswith(("<", *_LIBRARIES)):
            yield frame, trace.tb_lineno
        trace = trace.tb_next


def _raised_by_statement(error: BaseException, frames: list[tuple[FrameType, int]]) -> bool:
    """Return whether the innermost frame is the user's, and was at a ``raise``."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or not frames or trace.tb_frame is not frames[-1][0]:
        return False
    return trace.tb_frame.f_code.co_code[trace.tb_lasti] == _RAISE


def index_of(value: Any) -> int | None:  # noqa: ANN401 - whatever a user's code returned
    """Return an integer of any kind, numpy's for example, as an int; None for what is none.

    Example:
        >>> import numpy as np
        >>> index_of(np.int64(2)), index_of(2.0), index_of(True)
        (2, None, None)
    """
    if type(value) is bool:
        return None
    try:
        return int.__index__(operator.index(value))  # a plain one, of a class derived from int, too
    except BaseException as error:  # noqa: BLE001 - its __index__ is the user's code, too
        failure_of(error)
        return None
