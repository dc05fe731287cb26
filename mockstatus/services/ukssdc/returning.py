"""Remembers what comes again, from its second time on.

What never comes again would put all else out, and take 3 us more for being let go when it is out of
the processor's sight.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Returning(Generic[K, T]):
    """Values by key. most: so many are kept, and so many keys that came once; then all go.

    kept: the values. seen: keys that came once, and some that came again.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.kept: dict[K, T] = {}
        self.seen: set[K] = set()

    def get(self, key: K, make: Callable[[], T]) -> T | None:
        """What is made for a key; None, and nothing is made, where it comes for the first time."""
        kept = self.kept.get(key)
        if kept is not None:
            return kept
        if key not in self.seen:
            if len(self.seen) >= self._most:
                self.seen.clear()
            self.seen.add(key)
            return None
        made = make()
        if len(self.kept) >= self._most:
            self.kept.clear()
        self.kept[key] = made
        return made
