from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from simulator.foundation.foreign import Failure, failure_of, shown

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
