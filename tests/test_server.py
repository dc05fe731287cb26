from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import requests

import mockstatus
from mockstatus import server as server_module
from mockstatus.errors import BindError, MockStatusError
from mockstatus.server import ThreadServer, bind, serve_forever, url_of
from mockstatus.web.body import read_body
from mockstatus.web.wire import h11_class, httptools_class

LOOPS = [pytest.param(None, id="fastest loop"), pytest.param(asyncio.new_event_loop, id="asyncio")]


class TinyApp:
    """Says `ok`; `/slow` is delayed without end, `/last` stops this process's server first."""

    def __init__(self) -> None:
        self.slow_began = threading.Event()
        self.slow_was_cancelled = threading.Event()
        self.until_stopping: Callable[[], bool] = lambda: True

    async def __call__(self, scope, receive, send) -> None:
        await read_body(receive, 100)
        if scope["path"] == "/slow":
            self.slow_began.set()
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                self.slow_was_cancelled.set()
                raise
        if scope["path"] == "/last":
            os.kill(os.getpid(), signal.SIGTERM)
            while not self.until_stopping():
                await asyncio.sleep(0)
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def app(caplog) -> TinyApp:
    """An application, of which its server must have had nothing to complain when the test ends."""
    yield TinyApp()
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


def get(url: str) -> str:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url).text


def connect(server: ThreadServer, sent: str = "") -> socket.socket:
    sock = socket.create_connection((server.host, server.port))
    sock.sendall(sent.encode())
    return sock


class TestBind:
    def test_a_client_can_connect_before_anybody_serves(self) -> None:
        with bind() as sock, socket.create_connection(sock.getsockname()) as client:
            assert client.getpeername() == sock.getsockname()

    def test_the_protocol_is_named_so_that_asyncio_turns_off_nagles_algorithm(self) -> None:
        with bind() as sock:
            assert sock.proto == socket.IPPROTO_TCP

    @pytest.mark.parametrize("loop_factory", LOOPS)
    def test_answers_are_not_held_back(self, app, loop_factory) -> None:
        with ThreadServer(app, loop_factory=loop_factory) as server, requests.Session() as session:
            session.trust_env = False
            session.get(server.url)
            (connection,) = server._site._connections
            fd = connection.transport.get_extra_info("socket").fileno()
            with socket.socket(fileno=os.dup(fd)) as accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    def test_a_port_in_use_is_refused_in_one_line(self) -> None:
        with bind() as sock:
            port = sock.getsockname()[1]

            with pytest.raises(BindError, match="another program listens there") as raised:
                bind("127.0.0.1", port)

        assert (raised.value.host, raised.value.port) == ("127.0.0.1", port)
        assert f"port {port} of 127.0.0.1" in str(raised.value)
        assert "\n" not in str(raised.value)
        assert isinstance(raised.value, MockStatusError)

    @pytest.mark.parametrize(
        ("host", "port", "reason"),
        [
            pytest.param("127.0.0.1", -1, "from 0 to 65535", id="negative port"),
            pytest.param("127.0.0.1", 65536, "from 0 to 65535", id="port too large"),
            pytest.param("192.0.2.1", 0, "assign", id="an address of another machine"),
            pytest.param("a..b", 0, "label", id="no host name"),
            pytest.param("", 0, "an empty host name", id="empty host name"),
        ],
    )
    def test_an_address_that_cannot_be_had_is_refused_in_one_line(self, host, port, reason) -> None:
        with pytest.raises(BindError, match=reason) as raised:
            bind(host, port)

        assert "\n" not in str(raised.value)

    def test_a_name_with_both_kinds_of_address_means_the_ipv4_one(self) -> None:
        with bind("localhost") as sock:
            assert sock.family == socket.AF_INET

    @pytest.mark.parametrize("host", ["::1", "[::1]"])
    def test_ipv6_hosts_are_served_too(self, app, host) -> None:
        try:
            sock = bind(host)
        except BindError:
            pytest.skip("this machine has no IPv6")
        with ThreadServer(app, sock) as server:
            assert server.url == f"http://[::1]:{server.port}"
            assert get(server.url) == "ok"

    def test_a_port_can_be_had_again_at_once_though_clients_were_connected(self, app) -> None:
        with ThreadServer(app) as server, connect(server):
            assert get(server.url) == "ok"
            server.stop()

            bind(server.host, server.port).close()


