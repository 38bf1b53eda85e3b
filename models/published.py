"""Published profiles: operating points typed from a paper, every figure with its origin.

A paper gives means, so every frame of such a profile carries the same bytes, score and times:
"means only". Nothing varies from frame to frame in a simulation of it but the network. A figure is
either *typed*, and says where it stands, or *assumed*, and says why::

    name: some-paper-2024
    source: Author et al., "Title", venue and year
    task: top1
    uncompressed: {typed: 0.761, at: Table 1}
    units:
      low:
        kind: bottleneck                                     # or student, image-codec, on-device
        bytes: {typed: 1.9 kB, at: "Table 2, row 1"}         # of a frame; not for on-device
        score: {typed: 0.716, at: "Table 2, row 1"}
        device: {typed: 14 ms, at: Section 4}                # all that the device does with a frame
        server: {assumed: 5 ms, because: not in the paper}   # all that the server does with it

What papers do not give is 0: switch costs, memory, storage, parameters. The confidence is set to
the score. Times are those of one frame, so the only batch size is 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from models.profile import DEVICE_STAGES, HALVES, UNIT_KINDS, Profile, Unit
from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.foundation.quantities import duration_ns, size_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from models.profile.records import UnitKind

__all__ = ["origins", "published"]

Trail: TypeAlias = "tuple[str | int, ...]"
"""Where a value lies in a document: the keys from the root."""

_KINDS = tuple(kind for kind in UNIT_KINDS if kind not in ("layered", "video-codec"))
"""A published unit's payload is one figure: neither layers nor two kinds of frames."""
_HEAD = ("name", "source", "task", "uncompressed", "units")
_UNIT = ("kind", "bytes", "score", "device", "server")
_LOCAL = ("kind", "score", "device")  # of a unit that sends nothing
_ORIGIN = {"typed": "at", "assumed": "because"}
_LONGEST = 400
_CORRECT = "correct it; the layout stands at the head of models/published.py"
_LARGEST_BYTES = 1 << 30


def published(document: object, place: Callable[[Trail], str]) -> Profile:
    """Return the profile that a document describes.

    Args:
        document: Plain values, as a YAML or JSON reader gives them.
        place: Says where the value at a trail stands, for messages.

    Raises:
        InputError: With all that is wrong in the document.
    """
    reader = _Reader(place)
    head = reader.mapping((), document, _HEAD)
    units = reader.by_name(("units",), head.get("units"))
    texts = {key: reader.text((key,), head) for key in ("name", "source", "task")}
    clean = reader.figure(("uncompressed",), head, _fraction)
    found = [_unit(reader, name, about, texts["task"]) for name, about in units.items()]
    if reader.problems:
        raise InputError(*reader.problems)
    return Profile(
        name=texts["name"],
        clip_fps=1.0,
        units=tuple(sorted(found, key=lambda unit: float(unit.payload_bytes.mean()))),
        primary_task=texts["task"],
        batch_sizes=(1,),
        tail_ns=np.zeros((1, 1), np.int64),  # what the server does is one figure a unit
        clip_half=np.array(HALVES),
        clip_set=np.array(["means"] * len(HALVES)),
        clean_scores={texts["task"]: _frames(clean)},
        info={
            "kind": "published",
            "source": texts["source"],
            "figures": reader.origins,
        },
    )


def _unit(reader: _Reader, name: str, about: object, task: str) -> Unit:
    trail: Trail = ("units", name)
    local = isinstance(about, Mapping) and about.get("kind") == "on-device"
    fields = reader.mapping(trail, about, _LOCAL if local else _UNIT)
    kind: UnitKind = reader.kind((*trail, "kind"), fields)
    sent = 0.0 if local else reader.figure((*trail, "bytes"), fields, _payload)
    score = reader.figure((*trail, "score"), fields, _fraction)
    device_ns = reader.figure((*trail, "device"), fields, duration_ns)
    served_ns = 0.0 if local else reader.figure((*trail, "server"), fields, duration_ns)
    row = np.zeros((1, len(DEVICE_STAGES)), np.int64)
    row[0, DEVICE_STAGES.index("tail" if local else "encode")] = device_ns
    return Unit(
        name=name,
        kind=kind,
        payload_bytes=np.full((len(HALVES), 1), sent, np.int32),
        scores={task: _frames(score)},
        confidence=_frames(score),
        device_rows_ns=row,
        entropy_decode_ns=np.zeros(1, np.int64),
        decode_ns=np.full((1, 1), served_ns, np.int64),
        switch_ns=0,
        memory_bytes=0,
        storage_bytes=0,
        parameters=0,
    )


