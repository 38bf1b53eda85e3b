"""What workers cannot know or import of the program that starts them, told before or after."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from policies.given import GIVEN
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.batch.cases import RunSpec

__all__ = ["leave_second_import", "refuse_given", "refuse_unguarded", "refuse_without_file"]

_SECOND_IMPORT = 75


def leave_second_import() -> None:
    """End this process if it is a worker that is importing the script that started it.

    Raises:
        SystemExit: Then; `refuse_unguarded` tells in the process that started it.
    """
    # What multiprocessing itself goes by, to refuse processes that start processes then.
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise SystemExit(_SECOND_IMPORT)


def refuse_without_file() -> None:
    """Refuse to start workers of a program that was read from the standard input.

    Raises:
        InputError: If it was: workers could not import it.
    """
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    if file and getattr(main, "__spec__", None) is None and not Path(file).is_file():
        problem = Problem(
            where=file,
            what="workers",
            value="more than 1",
            rule="must be asked for by a script in a file, because each worker imports it",
            remedy="write the script into a file, or let workers be 1",
        )
        raise InputError(problem)


def refuse_given(specs: Iterable[RunSpec]) -> None:
    """Refuse to start workers for policies that were given from Python as classes or objects.

    Raises:
        InputError: If there are any: workers would not know them.
    """
    for spec in specs:
        for name, group in spec.point.record.streams.items():
            if group.policy.name in GIVEN:
                problem = Problem(
                    where="workers",
                    what=f"streams.{name}.policy",
                    value=group.policy.name,
                    rule="must be named by its file where workers are more than 1: it was given as "
                    "a class or an object, which they do not know",
                    remedy="write my_policy.py:MyPolicy, or let workers be 1",
                )
                raise InputError(problem)


def refuse_unguarded(exit_code: int | None) -> None:
    """Say so if a worker ended because the script is without a main guard.

    Args:
        exit_code: The worker's.

    Raises:
        InputError: If so.
    """
    if exit_code == _SECOND_IMPORT:
        script = getattr(sys.modules["__main__"], "__file__", None) or "this script"
        problem = Problem(
            where=str(script),
            what="workers",
            value="more than 1",
            rule="must be asked for under a main guard, because each worker imports the script",
            remedy='put the call under `if __name__ == "__main__":`, or let workers be 1',
        )
        raise InputError(problem) from None
