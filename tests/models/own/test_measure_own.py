from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file
from safetensors.torch import save_file as save_tensors

from models.measure import TimingPlan
from models.own.ends import Device, Server
from models.own.halves import Scaling
from models.own.measure import OwnPlan, measure_own
from models.own.pictures import read_frame
from models.profile import Profile, combined, load
from simulator.cli import main
from simulator.foundation.errors import InputError
from tests.models.own.data import classes, voc
from tests.models.own.networks import SIDE, ConvNet, Skipping, TokenNet, stored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HERE = "tests.models.own.networks"
TIMING = TimingPlan(batch_sizes=(1, 2), rounds=2, server_rounds=2, warm_up=1, loads=2)
UNITS = ["device", "affine-2", "affine-4", "affine-6", "affine-8", "zlib-8"]
CODECS = UNITS[1:]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> OwnPlan:
    folder = tmp_path_factory.mktemp("own")
    return OwnPlan(
        model=f"{HERE}:conv_net",
        weights=stored(ConvNet(), folder / "weights.safetensors"),
        split="stage1",
        data=classes(folder / "data", each=3),
        side=SIDE,
        scaling=Scaling((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        qualities=(30, 90),
        timing=TIMING,
    )


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def out(plan: OwnPlan, told: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("profiles") / "mine"
    measure_own(plan, folder, tell=told.append)
    return folder


@pytest.fixture(scope="module")
def measured(out: Path) -> Profile:
    return load(out)


def test_the_profile_holds_features_pictures_and_the_device(measured: Profile) -> None:
    assert sorted(measured.unit_names) == sorted([*UNITS, "jpeg444-q30", "jpeg444-q90"])
    assert measured.unit_names[0] == "device"
    assert (measured.name, measured.clips, measured.frames_per_clip) == ("mine", 9, 1)
    assert measured.clip_half.tolist()[:3] == ["calibration", "replay", "calibration"]
    sizes = [measured.units[measured.index(name)].payload_bytes.mean() for name in UNITS[:5]]
    assert sizes == sorted(sizes)


def test_the_device_scores_as_the_network_itself_does(measured: Profile, plan: OwnPlan) -> None:
    model = ConvNet().eval()
    stored(model, plan.weights)
    paths = sorted(plan.data.rglob("*.png"))
    images = np.stack([read_frame(path, SIDE) for path in paths])
    with torch.inference_mode():
        logits = model(torch.from_numpy(images).permute(0, 3, 1, 2) / 127.5 - 1)
    right = logits.argmax(1).numpy() == np.repeat([0, 1, 2], 3)
    assert measured.clean_scores["top1"][:, 0].tolist() == right.tolist()
    sure = torch.softmax(logits, 1).amax(1).numpy()
    np.testing.assert_allclose(measured.units[0].confidence[:, 0], sure, atol=0.01)
    finest = measured.units[measured.index("affine-8")]
    np.testing.assert_allclose(finest.confidence[:, 0], sure, atol=0.03)


def test_facts_name_network_data_and_clocks(measured: Profile, told: list[str]) -> None:
    assert set(measured.info) >= {"network", "data", "machine", "digests", "wall_ms", "clock"}
    assert measured.info["data"]["chance"] == {"top1": pytest.approx(1 / 3)}  # type: ignore[index]
    assert told[0] == "9 clips of 1 frames; opening, cutting and calibrating"
    assert told[1] == "split into (8, 8, 8) features; calibrated 8 units"


def test_costs_are_those_of_the_exported_files(measured: Profile, out: Path) -> None:
    unit = measured.units[measured.index("affine-4")]
    files = list((out / "export" / "device").glob("affine-4.*"))
    assert unit.storage_bytes == sum(path.stat().st_size for path in files)
    assert unit.parameters == 2 * 8
    assert measured.units[0].parameters > 1000


DEVICE = """
import sys
from pathlib import Path
import numpy as np
from safetensors.numpy import load_file, save_file
from safetensors.torch import save_file as save_tensors
from models.own.ends import Device
here = Path(sys.argv[1])
device = Device.load(here / "device", sys.argv[2])
for number, frame in enumerate(load_file(here / "frames.safetensors")["frames"]):
    (here / f"{number}.payload").write_bytes(device.encode(frame))
assert not {"tests", "transformers", "models.own.trace"} & {*sys.modules}
"""
SERVER = """
import sys
from pathlib import Path
import numpy as np
from safetensors.numpy import save_file
from models.own.ends import Server
here = Path(sys.argv[1])
server = Server.load(here / "server", sys.argv[2])
paths = sorted(here.glob("*.payload"))
answers = [server.answer(path.read_bytes())[0][0].numpy() for path in paths]
save_file({"answers": np.stack(answers)}, here / "answers.safetensors")
assert not {"tests", "transformers", "models.own.trace"} & {*sys.modules}
"""


def test_both_ends_run_in_processes_of_their_own_from_files_alone(
    out: Path, plan: OwnPlan, tmp_path: Path, root: Path
) -> None:
    codec = "affine-4"
    frames = np.stack([read_frame(path, SIDE) for path in sorted(plan.data.rglob("*.png"))[:3]])
    save_file({"frames": frames}, tmp_path / "frames.safetensors")
    for end, code in (("device", DEVICE), ("server", SERVER)):
        # Only this end's files are there, and none of them is a pickle.
        for path in (out / "export" / end).iterdir():
            assert path.suffix in {".json", ".safetensors"}
            target = tmp_path / end / path.name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
        subprocess.run([sys.executable, "-c", code, str(tmp_path), codec], cwd=root, check=True)
    device = Device.load(out / "export" / "device", codec)
    server = Server.load(out / "export" / "server", codec)
    answers = load_file(tmp_path / "answers.safetensors")["answers"]
    for number, frame in enumerate(frames):
        payload = device.encode(frame)
        assert payload == (tmp_path / f"{number}.payload").read_bytes()
        np.testing.assert_array_equal(server.answer(payload)[0][0].numpy(), answers[number])


def test_the_codecs_of_another_machine_make_profiles_that_combine(
    measured: Profile, plan: OwnPlan, out: Path, tmp_path: Path
) -> None:
    others = replace(plan, like=out, data=classes(tmp_path / "other data", each=2))
    again = measure_own(others, tmp_path / "rack")
    assert again.info["digests"] == measured.info["digests"]
    both = combined(measured, again, "both")
    assert (both.clips, both.info["kind"]) == (9, "combined")
    elsewhere = replace(plan, like=out, split="stage2.0")
    with pytest.raises(InputError, match=r"zlib-8: \(8, 8, 8\) must be for features of the shape"):
        measure_own(elsewhere, tmp_path / "none")


def test_a_frame_of_another_size_is_refused(out: Path) -> None:
    device = Device.load(out / "export" / "device", "affine-4")
    with pytest.raises(InputError, match=r"uint8 \(8, 8, 3\) must be uint8 \(32, 32, 3\)"):
        device.encode(np.zeros((8, 8, 3), np.uint8))


def test_clips_of_a_network_of_tokens(tmp_path: Path) -> None:
    plan = OwnPlan(
        model=f"{HERE}:token_net",
        weights=stored(TokenNet(), tmp_path / "weights.pt"),
        split="mix",
        data=classes(tmp_path / "data", each=1),
        side=SIDE,
        qualities=(),
        timing=TIMING,
    )
    profile = measure_own(plan, tmp_path / "tokens")
    assert sorted(profile.unit_names) == sorted(UNITS)
    assert profile.info["network"]["features"] == "17x12"  # type: ignore[index]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"side": 300}, "side: 300 must be 16 to 255 pixels"),
        ({"processor": "abacus"}, "processor: abacus must be one that is here: cpu"),
        ({"split": "nowhere"}, "nowhere must name a submodule"),
        ({"task": "segmentation"}, "must be a folder"),
    ],
)
def test_what_cannot_be_measured_writes_no_profile(
    plan: OwnPlan, change: dict[str, object], complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=complaint):
        measure_own(replace(plan, **change), tmp_path / "none")  # type: ignore[arg-type]
    assert not (tmp_path / "none").exists()


def _broken(plan: OwnPlan, folder: Path, spoil: Callable[[ConvNet], None]) -> OwnPlan:
    model = ConvNet()
    path = stored(model, folder / "weights.safetensors")
    with torch.no_grad():
        spoil(model)
    save_tensors(model.state_dict(), path)
    return replace(plan, weights=path)


def _nan(model: ConvNet) -> None:
    model.stem.weight[0, 0, 0, 0] = float("nan")


def _infinite(model: ConvNet) -> None:
    model.stem.bias[1] = float("inf")  # type: ignore[index]


def _overflowing(model: ConvNet) -> None:
    model.stem.weight.mul_(1e30)
    next(model.stage1.parameters()).mul_(1e30)


def _nan_behind_the_split(model: ConvNet) -> None:
    model.classify.bias[0] = float("nan")


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (_nan, r"0\.png features behind 'stage1': 512 of 512 values are NaN or infinite"),
        (_infinite, r"0\.png features behind 'stage1': \d+ of 512 values are NaN or infinite"),
        (_overflowing, r"0\.png features behind 'stage1': \d+ of 512 values are NaN or infin"),
        (_nan_behind_the_split, r"0\.png the network's answer: 1 of 3 values are NaN"),
    ],
)
def test_a_network_that_gives_no_numbers_is_refused_before_anything_is_measured(
    plan: OwnPlan, tmp_path: Path, spoil: Callable[[ConvNet], None], complaint: str
) -> None:
    said: list[str] = []
    with pytest.raises(InputError, match=complaint):
        measure_own(_broken(plan, tmp_path, spoil), tmp_path / "none", tell=said.append)
    assert said == ["9 clips of 1 frames; opening, cutting and calibrating"]
    assert [path.name for path in tmp_path.iterdir()] == ["weights.safetensors"]


