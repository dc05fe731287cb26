"""Calls an ASGI application in this process, without a server: quicker, and far less noisy."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

from benchmarks.dialogues import Ask, Dialogue
from benchmarks.processes import Answer

from mockstatus.runtime.job import Job
from mockstatus.runtime.sandboxes import DEFAULT

if TYPE_CHECKING:
    from starlette.types import Receive, Send

    from mockstatus.app import MockStatus


_BY_CLIENT = 50_000
"""Jobs of a crowd that are submitted."""


class Direct:
    """A client of an application. It waits for nothing: an answer must come without a pause."""

    def __init__(self, app: MockStatus) -> None:
        self.app = app

    def ask(self, ask: Ask) -> Answer:
        """One request, answered."""
        sent: list[Any] = []
        asyncio.run(self._answer(ask, sent))
        start, *parts = sent
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], headers, b"".join(part["body"] for part in parts))

    def good(self, ask: Ask) -> Answer:
        """One request whose answer must be good. Raises RuntimeError."""
        answer = self.ask(ask)
        if answer.status >= 400:
            raise RuntimeError(f"{ask.method} {ask.path}: {answer.status} {answer.body[:300]!r}")
        return answer

    def burst(self, asks: Sequence[Ask], number: int) -> None:
        """So many requests, one after the other; all must be answered well."""
        prepared = [(scope_of(ask), ask.body) for ask in asks]
        for at in range(number):
            scope, body = prepared[at % len(prepared)]
            sent: list[Any] = []
            self.run({**scope, "headers": list(scope["headers"])}, body, sent)
            if sent[0]["status"] >= 400:
                raise RuntimeError(f"{scope['path']}: {sent}")

    def submissions(self, dialogue: Dialogue, number: int, *, first: int = 0) -> list[str]:
        """Submits so many jobs; answers their ids."""
        jobs = []
        for at in range(first, first + number):
            ask, sent = dialogue.submit.numbered(at), list[Any]()
            self.run(scope_of(ask), ask.body, sent)
            jobs.append(dialogue.job_id(sent[1]["body"]))
        return jobs

    def crowd(self, dialogue: Dialogue, number: int) -> None:
        """Sees to so many live jobs: the first by their client, the others copies of those.

        A copy is a job of its own, taken in as those of a snapshot are: a million submissions would
        take minutes.
        """
        self.submissions(dialogue, min(number, _BY_CLIENT))
        sandbox = self.app.world.sandboxes.look(DEFAULT)
        originals = cycle(sandbox.jobs(dialogue.service))
        for at in range(_BY_CLIENT, number):
            sandbox.take_back(_copy(next(originals), at))

    @property
    def quick(self) -> Quick:
        """The same, for the services' own calls only: without an event loop for each."""
        return Quick(self)

    async def _answer(self, ask: Ask, sent: list[Any]) -> None:
        await self.app(scope_of(ask), _receiver(ask.body), _sender(sent))

    def run(self, scope: dict[str, Any], body: bytes, sent: list[Any]) -> None:
        """Without an event loop: the services' answers wait for nothing."""
        try:
            self.app(scope, _receiver(body), _sender(sent)).send(None)  # type: ignore[attr-defined]
        except StopIteration:
            return
        raise RuntimeError(f"{scope['path']} waits for something")


@dataclass(frozen=True, slots=True)
class Quick:
    """Asks an application that answers at once."""

    direct: Direct

    def good(self, ask: Ask) -> Answer:
        """One request whose answer must be good. Raises RuntimeError."""
        sent: list[Any] = []
        self.direct.run(scope_of(ask), ask.body, sent)
        start, end = sent
        if start["status"] >= 400:
            raise RuntimeError(f"{ask.method} {ask.path}: {start['status']} {end['body']!r}")
        return Answer(start["status"], {}, end["body"])


def _copy(job: Job, number: int) -> Job:
    """Another live job like this one."""
    copy = Job(
        id=f"copy-{number:032}",
        service=job.service,
        number=number,
        seed=job.seed,
        timeline=job.timeline,
        submission=job.submission,
        loaded=job.loaded,
        faults=job.faults,
        at_us=job.checkpoint.submitted_us,
        alias=None if job.alias is None else f"{job.alias}-{number}",
    )
    copy.size = job.size
    return copy


def _receiver(body: bytes) -> Receive:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _sender(sent: list[Any]) -> Send:
    async def send(message: Any) -> None:
        sent.append(message)

    return send


def scope_of(ask: Ask) -> dict[str, Any]:
    """A request as uvicorn hands it to an application."""
    path, _, query = ask.path.partition("?")
    headers = [(b"host", b"127.0.0.1:8000")]
    headers += [(name.encode(), value.encode()) for name, value in ask.headers.items()]
    if ask.body:
        headers.append((b"content-length", b"%d" % len(ask.body)))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "scheme": "http",
        "method": ask.method,
        "root_path": "",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": headers,
        "state": {},
    }


def cost_us(work: Callable[[], object], number: int) -> float:
    """CPU microseconds of one repetition. work: does `number` of them."""
    began_ns = time.process_time_ns()
    work()
    return (time.process_time_ns() - began_ns) / 1e3 / number
