"""Values that are made anew in every call: frozen for whoever reads and checks the code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
    """A dataclass that nobody changes, compared and hashed by what it holds.

    mypy sees to that, and not each assignment: one of five fields is made in 0.2 us instead of 0.6,
    and a call makes ten.
    """
    return dataclass(slots=True, kw_only=kw_only, unsafe_hash=True)
