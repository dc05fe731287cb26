"""What OpenAPI shows of the gateway's answers: an example for each state and each refusal."""

from __future__ import annotations

from typing import Any

from mockstatus.services.vesta import codes
from mockstatus.services.vesta.answer import envelope
from mockstatus.services.vesta.codes import GatewayError
from mockstatus.services.vesta.wire import Envelope, StatusDocument, SubmittedDocument
from mockstatus.web.answer import reason
from mockstatus.web.operation import Documented, Example, Parameter

UUID = "f1b40709-ca76-4554-b19f-277b2f8d5d49"

_REPORT = {
    "worker_id_version": "0.1.43",
    "host": "diarisation-1.novalocal",
    "type": "diarisation",
    "start_time": "2014-09-10T12:23:19",
}
_DOWNLOAD_FAILED = {"code": 301, "message": "HTTP Error 404: Not Found"}

_STATES: dict[str, tuple[str, object]] = {
    "PENDING": ("Waiting in the queue", None),
    "RECEIVED": ("A worker holds it", None),
    "STARTED": ("A worker has begun", None),
    "PROGRESS": ("Work is under way", {**_REPORT, "current": 12, "total": 100}),
    "STORING": ("Annotations are being stored (only with ann_doc_id)", _REPORT),
    "RETRY": ("An attempt failed, another one follows", _DOWNLOAD_FAILED),
    "SUCCESS": (
        "Annotations",
        [{"@id": "diarisation_annotation", "@version": "0.1.43"}],
    ),
    "FAILURE": ("The worker failed", _DOWNLOAD_FAILED),
    "REVOKED": ("Cancelled after it had begun", {"code": 109, "message": "terminated"}),
    "EXPIRED": ("Nobody asked for two hours, the queue was dropped", None),
}

SUBMITTED = Documented(
    description="The task was taken in.",
    model=SubmittedDocument,
    examples={"task": Example(summary="A new task", value={"uuid": UUID})},
    links={
        name: {"operationId": f"vesta_{name}", "parameters": {"uuid": "$response.body#/uuid"}}
        for name in ("status", "cancel")
    },
)


def statuses(*, description: str, only: tuple[str, ...] = tuple(_STATES)) -> Documented:
    """A status document, with an example for each of these states."""
    examples = {
        state: Example(summary=summary, value={"uuid": UUID, "status": state, "result": result})
        for state, (summary, result) in _STATES.items()
        if state in only
    }
    return Documented(description=description, model=StatusDocument, examples=examples)


def refusals(status: int, description: str, **examples: tuple[str, GatewayError]) -> Documented:
    """Errors in the gateway's envelope, all of one HTTP status."""
    return Documented(
        status=status,
        description=description,
        model=Envelope,
        examples={
            name: Example(summary=summary, value=_document(status, refusal))
            for name, (summary, refusal) in examples.items()
        },
    )


def _document(status: int, refusal: GatewayError) -> dict[str, Any]:
    return envelope(status, code=refusal.code, message=refusal.message, description=reason(status))


UNKNOWN_ANNOTATOR = ("An unknown annotator", codes.unknown_service("zorglub"))

BAD_SUBMISSION = refusals(
    400,
    "The submission cannot be taken.",
    unknown_service=UNKNOWN_ANNOTATOR,
    missing_document=("No document", codes.missing_doc_url()),
    invalid_url=("An address without a path", codes.invalid_url("http://host")),
)
FAILED_SUBMISSION = refusals(
    500,
    "The gateway failed: a JSON body that is no object, an unknown scenario in `doc_url`, or"
    " what the scenario says.",
    no_object=(
        "A JSON array as the body",
        GatewayError(codes.UNEXPECTED, "'list' object has no attribute 'get'"),
    ),
)


def bad_question(uri: str) -> Documented:
    """What a call about a task is refused with. uri: `/status` or `/cancel`."""
    return refusals(
        400,
        "The question cannot be answered.",
        unknown_service=UNKNOWN_ANNOTATOR,
        missing_uuid=("No uuid", codes.missing_uuid(uri)),
        unknown_uuid=("A uuid that this annotator does not know", codes.unknown_uuid("nope")),
        version_mismatch=(
            "In PROGRESS, a worker of another version than the configured one",
            codes.version_mismatch("diarisation", "9.9.9", "0.1.43"),
        ),
        broker_silent=(
            "The broker is silent (a fault asks for it)",
            GatewayError(codes.BROKER_SILENT, codes.text_of(codes.BROKER_SILENT)),
        ),
    )


_EXPIRED = "Signature has expired"
BAD_TOKEN = refusals(
    500,
    "The token is no good (only where the option `bypass_security` is false).",
    expired=(
        "An expired token",
        GatewayError(
            codes.UNEXPECTED, "Signature has expired", description="Signature has expired"
        ),
    ),
)
XML_STATUS = Documented(
    description="The same as XML, where Accept prefers application/xml.",
    media_type="application/xml",
    schema={"type": "string"},
    examples={
        "PENDING": Example(
            summary="Waiting in the queue",
            value='<?xml version="1.0" encoding="UTF-8" ?><process_status>'
            f"<status>PENDING</status><uuid>{UUID}</uuid><result></result></process_status>",
        )
    },
)
PAGE = Documented(
    status=500,
    description="In the profile `code`, a FAILURE, RETRY or REVOKED whose reader did not ask for"
    " JSON is a page. Errors are pages, too, for readers that prefer text/html.",
    media_type="text/html",
    schema={"type": "string"},
)

AUTHORISATION = Parameter(
    name="Authorization",
    where="header",
    description="The raw token, without a scheme. Asked for where the option `bypass_security` is"
    " false.",
)
ANNOTATOR = Parameter(
    name="svc",
    where="path",
    description="The annotator: diarisation, stt, matching, transition, face, transcoder,"
    " pacte_semantic, stub, simple_workflow, or one of the option `annotators`.",
    is_required=True,
    example="diarisation",
)
STORED = Parameter(
    name="stored",
    where="path",
    description="The id of a document in the storage, instead of `doc_url`.",
    is_required=True,
    example="abc.mp4",
)
DOC_URL = Parameter(
    name="doc_url",
    description="The document's address: scheme, host and path. It is never fetched. `mock:NAME`"
    " in it names the scenario to be played. Also taken from a form.",
    example="http://example.org/interview.wav",
)
ANN_DOC_ID = Parameter(
    name="ann_doc_id",
    description="Where the annotations are to be stored; brings the state STORING about.",
    example="541a0e",
)
QUESTION = Parameter(
    name="uuid",
    description="The task's identifier, as its submission answered it.",
    is_required=True,
    example=UUID,
)
