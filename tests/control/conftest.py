"""A server of toys on a clock moved by hand, and a tester of it, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from toy_service import SERVICE

from mockstatus.app import MockStatus, create_app
from mockstatus.scenario.library import Library
from mockstatus.settings import Settings
from mockstatus.web.service import Service

TOYS = {"toy": SERVICE}
T0 = "2026-01-01T00:00:00Z"

STORIES = {
    "counted": "phases: [{state: QUEUED, polls: 2}, {state: RUNNING, polls: 3}, {state: DONE}]",
    "signalled": "phases: [{state: QUEUED, until: go}, {state: RUNNING, for: 10s}, {state: DONE}]",
    "refused": "phases: [{state: QUEUED}]\nsubmit: {refuse: not today}",
    "lagging": "phases: [{state: RUNNING, for: 1m}, {state: DONE}]\ncancel: {lag: 5s}",
    "waits": """
phases: [{state: QUEUED, until: {track: box}}, {state: DONE}]
tracks: {box: [{state: RUNNING, for: 30s}, {state: DONE}]}""",
    "expiring": "phases: [{state: QUEUED}]\nexpires: {after: 1h}",
    "stuck": "phases: [{state: QUEUED, for: 1s}, {state: RUNNING}]",
    "lost-reply": """
phases: [{state: QUEUED, for: 5s}, {state: DONE}]
faults: [{operation: submit, when: after, effect: {wire: empty}}]""",
}


class Tester:
    """Asks the server of toys, as tester and as client. prefix: its sandbox's."""

    __test__ = False

    def __init__(self, app: MockStatus, prefix: str = "") -> None:
        self.app = app
        self.prefix = prefix

    def inside(self, name: str) -> Tester:
        """The same server, from inside a sandbox."""
        return Tester(self.app, f"/~{name}")

    async def asend(self, method: str, path: str, **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, self.prefix + path, **more)

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self.asend(method, path, **more))

    def get(self, path: str, **more: Any) -> Any:
        return self.good("GET", path, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.good("PUT", path, json=body, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.good("POST", path, json=body, **more)

    def delete(self, path: str) -> None:
        assert self.send("DELETE", path).status_code == 204

    def good(self, method: str, path: str, **more: Any) -> Any:
        """The document of an answer that must be good."""
        answer = self.send(method, path, **more)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def refused(self, status: int, method: str, path: str, **more: Any) -> Any:
        """The problem document of a refusal."""
        answer = self.send(method, path, **more)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == status
        assert problem["title"]
        assert problem["detail"]
        assert "Traceback" not in answer.text
        return problem

    def submit(self, scenario: str | None = None, **fields: Any) -> str:
        """Submits a toy as its client does, and answers its id."""
        headers = {} if scenario is None else {"X-Mock-Scenario": scenario}
        body = {"name": "bear", **fields}
        return self.good("POST", "/toy/toys", json=body, headers=headers)["toy"]

    def poll(self, toy: str) -> str:
        """Looks at a toy as its client does, and answers its state."""
        return self.good("GET", f"/toy/toys/{toy}")["state"]

    def job(self, toy: str) -> Any:
        return self.get(f"/_mock/jobs/{toy}")

    def advance(self, by: str) -> None:
        self.post("/_mock/clock/advance", {"by": by})

    @property
    def sandboxes(self) -> tuple[str, ...]:
        return self.app.world.sandboxes.names()


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "toy").mkdir()
    for name, text in STORIES.items():
        file = folder / "toy" / f"{name}.yaml"
        file.write_text(f"service: toy\nsummary: The {name} toy.\n{text}\n")
    library = Library({"toy": SERVICE.scenario_model}, folders=[folder])
    assert library.problems == ()
    return library


@pytest.fixture
def server(library: Library) -> Callable[..., Tester]:
    """Makes a server with these settings."""

    def make(services: Mapping[str, Service] = TOYS, **settings: Any) -> Tester:
        app = create_app(
            Settings(**{"clock": "manual", "seed": 1, **settings}),
            services=services,
            library=library,
        )
        return Tester(app)

    return make


@pytest.fixture
def tester(server: Callable[..., Tester]) -> Tester:
    tester = server()
    tester.put("/_mock/clock", {"now": T0})
    return tester
