"""What OpenAPI shows of Krixik's calls about processes, and what all of its calls share.

Examples come from the functions that make the real answers, so that they cannot differ.
"""

from __future__ import annotations

from typing import Any

from mockstatus.services.krixik import answer
from mockstatus.services.krixik.bodies import (
    Accepted,
    CapChecked,
    Outputs,
    Problem,
    Status,
)
from mockstatus.services.krixik.examples import FILE_ID, PROCESS_ID
from mockstatus.services.krixik.file import File, Order
from mockstatus.services.krixik.jobs import CAP_REACHED
from mockstatus.services.krixik.links import SIGNATURE, SIGNED_QUERY
from mockstatus.services.krixik.pipeline import ChosenModel, Pipeline
from mockstatus.web.operation import Documented, Example, Parameter

REQUEST_ID = "8863f851-fa57-4ffa-98fd-31d9df31fcdc"
_HOST = "http://127.0.0.1:8000/krixik"

KEY = Parameter(
    name="krixikApiKey",
    where="header",
    description="The API key. Any is good, unless the option `good_keys` says otherwise.",
    is_required=True,
    example="my-api-key",
)
FILE = Parameter(
    name="file_id",
    where="path",
    description="The file, as the link that was given out names it.",
    is_required=True,
    example=FILE_ID,
)

SIGNED = Parameter(
    name=SIGNED_QUERY,
    description="What the link was signed with.",
    is_required=True,
    example="5e1f0c7c",
)

EXAMPLE = File(
    FILE_ID,
    "whale.txt",
    Order(
        Pipeline(
            "demo",
            ("parser", "sentiment"),
            ("snippet", "snippet"),
            (
                ChosenModel("sentence"),
                ChosenModel("distilbert-base-uncased-finetuned-sst-2-english"),
            ),
        ),
        1800,
        "/novels",
        (("author", "melville"),),
    ),
)


def refusals(operation: str, status: int, description: str, **texts: str) -> Documented:
    """Errors of one HTTP status in an operation's own form, by name and text."""
    return Documented(
        status=status,
        description=description,
        model=Problem,
        examples={
            name: Example(
                summary=name.replace("_", " "),
                value=answer.error(operation, text, request_id=REQUEST_ID, pipeline="demo"),
            )
            for name, text in texts.items()
        },
    )


FORBIDDEN = Documented(
    status=403,
    description="The key is missing, or not good.",
    model=Problem,
    examples={
        "refused": Example(
            summary="As the service says it", value=answer.forbidden(request_id=REQUEST_ID)
        ),
        "gateway": Example(
            summary="As a gateway before it says it (option gateway_refusals)",
            value=answer.forbidden(request_id=None),
        ),
    },
)

ACCEPTED = Documented(
    description="The file is on record and waits for its upload.",
    model=Accepted,
    examples={
        "accepted": Example(
            summary="Where to upload",
            value=answer.accepted(
                EXAMPLE,
                process_id=PROCESS_ID,
                warnings=(),
                url=f"{_HOST}/upload/{FILE_ID}",
                fields={"key": f"user/{FILE_ID}", "x-amz-signature": "5e1f…"},
            ),
        )
    },
    links={
        "upload": {
            "operationId": "krixik_upload",
            "parameters": {"file_id": "$response.body#/file_id"},
            "requestBody": {
                name: f"$response.body#/presigned_post_url_results/fields/{name}"
                for name in ("key", SIGNATURE)
            },
        },
        "status": {
            "operationId": "krixik_status",
            "requestBody": {
                "pipeline": "$response.body#/pipeline",
                "process_id": "$response.body#/request_id",
            },
        },
        "fetch_output": {
            "operationId": "krixik_fetch_output",
            "requestBody": {
                "pipeline": "$response.body#/pipeline",
                "file_id": "$response.body#/file_id",
            },
        },
    },
)
NOT_ACCEPTED = refusals(
    "submit",
    400,
    "Refused; the client raises a ValueError with the message.",
    duplicate_path="BAD REQUEST: a file with symbolic_file_path /novels/whale.txt already exists in"
    " this pipeline",
    name_clash="BAD REQUEST: you have at least one file on record with the same pipeline name but"
    " a different set of modules - ['keyword-db'] - please use another name for your pipeline",
    cap_reached=CAP_REACHED,
)


def _status(progress: dict[str, bool] | None, failure: dict[str, str] | None) -> dict[str, Any]:
    return {
        "request_id": REQUEST_ID,
        "file_id": FILE_ID,
        "message": answer.STATUS_FOUND,
        "pipeline": "demo",
        "warnings": [],
        "process_status": progress,
        "failure_status": failure,
    }


STATUSES = Documented(
    description="How far the process is. A module's failure is a 200, too.",
    model=Status,
    examples={
        "ongoing": Example(
            summary="No module is complete yet",
            value=_status({"module_1": False, "module_2": False}, None),
        ),
        "partly": Example(
            summary="The first module is complete",
            value=_status({"module_1": True, "module_2": False}, None),
        ),
        "complete": Example(
            summary="All modules are complete",
            value=_status({"module_1": True, "module_2": True}, None),
        ),
        "failed": Example(
            summary="The second module failed",
            value=_status(None, {"process_id": PROCESS_ID, "failure_module": "sentiment"}),
        ),
        "failed_without_module": Example(
            summary="A failure that does not say where",
            value=_status(None, {"process_id": PROCESS_ID}),
        ),
    },
)
NO_STATUS = refusals(
    "status",
    400,
    "Unknown, deleted or expired (nobody can tell which), or of another pipeline.",
    not_found=answer.process_not_found(PROCESS_ID),
    wrong_pipeline=f"BAD REQUEST: {answer.WRONG_PIPELINE}",
)


def _outputs(message: str, outputs: list[dict[str, object]] | None) -> dict[str, object]:
    return answer.output("demo", FILE_ID, message, request_id=REQUEST_ID, outputs=outputs)


OUTPUTS = Documented(
    description="Where the output is; null while there is none.",
    model=Outputs,
    examples={
        "ready": Example(
            summary="One output",
            value=_outputs(
                f"SUCCESS - output fetched for file_id {FILE_ID}.",
                [{"url": f"{_HOST}/download/{FILE_ID}?sig=5e1f…", "extension": ".json"}],
            ),
        ),
        "not_ready": Example(summary="Not finished yet", value=_outputs(answer.NOT_FINISHED, None)),
    },
)


def no_such_file(operation: str) -> Documented:
    """The file is unknown."""
    return refusals(
        operation,
        400,
        "The pipeline has no such file, or the body is not good.",
        not_found=answer.file_not_found(FILE_ID),
    )


CAP = Documented(
    description="More files may be processed.",
    model=CapChecked,
    examples={
        "answer": Example(
            summary="Below the cap",
            value={"request_id": REQUEST_ID, "message": answer.SUCCESS, "warnings": []},
        )
    },
)
