"""What the gateway does with each call about a task: parse, call, answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from mockstatus.runtime.selection import magic_name
from mockstatus.services.vesta import authorisation, codes, reply, states
from mockstatus.services.vesta.answer import View, date, result_of, state_of
from mockstatus.services.vesta.callbacks import Callbacks
from mockstatus.services.vesta.codes import (
    GatewayError,
    missing_uuid,
    unknown_service,
    unknown_uuid,
)
from mockstatus.services.vesta.memory import Memory, memory_of
from mockstatus.services.vesta.options import ECHOING, Annotator
from mockstatus.services.vesta.outbound import Reach
from mockstatus.services.vesta.plan import Task
from mockstatus.services.vesta.reply import options_of
from mockstatus.services.vesta.request import Request, annotations_url
from mockstatus.web.answer import Answer
from mockstatus.web.call import Held

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.runtime.job import Job
    from mockstatus.web.call import Call

# choice: the storage that the worker would upload to.
UPLOAD_URL = "http://localhost:5002/add"
MULTIMEDIA = "transcoder"
"""The annotator that the Multimedia Storage Service's routes without a name are about."""

# What the real gateway remembers of a task: VESTA wire notes, 2.6 (inferred).
_ACTIVE = {
    states.RECEIVED,
    states.STARTED,
    states.PROGRESS,
    states.STORING,
    states.SUCCESS,
}


