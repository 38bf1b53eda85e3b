from __future__ import annotations

from simulator.report.names import ladder, short, slug


def test_long_names_are_cut_in_front_and_stay_different() -> None:
    labels = short(["x" * 100 + "a", "y" * 100 + "x" * 40 + "a"])
    assert [len(label) for label in labels.values()] == [30, 34]
    assert len(set(labels.values())) == 2


def test_control_characters_are_replaced() -> None:
    assert short(["a\x00b\x1b[31m"]) == {"a\x00b\x1b[31m": "a\ufffdb\ufffd[31m"}


def test_the_same_name_twice_is_one() -> None:
    assert short(["a", "a"]) == {"a": "a"}


def test_a_slug_is_fit_for_a_file_whatever_it_is_made_of() -> None:
    assert slug("../../etc/passwd <b>") == "etc-passwd-b"
    assert slug("日本") == ""


def test_ladders_in_conflict_still_give_every_unit_once() -> None:
    assert sorted(ladder([["a", "b"], ["b", "a", "c"]])) == ["a", "b", "c"]
