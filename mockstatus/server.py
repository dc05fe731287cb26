"""Serves an ASGI application on a socket that was bound first.

Both servers here, the one in a thread and the one in the foreground, run uvicorn's HTTP protocol in
an event loop of their own, not uvicorn's `Server`. Measured with uvicorn 0.54: that one takes 200
ms to stop (two fixed sleeps), logs a traceback for each request it cancels, and ends its process by
the signal instead of with exit code 0; a loop of our own starts and stops in about a millisecond.

No `Date` header is added: all dates come from a sandbox's clock, and this module has none.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, cast

from uvicorn.config import Config
from uvicorn.server import ServerState

from mockstatus.errors import BindError
from mockstatus.tls.door import Door
from mockstatus.web.wire import HEAD_LIMIT, http_protocol_class

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn.protocols.http.h11_impl import H11Protocol
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Listener = tuple[socket.socket, ssl.SSLContext | None]
_BACKLOG: Final = 2048
_GRACE_S: Final = 0.5
# A client that polls every few seconds keeps its connection; with uvicorn's 5 s it would now and
# then send into one that is just being closed.
_KEEP_ALIVE_S: Final = 75


def bind(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A listening TCP socket: from here on clients can connect, and wait until someone serves.

    host: a name or an address, IPv6 with or without brackets; of several addresses the first IPv4
    one is taken. port: 0 to 65535, 0 for a free one. Raises BindError.
    """
    if not 0 <= port <= 65535:
        raise BindError(host, port, "a port is a number from 0 to 65535")
    try:
        family, address = _resolve(host, port)
        # With protocol number 0 asyncio leaves Nagle's algorithm on: 45 ms a keep-alive poll.
        sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise BindError(host, port, _reason(error)) from error
    try:
        if sys.platform != "win32":  # there it would let two servers share one port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise BindError(host, port, _reason(error)) from error
    return sock


def url_of(sock: socket.socket, scheme: str = "http") -> str:
    """The base URL, without a slash at its end, at which this machine's clients reach a socket."""
    host, port = sock.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # not bound to, read
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


class ThreadServer:
    """A server in a thread of this process, beside whatever event loop its owner runs.

    sock: from `bind`; without one, a free port of 127.0.0.1. tls: a second one, on which the same
    is served by TLS. http: uvicorn's protocol, the default
    is the fastest one. Ready when `start` returns; `stop` cuts off requests that are being
    answered, and has closed everything when it returns. A server runs once.
    """

    def __init__(
        self,
        app: ASGIApp,
        sock: socket.socket | None = None,
        *,
        tls: tuple[socket.socket, ssl.SSLContext] | None = None,
        http: type[HttpToolsProtocol | H11Protocol] | None = None,
        loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
    ) -> None:
        self._sock = sock or bind()
        self._listeners = _listeners(self._sock, tls)
        self.url = url_of(self._sock)
        self.host: str = self._sock.getsockname()[0]
        self.port: int = self._sock.getsockname()[1]
        self._site = _Site(app, http=http)
        self._loop_factory = loop_factory or _loop_factory()
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Serve. Raises RuntimeError if it was started before."""
        if self._thread is not None:
            raise RuntimeError("this server was started before: make another one")
        runner = asyncio.Runner(loop_factory=self._loop_factory)
        self._loop = runner.get_loop()
        self._thread = threading.Thread(
            target=self._run, args=(runner,), name=f"mockstatus-{self.port}", daemon=True
        )
        self._thread.start()
        opened = asyncio.run_coroutine_threadsafe(self._site.open(self._listeners), self._loop)
        try:
            opened.result()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop serving, if it has not been stopped before."""
        if self._loop is not None and self._thread is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: stopped before
                self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        for sock, _ in self._listeners:
            sock.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self, runner: asyncio.Runner) -> None:
        with runner:
            runner.run(self._until_stopped())

    async def _until_stopped(self) -> None:
        await self._stopping.wait()
        await self._site.close(grace_s=0)


def serve_forever(
    app: ASGIApp,
    sock: socket.socket,
    *,
    tls: tuple[socket.socket, ssl.SSLContext] | None = None,
    on_ready: Callable[[], None] | None = None,
    access_log: bool = False,
) -> None:
    """Serve in the foreground until SIGTERM or SIGINT, then return; to be called by a main thread.

    tls: a second socket, on which the same is served by TLS. on_ready: called once requests are
    answered and a signal would end this well. access_log: log each request as uvicorn does.
    Requests that are being answered have half a second to end.
    """

    async def until_signalled() -> None:
        site = _Site(app, access_log=access_log)
        with _signals() as signalled:
            await site.open(listeners)
            if on_ready is not None:
                on_ready()
            await signalled.wait()
            await site.close(grace_s=_GRACE_S)

    listeners = _listeners(sock, tls)
    with contextlib.ExitStack() as stack:
        for one, _ in listeners:
            stack.enter_context(contextlib.closing(one))
        stack.enter_context(asyncio.Runner(loop_factory=_loop_factory())).run(until_signalled())


