"""Each wire fault, as seen by plain sockets, requests and httpx, over both of uvicorn's parsers."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import socket
import sys
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Self

import httpx
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.domain.fault import Wire
from mockstatus.server import ThreadServer
from mockstatus.web.body import read_body
from mockstatus.web.wire import (
    GARBAGE,
    HEAD_LIMIT,
    ConnectionBrokenError,
    broken_json,
    h11_class,
    http_protocol_class,
    httptools_class,
    send_broken,
)

CUTS = ("reset", "empty", "garbage", "truncate")
BODY = json.dumps({"uuid": "f00d", "status": "PROGRESS", "note": "é" * 500}).encode()


@dataclass(frozen=True)
class Answer:
    body: bytes = BODY
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = (
        (b"content-type", b"application/json"),
        (b"content-length", b"1"),  # stale on purpose: the length is the wire's to say
    )


class FaultyApp:
    """Does the fault that the path names; `/` answers which client port asked."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.requests: list[weakref.ref[object]] = []

    async def __call__(self, scope, receive, send) -> None:
        _, kind, *options = scope["path"].split("/")
        self.paths.append(scope["path"])
        self.requests.append(weakref.ref(getattr(receive, "__self__", receive)))
        await read_body(receive, 1_000_000)
        if kind:
            answer = Answer(body=b"") if options else Answer()
            await send_broken(Wire(kind), answer, scope=scope, send=send)
            return
        body = str(scope["client"][1]).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def app() -> FaultyApp:
    return FaultyApp()


@pytest.fixture(
    params=[
        pytest.param((parser, loop), id=f"{parser.__name__}-{loop_name}")
        for parser in (httptools_class(), h11_class())
        for loop, loop_name in ((None, "fastest"), (asyncio.new_event_loop, "asyncio"))
    ]
)
def server(request, app, caplog) -> Iterator[ThreadServer]:
    parser, loop_factory = request.param
    with ThreadServer(app, http=parser, loop_factory=loop_factory) as server:
        yield server
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


def connect(server: ThreadServer) -> socket.socket:
    return socket.create_connection((server.host, server.port))


def request_bytes(path: str, method: str = "GET", body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def read_to_the_end(sock: socket.socket) -> tuple[bytes, type[Exception] | None]:
    received = b""
    try:
        while chunk := sock.recv(65536):
            received += chunk
    except OSError as error:
        return received, type(error)
    return received, None


def read_answer(sock: socket.socket) -> bytes:
    """The body of one answer, after which the connection stays."""
    with HTTPResponse(sock) as answer:
        answer.begin()
        return answer.read()


def raw_exchange(server: ThreadServer, data: bytes) -> tuple[bytes, type[Exception] | None]:
    with connect(server) as sock:
        sock.sendall(data)
        return read_to_the_end(sock)


@pytest.mark.parametrize(
    ("kind", "received", "error"),
    [
        pytest.param("reset", b"", ConnectionResetError, id="reset: ECONNRESET and not a byte"),
        pytest.param("empty", b"", None, id="empty: an orderly end without a byte"),
        pytest.param("garbage", GARBAGE, None, id="garbage: bytes that are no HTTP"),
    ],
)
def test_a_plain_socket_sees_the_cut(server, kind, received, error) -> None:
    assert raw_exchange(server, request_bytes(f"/{kind}")) == (received, error)


def test_a_truncated_answer_promises_its_whole_length_and_gives_half(server) -> None:
    received, error = raw_exchange(server, request_bytes("/truncate", "POST", b"x" * 1000))

    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert f"content-length: {len(BODY)}".encode() in head.split(b"\r\n")
    assert head.count(b"content-length") == 1
    assert body == BODY[: len(BODY) // 2]
    assert error is None


@pytest.mark.parametrize(
    ("path", "method"),
    [
        pytest.param("/truncate/nothing", "GET", id="an empty body"),
        pytest.param("/truncate", "HEAD", id="the answer to a HEAD"),
    ],
)
def test_where_no_body_can_be_cut_a_truncated_answer_is_an_empty_one(server, path, method) -> None:
    assert raw_exchange(server, request_bytes(path, method)) == (b"", None)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        pytest.param("reset", requests.ConnectionError, id="reset"),
        pytest.param("empty", requests.ConnectionError, id="empty"),
        pytest.param("garbage", requests.ConnectionError, id="garbage"),
        pytest.param("truncate", requests.exceptions.ChunkedEncodingError, id="truncate"),
    ],
)
def test_requests_raises_its_own_error_and_goes_on_afterwards(server, kind, error) -> None:
    with requests.Session() as session:
        session.trust_env = False
        before = session.get(server.url).status_code

        with pytest.raises(error) as raised:
            session.post(f"{server.url}/{kind}", data=b"x" * 10_000)
        after = session.get(server.url).status_code

    assert (before, after) == (200, 200)
    assert ("reset by peer" in str(raised.value)) == (kind == "reset")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        pytest.param("reset", httpx.ReadError, id="reset"),
        pytest.param("empty", httpx.RemoteProtocolError, id="empty"),
        pytest.param("garbage", httpx.RemoteProtocolError, id="garbage"),
        pytest.param("truncate", httpx.RemoteProtocolError, id="truncate"),
    ],
)
def test_httpx_raises_its_own_error_and_goes_on_afterwards(server, kind, error) -> None:
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        before = client.get("/").status_code

        with pytest.raises(error):
            client.post(f"/{kind}", content=b"x" * 10_000)
        after = client.get("/").status_code

    assert (before, after) == (200, 200)


