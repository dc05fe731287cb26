"""As much of a container engine as testcontainers asks: what it would start is written down, and a
server of this process answers in its place."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_ID = "c0ffee" * 10


@dataclass
class Engine:
    """port: what the container's only port leads to. created: what was asked for. calls: in order,
    without the version that begins each path."""

    port: int
    host: str = ""
    created: dict[str, Any] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, object]:
        call = (
            f"{method} /{path.split('/', 2)[-1]}" if path.startswith("/v1") else f"{method} {path}"
        )
        self.calls.append(call)
        match call.replace(_ID, "ID"):
            case "GET /version":
                return 200, {"ApiVersion": "1.44", "Version": "27.0"}
            case "POST /containers/create":
                self.created = json.loads(body)
                return 201, {"Id": _ID, "Warnings": []}
            case "GET /containers/ID/json":
                return 200, self._container()
            case "POST /containers/ID/start" | "DELETE /containers/ID":
                return 204, None
        if call.startswith("GET /images/"):
            return 200, {"Id": "sha256:1", "RepoTags": []}
        return 404, {"message": f"not imitated: {call}"}

    def _container(self) -> dict[str, Any]:
        [port] = self.created["ExposedPorts"]
        bound = [{"HostIp": "127.0.0.1", "HostPort": str(self.port)}]
        state = {"Status": "running", "Running": True, "Health": {"Status": "healthy"}}
        return {"Id": _ID, "State": state, "NetworkSettings": {"Ports": {port: bound}}}


@contextmanager
def engine(port: int) -> Iterator[Engine]:
    """An engine that listens; `host` is what DOCKER_HOST has to be."""
    imitated = Engine(port)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            status, told = imitated.answer(self.command, urlsplit(self.path).path, body)
            content = b"" if told is None else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815  # the library's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        imitated.host = f"tcp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield imitated
        finally:
            server.shutdown()
            thread.join()
