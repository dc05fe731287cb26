"""Requests that belong to no service: mistyped addresses mostly, of which a test wants to know."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mockstatus.errors import LimitReachedError
from mockstatus.runtime.exchange import UNSERVED, Exchange
from mockstatus.web.body import ClientGoneError, read_body
from mockstatus.web.operation import BODY_LIMIT, Kind

if TYPE_CHECKING:
    from starlette.requests import Request

    from mockstatus.web.answer import Answer
    from mockstatus.web.world import World


async def write_down(request: Request, answer: Answer) -> None:
    """Puts a request into the journal of its sandbox. Where there is none, none is made for it."""
    world: World = request.app.state.world
    scope = request.scope
    sandbox = world.sandboxes.find(scope["state"]["sandbox"])
    if sandbox is None:
        return
    body = b""
    with suppress(ClientGoneError, LimitReachedError):  # without it, the request was made as well
        body = await read_body(request.receive, BODY_LIMIT)
    path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    with sandbox.lock:
        record = Exchange(
            real_us=world.source.wall_us(),
            now_us=sandbox.clock.now_us(),
            service="",
            operation=UNSERVED,
            kind=Kind.OTHER,
            method=scope["method"],
            path=path.decode("latin-1"),
            query=scope["query_string"],
            headers=scope["headers"],
            body=body,
        )
        record.answered(answer.status, answer.headers, answer.body)
        sandbox.journal.append(record)
        sandbox.changed()
