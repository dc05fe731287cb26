"""What the gateway serves beside tasks, declared once: workflows, files, the CANARIE routes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mockstatus.services.vesta import canarie, codes, files, portal
from mockstatus.services.vesta.codes import GatewayError
from mockstatus.services.vesta.documented import (
    ANNOTATOR,
    AUTHORISATION,
    SUBMITTED,
    UNKNOWN_ANNOTATOR,
    refusals,
)
from mockstatus.services.vesta.options import Annotator, VestaOptions
from mockstatus.services.vesta.reply import CANARIE_TAG
from mockstatus.web.operation import Body, Documented, Example, Kind, Operation, Parameter

_FILE_LIMIT = 16 << 20
_FILES_TAG = "VESTA workflows and files"
_MULTIPART = "multipart/form-data"

_WORKFLOW = Operation(
    id="workflow",
    name="submit",
    method="POST",
    path="/simple_workflow/process",
    handle=files.submit_workflow,
    kind=Kind.SUBMIT,
    body_limit=_FILE_LIMIT,
    summary="Submit a workflow",
    description="Services in a row, each fed with what the one before it made. A file part's name"
    " stands in the JSON for the file's address. The result is the last service's.",
    tag=_FILES_TAG,
    parameters=(AUTHORISATION,),
    body=Body(
        media_types=(_MULTIPART, "application/x-www-form-urlencoded"),
        schema={
            "type": "object",
            "properties": {"json": {"type": "string"}},
            "required": ["json"],
            "additionalProperties": {"type": "string"},
        },
        examples={
            "one": Example(
                summary="One service",
                value={
                    "json": '{"services": [{"service_name": "stt",'
                    ' "url": "http://example.org/interview.wav"}]}'
                },
            )
        },
    ),
    answers=(
        SUBMITTED,
        refusals(
            422,
            "There is no workflow.",
            missing=(
                "Without the part `json`",
                codes.missing_parameter("/simple_workflow/process", "json"),
            ),
        ),
        refusals(
            500,
            "The workflow cannot be read.",
            broken=(
                "Broken JSON",
                GatewayError(codes.UNEXPECTED, "No JSON object could be decoded"),
            ),
        ),
    ),
)

_URL = "http://127.0.0.1:8000/vesta/temporary_file/f1b40709-ca76-4554-a19f-277b2f8d5d49c0ffee42.txt"
_STORED_AT = Documented(
    status=201,
    description="The file's address.",
    media_type="text/html",
    schema={"type": "string"},
    examples={"address": Example(summary="An address", value=_URL)},
)
_FILE_NAME = Parameter(
    name="name",
    where="path",
    description="The file's name; what could lead elsewhere becomes an underscore.",
    is_required=True,
    example="notes.txt",
)
_UPLOAD = Operation(
    id="upload",
    name="upload",
    method="POST",
    path="/temporary_file",
    handle=files.upload,
    body_limit=_FILE_LIMIT,
    summary="Store a temporary file",
    description="It lives for 24 hours of the sandbox's clock, or until newer files need the room"
    " (1,000 files, 64 MiB).",
    tag=_FILES_TAG,
    body=Body(
        media_types=(_MULTIPART,),
        schema={
            "type": "object",
            "properties": {"file": {"type": "string", "format": "binary"}},
            "required": ["file"],
        },
        examples={"file": Example(summary="One file", value={"file": "hello"})},
    ),
    answers=(
        _STORED_AT,
        Documented(
            status=400,
            description="Not exactly one file.",
            schema={"type": "object", "properties": {"error": {"type": "string"}}},
            examples={
                "none": Example(
                    summary="No file", value={"error": "Only one file should be supplied"}
                )
            },
        ),
    ),
)
_FILES = (
    _WORKFLOW,
    _UPLOAD,
    replace(
        _UPLOAD,
        id="upload_named",
        path="/temporary_file/{name}",
        summary="Store a temporary file under a name",
        parameters=(_FILE_NAME,),
    ),
    Operation(
        id="download",
        name="download",
        method="GET",
        path="/temporary_file/{name}",
        handle=files.download,
        summary="Fetch a temporary file",
        description="Goes out as an attachment.",
        tag=_FILES_TAG,
        parameters=(_FILE_NAME,),
        answers=(
            Documented(
                description="The file.",
                media_type="application/octet-stream",
                schema={"type": "string", "format": "binary"},
            ),
            refusals(
                404,
                "There is no such file, or not any more.",
                gone=("Unknown", GatewayError(codes.NO_EXCEPTION, "")),
            ),
        ),
    ),
    Operation(
        id="upload_path",
        name="upload",
        method="GET",
        path="/temporary_upload_path",
        handle=files.upload_path,
        summary="Ask for an address to store a file at",
        description="Nothing is stored yet.",
        tag=_FILES_TAG,
        parameters=(
            Parameter(name="extension", description="The file's extension.", example="txt"),
        ),
        answers=(_STORED_AT,),
    ),
)

_NO_ANNOTATOR = refusals(400, "There is no such annotator.", unknown_service=UNKNOWN_ANNOTATOR)
_NO_GLOBAL = refusals(
    400,
    "No annotator has the route `.`.",
    unknown_service=("The usual case", codes.unknown_service(canarie.GLOBAL)),
)

_AS_PAGE = Documented(
    description="The same as a page.", media_type="text/html", schema={"type": "string"}
)
_INFO = Operation(
    id="info",
    name="info",
    method="GET",
    path="/{svc}/info",
    handle=portal.info,
    summary="Ask about an annotator",
    description="JSON where Accept prefers it, else a page: here `*/*` asks for a page.",
    tag=CANARIE_TAG,
    parameters=(ANNOTATOR,),
    answers=(
        Documented(
            description="About the annotator.",
            schema={"type": "object"},
            examples={
                "info": Example(
                    summary="An annotator",
                    value=canarie.service_info("diarisation", Annotator()),
                )
            },
        ),
        _AS_PAGE,
        _NO_ANNOTATOR,
    ),
)
_STATS = replace(
    _INFO,
    id="stats",
    name="stats",
    path="/{svc}/stats",
    handle=portal.stats,
    summary="Ask how often an annotator was called",
    description="Submissions, status and cancel calls are counted.",
    answers=(
        Documented(
            description="Its calls.",
            schema={"type": "object"},
            examples={
                "stats": Example(
                    summary="Some calls", value=canarie.stats(565, 1_410_351_799_000_000)
                )
            },
        ),
        _AS_PAGE,
        _NO_ANNOTATOR,
    ),
)
_GLOBAL_INFO = replace(
    _INFO,
    id="global_info",
    path="/info",
    handle=portal.global_info,
    summary="Ask about all annotators",
    description="Always JSON.",
    parameters=(),
    answers=(
        Documented(
            description="All annotators and their configurations.",
            schema={"type": "object"},
            examples={
                "info": Example(
                    summary="The stock annotators", value=canarie.global_info(VestaOptions())
                )
            },
        ),
    ),
)


def _page(page: str) -> Operation:
    return replace(
        _INFO,
        id=page,
        path=f"/{{svc}}/{page}",
        handle=portal.configured,
        summary=f"An annotator's {page}",
        description="A redirect, a text or a page, as its configuration says.",
        answers=(
            Documented(status=302, description="It is somewhere else.", media_type="text/html"),
            Documented(status=204, description="There is none to be had.", media_type=""),
            _NO_ANNOTATOR,
        ),
    )


def _without_name(operation: Operation, path: str) -> Operation:
    """The same for the annotator `.`, which there is seldom."""
    return replace(
        operation,
        id=f"global_{operation.id}",
        path=path,
        summary=f"{operation.summary}, for the annotator `.`",
        parameters=(),
        answers=(*operation.answers[:-1], _NO_GLOBAL),
        is_shown=False,
    )


def _canarie() -> Iterator[Operation]:
    yield _GLOBAL_INFO
    yield replace(_GLOBAL_INFO, id="global_service_info", path="/service/info", is_shown=False)
    named = (_INFO, _STATS, *(_page(page) for page in canarie.PAGES))
    for operation in named:
        yield operation
        yield replace(
            operation,
            id=f"service_{operation.id}",
            path=operation.path.replace("/{svc}/", "/{svc}/service/"),
            is_shown=False,
        )
        if operation is not _INFO:
            yield _without_name(operation, operation.path.removeprefix("/{svc}"))
    home = replace(_page("home"), path="/{svc}/")
    yield home
    yield _without_name(home, "/")
    yield replace(
        home,
        id="add_slash",
        path="/{svc}",
        handle=portal.add_slash,
        summary="An annotator's name alone leads to its home",
        answers=(
            Documented(status=308, description="There, with a slash.", media_type="text/html"),
            refusals(
                404,
                "There is no such annotator.",
                unknown=("Unknown", GatewayError(codes.NO_EXCEPTION, "")),
            ),
        ),
        is_shown=False,
    )


def _bare(status: int) -> Operation:
    return Operation(
        id=f"bare_{status}",
        name="info",
        method="GET",
        path=f"/{status}",
        handle=portal.bare_status,
        summary=f"Answers {status}",
        description="A status with nothing more to say, for trying out clients.",
        tag="VESTA bare statuses",
        answers=(
            refusals(
                status,
                "Nothing more.",
                bare=("The envelope", GatewayError(codes.NO_EXCEPTION, "")),
            ),
        ),
    )


MORE = (*_FILES, *_canarie(), *(_bare(status) for status in (400, 404, 405, 500, 503)))
