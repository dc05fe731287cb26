"""Raw ASGI twins: what one would write by hand to answer the same calls, and nothing more.

A twin reads and parses the same request, makes or finds the job in a dictionary, counts the poll
under a lock, encodes an answer of the same size, and appends a record to a bounded log. It knows
no scenarios, clocks, sandboxes or faults: it is the limit, not a rival.
"""

from __future__ import annotations

import json
import threading
import uuid
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson
from benchmarks.processes import Answer

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

JOURNAL = 10_000
"""Exchanges that are kept, as many as mockstatus keeps."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Real answers that a twin's are made of: a submission's, and a status call's."""

    service: str
    submitted: Answer
    status: Answer

    def save(self, path: Path) -> None:
        """For the process in which the twin runs."""
        answers = {
            name: {"headers": dict(answer.headers), "document": json.loads(answer.body)}
            for name, answer in (("submitted", self.submitted), ("status", self.status))
        }
        path.write_text(json.dumps({"service": self.service, **answers}), encoding="utf-8")


@dataclass(slots=True)
class _Job:
    sent: bytes
    document: dict[str, Any]
    polls: int = 0


class Twin(ABC):
    """An ASGI application that answers two paths. recorded: what `Recorded.save` wrote."""

    status_path: str
    submit_path: str

    def __init__(self, recorded: Mapping[str, Any]) -> None:
        self._submitted = recorded["submitted"]["document"]
        self._status = recorded["status"]["document"]
        self._submitted_headers = _headers(recorded["submitted"]["headers"])
        self._status_headers = _headers(recorded["status"]["headers"])
        self._jobs: dict[str, _Job] = {}
        self._lock = threading.Lock()
        self._journal: deque[tuple[Any, ...]] = deque(maxlen=JOURNAL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        path = scope["path"]
        body = await _body(receive) if scope["method"] == "POST" else b""
        status, headers = 200, self._status_headers
        if path == self.status_path:
            job = self._jobs.get(self.asked(scope, body))
            if job is None:
                status, answer = 404, b"{}"
            else:
                with self._lock:
                    job.polls += 1
                    answer = orjson.dumps(self.shown(job.document, job.polls))
        elif path == self.submit_path:
            headers = self._submitted_headers
            answer = self._submit(scope, body)
        else:
            status, answer = 404, b"{}"
        self._journal.append((path, scope["query_string"], scope["headers"], body, status, answer))
        start = [*headers, (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": status, "headers": start})
        await send({"type": "http.response.body", "body": answer})

    def _submit(self, scope: Scope, body: bytes) -> bytes:
        self.read(scope, body)
        with self._lock:
            job_id = self.new_id(len(self._jobs))
            document = self.of_job(self._status, job_id)
            self._jobs[job_id] = _Job(body or scope["query_string"], document)
        return orjson.dumps(self.of_job(self._submitted, job_id))

    @abstractmethod
    def asked(self, scope: Scope, body: bytes) -> str:
        """The id that a status call names."""

    def read(self, _scope: Scope, body: bytes) -> object:
        """What a submission says."""
        return orjson.loads(body)

    @abstractmethod
    def of_job(self, document: dict[str, Any], job_id: str) -> dict[str, Any]:
        """An answer, with this job's id."""

    @abstractmethod
    def shown(self, document: dict[str, Any], polls: int) -> dict[str, Any]:
        """A status, with something in it that moves."""

    def new_id(self, number: int) -> str:
        """An id as the service makes them."""
        return str(uuid.uuid4())


class Vesta(Twin):
    """A query to parse, a task's state to tell."""

    status_path = "/vesta/diarisation/status"
    submit_path = "/vesta/diarisation/annotate"

    def asked(self, scope: Scope, body: bytes) -> str:
        return dict(parse_qsl(scope["query_string"].decode()))["uuid"]

    def read(self, scope: Scope, body: bytes) -> object:
        return dict(parse_qsl(scope["query_string"].decode()))

    def of_job(self, document: dict[str, Any], job_id: str) -> dict[str, Any]:
        return {**document, "uuid": job_id}

    def shown(self, document: dict[str, Any], polls: int) -> dict[str, Any]:
        return {**document, "result": {**document["result"], "current": polls % 100}}


class Ukssdc(Twin):
    """A JSON body to parse, a product's progress to tell."""

    status_path = "/ukssdc/user_objects/checkProductStatus.php"
    submit_path = "/ukssdc/user_objects/run_userobject.php"

    def asked(self, scope: Scope, body: bytes) -> str:
        return str(orjson.loads(body)["JobID"])

    def of_job(self, document: dict[str, Any], job_id: str) -> dict[str, Any]:
        is_submission = "jobPars" in document
        return {**document, "JobID": job_id if is_submission else int(job_id)}

    def shown(self, document: dict[str, Any], polls: int) -> dict[str, Any]:
        return {**document, "lc": {**document["lc"], "statusCode": 3 - polls % 2}}

    def new_id(self, number: int) -> str:
        return str(320_000 + number)


class Krixik(Twin):
    """A key to check, a JSON body to parse, modules to tell."""

    status_path = "/krixik/krixik-core-process-status"
    submit_path = "/krixik/krixik-core-process"

    def asked(self, scope: Scope, body: bytes) -> str:
        if not any(name == b"krixikapikey" and value for name, value in scope["headers"]):
            return ""
        return str(orjson.loads(body)["process_id"])

    def of_job(self, document: dict[str, Any], job_id: str) -> dict[str, Any]:
        return {**document, "request_id": job_id, "file_id": job_id}

    def shown(self, document: dict[str, Any], polls: int) -> dict[str, Any]:
        return {**document, "request_id": str(uuid.uuid4())}


TWINS: Mapping[str, type[Twin]] = {"vesta": Vesta, "ukssdc": Ukssdc, "krixik": Krixik}


def twin(path: Path) -> Twin:
    """The twin of what `Recorded.save` wrote there."""
    recorded = json.loads(path.read_text(encoding="utf-8"))
    return TWINS[recorded["service"]](recorded)


def _headers(recorded: Mapping[str, str]) -> Headers:
    return [
        (name.encode(), value.encode())
        for name, value in recorded.items()
        if name != "content-length"
    ]


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body
