"""A CR+BQ unit as a subject of measuring, with its symbols packed or entropy-coded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.backbone import FEATURES
from models.baselines.packed import Packer, uniform
from models.subjects.bottleneck import Bottleneck

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from models.baselines.reduced import ReducedUnit
    from models.profile.records import UnitKind

__all__ = ["Reduced"]


class Reduced(Bottleneck):
    """A CR+BQ unit in the ladder.

    Args:
        unit: The trained unit, sealed.
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
