"""Reads what stands in a Host header."""

from __future__ import annotations

import re
from typing import Final

_AUTHORITY: Final = re.compile(r"(\[[0-9a-f:.]+\]|[0-9a-z._-]+)(?::([0-9]{1,5}))?", re.IGNORECASE)


def authority(value: str) -> tuple[str, int | None] | None:
    """Name, in lower case without a last dot, and port; None for what is neither."""
    found = _AUTHORITY.fullmatch(value)
    if found is None:
        return None
    port = int(found[2]) if found[2] else None
    if port is not None and not 1 <= port <= 65535:
        return None
    return found[1].lower().removesuffix("."), port
