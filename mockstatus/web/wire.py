"""What faults do to a connection, below HTTP: cut it, spoil it, answer half of it.

An ASGI application can only send whole, well-formed answers. uvicorn's HTTP protocols are extended
here so that each request carries its `Connection` in the scope, and `send_broken` acts on that.
This module does not know which calls are struck.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, Protocol, assert_never, cast

from mockstatus.domain.fault import Wire
from mockstatus.web.whole import CYCLE

if TYPE_CHECKING:
    from types import MethodType

    from starlette.types import Scope, Send
    from uvicorn.protocols.http.h11_impl import H11Protocol
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

GARBAGE: Final = b"\x00\xff this is no HTTP \xfe\x00\r\n\r\n"
HEAD_LIMIT: Final = 64 * 1024
"""How many bytes the head of a request, its first line and its headers, may have."""

_EXTENSION: Final = "mockstatus.connection"
_LENGTH_HEADERS: Final = frozenset({b"content-length", b"transfer-encoding"})
_RESET_ON_CLOSE: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class ConnectionBrokenError(ConnectionResetError):
    """Stands for a wire fault where no socket is: a client inside the process sees this instead."""


class WholeAnswer(Protocol):
    """The answer that would be sent if nothing were wrong. headers: names in lower case."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Iterable[tuple[bytes, bytes]]: ...
    @property
    def body(self) -> bytes: ...


async def send_broken(kind: Wire, answer: WholeAnswer, *, scope: Scope, send: Send) -> None:
    """Answer one request in a broken way.

    `reset`: the client sees ECONNRESET, and no byte of an answer. `empty`: the connection is closed
    without a byte. `garbage`: bytes that are no HTTP, then the end. `truncate`: the head with the
    full Content-Length and half of the body, then the end; where no body can be cut (none, one of
    a HEAD), as `empty`. `malformed`: good HTTP, whose body is broken JSON; the connection stays.

    The request's body has to be read before: a socket that is closed with bytes unread resets its
    peer, whatever was meant. Afterwards there is nothing left to send. Raises ConnectionBrokenError
    where the server put no connection into the scope, as an in-process transport does.
    """
    if kind is Wire.MALFORMED:
        body = broken_json(answer.body)
        await send(_head(answer, len(body)))
        await send({"type": "http.response.body", "body": body})
        return
    connection = _connection(scope, kind)
    match kind:
        case Wire.RESET:
            connection.reset()
        case Wire.EMPTY:
            connection.close()
        case Wire.GARBAGE:
            connection.close(last_bytes=GARBAGE)
        case Wire.TRUNCATE:
            if answer.body and scope["method"] != "HEAD":
                half = answer.body[: len(answer.body) // 2]
                await send(_head(answer, len(answer.body)))
                await send({"type": "http.response.body", "body": half, "more_body": True})
            connection.close()
        case _:
            assert_never(kind)


def broken_json(body: bytes) -> bytes:
    """The first half of a body, and an opening brace: no JSON text ends in one."""
    half = body[: len(body) // 2].decode(errors="ignore")  # not in the middle of a character
    return half.encode() + b"{"


class Connection:
    """The connection that one request came by. What is done here ends the request as well."""

    __slots__ = ("_cycle", "_transport")

    def __init__(self, transport: asyncio.Transport, cycle: _Cycle) -> None:
        self._transport = transport
        self._cycle = cycle

    def close(self, *, last_bytes: bytes = b"") -> None:
        """End the connection once what was sent has gone out. last_bytes: sent as they are."""
        if last_bytes:
            self._transport.write(last_bytes)
        self._transport.close()
        self._cycle.disconnected = True

    def reset(self) -> None:
        """End the connection so that the peer's next read or write fails with ECONNRESET."""
        with contextlib.suppress(OSError):  # the peer may be gone already
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.abort()

    def abort(self) -> None:
        """End the connection at once, without what has not gone out yet."""
        self._transport.abort()
        self._cycle.disconnected = True


def http_protocol_class() -> type[HttpToolsProtocol | H11Protocol]:
    """The HTTP protocol to give to uvicorn: httptools' where it is installed, else h11's."""
    try:
        return httptools_class()
    except ImportError:
        return h11_class()


@functools.cache
def httptools_class() -> type[HttpToolsProtocol]:
    """uvicorn's protocol over httptools, with a bound on the head of a request."""
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class WireHttpTools(HttpToolsProtocol):
        head_size = 0

        def connection_made(  # type: ignore[override]  # as uvicorn's: asyncio types any transport
            self, transport: asyncio.Transport
        ) -> None:
            super().connection_made(transport)
            self.app = _with_connection(self.app, transport, has_cycle=True)

        def data_received(self, data: bytes) -> None:
            before: Any = self.scope  # None before the first request, whatever its type says
            super().data_received(data)
            # The parser keeps a head however long it is; the scope has a method once it is whole.
            scope: Any = self.scope
            if scope is None or "method" in scope:
                self.head_size = 0
                return
            if scope is before:
                self.head_size += len(data)
            else:  # where it begins nobody tells: other requests may stand before it in these bytes
                is_all = before is None and b"\r\n\r\n" not in data
                self.head_size = len(data) if is_all else 0
            if self.head_size > HEAD_LIMIT and not self.transport.is_closing():
                self.send_400_response("The head of the request is too large.")

    return WireHttpTools


@functools.cache
def h11_class() -> type[H11Protocol]:
    """uvicorn's protocol over h11. Heads are bounded by its `h11_max_incomplete_event_size`."""
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class WireH11(H11Protocol):
        def connection_made(  # type: ignore[override]  # as uvicorn's: asyncio types any transport
            self, transport: asyncio.Transport
        ) -> None:
            super().connection_made(transport)
            self.app = _with_connection(self.app, transport)

    return WireH11


class _Cycle(Protocol):
    """What uvicorn keeps about one request, as far as it matters here.

    A cycle that is `disconnected` writes nothing more, and its task may end without an answer.
    uvicorn sets it when a connection is lost, but only for the last request that came by it.
    """

    disconnected: bool


def _with_connection(
    app: Any, transport: asyncio.Transport, *, has_cycle: bool = False
) -> Callable[..., Awaitable[None]]:
    """The application, told by which connection each request came.

    has_cycle: whether `write_whole` knows what uvicorn keeps about its requests.
    """

    async def connected(scope: Scope, receive: MethodType, send: Send) -> None:
        cycle = receive.__self__
        scope[_EXTENSION] = made = (transport, cast("_Cycle", cycle))
        if has_cycle:
            scope[CYCLE] = cycle
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            # Only a server that stops cancels a request; uvicorn would log it as a crash.
            Connection(*made).abort()
        finally:
            # The cycle knows its scope: a circle for each request, left to the garbage collector,
            # took 5 us of each and kept one in a hundred waiting for 15 ms.
            scope.pop(_EXTENSION)
            scope.pop(CYCLE, None)

    return connected


def _connection(scope: Scope, kind: Wire) -> Connection:
    try:
        transport, cycle = scope[_EXTENSION]
    except KeyError:
        raise ConnectionBrokenError(f"the connection was broken on purpose ({kind})") from None
    return Connection(transport, cycle)


def _head(answer: WholeAnswer, length: int) -> dict[str, Any]:
    headers = [header for header in answer.headers if header[0].lower() not in _LENGTH_HEADERS]
    headers.append((b"content-length", str(length).encode()))
    return {"type": "http.response.start", "status": answer.status, "headers": headers}
