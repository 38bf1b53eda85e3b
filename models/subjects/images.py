"""All that sends frames themselves: still-image codecs, learned and not, with every network."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from models.baselines import learned_file
from models.baselines.lossless import Lossless
from models.subjects.answerer import Answerer, aware_answerer, plain_answerer
from models.subjects.families import AWARE
from models.subjects.image_unit import ImageUnit, Once
from models.subjects.learned_unit import LearnedUnit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from torch import Tensor

    from models.ladder import TrainedLadder
    from models.subjects.image_unit import ImageCodec

__all__ = ["Images", "answered", "opened"]


class Images(NamedTuple):
    """Codecs of frames as subjects.

    Attributes:
        subjects: The codecs.
        modules: As of `Kin`.
        tails: As of `Kin`.
        aware: The codec-aware backbone, if there is one.
    """

    subjects: list[ImageUnit | LearnedUnit]
    modules: dict[str, str]
    tails: dict[str, str]
    aware: Answerer | None


def answered(
    trained: TrainedLadder,
    head: Callable[[Tensor], Tensor],
    codecs: Sequence[ImageCodec],
    aware: Collection[str],
) -> Images:
    """Return given codecs with the plain backbone, and some with the codec-aware one, too.

    Args:
        trained: The ladder, beside which the aware backbone may lie.
        head: The plain backbone's head.
        codecs: Settings of codecs.
        aware: Names of those that the aware one answers, too; with none it is not opened.

    Raises:
        InputError: The aware backbone's file is damaged or foreign.
    """
    plain = plain_answerer(head, trained.digest)
    codings = [Once(codec) for codec in codecs]
    subjects: list[ImageUnit | LearnedUnit] = [ImageUnit(coding, plain) for coding in codings]
    network = aware_answerer(trained) if aware else None
    if network is None:
        return Images(subjects, {}, {}, None)
    again = [ImageUnit(coding, network) for coding in codings if coding.codec.name in aware]
    modules = {image.name: network.module for image in again}
    return Images([*subjects, *again], modules, modules, network)


def opened(
    trained: TrainedLadder, head: Callable[[Tensor], Tensor], codecs: Sequence[ImageCodec]
) -> Images:
    """Return given codecs, the learned one, and frames without loss, with every backbone.

    The codec-aware backbone answers all but frames without loss, of which it was told nothing.

    Args:
        trained: The ladder, beside which the learned codec and the aware backbone may lie.
        head: The plain backbone's head.
        codecs: Settings of codecs that are not learned.

    Raises:
        InputError: A file is damaged or foreign, or goes on from another backbone.
    """
    plain, aware = plain_answerer(head, trained.digest), aware_answerer(trained)
    learned = {
        trained.folder / f"{codec.name}.safetensors": codec
        for codec in learned_file.load_all(trained.folder)
    }
    codings = [Once(codec) for codec in codecs]
    subjects: list[ImageUnit | LearnedUnit] = [
        ImageUnit(Once(Lossless()), plain),
        *(LearnedUnit(codec, plain, path) for path, codec in learned.items()),
        *(ImageUnit(coding, plain) for coding in codings),
    ]
    if aware is None:
        return Images(subjects, {}, {}, None)
    pictures = [LearnedUnit(codec, aware, path) for path, codec in learned.items()]
    images = [ImageUnit(coding, aware) for coding in codings]
    modules = {picture.name: picture.name.removesuffix(AWARE) for picture in pictures}
    modules |= {image.name: aware.module for image in images}
    tails = dict.fromkeys(modules, aware.module)
    return Images([*subjects, *pictures, *images], modules, tails, aware)
