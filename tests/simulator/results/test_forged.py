"""Whatever stands in a results folder's JSON: a message or success, never another exception."""

from __future__ import annotations

import contextlib
import copy
import json
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

import simulator
from models.profile import save
from simulator.foundation.errors import InputError
from simulator.report import build, builder
from simulator.results.documents import Manifest, Summary, as_document
from simulator.results.facts import RunFacts
from simulator.results.sealed import REMEDY, packed
from simulator.results.shapes import checked
from tests.models.profiles import tiny_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCUMENTS: dict[str, Any] = {"summary.json": Summary, "manifest.json": Manifest}
RUN = "frames/p0000-r0.parquet"
EMPTY = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
OTHERS: tuple[Any, ...] = (None, True, 2**70, 1.5, "", [], {})
GONE = object()


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> simulator.Scenario:
    profile = tmp_path_factory.mktemp("profiles") / "tiny"
    save(tiny_profile(clips=2, frames=4), profile)
    streams = {"profile": str(profile), "fps": 2, "deadline": "150 ms", "policy": "fixed"}
    document = {
        "name": "forged",
        "duration": "1 s",
        "streams": {"cameras": streams},
        "network": {"uplink": [{"trace": {"family": "us-lte-up", "seed": 1}}]},
        "slo": {"on_time": ">= 0.5"},
        "server": {"outages": [{"worker": 0, "at": "100 ms", "for": "200 ms"}]},
        "sweep": {"streams.cameras.policy": ["fixed", "deadline"]},
    }
    return simulator.Scenario.from_dict(document)


@pytest.fixture(scope="module")
def whole(scenario: simulator.Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "whole"
    simulator.run(scenario, out=folder)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "copy")


def forgeries(document: Any, seen: set[str] | None = None, path: str = "") -> Iterator[Any]:  # noqa: ANN401
    """Yield documents in which one value is of another type, or missing, a kind of place each."""
    seen = set() if seen is None else seen
    places = list(document) if isinstance(document, dict) else range(len(document))
    for place in places:
        value = document[place]
        name = f"{path}.{place if isinstance(place, str) else '[]'}"
        if name in seen or (".metrics." in name and place not in {"on_time", "mean", "by_trace"}):
            continue
        seen.add(name)
        for other in (*OTHERS, GONE):
            if type(other) is type(value) and value == other:
                continue
            forged = copy.copy(document)
            if other is GONE:
                del forged[place]
            else:
                forged[place] = other
            yield forged
        if isinstance(value, dict | list):
            for forged in forgeries(value, seen, name):
                changed = copy.copy(document)
                changed[place] = forged
                yield changed


def is_accepted(name: str, document: object) -> bool:
    path = Path(name)
    try:
        if name in DOCUMENTS:
            as_document(path, document, DOCUMENTS[name])
        else:
            checked(path, document, RunFacts, REMEDY)
    except InputError:
        return False
    return True


def read(path: Path) -> dict[str, Any]:
    if path.suffix == ".json":
        return dict(json.loads(path.read_bytes()))
    return dict(json.loads(pq.read_schema(path).metadata[b"run"]))


def write(path: Path, document: object) -> None:
    text = json.dumps(document)
    if path.suffix == ".json":
        path.write_text(text)
    else:
        metadata = {"schema_version": "3", "run": text}
        path.write_bytes(packed(pq.read_table(path).replace_schema_metadata(metadata)))


def ways_in(folder: Path, scenario: simulator.Scenario) -> tuple[Callable[[], object], ...]:
    def opened() -> None:
        found = simulator.Results(folder)
        for table in ("summary", "comparisons", "runs", "groups", "units", "capacity", "frames"):
            getattr(found, table)

    return (
        opened,
        lambda: build(folder),
        lambda: simulator.run(scenario, out=folder, resume=True),
    )


@pytest.mark.parametrize("name", ["summary.json", "manifest.json", RUN])
def test_a_value_of_another_type_is_refused_or_does_no_harm(
    folder: Path, scenario: simulator.Scenario, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "render_svg", lambda _: EMPTY)  # drawing takes most of the time
    forged = list(forgeries(read(folder / name)))
    fate: dict[bool, list[Any]] = {True: [], False: []}
    for document in forged:
        fate[is_accepted(name, document)].append(document)
    assert len(forged) > 200
    assert len(fate[False]) > 100
    chance = random.Random(name)  # noqa: S311 - no secret
    for act in ways_in(folder, scenario):
        for document in (document for part in fate.values() for document in chance.sample(part, 3)):
            write(folder / name, document)
            with contextlib.suppress(InputError):
                act()


@pytest.mark.parametrize(
    ("key", "value"),
    [("case", 1), ("run", "p0001-r0"), ("seed", 5), ("policy", "x"), ("frames", "many")],
)
def test_a_forged_run_is_simulated_again(
    folder: Path, scenario: simulator.Scenario, key: str, value: object
) -> None:
    before = (folder / RUN).read_bytes()
    facts = read(folder / RUN)
    for forged in (
        facts | {key: value},
        facts | {"groups": [facts["groups"][0] | {key: value}]},
        facts | {"judged" if key == "case" else "groups": []},
    ):
        write(folder / RUN, forged)
        simulator.run(scenario, out=folder, resume=True)
        assert (folder / RUN).read_bytes() == before


def test_a_table_without_a_column_is_refused_in_python_too(
    folder: Path,
) -> None:
    path = folder / "runs.parquet"
    table = pq.read_table(path)
    path.write_bytes(packed(table.drop_columns(["run"])))
    with pytest.raises(InputError, match=r"runs\.parquet columns: run are missing"):
        _ = simulator.Results(folder).runs
