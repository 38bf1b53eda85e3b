"""How far a batch is: a line that rewrites itself on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self, TextIO

from simulator.foundation.terminal import CleanStream

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Progress"]

_PLAIN_LINES = 10


class Progress:
    """Call it with how many runs are done, of how many.

    Args:
        stream: Where to write.
    """

    def __init__(self, stream: TextIO | CleanStream) -> None:
        """Start the clock at the first call."""
        # It steers the terminal itself.
        self._stream = stream.stream if isinstance(stream, CleanStream) else stream
        self._live = self._stream.isatty()
        self._began_s: float | None = None
        self._first = 0
        self._told = -1

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Clear the line."""
        if self._live and self._began_s is not None:
            self._stream.write("\r\033[K")
            self._stream.flush()

    def __call__(self, done: int, total: int) -> None:
        """Tell how far it is."""
        now_s = time.monotonic()
        if self._began_s is None:
            self._began_s, self._first = now_s, done
        step = done * _PLAIN_LINES // total
        if not self._live and step == self._told:
            return
        self._told = step
        line = f"run {done} of {total}{self._left(done, total, now_s - self._began_s)}"
        self._stream.write(f"\r\033[K{line}" if self._live else f"{line}\n")
        self._stream.flush()

    def _left(self, done: int, total: int, elapsed_s: float) -> str:
        """Return the time left in words, once two runs were timed."""
        timed = done - self._first
        if not timed or done == total:
            return ""
        left_s = elapsed_s / timed * (total - done)
        minutes, seconds = divmod(round(left_s), 60)
        return f", {minutes} min {seconds} s left" if minutes else f", {seconds} s left"
