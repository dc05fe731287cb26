"""Sends a whole answer, as HTTP wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Send

    from mockstatus.web.answer import Answer

BODILESS = frozenset({204, 205, 304})
"""Answers of these statuses have no body, whatever was made for one (RFC 9110)."""


async def send_answer(answer: Answer, send: Send) -> None:
    """Sends a whole answer."""
    headers, body = list(answer.headers), answer.body
    if answer.status in BODILESS:
        headers, body = [pair for pair in headers if pair[0] != b"content-type"], b""
    else:
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
