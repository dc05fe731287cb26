"""A tester of a server in this process, who is its client, too."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from mockstatus.app import MockStatus


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