class _Site:
    """An application on a socket, within an event loop that is running."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        http: type[HttpToolsProtocol | H11Protocol] | None = None,
        access_log: bool = False,
    ) -> None:
        self._http = http or http_protocol_class()
        self._access_log = access_log
        self._config = Config(
            app,
            http=self._http,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,  # logging is our caller's to set up
            proxy_headers=False,  # what a client says about itself is no reason to believe it
            timeout_keep_alive=_KEEP_ALIVE_S,
            h11_max_incomplete_event_size=HEAD_LIMIT,
        )
        self._config.load()
        self._state = ServerState()
        # All of them are made by _protocol; uvicorn's type lists those of all its protocols.
        self._connections = cast("set[HttpToolsProtocol | H11Protocol]", self._state.connections)
        self._servers: list[asyncio.Server] = []
        self._doors: list[Door] = []

    async def open(self, listeners: Iterable[Listener]) -> None:
        loop = asyncio.get_running_loop()
        for sock, context in listeners:
            if context is None:
                server = await loop.create_server(self._protocol, sock=sock, backlog=_BACKLOG)
                self._servers.append(server)
            else:
                door = Door(sock, context, self._protocol)
                self._doors.append(door)
                door.open()

    async def close(self, *, grace_s: float) -> None:
        """Stop listening, let requests end for so long, cancel the others, close everything."""
        for server in self._servers:
            await self._stop_listening(server)
        for door in self._doors:
            await door.close()
        if grace_s:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(grace_s):
                    await self._drain()
        while self._connections or self._state.tasks:
            for connection in self._connections:
                connection.transport.abort()
            for task in self._state.tasks:
                task.cancel()
            if self._state.tasks:
                await asyncio.wait(self._state.tasks)
            await asyncio.sleep(0)  # the loop tells each connection that it is lost
        for server in self._servers:
            await server.wait_closed()

    async def _stop_listening(self, server: asyncio.Server) -> None:
        """Close the listening socket; afterwards `_connections` has all there will ever be."""
        loop = asyncio.get_running_loop()
        # asyncio's server fails over a connection that it accepted, but had no time to set up
        # before it was closed, and leaks it: so it first stops to accept, and sets up what it has.
        with contextlib.suppress(NotImplementedError):  # Windows' proactor accepts in another way
            for sock in server.sockets:
                loop.remove_reader(sock.fileno())
        await asyncio.sleep(0)
        server.close()
        await asyncio.sleep(0)  # uvloop tells a protocol of its connection one turn later

    async def _drain(self) -> None:
        """Close what is idle, half a request included, and wait for what is being answered."""
        while self._connections:
            for connection in self._connections:
                cycle: Any = connection.cycle  # None before the first one, whatever its type says
                if cycle is None or cycle.response_complete:
                    connection.transport.close()
                else:
                    cycle.keep_alive = False
            await asyncio.sleep(0.01)

    def _protocol(self) -> asyncio.Protocol:
        protocol = self._http(config=self._config, server_state=self._state, app_state={})
        # Not by uvicorn's setting: that one empties the process-wide logger of other servers too.
        protocol.access_log = self._access_log
        return protocol


def _listeners(
    sock: socket.socket, tls: tuple[socket.socket, ssl.SSLContext] | None
) -> list[Listener]:
    return [(sock, None)] if tls is None else [(sock, None), tls]


@contextlib.contextmanager
def _signals() -> Iterator[asyncio.Event]:
    """An event that SIGTERM or SIGINT sets; the handlers that were there come back in the end."""
    loop = asyncio.get_running_loop()
    signalled = asyncio.Event()

    def on_signal(*_: object) -> None:
        loop.call_soon_threadsafe(signalled.set)

    before = {
        number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield signalled
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    name = host.removeprefix("[").removesuffix("]")
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    found.sort(key=lambda info: info[0] != socket.AF_INET)  # stable: else the system's order
    return found[0][0], found[0][4]


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return "another program listens there already; stop it, or choose another port"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
