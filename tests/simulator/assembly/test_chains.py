"""Video codecs of a profile as chains of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.profile import load, save
from simulator.assembly import assemble
from simulator.assembly.ladder import wire_bytes_mean
from simulator.assembly.memory import residence
from simulator.foundation.errors import InputError
from simulator.framelog import Reason
from simulator.scenario import Scenario
from simulator.scenario.server import Memory
from simulator.world import simulate
from tests.models.profiles import tiny_profile, with_video

VIDEO = "h264_444-qp36"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("profiles") / "video"
    save(with_video(tiny_profile(clips=8, frames=20)), folder)
    return folder


@pytest.fixture
def filmed(document: dict[str, Any], folder: Path) -> dict[str, Any]:
    cameras = document["streams"]["cameras"]
    cameras |= {"profile": str(folder), "units": ["video-codec", "unit-2"]}
    cameras |= {"policy": {"name": "fixed", "unit": VIDEO}}
    return document


def test_a_profile_says_which_frames_hang_together(folder: Path) -> None:
    profile = load(folder)
    assert profile.unit_names == ("device", "unit-1", "unit-2", VIDEO, "jpeg444-q50")
    unit = profile.units[3]
    assert unit.chain is not None
    # 4 of 5 frames are predicted.
    mean = 0.8 * unit.payload_bytes.mean() + 0.2 * unit.chain.intra_bytes.mean()
    assert unit.mean_bytes == pytest.approx(mean)


def test_a_plan_holds_chains_and_means_over_a_refresh_period(filmed: dict[str, Any]) -> None:
    profile = load(filmed["streams"]["cameras"]["profile"])
    unit = profile.units[3]
    assert unit.chain is not None
    plan = assemble(Scenario.from_dict(filmed).record, 5, Path()).plan.streams[0]
    plain, chain = plan.chains
    assert plain is None
    assert chain is not None
    np.testing.assert_array_equal(
        chain.intra_bytes, unit.chain.intra_bytes[plan.clip, plan.clip_frame]
    )
    known = profile.clips_of("calibration")
    predicted, intra = unit.payload_bytes[known], unit.chain.intra_bytes[known]
    assert (chain.refresh, chain.intra_mean_bytes) == (5, intra.mean())
    assert chain.predicted_mean_bytes == predicted.mean()
    assert plan.ladder.mean_bytes[1] == pytest.approx(0.8 * predicted.mean() + 0.2 * intra.mean())
    # A fifth of the frames is intra, all of them larger: the 90th percentile is their median.
    assert plan.ladder.high_bytes[1] == pytest.approx(np.median(intra), rel=0.01)


def test_offered_load_counts_intra_frames_in_their_share(folder: Path) -> None:
    profile = load(folder)
    unit = profile.units[3]
    assert unit.chain is not None
    known = profile.clips_of("calibration")

    def wire(sizes: np.ndarray[Any, Any]) -> float:
        return float((sizes + 28 * np.ceil(sizes / 1472)).mean())

    found = wire_bytes_mean(profile, (unit,), 28, 1472)
    expected = 0.8 * wire(unit.payload_bytes[known]) + 0.2 * wire(unit.chain.intra_bytes[known])
    assert found == pytest.approx(expected)


def test_a_lossy_link_spoils_frames_and_asking_for_intra_frames_helps(
    filmed: dict[str, Any],
) -> None:
    filmed["duration"] = "60 s"
    filmed["network"]["uplink"][0]["loss"] = "3 %"
    shares = []
    for asks in (False, True):
        filmed["streams"]["cameras"]["intra_request"] = asks
        log = simulate(assemble(Scenario.from_dict(filmed).record, 5, Path()).plan)
        shares.append(float((log["reason"] == Reason.UNDECODABLE).mean()))
    assert 0.02 < shares[1] < shares[0] < 0.2


def test_asking_for_intra_frames_needs_a_video_codec(document: dict[str, Any]) -> None:
    document["streams"]["cameras"]["intra_request"] = True
    with pytest.raises(InputError, match=r"cameras.intra_request: true means nothing where no"):
        assemble(Scenario.from_dict(document).record, 5, Path())


@pytest.mark.parametrize(("tails", "module"), [("shared", "tail"), ("copies", "backbone")])
def test_the_clean_backbone_serves_video_whatever_the_tails(tails: str, module: str) -> None:
    profile = with_video(tiny_profile())
    object.__setattr__(profile.units[0], "memory_bytes", 5_000_000)
    found = residence(
        Memory.model_validate({"size": "20 MB", "tails": tails}), [(profile, ["video-codec"])]
    )
    assert [found.plan.names[k] for k in found.modules[0][3]] == [module]
