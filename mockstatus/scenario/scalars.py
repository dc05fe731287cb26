"""What an unquoted scalar means: the core schema of YAML 1.2, not the older rules of PyYAML."""

from __future__ import annotations

import math
import re
from typing import Final

MOST_DIGITS = 1000

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_CONSTANTS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def resolve(plain: str) -> str | int | float | bool | None:
    """What an unquoted scalar means. Raises ValueError where no number can hold it."""
    if plain in _CONSTANTS:
        return _CONSTANTS[plain]
    if _INT.fullmatch(plain):
        if len(plain) > MOST_DIGITS:
            raise ValueError(f"a number of more than {MOST_DIGITS} digits")
        base = {"0o": 8, "0x": 16}.get(plain[:2], 10)
        return int(plain[2:] if base != 10 else plain, base)
    if _NO_NUMBER.fullmatch(plain):
        raise ValueError(f"{plain} is no number that JSON knows, quote it if text is meant")
    if _FLOAT.fullmatch(plain):
        number = float(plain)
        if math.isinf(number):
            raise ValueError("a number too large for a float")
        return number
    return plain
