from __future__ import annotations

import pytest

from simulator.foundation.errors import InputError, Problem, did_you_mean


def test_a_problem_says_where_what_value_rule_and_remedy() -> None:
    problem = Problem(where="a.yaml:3:7", what="fps", value=-5, rule="must be > 0", remedy="try 15")
    assert str(problem) == "a.yaml:3:7 fps: -5 must be > 0; try 15"


def test_a_long_or_multiline_value_is_shortened_to_one_line() -> None:
    text = str(Problem(where="x", what="y", value="a\nb" * 1000, rule="is odd", remedy="mend it"))
    assert "\n" not in text
    assert len(text) < 110


EVIL = "\x1b[2J\x9b31m\r\b\u202egnp\u2066\u200b\x00\x7f\udcff\nsecond line\u2028third"


@pytest.mark.parametrize("part", ["where", "what", "value", "rule", "remedy"])
def test_no_part_of_a_message_steers_the_terminal_or_fakes_a_line(part: str) -> None:
    parts = {"where": "w", "what": "x", "value": "v", "rule": "is odd", "remedy": "mend it"}
    said = str(Problem(**(parts | {part: EVIL})))
    assert said.isprintable()
    assert said.endswith("mend it") or part == "remedy"


def test_a_long_place_keeps_both_its_ends() -> None:
    said = str(
        Problem(
            where="--set a=" + "x" * 9000 + "end",
            what="y",
            value=1,
            rule="is odd",
            remedy="mend it",
        )
    )
    assert said.startswith("--set a=xxx")
    assert said.endswith("xxxend y: 1 is odd; mend it")
    assert len(said.removesuffix("; mend it")) <= 400


def test_problems_of_any_value_can_be_told_apart() -> None:
    one, two = (
        Problem(where="x", what="y", value=value, rule="is odd", remedy="mend it")
        for value in ([1], [2])
    )
    assert list(dict.fromkeys([one, two, one])) == [one, two]


def test_an_input_error_prints_all_its_problems() -> None:
    one = Problem(where="x", what="y", value=1, rule="is odd", remedy="mend it")
    two = Problem(where="x", what="z", value=2, rule="is even", remedy="mend it")
    assert str(InputError(one, two)) == "x y: 1 is odd; mend it\nx z: 2 is even; mend it"


def test_a_far_off_name_gets_the_list_only() -> None:
    assert did_you_mean("zzz", ["fixed"]) == "known: fixed"
    assert did_you_mean("zzz", []) == "there are none"


def test_a_blank_value_is_shown_as_such() -> None:
    for blank in ("", "  \n"):
        said = str(
            Problem(where="x", what="y", value=blank, rule="must be text", remedy="write it")
        )
        assert said == "x y: (empty) must be text; write it"
