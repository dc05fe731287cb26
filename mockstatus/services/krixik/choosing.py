"""What of a process call chooses its scenario, and how the control API makes such a call.

Source: Krixik wire notes, 1.3. A file tag `{"mock": NAME}` is a magic value, which the unmodified
client can send.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from mockstatus.errors import BadRequestError
from mockstatus.services.krixik import links
from mockstatus.services.krixik.file import File
from mockstatus.services.krixik.gate import KEY_HEADER, sent
from mockstatus.services.krixik.jobs import sample_upload
from mockstatus.services.krixik.orders import plainly_ordered
from mockstatus.web.service import Submission

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job
    from mockstatus.web.call import Call

MAGIC_TAG = "mock"
PROCESS_PATH = "/krixik-core-process"
STATUS_PATH = "/krixik-core-process-status"
KEY_FIELD = "krixikApiKey"
VERSION = "1.1.19"
"""The client that is imitated."""

_HEADERS = ((KEY_HEADER.encode(), b"mockstatus"), (b"content-type", b"text/plain"))
_BOUNDARY = "mockstatus-upload"
_NAME = re.compile(r"[A-Za-z0-9_/-]+")

SAMPLE: Mapping[str, Any] = {
    "pipeline": "demo",
    "pipeline_ordered_modules": ["parser", "sentiment"],
    "pipeline_output_process_keys": ["snippet", "snippet"],
    "modules": {
        "module_1": {"model": "sentence", "params": {}},
        "module_2": {"model": "distilbert-base-uncased-finetuned-sst-2-english", "params": {}},
    },
    "version": VERSION,
    "symbolic_directory_path": "/novels",
    "file_tags": [{"author": "melville"}],
    "file_description": "",
    "expire_time": 1800,
}
"""What the client sends for `process` (Krixik wire notes, 8), but for the name of the file.

That is made up for each, so that the sample can be sent again and again.
"""

_OF_ITS_CHAIN = ("pipeline_output_process_keys", "modules")


def magic(call: Call) -> str | None:
    """The scenario that a file tag names; None if none does."""
    plain = call.once(plainly_ordered)
    if plain is not None:
        return _named_by(plain[0].tags)
    tags = sent(call).get("file_tags")
    objects = [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    return _named_by(pair for tag in objects for pair in tag.items())


def _named_by(tags: Iterable[tuple[str, object]]) -> str | None:
    for key, value in tags:
        found = _NAME.search(value) if key == MAGIC_TAG and isinstance(value, str) else None
        if found is not None:
            return found[0]
    return None


def fields(call: Call) -> Mapping[str, str]:
    """The wire fields as texts: what is no text is told as JSON."""
    return {
        name: value if isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in sent(call).items()
    }


def asked(operation_path: str, body: Mapping[str, Any]) -> Submission:
    """A call of the client with this body."""
    return Submission("POST", operation_path, headers=_HEADERS, body=orjson.dumps(body))


def status_call(job: Job) -> Submission:
    """The client asks how far its process is."""
    told = job.submission
    assert isinstance(told, File)  # noqa: S101  # what we committed
    fields = {"pipeline": told.pipeline.name, "version": VERSION, "process_id": job.id}
    return asked(STATUS_PATH, fields)


def upload_call(job: Job) -> Submission:
    """The client uploads the sample of what its pipeline takes."""
    told = job.submission
    assert isinstance(told, File)  # noqa: S101  # what we committed
    form = links.upload_fields(job.seed, told.file_id, job.checkpoint.submitted_us)
    parts = [f'name="{name}"\r\n\r\n{value}' for name, value in form.items()]
    parts.append(f'name="file"; filename="sample"\r\n\r\n{sample_upload(told.pipeline)}')
    opened = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; "
    body = "".join(f"{opened}{part}\r\n" for part in parts) + f"--{_BOUNDARY}--\r\n"
    kind = f"multipart/form-data; boundary={_BOUNDARY}".encode()
    path = f"/upload/{told.file_id}"
    return Submission("POST", path, headers=((b"content-type", kind),), body=body.encode())


def submission(given: Mapping[str, Any], extra: Mapping[str, Any]) -> Submission:
    """The call that processes a file with these wire fields.

    What is left out is as in the sample. The field krixikApiKey is the key; a tester needs none.
    Raises BadRequestError.
    """
    if extra:
        raise BadRequestError(f"krixik knows no {', '.join(sorted(extra))} beside the submission")
    wire = dict(given)
    key = wire.pop(KEY_FIELD, "mockstatus")
    if not isinstance(key, str) or not key.isascii() or not key.isprintable():
        raise BadRequestError(f"{KEY_FIELD} is a text", where=f"submission.{KEY_FIELD}")
    sample = dict(SAMPLE)
    if "pipeline_ordered_modules" in wire:
        sample = {name: value for name, value in sample.items() if name not in _OF_ITS_CHAIN}
    try:
        body = orjson.dumps({**sample, **wire})
    except TypeError as error:
        raise BadRequestError(f"the submission is no JSON: {error}", where="submission") from None
    headers = ((KEY_HEADER.encode(), key.encode()), *_HEADERS[1:])
    return Submission("POST", PROCESS_PATH, headers=headers, body=body)
