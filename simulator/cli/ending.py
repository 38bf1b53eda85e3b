"""How a command ends that is asked to end: by Ctrl-C, by SIGTERM, or as its terminal closes."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["AskedToEnd", "ending", "exit_code"]

_ASKING = (signal.SIGTERM, signal.SIGHUP)
_SIGNALLED = 128


class AskedToEnd(KeyboardInterrupt):
    """A signal that asks to end, where Ctrl-C would have interrupted.

    Args:
        number: The signal's.
    """

    def __init__(self, number: int) -> None:
        """Keep the number."""
        super().__init__(number)
        self.number = number


@contextmanager
def ending() -> Iterator[None]:
    """Let signals that ask to end do inside what Ctrl-C does; those that are ignored stay so."""
    if threading.current_thread() is not threading.main_thread():  # only that one may set any
        yield
        return
    taken = [number for number in _ASKING if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _ask)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def exit_code(error: KeyboardInterrupt) -> int:
    """Return the exit code by which shells know what ended a program: 130 for Ctrl-C."""
    return _SIGNALLED + (error.number if isinstance(error, AskedToEnd) else signal.SIGINT)


def _ask(number: int, _: FrameType | None) -> NoReturn:
    raise AskedToEnd(number)
