"""`splitcast profile`: shows, measures, combines and publishes ladders."""

from __future__ import annotations

import json
import sys
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli import profile_latency
from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.run import workers
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.foreign import aside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.own.measure import OwnPlan

__all__ = ["add"]

_MOST_ROUNDS = 100_000


def add(commands: Commands) -> None:
    """Describe the command."""
    about = "show, measure, combine or publish ladders"
    parts = commands.add_parser("profile", help=about).add_subparsers(
        metavar="COMMAND", required=True
    )
    show = command(parts, "show", "show what a profile holds", _show)
    show.add_argument("profile", metavar="NAME|DIR")
    show.add_argument("--json", action="store_true", help="print JSON instead")
    _add_measure(parts)
    about = "add AVIF and answers sent from the device to a profile; no number in it changes"
    extend = command(parts, "extend", about, _extend)
    extend.add_argument("trained", metavar="WEIGHTS", help="that the profile was measured with")
    extend.add_argument("folder", metavar="DIR", type=Path, help="folder of the profile")
    extend.add_argument(
        "--only",
        choices=("answers", "avif"),
        help="these alone; answers take a quarter of the time",
    )
    extend.add_argument("--workers", metavar="N", type=workers, default=1, help="default 1")
    about = "take the device's side of one profile and the server's side of another"
    combine = command(parts, "combine", about, _combine)
    combine.add_argument("--device", metavar="NAME|DIR", required=True, help="profile to take from")
    combine.add_argument("--server", metavar="NAME|DIR", required=True, help="profile to take from")
    combine.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="folder of the profile"
    )
    profile_latency.add(parts)
    about = "build a profile of published means from a file of typed figures"
    publish = command(parts, "publish", about, _publish)
    publish.add_argument("file", metavar="FILE.yaml", type=Path, help="YAML or JSON")
    publish.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="folder of the profile"
    )


def _add_measure(parts: Commands) -> None:
    about = "measure trained units, or a network of your own, and write their profile"
    measure = command(parts, "measure", about, _measure)
    measure.add_argument(
        "trained", metavar="WEIGHTS", nargs="?", help="name of shipped weights, or a folder"
    )
    measure.add_argument(
        "folder", metavar="DIR", type=Path, nargs="?", help="folder of the profile"
    )
    measure.add_argument(
        "--share", type=_share, default=1.0, help="share of the clips, 0 to 1 (default all)"
    )
    measure.add_argument(
        "--baselines",
        action="store_true",
        help="WebP, learned pictures and every feature codec, too",
    )
    measure.add_argument(
        "--videos", action="store_true", help="low-delay video codecs, too: an hour for all clips"
    )
    measure.add_argument("--workers", metavar="N", type=workers, default=1, help="default 1")
    own = measure.add_argument_group(
        "a network of your own",
        "cut behind a submodule; its features are quantised to 8, 6, 4 and 2 bits and coded",
    )
    own.add_argument(
        "--model", metavar="MODULE:FACTORY", help="your function that returns the torch module"
    )
    own.add_argument(
        "--weights", metavar="FILE", type=Path, help="its state dict, safetensors or torch's"
    )
    own.add_argument("--split", metavar="NAME", help="the submodule that the device runs last")
    own.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        help="classification: CLASS/PICTURE; detection: annotations.json (COCO) and images/; "
        "segmentation: JPEGImages/ and SegmentationClass/ (VOC)",
    )
    own.add_argument("--out", metavar="DIR", type=Path, help="folder of the profile")
    own.add_argument(
        "--task",
        choices=("classification", "detection", "segmentation"),
        default="classification",
        help="default classification",
    )
    own.add_argument("--side", type=int, default=224, help="of the frames (default 224, most 255)")
    own.add_argument("--mean", type=_channels, help="of the pictures (default ImageNet's)")
    own.add_argument("--std", type=_spreads, help="of the pictures (default ImageNet's)")
    own.add_argument("--fps", type=_positive, default=15.0, help="of clips (default 15)")
    own.add_argument(
        "--like",
        metavar="DIR",
        type=Path,
        help="profile of the same network elsewhere: use its codecs, so that both can be combined",
    )
    own.add_argument("--processor", default="cpu", help="cpu (default), or cuda and the like")
    own.add_argument(
        "--rounds", metavar="N", type=_rounds, default=30, help="of timing (default 30)"
    )


