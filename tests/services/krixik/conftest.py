"""A Krixik of one's own for each test, in process, on a clock that the test moves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
import pytest
from builders import T0

from mockstatus.app import create_app
from mockstatus.domain.position import Position
from mockstatus.scenario.durations import parse_duration
from mockstatus.services.krixik import SERVICE
from mockstatus.services.krixik.options import KrixikOptions
from mockstatus.settings import Settings

KEY = {"krixikApiKey": "any", "Content-Type": "text/plain"}
TEXT = (
    b"Call me Ishmael. Some years ago--never mind how long.\nThe whale! The countries of whales.\n"
)


class Server:
    """One server for all tests; each test has a sandbox of its own."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.sandboxes = 0
        settings = Settings(seed=7, clock="manual", max_sandboxes=100_000)
        self.app = create_app(settings, services={"krixik": SERVICE}, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def krixik(self, name: str | None = None) -> Krixik:
        self.slept.clear()
        self.sandboxes += 1
        return Krixik(self, name or f"s{self.sandboxes}")


class Krixik:
    """A client's and a tester's view of one Krixik, in a sandbox of this name."""

    def __init__(self, server: Server, name: str) -> None:
        self.app = server.app
        self.slept = server.slept
        self.prefix = f"/~{name}/krixik"
        self.base = f"http://127.0.0.1{self.prefix}"
        self.sandbox = self.app.world.sandboxes.reset(name)
        self.app.world.sandboxes.keep(self.sandbox)
        self.clock = self.sandbox.clock
        self.clock.set_now(T0)

    # The client's side.

    def call(self, method: str, url: str, **more: Any) -> httpx.Response:
        """One request, at a path below the service's address or at a whole one."""
        whole = url if url.startswith("http") else f"{self.base}{url}"

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.request(method, whole, **more)

        return asyncio.run(send())

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        """A body as the client sends it."""
        return self.call("POST", path, content=json.dumps(body), headers={**KEY, **headers})

    def ask(self, path: str, body: object, *, status: int = 200) -> dict[str, Any]:
        """The document that a body is answered with."""
        answer = self.post(path, body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/json"
        return dict(answer.json())

    def process(self, *chain: str, status: int = 200, **fields: Any) -> dict[str, Any]:
        """The answer to a process call for a pipeline of these modules."""
        scenario = fields.pop("scenario", None)
        tags = [*fields.pop("file_tags", []), *([{"mock": scenario}] if scenario else [])]
        body = {
            "pipeline": "demo",
            "pipeline_ordered_modules": list(chain or ("parser", "sentiment")),
            "file_tags": tags,
            **fields,
        }
        return self.ask("/krixik-core-process", body, status=status)

    def upload(self, accepted: Mapping[str, Any], content: bytes = TEXT) -> httpx.Response:
        """Uploads a file as the client does: the fields, then the part `file`."""
        form = accepted["presigned_post_url_results"]
        files = {"file": ("/data/whale.txt", content)}
        return self.call("POST", form["url"], data=form["fields"], files=files)

    def submit(self, *chain: str, content: bytes = TEXT, **fields: Any) -> dict[str, Any]:
        """The answer to a process call whose upload came."""
        accepted = self.process(*chain, **fields)
        answer = self.upload(accepted, content)
        assert answer.status_code == 204, answer.text
        assert answer.content == b""
        return accepted

    def finish(self, *chain: str, content: bytes = TEXT, **fields: Any) -> dict[str, Any]:
        """The same, when all modules are complete."""
        accepted = self.submit(*chain, content=content, **fields)
        self.advance("20s")
        return accepted

    def status(self, accepted: Mapping[str, Any], *, status: int = 200) -> dict[str, Any]:
        body = {"pipeline": accepted["pipeline"], "process_id": accepted["request_id"]}
        return self.ask("/krixik-core-process-status", body, status=status)

    def about(self, path: str, accepted: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """What a call about the file of a process call is answered with."""
        status = more.pop("status", 200)
        body = {"pipeline": accepted["pipeline"], "file_id": accepted["file_id"], **more}
        return self.ask(f"/krixik-core-{path}", body, status=status)

    def output(self, accepted: Mapping[str, Any]) -> httpx.Response:
        """The download of the first output."""
        document = self.about("fetch-output", accepted)
        return self.call("GET", document["process_output"][0]["url"])

    def list(self, **arguments: Any) -> dict[str, Any]:
        return self.ask("/krixik-core-list", {"pipeline": "demo", **arguments})

    # The tester's side.

    def advance(self, duration: str) -> None:
        self.clock.advance(parse_duration(duration))

    def options(self, **options: Any) -> None:
        model = KrixikOptions.model_validate_json(json.dumps(options))
        self.app.world.set_options(self.sandbox, SERVICE, model)

    def position(self, accepted: Mapping[str, Any]) -> Position:
        return self.sandbox.peek(self.sandbox.job(accepted["request_id"]))

    def scenario(self, text: str, name: str = "own") -> str:
        """Uploads a scenario; answers the name by which a file tag chooses it."""
        head = "service: krixik\nsummary: A story of this test.\n"
        self.sandbox.uploads.put(f"krixik/{name}", head + text)
        return name

    def default(self, name: str) -> None:
        """Makes a scenario the service's default."""
        self.sandbox.defaults["krixik"] = name

    def calls(self) -> Sequence[str]:
        """What was called, in order."""
        return [exchange.operation for exchange in self.sandbox.journal]


@pytest.fixture(scope="session")
def krixik_server() -> Server:
    return Server()


@pytest.fixture
def krixik(krixik_server: Server) -> Krixik:
    return krixik_server.krixik()


@pytest.fixture
def another(krixik_server: Server) -> Callable[[str], Krixik]:
    """Makes a Krixik in a sandbox of this name, as new."""
    return krixik_server.krixik
