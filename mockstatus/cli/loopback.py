"""A server on a port of this machine, asked over HTTP as any client asks it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mockstatus.app import create_app
from mockstatus.cli.client import Reply
from mockstatus.cli.inprocess import START, settings_of
from mockstatus.runtime.sandboxes import DEFAULT
from mockstatus.scenario.durations import format_duration
from mockstatus.server import ThreadServer
from mockstatus.web.service import Submission

if TYPE_CHECKING:
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.web.service import Service

_TIMEOUT_S = 10.0


class Loopback:
    """Use it in a `with` block; inside, the clock stands still but for `advance`."""

    def __init__(self, services: Mapping[str, Service], *, seed: int) -> None:
        self._app = create_app(settings_of(seed=seed), services=services)
        self._server = ThreadServer(self._app)
        self._connection = http.client.HTTPConnection(
            self._server.host, self._server.port, timeout=_TIMEOUT_S
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._server.url

    @property
    def sandbox(self) -> Sandbox:
        """The one sandbox that everything happens in."""
        return self._app.world.sandboxes.look(DEFAULT)

    def ask(self, path: str, request: Submission) -> Reply:
        """Makes a request to `path`, which stands in place of its own."""
        headers = {name.decode(): value.decode() for name, value in request.headers}
        self._connection.request(request.method, path, request.body or None, headers)
        answer = self._connection.getresponse()
        return Reply(answer.status, answer.read())

    def advance(self, by_us: int) -> None:
        """Moves the clock by the control API."""
        self._control("POST", "/_mock/clock/advance", {"by": format_duration(by_us)})

    def __enter__(self) -> Self:
        self._server.start()
        self._control("PUT", "/_mock/clock", {"mode": "manual", "now": START})
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._server.stop()

    def _control(self, method: str, path: str, document: Mapping[str, Any]) -> None:
        body, kind = json.dumps(document).encode(), (b"content-type", b"application/json")
        reply = self.ask(path, Submission(method, path, headers=(kind,), body=body))
        if reply.status >= 400:
            raise RuntimeError(f"{method} {path} answered {reply.status}: {reply.body!r}")
