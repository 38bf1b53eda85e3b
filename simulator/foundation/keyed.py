"""Keyed chance: the same key gives the same draws, in any process and any order.

Every random number in splitcast is named by a seed and a key such as ``("cameras/3", "batch")``,
and draw *k* of a key depends on nothing else. So camera 3 of 10 is camera 3 of 100, and every
policy meets the same luck. Bits come from Philox 4x64, a counter-based generator (Salmon et al.,
"Parallel random numbers: as easy as 1, 2, 3", SC 2011), keyed by BLAKE2b of the seed and key; or,
where nobody knows ahead which draws will be needed, from BLAKE2b itself, one draw at a time.
"""

from __future__ import annotations

from hashlib import blake2b
from struct import Struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["generator", "key_of", "uniform_at", "uniforms"]

_PACK = tuple(Struct(f"<{n}q").pack for n in range(9))


def key_of(seed: int, *parts: str | int) -> bytes:
    """Return the 16 bytes that stand for a seed and key.

    Args:
        seed: Any integer.
        *parts: Strings and integers naming the purpose; ``1`` and ``"1"`` are different.

    Example:
        >>> key_of(7, "uplink", 0).hex()
        '17eaf5ffc079040ffe3fe25335ed5eae'
    """
    digest = blake2b(digest_size=16, person=b"splitcast")
    for part in (seed, *parts):
        # Type and length go in too, so that ("ab", "c") and ("a", "bc") differ.
        text = str(part).encode()
        digest.update(f"{type(part).__name__[0]}{len(text)}:".encode() + text)
    return digest.digest()


def uniform_at(key: bytes, *index: int) -> float:
    """Return the uniform in [0, 1) that belongs to an index, a multiple of 2**-53.

    Args:
        key: From `key_of`.
        *index: Up to 8 integers of 64 bits, such as the numbers of a frame and of its packet.

    Example:
        >>> key = key_of(7, "uplink", 0)
        >>> uniform_at(key, 3, 1) == uniform_at(key, 3, 1), uniform_at(key, 3, 1)
        (True, 0.44109811887695916)
    """
    digest = blake2b(key + _PACK[len(index)](*index), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 11) * 2.0**-53


def generator(seed: int, *key: str | int) -> np.random.Generator:
    """Return the generator that belongs to a seed and key.

    Args:
        seed: Any integer.
        *key: Strings and integers naming the purpose; ``1`` and ``"1"`` are different keys.

    Example:
        >>> generator(7, "camera", 3).integers(100) == generator(7, "camera", 3).integers(100)
        np.True_
    """
    words = np.frombuffer(key_of(seed, *key), dtype="<u8")
    return np.random.Generator(np.random.Philox(key=words.astype(np.uint64)))


def uniforms(seed: int, *key: str | int, n: int) -> NDArray[np.float64]:
    """Return the first ``n`` uniforms in [0, 1) of a key; a longer draw starts with a shorter one.

    Example:
        >>> bool((uniforms(1, "x", n=9)[:4] == uniforms(1, "x", n=4)).all())
        True
    """
    return generator(seed, *key).random(n)