@dataclass
class Bound:
    name: tuple[object, ...]

    def getsockname(self) -> tuple[object, ...]:
        return self.name


@pytest.mark.parametrize(
    ("name", "url"),
    [
        pytest.param(("127.0.0.1", 80), "http://127.0.0.1:80", id="IPv4"),
        pytest.param(("::1", 80, 0, 0), "http://[::1]:80", id="IPv6"),
        pytest.param(("0.0.0.0", 80), "http://127.0.0.1:80", id="all of IPv4"),  # noqa: S104
        pytest.param(("::", 80, 0, 0), "http://[::1]:80", id="all of IPv6"),
    ],
)
def test_the_url_is_one_that_a_client_on_this_machine_can_use(name, url) -> None:
    assert url_of(Bound(name)) == url


class TestThreadServer:
    def test_it_answers_as_soon_as_it_has_started_and_not_after_it_has_stopped(self, app) -> None:
        with ThreadServer(app) as server:
            assert get(server.url) == "ok"
            assert server.url == f"http://{server.host}:{server.port}"

        with pytest.raises(ConnectionRefusedError):
            connect(server)

    def test_it_adds_no_headers_of_its_own(self, app) -> None:
        with ThreadServer(app) as server, httpx.Client(trust_env=False) as client:
            assert dict(client.get(server.url).headers) == {"content-length": "2"}

    @pytest.mark.parametrize("parser", [httptools_class(), h11_class()])
    @pytest.mark.parametrize("loop_factory", LOOPS)
    def test_many_in_a_row_leave_nothing_behind(self, app, parser, loop_factory) -> None:
        with ThreadServer(app, http=parser, loop_factory=loop_factory):
            pass  # the first one opens what all share
        gc.collect()
        threads, files = threading.active_count(), open_files()

        for _ in range(50):  # of four combinations each
            with ThreadServer(app, http=parser, loop_factory=loop_factory) as server:
                assert get(server.url) == "ok"

        gc.collect()  # what was left open would warn now
        assert (threading.active_count(), open_files()) == (threads, files)

    def test_servers_stand_side_by_side(self, app) -> None:
        with ThreadServer(app) as one, ThreadServer(TinyApp()) as other:
            assert one.port != other.port
            assert get(one.url) == get(other.url) == "ok"

    def test_it_works_beside_an_event_loop_of_its_owner(self, app) -> None:
        async def owner() -> str:
            with ThreadServer(app) as server:
                async with httpx.AsyncClient(trust_env=False) as client:
                    return (await client.get(server.url)).text

        assert asyncio.run(owner()) == "ok"

    @pytest.mark.parametrize("parser", [httptools_class(), h11_class()])
    @pytest.mark.parametrize("loop_factory", LOOPS)
    def test_stopping_cuts_off_whoever_is_connected(self, app, parser, loop_factory) -> None:
        with ThreadServer(app, http=parser, loop_factory=loop_factory) as server:
            clients = [
                connect(server, "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                connect(server, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1"),
                connect(server, "GET / HT"),
                connect(server),
            ]
            app.slow_began.wait()

        assert app.slow_was_cancelled.is_set()
        for client in clients:
            with client:
                assert is_cut_off(client)

    @pytest.mark.parametrize("loop_factory", LOOPS)
    def test_a_connection_that_is_just_being_accepted_is_closed_too(
        self, app, loop_factory
    ) -> None:
        for _ in range(20):
            server = ThreadServer(app, loop_factory=loop_factory).start()
            clients = [connect(server) for _ in range(10)]
            server.stop()
            for client in clients:
                client.close()

        gc.collect()

    def test_stopping_again_does_nothing_also_from_other_threads(self, app) -> None:
        server = ThreadServer(app).start()
        stoppers = [threading.Thread(target=server.stop) for _ in range(4)]

        for stopper in stoppers:
            stopper.start()
        for stopper in stoppers:
            stopper.join()
        server.stop()

        assert not server._thread.is_alive()

    def test_one_that_never_started_gives_its_port_back(self, app) -> None:
        server = ThreadServer(app)

        server.stop()

        with pytest.raises(ConnectionRefusedError):
            connect(server)

    def test_it_starts_but_once(self, app) -> None:
        with ThreadServer(app) as server, pytest.raises(RuntimeError, match="started before"):
            server.start()

    def test_a_start_that_fails_says_so_and_leaves_no_thread(self, app) -> None:
        threads = threading.active_count()
        server = ThreadServer(app)
        server.stop()

        with pytest.raises((OSError, ValueError)):
            server.start()

        assert threading.active_count() == threads


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0


