"""Values that are made anew in every call: frozen for whoever reads and checks the code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, dataclass_transform

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


@dataclass_transform(frozen_default=True)
def value(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
    """A dataclass that nobody changes, compared and hashed by what it holds.

    mypy sees to that, and not each assignment: one of five fields is made in 0.2 us instead of 0.6,
    and a call makes ten.
    """
    return dataclass(slots=True, kw_only=kw_only, unsafe_hash=True)
