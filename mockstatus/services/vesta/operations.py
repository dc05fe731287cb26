"""What the gateway serves about tasks, declared once."""

from __future__ import annotations

from dataclasses import replace

from mockstatus.services.vesta import codes, handlers
from mockstatus.services.vesta.codes import GatewayError
from mockstatus.services.vesta.documented import (
    ANN_DOC_ID,
    ANNOTATOR,
    AUTHORISATION,
    BAD_SUBMISSION,
    BAD_TOKEN,
    DOC_URL,
    FAILED_SUBMISSION,
    PAGE,
    QUESTION,
    STORED,
    SUBMITTED,
    XML_STATUS,
    bad_question,
    refusals,
    statuses,
)
from mockstatus.web.operation import Body, Example, Kind, Operation, Parameter

_TAG = "VESTA tasks"

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FORM = Body(
    media_types=_FORMS,
    schema={"type": "object", "additionalProperties": {"type": "string"}},
    examples={
        "document": Example(
            summary="The parameters as a form",
            value={"doc_url": "http://example.org/interview.wav", "ann_doc_id": "541a0e"},
        )
    },
    is_required=False,
)
_JSON = Body(
    media_types=("application/json", *_FORMS),
    schema={"type": "object", "additionalProperties": True},
    examples={
        "options": Example(
            summary="What the worker gets beside the document",
            value={"model_name": "broadcast", "labels": ["speech", "music"]},
        )
    },
    is_required=False,
)

_ANNOTATE = Operation(
    id="annotate",
    name="submit",
    method="POST",
    path="/{svc}/annotate",
    handle=handlers.submit,
    kind=Kind.SUBMIT,
    summary="Submit a task",
    description="Puts a document into the annotator's queue. Parameters come from the query or a"
    " form; others than those listed go to the worker unchanged, those that end in `_url` must be"
    " addresses. The document is not fetched before the answer: one that is missing shows later,"
    " as FAILURE 301.",
    tag=_TAG,
    parameters=(ANNOTATOR, DOC_URL, ANN_DOC_ID, AUTHORISATION),
    body=_FORM,
    answers=(SUBMITTED, BAD_SUBMISSION, FAILED_SUBMISSION),
)
_PROCESS = replace(
    _ANNOTATE,
    id="process",
    path="/{svc}/process",
    summary="Submit a task, with JSON for the worker",
    description=f"{_ANNOTATE.description} A JSON object in the body goes to the worker, too;"
    " `doc_url` in it is not seen.",
    body=_JSON,
)


def _of_stored(operation: Operation) -> Operation:
    return replace(
        operation,
        id=f"{operation.id}_stored",
        path=f"{operation.path}/{{stored}}",
        summary=f"{operation.summary}, for a stored document",
        parameters=(ANNOTATOR, STORED, ANN_DOC_ID, AUTHORISATION),
    )


_STATUS = Operation(
    id="status",
    name="status",
    method="GET",
    path="/{svc}/status",
    handle=handlers.status,
    kind=Kind.POLL,
    identify=handlers.identify,
    summary="Ask how a task stands",
    description="Reading never changes the task; a final answer can be read again and again. A"
    " worker's failure is a 200: the state tells it, not the HTTP status.",
    tag=_TAG,
    parameters=(ANNOTATOR, QUESTION),
    answers=(
        statuses(description="How the task stands."),
        XML_STATUS,
        bad_question("/status"),
        PAGE,
    ),
)
_CANCEL = replace(
    _STATUS,
    id="cancel",
    name="cancel",
    path="/{svc}/cancel",
    handle=handlers.cancel,
    kind=Kind.OTHER,
    summary="Cancel a task",
    description="Revokes the task and answers how it stands just after. A task that has ended"
    " stays as it is.",
    parameters=(ANNOTATOR, QUESTION, AUTHORISATION),
    answers=(
        statuses(
            description="How the task stands now.",
            only=("REVOKED", "SUCCESS", "FAILURE", "EXPIRED"),
        ),
        bad_question("/cancel"),
        BAD_TOKEN,
    ),
)

TASKS = (
    _ANNOTATE,
    _of_stored(_ANNOTATE),
    _PROCESS,
    _of_stored(_PROCESS),
    _STATUS,
    _CANCEL,
)


_NOT_ASKED_FOR = refusals(
    404,
    "The option `multimedia` is not set.",
    off=("The usual case", GatewayError(codes.NO_EXCEPTION, "")),
)


# The older Multimedia Storage Service has one annotator, and no name for it in its paths.
def _multimedia(operation: Operation, path: str, *given: Parameter) -> Operation:
    return replace(
        operation,
        id=f"{operation.id}_multimedia",
        path=path,
        handle=handlers.only_as_multimedia(operation.handle),
        description=f"{operation.description} Only where the option `multimedia` is set.",
        tag="VESTA Multimedia Storage Service (older)",
        parameters=given,
        answers=(*operation.answers, _NOT_ASKED_FOR),
    )


MULTIMEDIA = (
    _multimedia(_PROCESS, "/transcode", DOC_URL, AUTHORISATION),
    _multimedia(_of_stored(_PROCESS), "/transcode/{stored}", STORED, AUTHORISATION),
    _multimedia(_STATUS, "/status", QUESTION),
    _multimedia(_CANCEL, "/cancel", QUESTION, AUTHORISATION),
)