def test_a_picture_that_was_not_calibrated_on_is_checked_too(
    plan: OwnPlan, out: Path, tmp_path: Path
) -> None:
    broken = replace(_broken(plan, tmp_path, _nan), like=out)
    with pytest.raises(InputError, match="features behind 'stage1'"):
        measure_own(broken, tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_the_command_measures_clips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["profile", "measure", "--model", "tests.models.own.networks:Skipping"]
    weights = stored(Skipping(), tmp_path / "w.pt")
    words += ["--weights", str(weights), "--split", "outer", "--side", str(SIDE)]
    words += ["--task", "segmentation", "--data", str(voc(tmp_path / "data")), "--rounds", "1"]
    words += ["--mean", "0,0,0", "--std", "1,1,1", "--out", str(tmp_path / "cells")]
    assert main(words) == 0
    said = capsys.readouterr()
    assert "mask_iou %" in said.out
    assert "2 clips of 3 frames" in said.err
    assert load(tmp_path / "cells").frames_per_clip == 3


def test_the_command_asks_for_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "measure", "--model", "a:b", "--split", "x"]) == 2
    said = capsys.readouterr().err
    for name in ("--weights", "--data", "--out"):
        assert f"{name}: (missing) must be given for a network of your own" in said
    assert main(["profile", "measure", "shapes-224"]) == 2
    assert "DIR: (missing) must be given for trained units" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["--mean", "1,2"], ["--std", "a,b,c"], ["--std", "1,0,1"], ["--fps", "0"], ["--rounds", "0"]],
)
def test_numbers_that_make_no_sense_are_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["profile", "measure", *words])
    assert caught.value.code == 2