def _channels(text: str) -> tuple[float, ...]:
    values = tuple(float(part) for part in text.split(","))
    if len(values) != len("RGB") or not all(isfinite(value) for value in values):
        raise ValueError(text)
    return values


def _spreads(text: str) -> tuple[float, ...]:
    values = _channels(text)
    if min(values) <= 0:
        raise ValueError(text)
    return values


def _rounds(text: str) -> int:
    rounds = int(text)
    if not 1 <= rounds <= _MOST_ROUNDS:
        raise ValueError(text)
    return rounds


def _positive(text: str) -> float:
    value = float(text)
    if not (isfinite(value) and value > 0):
        raise ValueError(text)
    return value


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share <= 1:
        raise ValueError(text)
    return share


def _show(arguments: Arguments) -> int:
    from models.profile import load
    from models.show import as_json, render

    profile = load(arguments.profile)
    print(json.dumps(as_json(profile), indent=1) if arguments.json else render(profile))
    return 0


def _extend(arguments: Arguments) -> int:
    from models.baselines import avif
    from models.extend import extend
    from models.show import render

    profile = extend(
        arguments.trained,
        arguments.folder,
        codecs=() if arguments.only == "answers" else avif.STREAMED,
        answers=arguments.only != "avif",
        workers=arguments.workers,
        tell=_tell,
    )
    print(render(profile))
    return 0


def _combine(arguments: Arguments) -> int:
    from models.profile import combined, load, save
    from models.show import render

    device, server = load(arguments.device), load(arguments.server)
    print(render(save(combined(device, server, arguments.out.name), arguments.out)))
    return 0


def _publish(arguments: Arguments) -> int:
    from models.profile import save
    from models.published import published
    from models.show import render
    from simulator.scenario.yaml_reader import read_file

    document = read_file(arguments.file)
    print(render(save(published(document.value, document.place), arguments.out)))
    return 0


def _measure(arguments: Arguments) -> int:
    from models.show import render

    if arguments.model is None:
        from models.baselines import video, webp
        from models.measure import CODECS, ContentPlan, measure

        _require(arguments, {"WEIGHTS": arguments.trained, "DIR": arguments.folder})
        profile = measure(
            arguments.trained,
            arguments.folder,
            content=ContentPlan().scaled(arguments.share),
            codecs=(*CODECS, *(webp.LADDER if arguments.baselines else ())),
            baselines=arguments.baselines,
            videos=video.STREAMED if arguments.videos else (),
            workers=arguments.workers,
            tell=_tell,
        )
    else:
        from models.own.measure import measure_own

        needed = ("weights", "split", "data", "out")
        _require(arguments, {f"--{key}": getattr(arguments, key) for key in needed})
        with aside():  # what the user's network prints is not ours
            profile = measure_own(_own_plan(arguments), arguments.out, tell=_tell)
    print(render(profile))
    return 0


def _require(arguments: Arguments, needed: Mapping[str, object]) -> None:
    rule = "must be given for a network of your own"
    remedy = "add --weights FILE --split NAME --data DIR --out DIR"
    if not arguments.model:
        rule = "must be given for trained units"
        remedy = (
            "write `splitcast profile measure WEIGHTS DIR`, or --model for a network of your own"
        )
    missing = [
        Problem(
            where="splitcast profile measure",
            what=name,
            value="(missing)",
            rule=rule,
            remedy=remedy,
        )
        for name, value in needed.items()
        if value is None
    ]
    if missing:
        raise InputError(*missing)


def _own_plan(arguments: Arguments) -> OwnPlan:
    from models.measure import TimingPlan
    from models.own.halves import Scaling
    from models.own.measure import OwnPlan

    usual = Scaling()
    return OwnPlan(
        model=arguments.model,
        weights=arguments.weights,
        split=arguments.split,
        data=arguments.data,
        task=arguments.task,
        side=arguments.side,
        scaling=Scaling(arguments.mean or usual.mean, arguments.std or usual.std),
        fps=arguments.fps,
        processor=arguments.processor,
        like=arguments.like,
        timing=TimingPlan(
            rounds=arguments.rounds, server_rounds=min(arguments.rounds, TimingPlan().server_rounds)
        ),
    )


def _tell(line: str) -> None:
    print(line, file=sys.stderr)
