"""The health check: what it asks, whom, and that it costs next to nothing."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from mockstatus.cli.healthcheck import health, main


class Answering(BaseHTTPRequestHandler):
    """Answers a health check with 200, everything else with 404."""

    def do_GET(self) -> None:
        body = b"{}"
        self.send_response(200 if self.path == "/_mock/health" else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


EVERYWHERE = "0.0.0.0"  # noqa: S104  # nobody listens there


@pytest.mark.parametrize("host", ["127.0.0.1", EVERYWHERE, "", "localhost", None])
def test_a_server_that_answers_is_well(port: int, host: str | None) -> None:
    environment = {"MOCKSTATUS_PORT": str(port)}
    if host is not None:
        environment["MOCKSTATUS_HOST"] = host

    is_well, finding = health(environment)

    assert is_well
    assert finding.endswith("/_mock/health answers 200")


@pytest.mark.parametrize("host", ["::", "[::]", "::1"])
def test_a_server_on_all_ipv6_addresses_is_asked_at_the_loopback_one(host: str) -> None:
    is_well, finding = health({"MOCKSTATUS_HOST": host, "MOCKSTATUS_PORT": str(closed_port())})

    assert not is_well
    assert finding.startswith("no answer from http://[::1]:")


def test_nobody_there_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOCKSTATUS_HOST", "127.0.0.1")
        patch.setenv("MOCKSTATUS_PORT", str(closed_port()))
        code = main([])

    said = capsys.readouterr()
    assert code == 1
    assert said.out == ""
    assert said.err.startswith("no answer from http://127.0.0.1:")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("text", ["", "0", "65536", "http", "-1", "80 80", "٣"])
def test_a_port_that_is_none_is_told(text: str) -> None:
    is_well, finding = health({"MOCKSTATUS_PORT": text})

    assert not is_well
    assert finding == f"MOCKSTATUS_PORT is {text!r}, expected a number from 1 to 65535"


@pytest.mark.parametrize("host", ["no host\x7f", "a" * 80, "\u0660.0.0.1"])
def test_a_host_that_cannot_be_one_is_told(host: str) -> None:
    is_well, finding = health({"MOCKSTATUS_HOST": host})

    assert not is_well
    assert finding.startswith("no answer from")


@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("-h", 0), ("--port", 2)])
def test_it_takes_no_arguments(
    argument: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([argument]) == code
    assert capsys.readouterr().out.startswith("Usage: mockstatus healthcheck")


def test_it_imports_next_to_nothing_and_follows_the_environment(port: int) -> None:
    script = (
        "import sys; sys.argv[1:] = ['healthcheck']\n"
        "from mockstatus.cli.main import run\n"
        "try:\n    run()\n"
        "finally:\n    print(*sorted(m for m in sys.modules if '.' not in m))\n"
        "    print(*sorted(m for m in sys.modules if m.startswith('mockstatus')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"MOCKSTATUS_PORT": str(port), "MOCKSTATUS_HOST": EVERYWHERE},
        capture_output=True,
        text=True,
        check=False,
    )

    finding, modules, ours = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert finding == f"http://127.0.0.1:{port}/_mock/health answers 200"
    assert not {"typer", "click", "rich", "fastapi", "pydantic", "uvicorn"} & set(modules.split())
    assert ours == "mockstatus mockstatus.cli mockstatus.cli.healthcheck mockstatus.cli.main"