def test_a_malformed_answer_is_good_http_with_a_broken_body_for_requests_and_httpx(server) -> None:
    with requests.Session() as session, httpx.Client(trust_env=False) as client:
        session.trust_env = False
        for answer in (
            session.get(f"{server.url}/malformed"),
            client.get(f"{server.url}/malformed"),
        ):
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "application/json"
            assert int(answer.headers["content-length"]) == len(answer.content)
            with pytest.raises(json.JSONDecodeError):
                answer.json()


class Neighbour:
    """A client with one keep-alive connection, who can tell if it is not the same any more."""

    def __init__(self, server: ThreadServer) -> None:
        self._connection = HTTPConnection(server.host, server.port)
        self.port = self.get("/")

    def get(self, path: str) -> bytes:
        self._connection.request("GET", path)
        return self._connection.getresponse().read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def test_after_a_malformed_answer_the_connection_is_still_usable(server) -> None:
    with Neighbour(server) as client:
        client.get("/malformed")

        assert client.get("/") == client.port


@pytest.fixture
def no_garbage_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def test_a_request_is_forgotten_without_the_garbage_collector(
    app, server, no_garbage_collection
) -> None:
    with connect(server) as sock:
        for _ in range(3):
            sock.sendall(request_bytes("/"))
            read_answer(sock)
        before = [request() for request in app.requests[:-1]]  # the last one is the connection's

    assert before == [None, None]


@pytest.mark.parametrize("kind", CUTS)
def test_neighbours_keep_their_connections_and_the_cut_one_is_forgotten(server, kind) -> None:
    with Neighbour(server) as one, Neighbour(server) as other, connect(server) as half_sent:
        half_sent.sendall(request_bytes("/", "POST", b"x" * 20)[:-10])

        for neighbour in (one, other):
            raw_exchange(server, request_bytes(f"/{kind}"))
            assert neighbour.get("/") == neighbour.port
        half_sent.sendall(b"x" * 10)

        assert half_sent.recv(65536).startswith(b"HTTP/1.1 200")
        assert len(server._site._connections) == 3


