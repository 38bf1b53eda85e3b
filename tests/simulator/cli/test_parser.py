from __future__ import annotations

import re

import pytest

from simulator.cli import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["vaildate", "x.yaml"], "'vaildate' is none of run, demo, .*; did you mean 'validate'"),
        (["profile", "shwo"], "'shwo' is none of show, .*; did you mean 'show'"),
        (["run", "x.yaml", "--wrokers", "3"], "--wrokers 3; did you mean '--workers'"),
        (["run", "x.yaml", "--wrokers=3"], "--wrokers=3; did you mean '--workers'"),
        (["run", "x.yaml", "extra"], "unrecognized arguments: extra; `splitcast .*--help` says"),
        (["--verison"], "the following arguments are required: COMMAND"),
    ],
)
def test_a_wrong_word_is_answered_by_the_nearest_one(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert re.search(said, capsys.readouterr().err, re.MULTILINE)
