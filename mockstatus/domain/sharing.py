"""What many jobs have in common is kept once: there may be 100,000 of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")


class Same(Generic[T]):
    """A key that equals only one of the very same value, for what cannot be compared by hash."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


class Shared(Generic[T]):
    """Values by what they are made of, each for as long as somebody has it."""

    def __init__(self) -> None:
        self._known: WeakValueDictionary[Hashable, T] = WeakValueDictionary()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of this key; made if nobody has one."""
        found = self._known.get(key)
        return self._known.setdefault(key, make()) if found is None else found
