from __future__ import annotations

import pytest

from simulator.scenario.scalars import plain_scalar


@pytest.mark.parametrize("word", ["14:11", "on", "yes", "no", "1_000", "0b1", "1e", "2026-01-01"])
def test_words_that_older_yaml_took_for_values_stay_text(word: str) -> None:
    assert plain_scalar(word) == word


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("", None),
    ],
)
def test_plain_words_mean_what_the_core_schema_says(word: str, value: object) -> None:
    found = plain_scalar(word)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("word", "rule"),
    [
        (".nan", "finite"),
        ("-.inf", "finite"),
        ("1e999", "finite"),
        ("9" * 41, "40 characters"),
        (str(2**63), "64 bits"),
    ],
)
def test_numbers_that_no_scenario_can_use_are_refused(word: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        plain_scalar(word)
