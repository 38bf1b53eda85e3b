"""Architectures of a library: transformers, which needs no torchvision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from models.measure import TimingPlan
from models.own.halves import Head, Scaling, Tail
from models.own.halving import halve
from models.own.measure import OwnPlan, measure_own
from tests.models.own.data import coco
from tests.models.own.networks import seeded, stored

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

transformers = pytest.importorskip("transformers")

SIDE = 64
PLAIN = Scaling((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))  # frames reach the network as they are


def resnet() -> nn.Module:
    config = transformers.ResNetConfig(
        embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic", num_labels=3
    )
    model: nn.Module = transformers.ResNetForImageClassification(config)
    return model


def segformer() -> nn.Module:
    config = transformers.SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        sr_ratios=[4, 2],
        hidden_sizes=[8, 16],
        patch_sizes=[7, 3],
        strides=[4, 2],
        num_attention_heads=[1, 2],
        mlp_ratios=[2, 2],
        decoder_hidden_size=16,
        num_labels=3,
    )
    model: nn.Module = transformers.SegformerForSemanticSegmentation(config)
    return model


def yolos() -> nn.Module:
    config = transformers.YolosConfig(
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        image_size=[SIDE, SIDE],
        num_detection_tokens=4,
        num_labels=3,
    )
    model: nn.Module = transformers.YolosForObjectDetection(config)
    return model


@pytest.mark.parametrize(
    ("make", "split", "outputs"),
    [
        (resnet, "resnet.encoder.stages.0", 1),
        (segformer, "segformer.stages.0.patch_embeddings", 1),
        (yolos, "vit.encoder.layer.0", 2),
    ],
)
def test_head_and_tail_are_the_network_after_an_export_too(
    make: Any,  # noqa: ANN401 - a factory
    split: str,
    outputs: int,
    tmp_path: Path,
) -> None:
    model = seeded(make())
    head, tail = halve(model, split, side=SIDE, outputs=outputs, scaling=PLAIN)
    head.save(tmp_path)
    tail.save(tmp_path)
    frames = torch.rand(3, 3, SIDE, SIDE)
    with torch.inference_mode():
        wanted: Any = model(frames)
        answer = tail(head(frames))
        again = Tail.load(tmp_path)(Head.load(tmp_path)(frames))
    assert len(answer) == outputs
    for found, loaded, true in zip(answer, again, wanted.to_tuple(), strict=False):
        torch.testing.assert_close(found, true, rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(loaded, found, rtol=0, atol=0)


def test_a_detector_of_the_library_is_measured(tmp_path: Path) -> None:
    plan = OwnPlan(
        model="tests.models.own.test_library:yolos",
        weights=stored(yolos(), tmp_path / "weights.safetensors"),
        split="vit.embeddings",
        data=coco(tmp_path / "data"),
        task="detection",
        side=SIDE,
        qualities=(50,),
        timing=TimingPlan(batch_sizes=(1, 2), rounds=1, server_rounds=1, warm_up=0, loads=1),
    )
    profile = measure_own(plan, tmp_path / "yolos")
    assert profile.tasks == ("ap50", "box_iou")
    assert profile.primary_task == "ap50"
    assert profile.info["network"]["features"] == "21x16"  # type: ignore[index]
