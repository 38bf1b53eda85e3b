"""Text made harmless for a terminal: what a file or a user's code says must not steer it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["CleanStream", "clean_line", "clean_lines"]

_INSTEAD = "\N{REPLACEMENT CHARACTER}"


def clean_line(text: str) -> str:
    r"""Return text as one line without control characters, overrides of direction and the like.

    Example:
        >>> clean_line("red \x1b[31m, and\nnext")
        'red �[31m, and next'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else _INSTEAD for c in text)


def clean_lines(text: str) -> str:
    """Return text that may have several lines, each as `clean_line` makes it."""
    if text.isprintable():
        return text
    return "\n".join(map(clean_line, text.split("\n")))


class CleanStream:
    """A stream of text that lets through what `clean_lines` leaves; all else is the stream's own.

    Args:
        stream: Where the text goes.
    """

    def __init__(self, stream: TextIO) -> None:
        """Keep the stream."""
        self.stream = stream

    def write(self, text: str) -> int:
        """Write cleaned text."""
        self.stream.write(clean_lines(text))
        return len(text)

    def close(self) -> None:
        """Leave the stream open: what a user's code closes, others still write to."""

    def __getattr__(self, name: str) -> object:
        """Return what the stream has."""
        return getattr(self.stream, name)
