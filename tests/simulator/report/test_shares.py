from __future__ import annotations

from simulator.report.shares import Part, draw


def test_each_row_stacks_its_parts_from_zero() -> None:
    parts = [
        Part(name="a", colour="#000000", values=(10.0, 40.0)),
        Part(name="b", colour="#ffffff", values=(30.0, 20.0)),
    ]
    axes = draw(["fixed", "deadline"], parts, label="mean time [ms]", total="ms", digits=1).axes[0]
    bars = [(bar.get_x(), bar.get_width()) for bar in axes.patches]  # type: ignore[attr-defined]
    assert bars == [(0.0, 10.0), (10.0, 30.0), (0.0, 40.0), (40.0, 20.0)]
    words = [text.get_text() for text in axes.texts]
    assert words == ["10.0", "30.0", "40.0 ms", "40.0", "20.0", "60.0 ms"]


def test_a_sliver_has_no_words_in_it() -> None:
    parts = [
        Part(name="a", colour="#000000", values=(99.0,)),
        Part(name="b", colour="#000000", values=(1.0,)),
    ]
    axes = draw(["fixed"], parts, label="captured frames [%]").axes[0]
    assert [text.get_text() for text in axes.texts] == ["99"]


def test_a_row_without_anything_says_so() -> None:
    part = Part(name="a", colour="#000000", values=(0.0,))
    axes = draw(["fixed"], [part], label="mean time [ms]", total="ms").axes[0]
    assert [text.get_text() for text in axes.texts] == ["no answered frame"]


def test_the_legend_names_every_part_even_one_with_an_underscore_first() -> None:
    parts = [Part(name=name, colour="#000000", values=(50.0,)) for name in ("_a", "b")]
    legend = draw(["fixed"], parts, label="x").legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["_a", "b"]


def test_a_bar_far_longer_than_the_shortest_is_cut_and_says_so() -> None:
    part = Part(name="a", colour="#000000", values=(10.0, 1000.0))
    axes = draw(["fixed", "deadline"], [part], label="x [ms]", total="ms").axes[0]
    assert axes.get_xlim() == (0.0, 50.0)
    assert [text.get_text() for text in axes.texts][-1] == "▸ 1000 ms"
