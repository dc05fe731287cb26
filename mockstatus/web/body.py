"""Reads the body of a request, no further than a bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockstatus.errors import LimitReachedError

if TYPE_CHECKING:
    from starlette.types import Message, Receive


class ClientGoneError(ConnectionError):
    """The client went away before its request was whole; nobody waits for an answer."""


async def read_body(receive: Receive, limit: int) -> bytes:
    """The whole body of a request.

    limit: how many bytes it may have, >= 0; a body beyond it is dropped as soon as that is seen.
    Raises LimitReachedError then, ClientGoneError if the client leaves before the end.
    """
    message = await receive()
    chunk = _chunk(message)
    _check(len(chunk), limit)
    if not message.get("more_body"):
        return chunk  # nearly every request: one message, no copy
    chunks, size = [chunk], len(chunk)
    while message.get("more_body"):
        message = await receive()
        chunk = _chunk(message)
        size += len(chunk)
        _check(size, limit)
        chunks.append(chunk)
    return b"".join(chunks)


def _chunk(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientGoneError("the client went away before its request was whole")
    chunk: bytes = message.get("body", b"")
    return chunk


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise LimitReachedError(f"the body has more than {limit} bytes", limit="body")
