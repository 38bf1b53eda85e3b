from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

from models.own.halves import Head, Scaling, Tail
from models.own.halving import halve
from models.own.trace import Trace, trace
from simulator.foundation.errors import InputError
from tests.models.own.networks import (
    SIDE,
    Branching,
    ConvNet,
    Counting,
    Skipping,
    TokenNet,
    Twice,
    seeded,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_TRACED: dict[type, Trace] = {}


@pytest.fixture(autouse=True, scope="module")
def _traced_once() -> Iterator[None]:
    """Trace each kind of network once: that takes a second, and seeded ones are all alike."""

    def traced(model: nn.Module, side: int, processor: str) -> Trace:
        if type(model) not in _TRACED:
            _TRACED[type(model)] = trace(model, side, processor)
        return _TRACED[type(model)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.own.halving.trace", traced)
        yield


SCALING = Scaling((0.5, 0.4, 0.3), (0.2, 0.3, 0.4))


def _halves(model: nn.Module, split: str, outputs: int = 1) -> tuple[Head, Tail]:
    return halve(seeded(model), split, side=SIDE, outputs=outputs, scaling=SCALING)


def _images(count: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    """Return frames in -1..1, and the same as the networks were trained on them."""
    frames = 2 * torch.rand(count, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1)) - 1
    mean, std = (torch.tensor(part)[:, None, None] for part in SCALING)
    return frames, ((frames + 1) / 2 - mean) / std


@pytest.mark.parametrize(
    ("make", "split", "shape"),
    [
        (ConvNet, "stem", (8, 8, 8)),
        (ConvNet, "stage1", (8, 8, 8)),
        (ConvNet, "stage2.0", (8, 4, 4)),
        (TokenNet, "patches", (12, 4, 4)),
        (TokenNet, "look", None),
        (TokenNet, "mix", (17, 12)),
        (Skipping, "outer", (4, 16, 16)),
    ],
)
def test_tail_after_head_is_the_network(
    make: Callable[[], nn.Module], split: str, shape: tuple[int, ...] | None, tmp_path: Path
) -> None:
    model = make()
    if shape is None:
        with pytest.raises(InputError, match="must not cross the cut behind look"):
            _halves(model, split)
        return
    head, tail = _halves(model, split)
    frames, scaled = _images()
    with torch.inference_mode():
        whole = model(scaled)
        logits = whole["logits"] if isinstance(whole, dict) else whole
        wanted = logits[0] if isinstance(logits, tuple) else logits
        features = head(frames)
        kept = features.clone()
        assert features.shape == (3, *shape)
        # What comes off a wire lies row by row, whatever the head left.
        (found,) = tail(features.contiguous())
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(features, kept, rtol=0, atol=0)  # nothing happens in place
        (one,) = tail(head(frames[:1]))
        torch.testing.assert_close(one, wanted[:1], rtol=1e-4, atol=1e-5)
    head.save(tmp_path)
    tail.save(tmp_path)
    with torch.inference_mode():
        (again,) = Tail.load(tmp_path)(Head.load(tmp_path)(frames))
    torch.testing.assert_close(again, tail(head(frames))[0], rtol=0, atol=0)


def test_a_skip_round_the_split_is_named() -> None:
    with pytest.raises(InputError, match="outer must not cross the cut behind inner"):
        _halves(Skipping(), "inner")


@pytest.mark.parametrize(
    ("model", "split", "complaint"),
    [
        (ConvNet(), "stage3", "stage3 must name a submodule; did you mean 'stage[12]'"),
        (ConvNet(), "classify", "the answer is what classify hands on"),
        (ConvNet(), "unused", "nothing is what unused hands on"),
        (Twice(), "pair", "2 tensors is what pair hands on"),
        (Counting(), "which", "torch.int64 .* must be 32-bit floats"),
        (Twice(), "layer", "layer is run 2 times must be run once"),
        (Branching(), "x", "must run as one graph on images"),
        (nn.Linear(5, 2), "x", "must run as one graph on images"),
    ],
)
def test_what_cannot_be_cut_is_refused(model: nn.Module, split: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        _halves(model, split)


def test_a_task_needs_its_outputs() -> None:
    with pytest.raises(InputError, match="1 output tensors must answer with at least 2"):
        _halves(ConvNet(), "stem", outputs=2)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    head, _ = _halves(ConvNet(), "stem")
    head.save(folder)
    return folder


def test_an_export_is_json_and_tensors(exported: Path) -> None:
    assert {path.name for path in exported.iterdir()} == {"head.json", "head.safetensors"}
    document = json.loads((exported / "head.json").read_text())
    assert "aten.conv2d.default" in {node["target"] for node in document["nodes"]}


def _with_target(target: str) -> Callable[[Any], None]:
    def spoil(document: Any) -> None:  # noqa: ANN401 - JSON
        call = next(node for node in document["nodes"] if node["op"] == "call_function")
        call["target"] = target

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        _with_target("os.system"),
        _with_target("aten.from_file.default"),
        _with_target("aten.no_such_thing.default"),
        _with_target("operator.attrgetter"),
        lambda document: document.update(format="another"),
        lambda document: document.update(about={}),
        lambda document: document["about"].update(shape=3),
        lambda document: document["about"]["scaling"].update(std=[0.5, 0, 0.5]),
        lambda document: document.pop("nodes"),
        lambda document: document["nodes"][0].update(name="x; import os"),
        lambda document: document["nodes"][0].update(op="call_module"),
        lambda document: document["nodes"][1].update(target="no_weight"),
        lambda document: document["nodes"][-1].update(args=[{"node": "nobody"}]),
        lambda document: document["nodes"][-1].update(args=[{"dtype": "load"}]),
        lambda document: document["nodes"][-1].update(args=[{"what": "ever"}]),
    ],
)
def test_a_graph_that_names_anything_else_is_refused(
    exported: Path, tmp_path: Path, spoil: Callable[[Any], None]
) -> None:
    document = json.loads((exported / "head.json").read_text())
    spoil(document)
    (tmp_path / "head.json").write_text(json.dumps(document))
    (tmp_path / "head.safetensors").write_bytes((exported / "head.safetensors").read_bytes())
    with pytest.raises(InputError, match="must be"):
        Head.load(tmp_path)


def test_damaged_files_of_a_graph_are_refused(exported: Path, tmp_path: Path) -> None:
    (tmp_path / "head.json").write_bytes((exported / "head.json").read_bytes())
    with pytest.raises(InputError, match="does not exist"):
        Head.load(tmp_path)
    (tmp_path / "head.safetensors").write_bytes(b"no tensors")
    with pytest.raises(InputError, match="must be a graph and its tensors"):
        Head.load(tmp_path)
    (tmp_path / "head.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match="must be a graph and its tensors"):
        Head.load(tmp_path)
