"""Submits a job on a client's behalf, by the service's own operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from mockstatus.control.calls import call_of
from mockstatus.control.view import members
from mockstatus.control.wire import JobOrder, ServiceAnswer, SubmittedJob
from mockstatus.web.answer import Answer
from mockstatus.web.exchange import HEADER, exchange
from mockstatus.web.problems import PROBLEM, problem

if TYPE_CHECKING:
    from starlette.requests import Request

    from mockstatus.control.here import Here
    from mockstatus.web.service import Service


def submitted(here: Here, request: Request, order: JobOrder) -> SubmittedJob | Answer:
    """The new job, or the problem document that says why there is none.

    Raises BadRequestError where the order makes no sense; a refusal of the service's own is a
    problem that carries the service's answer.
    """
    service = here.service_named(order.service, where="body.service")
    loaded = None
    if order.scenario is not None:
        loaded = here.scenario_named(service.name, order.scenario, where="body.scenario")
    fields = service.sample if order.submission is None else order.submission
    call = call_of(here, request, service, service.submission(fields, order.model_extra or {}))
    if loaded is not None:
        call.headers.append((HEADER.encode(), loaded.name.encode()))
    with call.sandbox.lock:
        answer = exchange(call).answer
        if call.job is None:
            return _refused(service, answer)
        service.submitted(call, call.job)
        view = members(service, call.sandbox, call.job)
    return SubmittedJob.model_construct(**view, answer=_shown(answer))


def _refused(service: Service, answer: Answer) -> Answer:
    if answer.content_type.encode() == PROBLEM:
        return answer  # ours already: a limit that is reached
    detail = f"{service.name} refused the submission, see answer"
    return problem(422, "Submission refused", detail, answer=_shown(answer).model_dump())


def _shown(answer: Answer) -> ServiceAnswer:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
    return ServiceAnswer(status=answer.status, headers=headers, body=_body(answer))


def _body(answer: Answer) -> Any:
    """The document in an answer's body, as a client would read it; else the text."""
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return answer.body.decode("utf-8", "replace")
