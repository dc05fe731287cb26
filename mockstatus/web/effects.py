"""What a fault makes of an answer. Pure, but for the service's own wording."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from mockstatus.domain.fault import Effect
from mockstatus.web.answer import Answer, text_answer

if TYPE_CHECKING:
    from mockstatus.web.call import Call


def instead(call: Call, effect: Effect) -> Answer:
    """The answer that a fault gives in place of the service's own."""
    if effect.body is not None:
        kind = effect.content_type or "text/plain"
        answer = text_answer(effect.body, effect.status or 200, content_type=kind)
        if effect.content_type is not None:
            answer = answer.with_headers([("content-type", effect.content_type)])
    elif effect.error is not None:
        answer = call.service.error_answer(call, effect.error)
    elif effect.status is not None:
        answer = call.service.status_answer(call, effect.status)
    else:
        answer = Answer(200)  # only its connection is of interest
    return answer.with_headers(effect.headers)


def changed(call: Call, effect: Effect, answer: Answer) -> Answer:
    """The service's own answer, as a fault that struck after the work leaves it."""
    if effect.status is not None or effect.body is not None or effect.error is not None:
        return instead(call, effect)
    document = answer.told() if effect.omit or effect.put else None
    if isinstance(document, dict):
        answer = answer.with_document(_edited(document, effect.omit, effect.put))
    return answer.with_headers(effect.headers)


def _edited(
    document: Mapping[str, Any], omit: tuple[str, ...], put: Mapping[str, object]
) -> dict[str, Any]:
    """A document without some fields and with others; a dot leads into an object."""
    edited: dict[str, Any] = deepcopy(dict(document))
    for name in omit:
        holder, key = _holder(edited, name)
        if holder is not None:
            holder.pop(key, None)
    for name, value in put.items():
        holder, key = _holder(edited, name)
        if holder is not None:
            holder[key] = deepcopy(value)
    return edited


def _holder(document: dict[str, Any], name: str) -> tuple[dict[str, Any] | None, str]:
    if name in document:
        return document, name
    *path, key = name.split(".")
    holder: Any = document
    for part in path:
        holder = holder.get(part) if isinstance(holder, dict) else None
    return (holder if isinstance(holder, dict) else None), key
