"""What a plain YAML word means, by the core rules of YAML 1.2 and no others.

``14:11`` stays text (YAML 1.1 reads 851), ``010`` is ten (not eight), ``on`` and ``yes`` are
text, ``1e3`` is a number. Values no scenario can use are refused: ``.nan``, ``.inf``, numbers
beyond 64 bits or of absurd length. See https://yaml.org/spec/1.2.2/#103-core-schema.
"""

from __future__ import annotations

import math
import re

__all__ = ["plain_scalar"]

_NULL = re.compile(r"null|Null|NULL|~|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LONGEST_NUMBER = 40
_LARGEST_INTEGER = 2**63 - 1


def plain_scalar(text: str) -> str | int | float | bool | None:
    """Return the value of an unquoted word.

    Raises:
        ValueError: If it is a number no scenario can use. The message is a predicate.

    Example:
        >>> [plain_scalar(word) for word in ["14:11", "010", "0x10", "on", "1e3", "true", "~"]]
        ['14:11', 10, 16, 'on', 1000.0, True, None]
    """
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text):
        return True
    if _FALSE.fullmatch(text):
        return False
    if _NOT_A_NUMBER.fullmatch(text):
        raise ValueError("must be a finite number")
    if _FLOAT.fullmatch(text) or _OCTAL.fullmatch(text) or _HEXADECIMAL.fullmatch(text):
        return _number(text)
    return text


def _number(text: str) -> int | float:
    if len(text) > _LONGEST_NUMBER:
        msg = f"must be a number of at most {_LONGEST_NUMBER} characters"
        raise ValueError(msg)
    value: int | float
    if text.startswith(("0o", "0x")):
        value = int(text, 0)
    elif _INTEGER.fullmatch(text):
        value = int(text)
    else:
        value = float(text)
        if math.isinf(value):
            raise ValueError("must be a finite number")
        return value
    if abs(value) > _LARGEST_INTEGER:
        raise ValueError("must be an integer of at most 64 bits")
    return value
