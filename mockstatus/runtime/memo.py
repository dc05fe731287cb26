"""What a sandbox remembers so as not to work it out again: bounded, and never missed."""

from __future__ import annotations

BYTES_LIMIT = 1 << 20
"""Bytes that a memo keeps at most, as those who put things in count them."""


class Memo:
    """Keys of three parts, and what is known under them. Changed with the sandbox locked.

    Where it is full, everything is forgotten: what is still asked for is soon back.
    """

    __slots__ = ("_known", "size")

    def __init__(self) -> None:
        self._known: dict[object, dict[object, dict[bytes | None, object]]] | None = None
        self.size = 0

    def room(self, key: object) -> dict[object, dict[bytes | None, object]] | None:
        """All that is known under the first part of a key; None if nothing is."""
        return None if self._known is None else self._known.get(key)

    def put(self, key: tuple[object, object, bytes], value: object, size: int) -> None:
        """Remembers something of so many bytes, roughly; what is too large by itself is not."""
        if size > BYTES_LIMIT:
            return
        known = self._known
        if known is None or self.size + size > BYTES_LIMIT:
            known, self.size = {}, 0
            self._known = known
        first, second, third = key
        known.setdefault(first, {}).setdefault(second, {})[third] = value
        self.size += size

    def forget(self) -> None:
        """Forgets everything, from whatever thread."""
        self._known, self.size = None, 0
