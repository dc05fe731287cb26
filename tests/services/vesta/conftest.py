"""A gateway of one's own for each test, in process, on a clock that the test moves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from builders import T0

from mockstatus.app import create_app
from mockstatus.domain.position import Position
from mockstatus.scenario.durations import parse_duration
from mockstatus.services.vesta import SERVICE
from mockstatus.services.vesta.options import VestaOptions
from mockstatus.settings import Settings

URL = "http://example.org/interview.wav"


class Server:
    """One server for all tests; each test has a sandbox of its own."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.sandboxes = 0
        settings = Settings(seed=7, clock="manual", max_sandboxes=100_000)
        self.app = create_app(settings, services={"vesta": SERVICE}, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def gateway(self, name: str | None = None) -> Gateway:
        self.slept.clear()
        self.sandboxes += 1
        return Gateway(self, name or f"s{self.sandboxes}")


class Gateway:
    """A client's and a tester's view of one gateway, in a sandbox of this name."""

    def __init__(self, server: Server, name: str) -> None:
        self.app = server.app
        self.slept = server.slept
        self.prefix = f"/~{name}/vesta"
        self.sandbox = self.app.world.sandboxes.reset(name)
        self.app.world.sandboxes.keep(self.sandbox)
        self.clock = self.sandbox.clock
        self.clock.set_now(T0)

    # The client's side.

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request to the gateway, at a path below its address."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
                return await client.request(method, f"{self.prefix}{path}", **more)

        return asyncio.run(send())

    def bare(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Any:
        """One request with no headers but these (and Host)."""

        async def send() -> httpx.Response:
            url = httpx.URL(f"http://mock{self.prefix}{path}")
            sent = {"host": "mock", **(headers or {})}
            transport = httpx.ASGITransport(app=self.app)
            answer = await transport.handle_async_request(
                httpx.Request(method, url, headers=sent, stream=httpx.ByteStream(b""))
            )
            await answer.aread()
            return answer

        return asyncio.run(send())

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.call("POST", path, **more)

    def submit(
        self, scenario: str | None = None, annotator: str = "diarisation", **params: str
    ) -> str:
        """Submits a task and answers its uuid."""
        headers = {"X-Mock-Scenario": scenario} if scenario else {}
        answer = self.post(
            f"/{annotator}/annotate", params={"doc_url": URL, **params}, headers=headers
        )
        assert answer.status_code == 200, answer.text
        assert list(answer.json()) == ["uuid"]
        return str(answer.json()["uuid"])

    def ask(self, uuid: str, annotator: str = "diarisation", **more: Any) -> httpx.Response:
        return self.get(f"/{annotator}/status", params={"uuid": uuid}, **more)

    def status(self, uuid: str, annotator: str = "diarisation") -> dict[str, Any]:
        """The status document."""
        answer = self.ask(uuid, annotator)
        assert answer.status_code == 200, answer.text
        document = answer.json()
        assert set(document) == {"uuid", "status", "result"}
        assert document["uuid"] == uuid
        return dict(document)

    def cancel(self, uuid: str, annotator: str = "diarisation") -> dict[str, Any]:
        answer = self.get(f"/{annotator}/cancel", params={"uuid": uuid})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    # The tester's side.

    def advance(self, duration: str) -> None:
        self.clock.advance(parse_duration(duration))

    def options(self, **options: Any) -> None:
        found = VestaOptions.model_validate(options)
        self.app.world.set_options(self.sandbox, SERVICE, found)

    def scenario(self, *phases: Mapping[str, Any], **more: Any) -> str:
        """Uploads a story of these phases and answers its name."""
        name = f"vesta/story-{len(self.sandbox.uploads.uploads)}"
        body = {"service": "vesta", "summary": "A story.", "phases": list(phases), **more}
        self.sandbox.uploads.put(name, json.dumps(body))
        return name

    def position(self, uuid: str) -> Position:
        return self.sandbox.peek(self.sandbox.job(uuid))

    def put(self, uuid: str, *phases: Mapping[str, Any]) -> None:
        """What the control API's PUT of a track does."""
        from mockstatus.scenario.planning import Draws
        from mockstatus.web.service import Placing

        job = self.sandbox.job(uuid)
        options = self.app.world.options(self.sandbox, SERVICE)
        placing = Placing(raw=phases, job=job, track="task", options=options, draws=Draws(7, ()))
        self.sandbox.put(job, "task", SERVICE.place(placing))


@pytest.fixture(scope="session")
def server() -> Server:
    return Server()


@pytest.fixture
def gateway(server: Server) -> Gateway:
    return server.gateway()


@pytest.fixture(scope="session")
def a_gateway(server: Server) -> Callable[..., Gateway]:
    """For properties, where each example needs a gateway of its own."""
    return server.gateway
