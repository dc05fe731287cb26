"""Sends a whole answer, as HTTP wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockstatus.web.whole import write_whole

if TYPE_CHECKING:
    from starlette.types import Scope, Send

    from mockstatus.web.answer import Answer

BODILESS = frozenset({204, 205, 304})
"""Answers of these statuses have no body, whatever was made for one (RFC 9110)."""


async def send_answer(answer: Answer, send: Send, scope: Scope | None = None) -> None:
    """Sends a whole answer. scope: of the request, where it is worth being fast."""
    if scope is not None and write_whole(scope, answer.status, answer.headers, answer.body):
        return
    headers, body = list(answer.headers), answer.body
    if answer.status in BODILESS:
        headers, body = [pair for pair in headers if pair[0] != b"content-type"], b""
    else:
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
