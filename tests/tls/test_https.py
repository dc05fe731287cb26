"""Serving by TLS: who is let in, and what a server that stops does with the others."""

from __future__ import annotations

import asyncio
import builtins
import gc
import os
import socket
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from mockstatus.app import create_app
from mockstatus.errors import TlsError
from mockstatus.server import ThreadServer, bind
from mockstatus.settings import Settings
from mockstatus.tls import authority as authority_module
from mockstatus.tls.authority import Authority, authority

LOOPS = [pytest.param(None, id="fastest loop"), pytest.param(asyncio.new_event_loop, id="asyncio")]
SWIFT = "www.swift.ac.uk"


@pytest.fixture(scope="module")
def ours() -> Authority:
    return authority((SWIFT, "localhost", "127.0.0.1", "::1"))


@pytest.fixture(params=LOOPS)
def server(request: pytest.FixtureRequest, ours: Authority) -> Iterator[ThreadServer]:
    app = create_app(Settings(seed=1, aliases=(f"{SWIFT}=/ukssdc",)), ca_pem=ours.ca_pem)
    sock = bind()
    with ThreadServer(app, tls=(sock, ours.context), loop_factory=request.param) as made:
        made.tls_port = sock.getsockname()[1]
        yield made
    gc.collect()  # what was left open would warn now


@pytest.fixture
def client(ours: Authority, tmp_path: Path) -> Iterator[requests.Session]:
    (tmp_path / "ca.pem").write_bytes(ours.ca_pem)
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(tmp_path / "ca.pem")
        yield session


def test_the_same_sandboxes_are_served_by_both(
    server: ThreadServer, client: requests.Session
) -> None:
    https = f"https://localhost:{server.tls_port}"
    uuid = client.post(f"{https}/~a/vesta/stt/annotate?doc_url=http://h/a").json()["uuid"]

    seen = client.get(f"{server.url}/~a/vesta/stt/status?uuid={uuid}").json()

    assert seen["uuid"] == uuid
    assert [one["id"] for one in client.get(f"{https}/~a/_mock/jobs").json()] == [uuid]


def test_the_certificate_is_told_to_whoever_asks(
    server: ThreadServer, client: requests.Session, ours: Authority
) -> None:
    answer = client.get(f"{server.url}/_mock/ca.pem")

    assert (answer.status_code, answer.content) == (200, ours.ca_pem)
    assert answer.headers["content-type"] == "application/x-pem-file"
    assert b"PRIVATE" not in ours.ca_pem


def test_without_https_there_is_no_certificate() -> None:
    with ThreadServer(create_app(Settings(seed=1))) as plain:
        answer = requests.get(f"{plain.url}/_mock/ca.pem")

    assert answer.status_code == 404
    assert "--tls-port" in answer.json()["detail"]


def test_a_client_that_does_not_trust_it_refuses_and_others_are_served_on(
    server: ThreadServer, client: requests.Session
) -> None:
    https = f"https://127.0.0.1:{server.tls_port}/_mock/health"

    with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        requests.get(https, proxies={"https": ""})

    assert client.get(https).status_code == 200


def test_a_name_that_it_was_not_told_is_refused(server: ThreadServer, ours: Authority) -> None:
    context = ssl.create_default_context(cadata=ours.ca_pem.decode())
    with socket.create_connection(("127.0.0.1", server.tls_port)) as sock:
        context.wrap_socket(sock, server_hostname=SWIFT).close()

    with (
        socket.create_connection(("127.0.0.1", server.tls_port)) as sock,
        pytest.raises(ssl.SSLCertVerificationError, match=r"other\.example"),
    ):
        context.wrap_socket(sock, server_hostname="other.example")


def test_addresses_in_answers_lead_back_to_where_the_client_came_from(
    server: ThreadServer, client: requests.Session
) -> None:
    plain = f"{server.url}/krixik"
    for url in (plain, plain.replace(server.url, f"https://localhost:{server.tls_port}")):
        page = client.get(f"{url.removesuffix('/krixik')}/").text

        assert f"{url}<" in page


@pytest.mark.parametrize(
    ("wire", "error"),
    [
        ("reset", requests.exceptions.ConnectionError),
        ("empty", requests.exceptions.ConnectionError),
        ("garbage", requests.exceptions.ConnectionError),
        ("truncate", requests.exceptions.ChunkedEncodingError),
    ],
)
def test_faults_break_a_secured_connection_as_any_other(
    server: ThreadServer, client: requests.Session, wire: str, error: type[Exception]
) -> None:
    https = f"https://localhost:{server.tls_port}"
    fault = {"service": "vesta", "operation": "info", "effect": {"wire": wire}}
    assert client.post(f"{https}/_mock/faults", json=fault).status_code == 201

    with pytest.raises(error):
        client.get(f"{https}/vesta/stt/info")

    assert client.get(f"{https}/_mock/health").status_code == 200


def test_a_server_that_stops_waits_for_no_handshake(server: ThreadServer) -> None:
    address = ("127.0.0.1", server.tls_port)
    silent = socket.create_connection(address)
    plain = socket.create_connection(address)
    plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    just_now = [socket.create_connection(address) for _ in range(10)]

    server.stop()  # the time limit of the test is well below that of a handshake

    for sock in (silent, plain, *just_now):
        with sock:
            assert is_cut_off(sock)


def is_cut_off(client: socket.socket) -> bool:
    try:
        while client.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True


def test_a_name_that_no_certificate_can_hold_is_left_out() -> None:
    found = authority(("mock_server", "localhost", "::1", "localhost"))

    assert found.names == ("localhost", "::1")


@pytest.mark.parametrize("has_memory", [True, False])
def test_no_file_stays_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_memory: bool
) -> None:
    if not has_memory:
        monkeypatch.delattr(os, "memfd_create", raising=False)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    else:
        monkeypatch.setattr(
            authority_module, "mkstemp", lambda **_: pytest.fail("a key was written to a disk")
        )
        if not hasattr(os, "memfd_create"):
            pytest.skip("this system has no files in memory")

    authority(("localhost",))

    assert list(tmp_path.iterdir()) == []


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "trustme":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(TlsError, match=r"pip install 'mockstatus\[tls\]'"):
        authority(("localhost",))
