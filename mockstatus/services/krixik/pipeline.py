"""A pipeline: its name, its modules, and the model of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """The model of one module. params: pairs, as sent."""

    model: str
    params: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What files of one pipeline have in common, and share in memory."""

    name: str
    chain: tuple[str, ...]
    keys: tuple[str | None, ...]
    models: tuple[ChosenModel, ...]
