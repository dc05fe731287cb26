"""An answer that is written in one piece is, to the byte, what ASGI's messages make of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.server import ThreadServer
from mockstatus.web import whole
from mockstatus.web.answer import Answer
from mockstatus.web.sending import send_answer

PLAIN = Answer(200, b'{"a": 1}', ((b"content-type", b"application/json"),))

names = st.sampled_from(
    [b"content-type", b"Set-Cookie", b"x-a", b"retry-after", b"connection", b"transfer-encoding"]
)
values = st.one_of(
    st.sampled_from([b"text/html", b"close", b"keep-alive", b"", b"chunked", b"a=1; path=/"]),
    st.binary(max_size=5),
)
headers = st.lists(st.tuples(names, values), max_size=4).map(tuple)
bodies = st.one_of(st.binary(max_size=200), st.just(b"x" * 70_000))
statuses = st.sampled_from([200, 201, 204, 205, 304, 400, 404, 418, 503, 599])


class Twice:
    """Answers in one piece where it can, or always by messages, as the path says."""

    def __init__(self) -> None:
        self.answer = PLAIN

    async def __call__(self, scope, _receive, send) -> None:
        is_plain = scope["path"] == "/whole"
        await send_answer(self.answer, send, scope if is_plain else None)


@pytest.fixture(scope="module")
def app() -> Twice:
    return Twice()


@pytest.fixture(scope="module")
def server(app) -> Iterator[ThreadServer]:
    with ThreadServer(app) as server:
        yield server


def said(server: ThreadServer, path: str, *, method: str, version: str, count: int) -> bytes:
    """All that a connection says to so many requests at once, the last of which ends it."""
    going_on = f"{method} {path} HTTP/{version}\r\nhost: localhost\r\n"
    data = f"{going_on}\r\n" * (count - 1) + f"{going_on}connection: close\r\n\r\n"
    with socket.create_connection((server.host, server.port)) as sock:
        sock.sendall(data.encode())
        received = b""
        while chunk := sock.recv(1 << 20):
            received += chunk
    return received


@given(
    status=statuses,
    headers=headers,
    body=bodies,
    method=st.sampled_from(["GET", "HEAD", "POST"]),
    version=st.sampled_from(["1.1", "1.0"]),
    count=st.integers(1, 3),
)
def test_the_bytes_are_those_of_the_usual_way(
    app, server, status, headers, body, method, version, count
):
    app.answer = Answer(status, body, headers)

    one, other = (
        said(server, path, method=method, version=version, count=count)
        for path in ("/whole", "/usual")
    )

    assert one == other


@pytest.mark.parametrize(
    ("answer", "is_whole"),
    [
        pytest.param(PLAIN, True, id="plain"),
        pytest.param(Answer(404, b"", ((b"set-cookie", b"a=1"),)), True, id="without a body"),
        pytest.param(Answer(204), False, id="of a status that has no body"),
        pytest.param(Answer(200, b"x" * 70_000), False, id="long"),
        pytest.param(Answer(200, b"x", ((b"Connection", b"close"),)), False, id="that closes"),
        pytest.param(Answer(200, b"x", ((b"a", b"b\r\nc: d"),)), False, id="with a forged header"),
    ],
)
def test_only_what_is_plain_is_written_in_one_piece(app, server, monkeypatch, answer, is_whole):
    written = []

    def spy(*asked):
        written.append(whole.write_whole(*asked))
        return written[-1]

    monkeypatch.setattr("mockstatus.web.sending.write_whole", spy)
    app.answer = answer

    said(server, "/whole", method="GET", version="1.1", count=2)

    assert written[0] is is_whole
    assert written[-1] is False  # the connection is to be closed after it
