"""A CR+BQ unit as a subject of measuring, with its symbols packed or entropy-coded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.backbone import FEATURES
from models.baselines.packed import Packer, uniform
from models.subjects.bottleneck import Bottleneck

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from models.baselines.reduced import ReducedUnit
    from models.profile.records import UnitKind
    from models.subjects.subject import Shown

__all__ = ["Reduced", "Together"]


class Together:
    """The two codings of one unit: what one has decoded of shown frames, the other need not."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._shown: Shown | None = None
        self._features: Tensor | None = None

    def features(self, shown: Shown, decode: Callable[[], Tensor]) -> Tensor:
        """Return the decoder's features of frames, the same tensor for the same frames."""
        if self._features is None or self._shown is not shown:
            self._shown, self._features = shown, decode()
        return self._features


class Reduced(Bottleneck):
    """A CR+BQ unit in the ladder.

    Args:
        unit: The trained unit, sealed.
        together: What it shares with the other coding of the unit.
        packed: Whether symbols are packed at their fixed length; otherwise they are range-coded
            with the unit's tables.
        head: The backbone's head.
        digest: Hash of the backbone's and the unit's weights and tables.
        costs: Parameters, storage and memory of the unit.
        load: Loads the unit's weights from disk.
    """

    kind: UnitKind = "feature-codec"

    def __init__(
        self,
        *,
        unit: ReducedUnit,
        together: Together,
        packed: bool,
        head: Callable[[Tensor], Tensor],
        digest: str,
        costs: Mapping[str, int],
        load: Callable[[], object],
    ) -> None:
        """Keep the unit with one of its two codings."""
        if unit.tables is None:
            raise AssertionError(unit.name)  # pragma: no cover - loaded units are sealed
        super().__init__(
            unit=unit,
            tables=uniform(unit.channels, unit.bits) if packed else unit.tables,
            coder=Packer(unit.channels, unit.bits) if packed else None,
            head=head,
            feature_shape=FEATURES,
            digest=digest,
            costs=costs,
            load=load,
        )
        coding = "packed" if packed else "coded"
        self.name = f"crbq-{coding}-{unit.channels}c{unit.bits}b"
        self._together = together

    def _answered(self, shown: Shown, received: Sequence[NDArray[np.int32]]) -> Tensor:
        """Return the decoder's features; both codings were seen to give the same symbols back."""
        return self._together.features(shown, lambda: self.decode(received))
