"""An operation: one thing that a service serves, declared once.

The declaration is what the lean path dispatches to and what OpenAPI shows; there is no second
description to keep in step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

if TYPE_CHECKING:
    from mockstatus.web.answer import Answer
    from mockstatus.web.call import Call

BODY_LIMIT = 1 << 20
"""Bytes that a request's body may have, where its operation does not say otherwise."""


class Kind(StrEnum):
    """What an operation does to jobs."""

    SUBMIT = "submit"
    POLL = "poll"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Example:
    """An example of a body. summary: one line, shown in the list of examples."""

    summary: str
    value: Any


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter in the path, the query or a header, as OpenAPI shows it."""

    name: str
    where: str = "query"
    description: str
    is_required: bool = False
    example: Any = None
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, kw_only=True)
class Body:
    """A request's body, as OpenAPI shows it.

    model: its shape where it is an object; schema: its shape otherwise.
    """

    media_types: tuple[str, ...] = ("application/json",)
    model: type[BaseModel] | None = None
    schema: Mapping[str, Any] | None = None
    examples: Mapping[str, Example] = field(default_factory=dict)
    is_required: bool = True


@dataclass(frozen=True, kw_only=True)
class Documented:
    """An answer that an operation may give, as OpenAPI shows it, with an example for each state.

    links: OpenAPI links that carry an id over to other operations.
    """

    status: int = 200
    description: str
    media_type: str = "application/json"
    model: type[BaseModel] | None = None
    schema: Mapping[str, Any] | None = None
    examples: Mapping[str, Example] = field(default_factory=dict)
    links: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing that a service serves.

    id: unique in the service, for OpenAPI. name: what faults and journals call it; several
        operations may share one (`submit`).
    path: below the service's base, with `{parameters}` of one segment each.
    handle: reads the call, does the work, answers; called with the sandbox locked.
    identify: the id of the job that a call is about, without any work done; None where it is
        about no job, or cannot be read.
    """

    id: str
    name: str
    method: str
    path: str
    handle: Callable[[Call], Answer]
    kind: Kind = Kind.OTHER
    identify: Callable[[Call], str | None] = lambda _: None
    body_limit: int = BODY_LIMIT
    summary: str = ""
    description: str = ""
    tag: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    answers: tuple[Documented, ...] = ()
    is_shown: bool = True
