"""A pipeline: its name, its modules, and the model of each."""

from __future__ import annotations

from dataclasses import dataclass

from mockstatus.services.krixik.modules import chain_problem


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """The model of one module. params: pairs, as sent."""

    model: str
    params: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What files of one pipeline have in common, and share in memory.

    Raises ValueError for modules that make no chain.
    """

    name: str
    chain: tuple[str, ...]
    keys: tuple[str | None, ...]
    models: tuple[ChosenModel, ...]

    def __post_init__(self) -> None:
        problem = chain_problem(self.chain)
        if problem is not None:
            raise ValueError(problem)
