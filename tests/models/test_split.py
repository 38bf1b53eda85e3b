"""Split points: the halves answer as the whole, and what each head multiplies is counted."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.backbone import FEATURES, SPLIT_AFTER, Backbone, prepare
from models.split import SPLITS, cut
from simulator.foundation.errors import InputError
from tests.models.counting import multiplications


@pytest.fixture(scope="module")
def network() -> Backbone:
    torch.manual_seed(0)
    return Backbone().eval().fold()


@pytest.fixture(scope="module")
def frames() -> torch.Tensor:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
    return prepare(pixels)


@pytest.mark.parametrize("name", SPLITS)
def test_head_and_tail_answer_as_the_whole_network_does(
    name: str, network: Backbone, frames: torch.Tensor
) -> None:
    head, tail = cut(network, after=SPLITS[name].after)
    with torch.inference_mode():
        features = head(frames)
        out, whole = tail(features), network(frames)
    assert features.shape == (2, *SPLITS[name].features)
    assert features.min() >= 0
    assert all(bool((a == b).all()) for a, b in zip(out, whole, strict=True))


@pytest.mark.parametrize("name", SPLITS)
def test_the_heads_multiplications_are_those_that_run(
    name: str, network: Backbone, frames: torch.Tensor
) -> None:
    head = cut(network, after=SPLITS[name].after).head
    assert SPLITS[name].head_macs == multiplications(head, frames)


def test_each_parameter_is_in_one_half_and_belongs_to_the_network(network: Backbone) -> None:
    own = {id(value) for value in network.parameters()}
    for point in SPLITS.values():
        halves = cut(network, after=point.after)
        head, tail = ({id(value) for value in half.parameters()} for half in halves)
        assert head | tail == own
        assert not head & tail


def test_the_ladder_stands_at_the_middle() -> None:
    assert SPLITS["middle"].after == SPLIT_AFTER
    assert SPLITS["middle"].features == FEATURES


def test_a_layer_deeper_in_the_tail_is_no_split_point(network: Backbone) -> None:
    with pytest.raises(InputError, match="must name a layer before the last"):
        cut(network, after="tail.middle")
