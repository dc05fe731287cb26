"""Which scenario a new job gets: the first source that says something decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from mockstatus.errors import UnknownScenarioError

if TYPE_CHECKING:
    from mockstatus.scenario.load import Loaded

MAGIC = re.compile(r"mock:([A-Za-z0-9_/-]+)")
"""A magic value: the longest run of these characters after `mock:` names a scenario."""


class Source(StrEnum):
    """Who chose a job's scenario, in the order in which they are asked."""

    HEADER = "header"
    FIELD = "field"
    QUEUE = "queue"
    MATCH = "match"
    DEFAULT = "default"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice. loaded: None for the story told without a script."""

    loaded: Loaded | None
    source: Source


class UnknownChoiceError(UnknownScenarioError):
    """A client named a scenario that there is not. source: where it did."""

    def __init__(self, error: UnknownScenarioError, source: Source) -> None:
        super().__init__(error.name, error.near)
        self.source = source


class Shelf(Protocol):
    """Where scenarios are looked up."""

    def get(self, name: str) -> Loaded:
        """The scenario of this full name. Raises UnknownScenarioError."""
        ...

    def best_match(self, service: str, fields: Mapping[str, str]) -> Loaded | None:
        """The scenario whose `match` fits these fields best."""
        ...


def magic_name(text: str) -> str | None:
    """The scenario that a text names by a magic value; None if it names none."""
    found = MAGIC.search(text)
    return found[1] if found is not None else None


def full_name(service: str, name: str) -> str:
    """The name with its service's prefix, which those who name one may leave out."""
    return name if name.startswith(f"{service}/") else f"{service}/{name}"


def choose(
    service: str,
    *,
    header: str | None,
    magic: str | None,
    queue: Sequence[str],
    default: str | None,
    fields: Callable[[], Mapping[str, str]],
    shelf: Shelf,
) -> Chosen:
    """Which scenario a submission to `service` plays. Changes nothing.

    header, magic, queue, default: the names that each source gives, if any. fields: the
    submission's wire fields, read only where a `match` is looked for.
    Raises UnknownChoiceError.
    """
    named = (
        (header, Source.HEADER),
        (magic, Source.FIELD),
        (queue[0] if queue else None, Source.QUEUE),
    )
    for name, source in named:
        if name is not None:
            return Chosen(_get(shelf, service, name, source), source)
    matching = shelf.best_match(service, fields())
    if matching is not None:
        return Chosen(matching, Source.MATCH)
    if default is not None:
        return Chosen(_get(shelf, service, default, Source.DEFAULT), Source.DEFAULT)
    return Chosen(None, Source.NONE)


def _get(shelf: Shelf, service: str, name: str, source: Source) -> Loaded:
    try:
        return shelf.get(full_name(service, name))
    except UnknownScenarioError as error:
        raise UnknownChoiceError(error, source) from None
