"""What the gateway does with each call: parse, call, answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from mockstatus.runtime.selection import magic_name
from mockstatus.services.vesta import reply
from mockstatus.services.vesta.answer import date, result_of, state_of
from mockstatus.services.vesta.codes import (
    GatewayError,
    missing_uuid,
    unknown_service,
    unknown_uuid,
)
from mockstatus.services.vesta.options import ECHOING, Annotator
from mockstatus.services.vesta.plan import Task
from mockstatus.services.vesta.request import Request, annotations_url
from mockstatus.web.answer import Answer

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.runtime.job import Job
    from mockstatus.web.call import Call

# choice: the storage that the worker would upload to.
_UPLOAD_URL = "http://localhost:5002/add"


def answered(handle: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    """The handler, with the gateway's errors answered in its envelope."""

    @wraps(handle)
    def guarded(call: Call) -> Answer:
        try:
            return handle(call)
        except GatewayError as refusal:
            return reply.error(call, refusal)

    return guarded


@answered
def submit(call: Call) -> Answer:
    """annotate and process. The order of checks: VESTA wire notes, 1.3 (observed)."""
    annotator = _annotator(call)
    request = Request.read(call)
    is_needed = not (annotator.noparams and call.operation.id.startswith("process"))
    url = request.document_url(is_needed=is_needed)
    request.refuse_invalid_urls()
    misc = request.misc(_UPLOAD_URL)
    stored_at = annotations_url(request.values.get("ann_doc_id"))
    message = None
    if call.params["svc"] == ECHOING:
        message = _message(call, annotator, misc, url, stored_at)
    job = call.commit(Task(call.params["svc"], stored_at is not None, message))
    return reply.document({"uuid": job.id})


@answered
def status(call: Call) -> Answer:
    """Where a task stands."""
    annotator = _annotator(call)
    job = _task(call)
    return _shown(call, job, annotator, call.poll(job))


@answered
def cancel(call: Call) -> Answer:
    """Revokes a task and answers how it stands just after. HEAD only looks."""
    annotator = _annotator(call)
    job = _task(call)
    if call.method != "HEAD":
        call.sandbox.cancel(job)
    return _shown(call, job, annotator, call.sandbox.peek(job))


def identify(call: Call) -> str | None:
    """The uuid that a call is about, if it is one of this annotator's."""
    uuid = call.query.get("uuid")
    job = call.sandbox.find(call.service.name, uuid) if uuid is not None else None
    if job is None or not isinstance(job.submission, Task):
        return None
    return job.id if job.submission.annotator == call.params["svc"] else None


def magic(call: Call) -> str | None:
    """The scenario that a document's address names."""
    return magic_name(Request.read(call).values.get("doc_url", ""))


def fields(call: Call) -> dict[str, str]:
    """A submission's wire fields, and the annotator that it is for."""
    return {**Request.read(call).fields, "annotator": call.params.get("svc", "")}


def _annotator(call: Call) -> Annotator:
    name = call.params["svc"]
    found: Annotator | None = call.options.all_annotators.get(name)
    if found is None:
        raise unknown_service(name)
    return found


def _task(call: Call) -> Job:
    """The task that a call is about. A deleted one is unknown (a choice)."""
    uuid = call.query.get("uuid")
    if uuid is None:
        raise missing_uuid(f"/{call.operation.name}")
    job = call.job
    if job is None or state_of(call.sandbox.peek(job)) == "DELETED":
        raise unknown_uuid(uuid)
    return job


def _shown(call: Call, job: Job, annotator: Annotator, position: Position) -> Answer:
    task = job.submission
    assert isinstance(task, Task)  # noqa: S101  # what `submit` made of the request
    seed = job.loaded.scenario.seed if job.loaded is not None else None
    draws = call.draws(job.number, seed)
    result = result_of(position, task=task, annotator=annotator, draws=draws)
    return reply.document({"result": result, "status": state_of(position), "uuid": job.id})


def _message(
    call: Call,
    annotator: Annotator,
    misc: dict[str, object],
    url: str | None,
    stored_at: str | None,
) -> bytes:
    """What the worker receives: VESTA wire notes, 1.3 (inferred)."""
    message = {
        "request_time": date(call.now_us),
        "service": {
            "type": annotator.type or call.params["svc"],
            "misc": misc,
            "document": {"url": url, "credentials": None},
        },
        "annotation_service": {"url": stored_at, "uuid": None, "credentials": None},
    }
    return json.dumps(message).encode()
