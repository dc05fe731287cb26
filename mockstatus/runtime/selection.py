"""Which scenario a new job gets: the first source that says something decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from mockstatus.domain.value import value
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


@value()
class Chosen:
    """A choice. loaded: None for the story told without a script."""

    loaded: Loaded | None
    source: Source

    @property
    def name(self) -> str:
        """The scenario's full name; empty for the story told without a script."""
        return self.loaded.name if self.loaded is not None else ""


class UnknownChoiceError(UnknownScenarioError):
    """A client named a scenario that there is not. source: where it did."""

    def __init__(self, error: UnknownScenarioError, source: Source) -> None:
        super().__init__(error.name, error.near, wanted_by=error.wanted_by)
        self.source = source


class Shelf(Protocol):
    """Where scenarios are looked up."""

    def get(self, name: str) -> Loaded:
        """The scenario of this full name. Raises UnknownScenarioError."""
        ...

    def best_match(self, service: str, fields: Callable[[], Mapping[str, str]]) -> Loaded | None:
        """The scenario whose `match` fits these fields best."""
        ...


def magic_name(text: str) -> str | None:
    """The scenario that a text names by a magic value; None if it names none."""
    if "mock:" not in text:
        return None  # nearly always; a text is searched for one word in a tenth of the time
    found = MAGIC.search(text)
    return found[1] if found is not None else None


def full_name(service: str, name: str) -> str:
    """The name with a service's prefix: `service` where whoever names it leaves that out."""
    return name if "/" in name else f"{service}/{name}"


def find(shelf: Shelf, service: str, name: str) -> Loaded:
    """The scenario of `service` of this name, with or without its prefix.

    Raises UnknownScenarioError, which says so if it is another service's, and never suggests one.
    """
    full = full_name(service, name)
    own = f"{service}/"
    try:
        loaded = shelf.get(full)
    except UnknownScenarioError as error:
        near = [one for one in error.near if one.startswith(own)]
        raise UnknownScenarioError(full, near) from None
    if not full.startswith(own):
        raise UnknownScenarioError(full, wanted_by=service)
    return loaded


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
    submission's wire fields, read only where a `match` is looked for. A queued name or a default
    whose scenario was removed meanwhile is passed over.
    Raises UnknownChoiceError.
    """
    if header is not None and header.strip():  # an empty one is none
        return Chosen(_get(shelf, service, header, Source.HEADER), Source.HEADER)
    if magic is not None and magic.strip():
        return Chosen(_get(shelf, service, magic, Source.FIELD), Source.FIELD)
    for name in queue:
        if (queued := _still_there(shelf, name)) is not None:
            return Chosen(queued, Source.QUEUE)
    matching = shelf.best_match(service, fields)
    if matching is not None:
        return Chosen(matching, Source.MATCH)
    standing = _still_there(shelf, default) if default is not None else None
    return Chosen(standing, Source.NONE if standing is None else Source.DEFAULT)


def _get(shelf: Shelf, service: str, name: str, source: Source) -> Loaded:
    try:
        return find(shelf, service, name)
    except UnknownScenarioError as error:
        raise UnknownChoiceError(error, source) from None


def _still_there(shelf: Shelf, name: str) -> Loaded | None:
    """The scenario of this full name; None if it was removed meanwhile."""
    try:
        return shelf.get(name)
    except UnknownScenarioError:
        return None
