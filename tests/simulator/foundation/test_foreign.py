from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from simulator.foundation.foreign import Failure, aside, failure_of, index_of, shown

if TYPE_CHECKING:
    from collections.abc import Callable


class Hidden(Exception):  # noqa: N818
    def __str__(self) -> str:
        raise SystemExit("no text for you")

    def __repr__(self) -> str:
        raise KeyError("nor any other")


def raising(error: BaseException) -> Callable[[], None]:
    def code() -> None:
        raise error

    return code


def failure(code: Callable[[], object]) -> Failure:
    try:
        code()
    except BaseException as error:  # noqa: BLE001
        return failure_of(error)
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (SystemExit(0), "SystemExit: 0"),
        (SystemExit(), "SystemExit"),
        (GeneratorExit(), "GeneratorExit"),
        (StopIteration(3), "StopIteration: 3"),
        (MemoryError(), "MemoryError"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (Hidden(), "Hidden: (its text cannot be shown)"),
    ],
)
def test_whatever_is_raised_is_said_with_its_file_and_line(error: BaseException, said: str) -> None:
    found = failure(raising(error))
    line = raising.__code__.co_firstlineno + 2
    assert found == (said, f"{__file__}:{line}")


def test_the_line_is_the_users_even_where_a_library_raised() -> None:
    found = failure(lambda: int("x"))
    line = test_the_line_is_the_users_even_where_a_library_raised.__code__.co_firstlineno + 1
    assert found.place == f"{__file__}:{line}"


def test_a_syntax_error_is_at_its_own_line() -> None:
    found = failure(lambda: compile("a = 1\nb = = 2\n", "mine.py", "exec"))
    assert found == ("SyntaxError: invalid syntax", "mine.py:2")


def test_ctrl_c_while_a_users_code_runs_stays_ctrl_c() -> None:
    def code() -> None:
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        failure(code)


def test_a_value_is_shown_even_where_it_cannot_be() -> None:
    assert shown([1, "a"]) == "[1, 'a']"
    assert shown(Hidden()) == "a Hidden that cannot be shown"


class Odd(int):
    def __lt__(self, other: object) -> bool:
        raise SystemExit(0)

    __ge__ = __le__ = __gt__ = __lt__


class Ending:
    def __index__(self) -> int:
        raise SystemExit(0)


class Disguised:
    @property  # type: ignore[misc]
    def __class__(self) -> type:
        raise SystemExit(0)


def test_an_index_is_a_plain_integer_and_asking_for_it_ends_nothing() -> None:
    assert type(index_of(Odd(2))) is int
    assert index_of(Ending()) is None
    assert index_of(Disguised()) is None


def test_ctrl_c_while_an_index_is_asked_for_stays_ctrl_c() -> None:
    class Slow:
        def __index__(self) -> int:
            signal.raise_signal(signal.SIGINT)
            return 0

    with pytest.raises(KeyboardInterrupt):
        index_of(Slow())


def test_what_users_code_puts_in_place_of_the_streams_is_gone_after_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = sys.stdout, sys.stderr
    with aside():
        print("aside")  # noqa: T201 - as a user's code does
        sys.stdout = sys.stderr = None
    assert (sys.stdout, sys.stderr) == before
    assert capsys.readouterr() == ("", "aside\n")