def answered(handle: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    """The handler, with the gateway's errors answered in its own form."""

    @wraps(handle)
    def guarded(call: Call) -> Answer:
        try:
            return handle(call)
        except GatewayError as refusal:
            return reply.error(call, refusal)

    return guarded


def authorised(handle: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    """The handler, behind the token that it needs. Goes before all other checks."""

    @wraps(handle)
    def guarded(call: Call) -> Answer:
        options = options_of(call)
        if not options.bypass_security:
            authorisation.check(call.header("authorization"), options, call.now_us)
        return handle(call)

    return answered(guarded)


def only_as_multimedia(handle: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    """The handler, where the older service's routes are asked for; else there is nothing."""

    @wraps(handle)
    def guarded(call: Call) -> Answer:
        return handle(call) if options_of(call).multimedia else reply.plain(call, 404)

    return guarded


@authorised
def submit(call: Call) -> Answer:
    """annotate and process. The order of checks: VESTA wire notes, 1.3 (observed)."""
    options = options_of(call)
    name, annotator = annotator_of(call)
    count(call, name)
    request = call.once(Request.read)
    is_needed = not (annotator.noparams and request.is_process)
    url = request.document_url(is_needed=is_needed, is_code=options.is_code)
    request.refuse_invalid_urls()
    request.refuse_useless_json()
    stored_at = annotations_url(request.values.get("ann_doc_id"))
    message = None
    if name == ECHOING:
        misc = request.misc(UPLOAD_URL)
        message = _message(call, annotator.type or name, misc, url, stored_at)
    job = call.commit(Task(name, stored_at is not None, message))
    callback_url = request.values.get("callback_url")
    if callback_url is not None and options.callbacks != "off":
        _follow(call, job, callback_url, is_loopback=options.callbacks == "loopback")
    return reply.accepted(job.id)


@answered
def status(call: Call) -> Answer:
    """Where a task stands."""
    job = _task(call)
    return _shown(call, job, call.poll(job))


@authorised
def cancel(call: Call) -> Answer:
    """Revokes a task and answers how it stands just after. HEAD only looks."""
    job = _task(call)
    if call.method != "HEAD":
        call.sandbox.cancel(job)
    return _shown(call, job, call.sandbox.peek(job))


def identify(call: Call) -> str | None:
    """The uuid that a call is about, if it is one of this annotator's."""
    uuid = call.query.get("uuid")
    job = call.sandbox.find(call.service.name, uuid) if uuid is not None else None
    if job is None or not isinstance(job.submission, Task):
        return None
    return job.id if job.submission.annotator == name_of(call) else None


def magic(call: Call) -> str | None:
    """The scenario that a document's address names."""
    request = call.once(Request.read)
    named = magic_name(request.values.get("doc_url", ""))
    return magic_name(request.workflow) if named is None and request.workflow else named


def fields(call: Call) -> dict[str, str]:
    """A submission's wire fields, and the annotator that it is for."""
    return {**call.once(Request.read).fields, "annotator": name_of(call)}


def name_of(call: Call) -> str:
    """The annotator that the path names."""
    return call.params.get("svc", MULTIMEDIA)


def annotator_of(call: Call) -> tuple[str, Annotator]:
    """The annotator that the path names, and its configuration. Raises GatewayError."""
    name = name_of(call)
    options = options_of(call)
    found = options.all_annotators.get(name)
    if found is not None:
        return name, found
    if options.is_code and call.operation.id.startswith("process"):
        # observed: process looks the service up without asking whether there is one.
        raise codes.unexpected("KeyError", name, code=108)
    raise unknown_service(name)


def count(call: Call, name: str) -> None:
    """Counts a call of the annotator."""
    memory_of(call).invocations[name] += 1


def _task(call: Call) -> Job:
    """The task that a call is about. A deleted one is unknown (a choice)."""
    name, _ = annotator_of(call)
    uuid = call.query.get("uuid")
    if uuid is None:
        raise missing_uuid(f"/{call.operation.name}")
    count(call, name)
    if options_of(call).is_code and not uuid.isascii():
        text = "'ascii' codec can't encode characters: ordinal not in range(128)"
        raise codes.unexpected("UnicodeEncodeError", text)
    job = call.job
    gone = job.checkpoint.gone if job is not None else None
    if job is None or (gone is not None and gone.why == "deleted"):
        raise unknown_uuid(uuid)
    return job


def _shown(call: Call, job: Job, position: Position) -> Answer:
    task = job.submission
    assert isinstance(task, Task)  # noqa: S101  # what `submit` made of the request
    options = options_of(call)
    seed = job.loaded.scenario.seed if job.loaded is not None else None
    draws = call.draws(seed, job.number)
    share = round(options.torn_reads * 1_000_000) if options.torn_reads else 0
    is_torn = bool(share) and draws.between(0, 999_999, "torn", position.polls) < share
    result = result_of(position, View(task, options, draws, is_torn))
    state = state_of(position)
    memory = memory_of(call)
    if state in _ACTIVE:
        memory.saw_activity(job.id)
    elif state == states.EXPIRED and options.is_code and not memory.was_active(job.id):
        # The real one cannot tell a task whose queue is gone from one that waits.
        state = states.PENDING
    document = {"result": result, "status": state, "uuid": job.id}
    shown = reply.status_document(call, document, options)
    if not share:
        call.held = Held(lambda _: _told_again(memory, task.annotator, shown))
    return shown


def _told_again(memory: Memory, annotator: str, shown: Answer) -> Answer:
    memory.invocations[annotator] += 1
    return shown


def _follow(call: Call, job: Job, url: str, *, is_loopback: bool) -> None:
    """Has the ends of the task's attempts told at this address."""
    memory = memory_of(call)
    if memory.callbacks is None:
        memory.callbacks = Callbacks(call.world, call.sandbox)
    _, _, port = call.server.rpartition(":")
    own_port = int(port) if port.isdecimal() else None
    memory.callbacks.follow(job, url, Reach(is_loopback, own_port))


def _message(
    call: Call, kind: str, misc: dict[str, Any], url: str | None, stored_at: str | None
) -> bytes:
    """What the worker receives: VESTA wire notes, 1.3 (inferred)."""
    message = {
        "request_time": date(call.now_us),
        "service": {
            "type": kind,
            "misc": misc,
            "document": {"url": url, "credentials": None},
        },
        "annotation_service": {"url": stored_at, "uuid": None, "credentials": None},
    }
    return json.dumps(message).encode()
