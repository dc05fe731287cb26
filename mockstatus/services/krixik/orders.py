"""What a process call orders: a pipeline, and all that is said of a file but its name; checked.

Whoever has many files processed sends one body over and over, but for the file's name: what such
bodies say is found once. To read one, and to check it, took half of what a submission did.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mockstatus.services.krixik.file import Order
from mockstatus.services.krixik.metadata import (
    NAME_CHARACTERS,
    NAME_LENGTH,
    Metadata,
    RefusedError,
    checked,
    checked_expiry,
    tag_pairs,
)
from mockstatus.services.krixik.modules import MODULES, chain_problem
from mockstatus.services.krixik.pipeline import ChosenModel, Pipeline
from mockstatus.services.krixik.wire import ModelChoice, ProcessBody, parsed

if TYPE_CHECKING:
    from mockstatus.web.call import Call

_PLAIN_BYTES = 4096
"""Bytes that a body has at most of which the rest is remembered."""
_SHARED_LENGTH = 4096
"""Characters that a pipeline has at most that is kept to be shared."""

# Names that every file may have: within a JSON string they are told as they are, so that whether
# one or another stands there changes nothing of how the rest is read.
_NAMED = re.compile(f'"file_name": ?"({NAME_CHARACTERS}{{1,{NAME_LENGTH}}})"'.encode())
_ANY_NAME = "this is the name of a file.any"


def ordered(body: ProcessBody, pipeline: Pipeline, file_name: str) -> Order:
    """What a body orders of its pipeline for a file of this name. Raises RefusedError."""
    metadata = Metadata(
        file_name,
        body.symbolic_directory_path,
        tag_pairs(body.file_tags),
        body.file_description,
    )
    checked(metadata)
    expire_s = checked_expiry(body.expire_time)
    return Order(pipeline, expire_s, metadata.directory, metadata.tags, metadata.description)


def plainly_ordered(call: Call) -> tuple[Order, str] | None:
    """What a call orders, and the name of its file, where both are plain to be seen.

    None where they are not, or anything is wrong: then its body is to be read as a whole.
    """
    body = call.body
    found = _NAMED.search(body) if len(body) <= _PLAIN_BYTES else None
    if found is None:
        return None
    start, end = found.span(1)
    order = _ordered_around(body[:start], body[end:])
    return None if order is None else (order, body[start:end].decode())


@lru_cache(maxsize=256)
def _ordered_around(before: bytes, after: bytes) -> Order | None:
    """What all bodies order that have these bytes before and after a plain name.

    None if it is not the file's own name that stands there, or not always: a name that stands
    nowhere else shows it. A backslash could hide one more.
    """
    name = _ANY_NAME.encode()
    if any(b"\\" in part or name in part for part in (before, after)):
        return None
    try:
        body = parsed(ProcessBody, before + name + after)
        return ordered(body, pipeline_of(body), _ANY_NAME) if body.file_name == _ANY_NAME else None
    except RefusedError:
        return None


def pipeline_of(body: ProcessBody) -> Pipeline:
    """The pipeline that a body describes; what it leaves out has the module's defaults.

    Raises RefusedError.
    """
    chain = tuple(body.pipeline_ordered_modules)
    problem = chain_problem(chain)
    if problem is not None:
        raise RefusedError(f"BAD REQUEST: {problem}")
    models = tuple(
        _model(name, body.modules.get(f"module_{index}"))
        for index, name in enumerate(chain, start=1)
    )
    keys = tuple(body.pipeline_output_process_keys)
    if len(keys) != len(chain):
        keys = tuple(MODULES[name].key for name in chain)
    told = repr((keys, models))
    pipeline = Pipeline(body.pipeline, chain, keys, models)
    return pipeline if len(told) > _SHARED_LENGTH else _shared(told, pipeline)


@lru_cache(maxsize=1024)
def _shared(_told: str, pipeline: Pipeline) -> Pipeline:
    """The one of all equal pipelines that files share. _told: 1, 1.0 and true are equal, too."""
    return pipeline


def _model(name: str, choice: ModelChoice | None) -> ChosenModel:
    module = MODULES[name]
    if choice is None:
        return ChosenModel(module.models[0], module.params)
    if choice.model not in module.models:
        raise RefusedError(f"BAD REQUEST: module '{name}' has no model '{choice.model}'")
    return ChosenModel(choice.model, tuple(choice.params.items()))
