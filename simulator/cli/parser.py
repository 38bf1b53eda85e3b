"""The parser of command lines: argparse, which also says what a wrong word may have meant."""

from __future__ import annotations

import argparse
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

from simulator.foundation.errors import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Parser"]

_LONGEST = 300


class Parser(argparse.ArgumentParser):
    """A parser whose refusals name the nearest known word; subcommands have parsers of this class.

    Example:
        >>> parser = Parser(prog="cook", exit_on_error=False)
        >>> _ = parser.add_argument("dish", choices=("soup", "stew"))
        >>> parser.parse_args(["sop"])
        Traceback (most recent call last):
        ...
        argparse.ArgumentError: argument dish: 'sop' is none of soup, stew; did you mean 'soup'?
    """

    def _check_value(self, action: argparse.Action, value: Any) -> None:  # noqa: ANN401 - argparse's
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            said = f"{str(value)!r} is none of {', '.join(known)}{_meant(str(value), known)}"
            raise argparse.ArgumentError(action, said)

    def error(self, message: str) -> NoReturn:
        """Leave with a message about the command line, and what to do.

        Raises:
            SystemExit: With code 2.
        """
        remedy = "" if "; " in message else f"; `{self.prog} --help` says what it takes"
        super().error(f"{shortened(message, _LONGEST)}{remedy}")

    def parse_words(self, words: Sequence[str]) -> argparse.Namespace:
        """Return what was asked for; `parse_args`, but an unknown option names its neighbour.

        Args:
            words: The command line without the program's name.

        Raises:
            SystemExit: With code 2, if a word cannot be understood.
        """
        chosen, unknown = self.parse_known_args(words)
        if unknown:
            parser = chosen.parser if hasattr(chosen, "parser") else self
            parser.refuse(unknown)
        return chosen

    def refuse(self, unknown: Sequence[str]) -> NoReturn:
        """Leave with a message about words that the command does not know.

        Raises:
            SystemExit: With code 2.
        """
        first = unknown[0].partition("=")[0]
        meant = _meant(first, self._option_string_actions) if first.startswith("-") else ""
        self.error(f"unrecognized arguments: {' '.join(unknown)}{meant}")


def _meant(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
