"""What Krixik serves of its pipelines: login, process, upload, status, output.

Source: Krixik wire notes, 1.2. Every call but a download is a POST, and labels its JSON text/plain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockstatus.services.krixik import documented as shown
from mockstatus.services.krixik import examples, gate, jobs, links, login, wire
from mockstatus.services.krixik.bodies import Said
from mockstatus.services.krixik.choosing import PROCESS_PATH, STATUS_PATH
from mockstatus.web.operation import Body, Documented, Example, Kind, Operation

if TYPE_CHECKING:
    from mockstatus.web.call import Call

UPLOAD_LIMIT = 16 << 20
"""Bytes that an upload may have, its form included."""

_LOGIN = "Krixik login"
_PIPELINES = "Krixik pipelines"
_STORAGE = "Krixik storage"


def _by_path(call: Call) -> str | None:
    return call.params["file_id"]


def _xml(status: int, description: str) -> Documented:
    example = Example(summary="An error", value=gate.storage_error(status).body.decode())
    return Documented(
        status=status,
        description=description,
        media_type="application/xml",
        schema={"type": "string"},
        examples={"error": example},
    )


_CHECKIN = Operation(
    id="checkin",
    name="checkin",
    method="POST",
    path="/cli-checkin",
    handle=login.checkin,
    summary="Log in",
    description="`krixik.init(...)` calls it once; only 200 is a login. The body is not read.",
    tag=_LOGIN,
    parameters=(shown.KEY,),
    body=Body(
        media_types=("text/plain", "application/json"),
        schema={"type": "string"},
        examples={"client": Example(summary="What the client sends", value="{}")},
        is_required=False,
    ),
    answers=(
        Documented(
            description="The key is good.",
            model=Said,
            examples={
                "good": Example(
                    summary="Logged in",
                    value={"request_id": shown.REQUEST_ID, "message": "SUCCESS"},
                )
            },
        ),
        shown.FORBIDDEN,
    ),
)
_CAP_CHECK = Operation(
    id="cap_check",
    name="cap_check",
    method="POST",
    path="/krixik-core-cap-check",
    handle=login.cap_check,
    summary="Ask what may still be used",
    description="400 once as many files were processed as the option `cap` allows.",
    tag=_LOGIN,
    parameters=(shown.KEY,),
    body=examples.body(
        wire.CapBody,
        "What the client sends",
        {"version": "1.1.19", "pipeline": None, "pipeline_ordered_modules": []},
    ),
    answers=(
        shown.CAP,
        shown.refusals("cap_check", 400, "The cap is reached.", reached=jobs.CAP_REACHED),
        shown.FORBIDDEN,
    ),
)
_PROCESS = Operation(
    id="process",
    name="submit",
    method="POST",
    path=PROCESS_PATH,
    handle=gate.with_key(jobs.process),
    kind=Kind.SUBMIT,
    summary="Process a file: first step",
    description="Takes a file on record and answers where it is to be uploaded; the job starts when"
    " the upload comes, within a minute. A file tag `mock` names the scenario to be played.",
    tag=_PIPELINES,
    parameters=(shown.KEY,),
    body=Body(
        media_types=("text/plain", "application/json"),
        model=wire.ProcessBody,
        examples={
            "file": Example(summary="A text through two modules", value=examples.PROCESS_EXAMPLE),
            "scenario": Example(
                summary="With a scenario, chosen by a file tag", value=examples.MAGIC_EXAMPLE
            ),
        },
    ),
    answers=(shown.ACCEPTED, shown.NOT_ACCEPTED, shown.FORBIDDEN),
)
_UPLOAD = Operation(
    id="upload",
    name="upload",
    method="POST",
    path=links.UPLOAD_PATH,
    handle=jobs.upload,
    identify=_by_path,
    body_limit=UPLOAD_LIMIT,
    summary="Process a file: second step, its upload",
    description="The presigned form: the fields of the process answer, then the part `file`. It"
    " wants no key. Only 204 is a success to the client.",
    tag=_STORAGE,
    parameters=(shown.FILE,),
    body=Body(
        media_types=("multipart/form-data",),
        schema={
            "type": "object",
            "required": ["key", links.SIGNATURE, "file"],
            "properties": {
                "key": {"type": "string", "examples": [f"user/{examples.FILE_ID}"]},
                links.SIGNATURE: {"type": "string", "examples": ["5e1f…"]},
                "file": {"type": "string", "format": "binary"},
            },
            "additionalProperties": {"type": "string"},
        },
    ),
    answers=(
        Documented(status=204, description="The file is there; its job has started."),
        _xml(400, "The form cannot be read, has no file, or is too large."),
        _xml(403, "The form is not signed, or there is no such file (any more)."),
    ),
)
_STATUS = Operation(
    id="status",
    name="status",
    method="POST",
    path=STATUS_PATH,
    handle=gate.keyed(wire.StatusBody, jobs.status),
    kind=Kind.POLL,
    identify=gate.by_field("process_id"),
    summary="Ask how far a process is",
    description="Modules become true one after the other, by the clock. After a deletion or the"
    " expiry nothing remembers the process.",
    tag=_PIPELINES,
    parameters=(shown.KEY,),
    body=examples.body(wire.StatusBody, "What the client sends", examples.STATUS_EXAMPLE),
    answers=(shown.STATUSES, shown.NO_STATUS, shown.FORBIDDEN),
)
_FETCH_OUTPUT = Operation(
    id="fetch_output",
    name="fetch_output",
    method="POST",
    path="/krixik-core-fetch-output",
    handle=gate.keyed(wire.FileBody, jobs.fetch_output),
    identify=gate.by_field("file_id"),
    summary="Ask where the output is",
    description="The output is that of the last module.",
    tag=_PIPELINES,
    parameters=(shown.KEY,),
    body=examples.body(wire.FileBody, "What the client sends", examples.FILE_EXAMPLE),
    answers=(shown.OUTPUTS, shown.no_such_file("fetch_output"), shown.FORBIDDEN),
)
_DOWNLOAD = Operation(
    id="download",
    name="download",
    method="GET",
    path=links.DOWNLOAD_PATH,
    handle=jobs.download,
    identify=_by_path,
    summary="Download the output",
    description="The link of the fetch-output answer. It wants no key, and lives as long as the"
    " file.",
    tag=_STORAGE,
    parameters=(shown.FILE, shown.SIGNED),
    answers=(
        Documented(
            description="The output, as a file.",
            media_type="application/octet-stream",
            schema={"type": "string", "format": "binary"},
        ),
        _xml(403, "The link is not signed, or there is no such file (any more)."),
        _xml(404, "There is no output yet."),
    ),
)
JOB_OPERATIONS = (
    _CHECKIN,
    _CAP_CHECK,
    _PROCESS,
    _UPLOAD,
    _STATUS,
    _FETCH_OUTPUT,
    _DOWNLOAD,
)
