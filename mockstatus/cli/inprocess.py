"""A server without a socket, with one sandbox whose time is moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mockstatus.app import create_app
from mockstatus.cli.client import Reply
from mockstatus.runtime.sandboxes import DEFAULT
from mockstatus.scenario.durations import parse_instant
from mockstatus.settings import Settings
from mockstatus.web.wire import ConnectionBrokenError

if TYPE_CHECKING:
    from starlette.types import Message

    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.scenario.library import Library
    from mockstatus.web.service import Service, Submission

START = "2026-01-01T00:00:00Z"
"""Where virtual time begins, so that dates are the same in each run."""


def settings_of(*, seed: int) -> Settings:
    """The settings of a server that a command starts for itself, whatever the environment says."""
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    return Settings(**defaults | {"port": 0, "clock": "manual", "seed": seed})


class InProcess:
    """A server in this process; use it in a `with` block. Delays of faults are not waited for."""

    def __init__(self, services: Mapping[str, Service], library: Library) -> None:
        self._app = create_app(
            settings_of(seed=0), services=services, library=library, sleep=_no_waiting
        )
        self._runner = asyncio.Runner()

    @property
    def sandbox(self) -> Sandbox:
        """The one sandbox that everything happens in."""
        return self._app.world.sandboxes.look(DEFAULT)

    def anew(self, seed: int) -> Sandbox:
        """The sandbox as new, with this seed, at the start of virtual time."""
        sandboxes = self._app.world.sandboxes
        sandboxes.keep(sandboxes.look(DEFAULT))
        sandbox = sandboxes.reset(DEFAULT)
        sandbox.seed = seed
        sandbox.clock.set_now(parse_instant(START))
        return sandbox

    def ask(self, path: str, request: Submission) -> Reply:
        """Makes a request to `path`, which stands in place of its own."""
        return self._runner.run(self._ask(path, request))

    def advance(self, by_us: int) -> None:
        """Moves the sandbox's clock."""
        self.sandbox.clock.advance(by_us)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._runner.close()

    async def _ask(self, path: str, request: Submission) -> Reply:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        raw_path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": request.method,
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "path": raw_path,
            "raw_path": raw_path.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"127.0.0.1"), *request.headers],
        }
        try:
            await self._app(scope, receive, send)
        except ConnectionBrokenError:
            return Reply(0, is_broken=True)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Reply(sent[0]["status"], body)


async def _no_waiting(_: float) -> None:
    pass
