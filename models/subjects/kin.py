"""What subjects have in common: weights, a tail, or that they are the layers of one unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.subjects.subject import Subject

__all__ = ["STRANGERS", "Kin"]

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """What subjects have in common; a subject that is not named stands alone.

    Attributes:
        modules: Subject to the name of the weights that it loads: those with the same one are
            settings of one network.
        tails: Subject with a tail other than the network's to that tail's name, where several
            subjects have it.
        layered: Layered unit to its subjects: the first decodes the base layer, each further one
            a layer more, the last all of them. Its own name is none of theirs.

    Example:
        >>> kin = Kin(modules={"any-1": "any"}, layered={"layered": ("layers-1", "layers-2")})
        >>> kin.module("any-1"), kin.module("unit-1"), kin.unit("layers-2"), kin.unit("layers-1")
        ('any', 'unit-1', 'layered', None)
    """

    modules: Mapping[str, str] = field(default_factory=dict)
    tails: Mapping[str, str] = field(default_factory=dict)
    layered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def module(self, unit: str) -> str:
        """Return the name of the weights that a unit loads."""
        return self.modules.get(unit, unit)

    def tail(self, subject: Subject) -> str | None:
        """Return the name of a subject's tail; None if it is the network's."""
        return None if subject.tail is None else self.tails.get(subject.name, subject.name)

    def unit(self, subject: str) -> str | None:
        """Return the unit that a subject stands for; None for a part of a layered unit's layers."""
        for name, prefixes in self.layered.items():
            if subject in prefixes:
                return name if subject == prefixes[-1] else None
        return subject

    def by_unit(self, found: Mapping[str, Found]) -> dict[str, Found]:
        """Return what was found out about subjects by the names of the units they stand for.

        Example:
            >>> Kin(layered={"l": ("l-1", "l-2")}).by_unit({"unit-1": 10, "l-1": 20, "l-2": 30})
            {'unit-1': 10, 'l': 30}
        """
        named = ((self.unit(subject), value) for subject, value in found.items())
        return {name: value for name, value in named if name is not None}


STRANGERS = Kin()
"""Of subjects that have nothing in common."""