@pytest.mark.parametrize("kind", CUTS)
def test_requests_pipelined_on_another_connection_are_all_answered(server, kind) -> None:
    with connect(server) as sock:
        body = str(sock.getsockname()[1]).encode()
        sock.sendall(request_bytes("/") * 3)
        raw_exchange(server, request_bytes(f"/{kind}"))
        sock.sendall(request_bytes("/") * 3)
        answers = b""
        while answers.count(b"\r\n\r\n" + body) < 6:
            answers += sock.recv(65536)

    assert answers.count(b"HTTP/1.1 200 OK") == 6


@pytest.mark.parametrize("kind", CUTS)
def test_a_request_pipelined_behind_a_cut_one_is_not_served(app, server, kind) -> None:
    raw_exchange(server, request_bytes(f"/{kind}") + request_bytes("/malformed"))
    raw_exchange(server, request_bytes("/empty"))

    assert app.paths == [f"/{kind}", "/empty"]


@pytest.mark.parametrize("kind", CUTS)
def test_a_client_that_does_not_wait_for_its_fault_does_no_harm(server, kind) -> None:
    with Neighbour(server) as neighbour:
        for _ in range(20):
            with connect(server) as sock:
                sock.sendall(request_bytes(f"/{kind}"))

        assert neighbour.get("/") == neighbour.port


def test_a_head_beyond_the_limit_is_refused_though_it_has_no_end(server) -> None:
    with Neighbour(server) as neighbour, connect(server) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nX-Long: " + b"x" * HEAD_LIMIT)
        received, error = read_to_the_end(sock)

        # A reset, if the server had not read all that was sent when it closed.
        assert received.startswith(b"HTTP/1.1 400") or error is ConnectionResetError
        assert neighbour.get("/") == neighbour.port


def test_a_long_head_within_the_limit_is_served_again_and_again(server) -> None:
    padding = {"X-Long": "x" * (HEAD_LIMIT - 1000)}
    with requests.Session() as session:
        session.trust_env = False
        answers = [session.get(server.url, headers=padding) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("body", [b"", b"x" * 1000], ids=["no body", "a body"])
def test_requests_pipelined_beyond_the_limit_of_one_head_are_all_served(app, server, body) -> None:
    one = request_bytes("/malformed", "POST" if body else "GET", body)
    last = one.replace(b"Host:", b"Connection: close\r\nHost:")
    count = 4 * HEAD_LIMIT // len(one)
    with connect(server) as sock:
        sender = threading.Thread(target=sock.sendall, args=(one * count + last,))
        sender.start()
        received, error = read_to_the_end(sock)
        sender.join()

    assert error is None
    assert received.count(broken_json(BODY)) == len(app.paths) == count + 1


def in_process(path: str) -> httpx.Response:
    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(app=FaultyApp())
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)

    return asyncio.run(get())


@pytest.mark.parametrize("kind", CUTS)
def test_a_client_inside_the_process_gets_an_exception_in_place_of_a_cut(kind) -> None:
    with pytest.raises(ConnectionBrokenError, match=kind):
        in_process(f"/{kind}")


def test_a_client_inside_the_process_gets_malformed_answers_as_any_other() -> None:
    assert in_process("/malformed").content == broken_json(BODY)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values, st.booleans())
def test_broken_json_is_never_json_and_always_text(value, ascii_only) -> None:
    broken = broken_json(json.dumps(value, ensure_ascii=ascii_only).encode(errors="replace"))

    with pytest.raises(json.JSONDecodeError):
        json.loads(broken)


@given(st.binary())
def test_whatever_a_body_was_broken_it_is_no_json(body) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # JSONDecodeError, UnicodeDecodeError
        json.loads(broken_json(body))


def test_the_protocol_is_httptools_where_it_is_installed_and_h11_elsewhere(monkeypatch) -> None:
    assert http_protocol_class() is httptools_class()

    httptools_class.cache_clear()
    monkeypatch.setitem(sys.modules, "uvicorn.protocols.http.httptools_impl", None)

    assert http_protocol_class() is h11_class()