def is_cut_off(client: socket.socket) -> bool:
    try:
        return client.recv(65536) == b""
    except ConnectionResetError:
        return True


def test_without_uvloop_asyncios_own_loop_serves(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)

    assert server_module._loop_factory() is asyncio.new_event_loop


class Foreground:
    """serve_forever, run by this thread while a client in another thread does its part."""

    def __init__(self, app: TinyApp) -> None:
        self.app = app
        self.sock = bind()
        self.url = url_of(self.sock)
        self.answers: list[str] = []

    def run(self, client: Callable[[], None], **options: bool) -> None:
        thread = threading.Thread(target=client)
        serve_forever(self.app, self.sock, on_ready=thread.start, **options)
        thread.join()

    def ask(self, path: str = "/") -> None:
        self.answers.append(get(self.url + path))


class TestServeForever:
    def test_a_signal_lets_the_request_that_is_being_answered_end(self, app) -> None:
        handlers = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
        server = Foreground(app)
        app.until_stopping = lambda: server.sock.fileno() == -1

        server.run(lambda: server.ask("/last"))

        assert server.answers == ["ok"]
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == handlers

    def test_a_request_that_takes_too_long_is_cut_off(self, app, monkeypatch) -> None:
        monkeypatch.setattr(server_module, "_GRACE_S", 0.01)
        server = Foreground(app)

        def client() -> None:
            with (
                socket.create_connection(server.sock.getsockname()) as slow,
                socket.create_connection(server.sock.getsockname()),
            ):
                slow.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
                app.slow_began.wait()
                os.kill(os.getpid(), signal.SIGINT)
                server.answers.append("cut off" if is_cut_off(slow) else "answered")

        server.run(client)

        assert server.answers == ["cut off"]

    @pytest.mark.parametrize("access_log", [False, True])
    def test_requests_are_logged_only_on_request(self, app, caplog, access_log) -> None:
        caplog.set_level(logging.INFO, "uvicorn.access")
        server = Foreground(app)

        server.run(lambda: server.ask("/last"), access_log=access_log)

        assert ('"GET /last HTTP/1.1" 200' in caplog.text) == access_log


PROGRAM = """
import asyncio, sys
from mockstatus.server import bind, serve_forever

async def app(scope, receive, send):
    print("delaying", flush=True)
    await asyncio.sleep(60)

sock = bind()
serve_forever(app, sock, on_ready=lambda: print(sock.getsockname()[1], flush=True))
print("ended well", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_well_while_clients_are_being_delayed(number) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=Path(mockstatus.__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            address = ("127.0.0.1", int(process.stdout.readline()))
            with (
                socket.create_connection(address) as delayed,
                socket.create_connection(address) as half_sent,
                socket.create_connection(address),
            ):
                half_sent.sendall(b"POST / HTTP/1.1\r\nHost: loc")
                delayed.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert process.stdout.readline() == "delaying\n"

                process.send_signal(number)

                # Well below the delay, well above what it takes.
                out, err = process.communicate(timeout=30)
        finally:
            process.kill()

    assert (process.returncode, out, err) == (0, "ended well\n", "")
