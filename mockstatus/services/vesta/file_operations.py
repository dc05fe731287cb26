"""What the gateway serves about workflows and temporary files, declared once."""

from __future__ import annotations

from dataclasses import replace

from mockstatus.services.vesta import codes, files
from mockstatus.services.vesta.codes import GatewayError
from mockstatus.services.vesta.documented import (
    AUTHORISATION,
    SUBMITTED,
    refusals,
)
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
FILES = (
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
