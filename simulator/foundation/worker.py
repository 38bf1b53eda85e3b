"""A worker: a process that is given one item at a time and can be ended at any time."""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
import time
import traceback
from typing import TYPE_CHECKING, Any

from simulator.foundation.processes import ended_by, undisturbed, work_for_parent

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

__all__ = ["LostError", "Worker"]

_GRACE_S = 10.0  # in which a worker without an item leaves by itself
_START_S = 900.0  # in which one must have made its tool


class LostError(Exception):
    """A worker gave no sign, or died; says which.

    Args:
        how: In words.
        exit_code: Its own, if it has ended.
    """

    def __init__(self, how: str, exit_code: int | None = None) -> None:
        """Keep the exit code."""
        super().__init__(how)
        self.exit_code = exit_code


class Worker:
    """A process that makes its tool and then works on what it is given.

    Args:
        work: Called with the tool and an item.
        make: Makes the tool; it, ``work`` and the items must be picklable.
    """

    def __init__(self, work: Callable[[Any, Any], None], make: Callable[[], Any]) -> None:
        """Start the process."""
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self._process = context.Process(target=_live, args=(other, work, make), daemon=True)
        with undisturbed():
            self._process.start()
        other.close()  # so that its end is the process's alone, and closes with it
        self._since, self._ready = time.monotonic(), False

    def give(self, item: object) -> None:
        """Let it work on an item, once it is done with the one before."""
        if self._ready:
            self._since = time.monotonic()
        with contextlib.suppress(OSError):  # of one that has died, look() tells
            self.pipe.send(item)

    def look(self, patience_s: float) -> bool:
        """Return whether it is done with its item.

        Args:
            patience_s: How long an item may take, from when the tool is there.

        Raises:
            LostError: It takes longer, or the process died.
            Exception: What ``work`` or ``make`` raised, with the place as a note.
        """
        if not self.pipe.poll():
            limit_s = patience_s if self._ready else _START_S
            if time.monotonic() - self._since > limit_s:
                raise LostError(f"gave no sign for {limit_s:g} s")
            return False
        try:
            raised: Exception | None = self.pipe.recv()
        except (EOFError, OSError):
            self._process.join(_GRACE_S)
            code = self._process.exitcode
            raise LostError(ended_by(code), code) from None
        if raised is not None:
            raise raised
        if not self._ready:
            self._since, self._ready = time.monotonic(), True
            return False
        return True

    def end(self, *, idle: bool) -> None:
        """End the process: an idle one leaves by itself, any other is killed."""
        self.pipe.close()
        self._process.join(_GRACE_S if idle else 0)
        self._process.kill()
        self._process.join()


def _live(pipe: Connection, work: Callable[[Any, Any], None], make: Callable[[], Any]) -> None:
    """Work until the other end of the pipe is closed."""
    work_for_parent()
    try:
        tool = make()
        pipe.send(None)
        while True:
            try:
                item = pipe.recv()
            except EOFError:
                return
            work(tool, item)
            pipe.send(None)
    except Exception as error:  # noqa: BLE001 - it is raised where the worker was started
        error.add_note(traceback.format_exc())
        pipe.send(_picklable(error))


def _picklable(error: Exception) -> Exception:
    """Return an error, or one with its words if it cannot be sent and be made again."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - of whatever a user's class does
        plain = RuntimeError(f"{type(error).__name__}: {error}")
        plain.__notes__ = error.__notes__
        return plain
    return error