def _frames(value: float) -> NDArray[np.float32]:
    """Return one frame for calibration and one to replay, both with the mean."""
    return np.full((len(HALVES), 1), value, np.float32)


def _fraction(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("must be a number between 0 and 1")
    return float(value)


def _payload(text: str) -> int:
    size = size_bytes(text)
    if not 0 < size <= _LARGEST_BYTES:
        raise ValueError(f"must be 1 to {_LARGEST_BYTES} bytes")
    return size


class _Reader:
    """Takes figures out of a document and keeps what is wrong, and where each figure comes from."""

    def __init__(self, place: Callable[[Trail], str]) -> None:
        self.problems: list[Problem] = []
        self.origins: dict[str, str] = {}
        self._place = place

    def refuse(self, trail: Trail, value: object, rule: str, remedy: str = _CORRECT) -> None:
        """Keep a problem."""
        what = ".".join(map(str, trail)) or "document"
        self.problems.append(
            Problem(where=self._place(trail), what=what, value=value, rule=rule, remedy=remedy)
        )

    def mapping(self, trail: Trail, value: object, keys: tuple[str, ...]) -> Mapping[str, object]:
        """Return a mapping that must have exactly these keys."""
        if not isinstance(value, Mapping):
            self.refuse(trail, value, f"must be a mapping with {', '.join(keys)}")
            return {}
        for key in value:
            if key not in keys:
                self.refuse((*trail, key), key, "is no field here", did_you_mean(str(key), keys))
        for key in keys:
            if key not in value:
                self.refuse(trail, "nothing", f"must have {key}")
        return value

    def by_name(self, trail: Trail, value: object) -> dict[str, object]:
        """Return a mapping of at least one name."""
        if isinstance(value, Mapping) and value:
            return {str(key): item for key, item in value.items()}
        if value is not None:
            self.refuse(trail, value, "must be a mapping of units by their names")
        return {}

    def text(self, trail: Trail, fields: Mapping[str, object]) -> str:
        """Return a text that is not too long."""
        value = fields.get(str(trail[-1]), "-")
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
            self.refuse(trail, value, f"must be a text of at most {_LONGEST} characters")
        return str(value)

    def kind(self, trail: Trail, fields: Mapping[str, object]) -> UnitKind:
        """Return a kind of unit."""
        value = fields.get("kind", UNIT_KINDS[0])
        for kind in _KINDS:
            if value == kind:
                return kind
        self.refuse(trail, value, "must be a kind of unit", did_you_mean(str(value), _KINDS))
        return UNIT_KINDS[0]

    def figure(
        self, trail: Trail, fields: Mapping[str, object], parse: Callable[..., float]
    ) -> float:
        """Return a typed or assumed figure, and keep its origin."""
        if trail[-1] not in fields:
            return 0.0  # told already
        value = fields[str(trail[-1])]
        marked = [key for key in _ORIGIN if isinstance(value, Mapping) and key in value]
        if len(marked) != 1 or not isinstance(value, Mapping):
            rule = "must be {typed: VALUE, at: WHERE} or {assumed: VALUE, because: WHY}"
            self.refuse(trail, value, rule)
            return 0.0
        found = self.mapping(trail, value, (marked[0], _ORIGIN[marked[0]]))
        origin = self.text((*trail, _ORIGIN[marked[0]]), found)
        self.origins[".".join(map(str, trail))] = f"{marked[0]}: {origin}"
        try:
            return parse(found[marked[0]])
        except ValueError as error:
            self.refuse((*trail, marked[0]), found[marked[0]], str(error))
            return 0.0


def origins(info: Mapping[str, object]) -> Iterator[str]:
    """Yield a line for each origin of a published profile's figures, with what comes from it."""
    figures = info["figures"]
    lines: dict[str, list[str]] = {}
    for what, origin in figures.items() if isinstance(figures, Mapping) else ():
        lines.setdefault(str(origin), []).append(str(what).removeprefix("units."))
    for origin, whats in lines.items():
        yield f"{origin}: {', '.join(whats)}"
