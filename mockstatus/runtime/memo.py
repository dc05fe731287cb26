"""What a sandbox remembers so as not to work it out again: bounded, and never missed."""

from __future__ import annotations

BYTES_LIMIT = 1 << 20
"""Bytes that a memo keeps at most, as those who put things in count them."""


class Memo:
    """Keys of two parts, and what is known under them. Changed with the sandbox locked.

    Where it is full, everything is forgotten: what is still asked for is soon back.
    """

    __slots__ = ("_known", "size")

    def __init__(self) -> None:
        self._known: dict[object, dict[bytes | None, object]] | None = None
        self.size = 0

    def shelf(self, key: object) -> dict[bytes | None, object] | None:
        """All that is known under this key; None if nothing is."""
        return None if self._known is None else self._known.get(key)

    def put(self, key: object, part: bytes, value: object, size: int) -> None:
        """Remembers something of so many bytes, roughly; what is too large by itself is not."""
        if size > BYTES_LIMIT:
            return
        if self._known is None or self.size + size > BYTES_LIMIT:
            self._known, self.size = {}, 0
        self._known.setdefault(key, {})[part] = value
        self.size += size
