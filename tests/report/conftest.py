"""A server of all services on a clock moved by hand, and a client of it that behaves as told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mockstatus.app import MockStatus, create_app
from mockstatus.registry import services
from mockstatus.report.document import FindingView, ReportDocument
from mockstatus.report.report import report
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.services.ukssdc import SAMPLE
from mockstatus.settings import Settings

T0 = "2026-01-01T00:00:00Z"
ALL = "lc,spec,psf,enh,xastrom"


class Server:
    """One server for all tests; each test has a sandbox of its own."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        settings = Settings(seed=7, clock="manual", max_sandboxes=100_000)
        self.app: MockStatus = create_app(settings, sleep=self._sleep)
        self.sandboxes = 0
        self.runner = asyncio.Runner()

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def client(self) -> Client:
        self.sandboxes += 1
        return Client(self, f"s{self.sandboxes}")


class Client:
    """A client and a tester of one sandbox."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.name = name
        self.good("PUT", "/_mock/clock", json={"now": T0})

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            # Wire faults raise in the server's place: the client sees a broken connection.
            transport = httpx.ASGITransport(self.server.app)
            base = f"http://localhost/~{self.name}"
            async with httpx.AsyncClient(transport=transport, base_url=base) as client:
                return await client.request(method, path, **more)

        return self.server.runner.run(ask())

    def good(self, method: str, path: str, **more: Any) -> Any:
        answer = self.send(method, path, **more)
        assert answer.is_success, answer.text
        # Real services label their JSON as they please.
        return answer.json() if answer.text.startswith(("{", "[")) else answer.text

    @property
    def sandbox(self) -> Sandbox:
        return self.server.app.world.sandboxes.look(self.name)

    def advance(self, by: str) -> None:
        self.good("POST", "/_mock/clock/advance", json={"by": by})

    def fault(self, **fault: Any) -> None:
        self.good("POST", "/_mock/faults", json=fault)

    # VESTA.

    def vesta(self, scenario: str | None = None, doc: str = "a") -> str:
        """Submits a task; its uuid."""
        answer = self.submit_vesta(scenario, doc)
        return str(answer.json()["uuid"])

    def submit_vesta(self, scenario: str | None = None, doc: str = "a") -> httpx.Response:
        headers = {"X-Mock-Scenario": scenario} if scenario else {}
        path = f"/vesta/diarisation/process?doc_url=http://example.org/{doc}.wav&ann_doc_id=5"
        return self.send("POST", path, headers=headers)

    def ask_vesta(self, uuid: str, what: str = "status") -> str:
        answer = self.send("GET", f"/vesta/diarisation/{what}?uuid={uuid}")
        return str(answer.json()["status"]) if answer.is_success else str(answer.status_code)

    # UKSSDC.

    def ukssdc(self, scenario: str | None = None) -> int:
        headers = {"X-Mock-Scenario": scenario} if scenario else {}
        path = "/ukssdc/user_objects/run_userobject.php"
        document = self.good("POST", path, json=SAMPLE, headers=headers)
        assert document["OK"] == 1, document
        return int(document["JobID"])

    def ask_ukssdc(self, job: int, what: str = ALL) -> dict[str, Any]:
        return self.about_ukssdc("checkProductStatus.php", job, what=what, whatProg=what)

    def about_ukssdc(self, file: str, job: int, **fields: Any) -> dict[str, Any]:
        body = {"UserID": SAMPLE["UserID"], "JobID": job, **fields}
        return dict(self.good("POST", f"/ukssdc/user_objects/{file}", json=body))

    # Krixik.

    def krixik(self, scenario: str | None = None) -> dict[str, Any]:
        """Processes a file, upload included."""
        headers = {"krixikApiKey": "my-secret-key"}
        if scenario:
            headers["X-Mock-Scenario"] = scenario
        service = self.server.app.world.service("krixik")
        made = service.submission(service.sample, {})
        path = f"/krixik{made.path}"
        accepted = self.good("POST", path, content=made.body, headers=headers)
        target = accepted["presigned_post_url_results"]
        url = target["url"].partition(f"/~{self.name}")[2]
        answer = self.send("POST", url, data=target["fields"], files={"file": b"Call me Ishmael."})
        assert answer.status_code == 204, answer.text
        return dict(accepted)

    def ask_krixik(self, path: str, **body: Any) -> dict[str, Any]:
        service = self.server.app.world.service("krixik")
        pipeline = json.loads(service.submission(service.sample, {}).body)["pipeline"]
        body = {"pipeline": pipeline, "version": "1.1.19", **body}
        headers = {"krixikApiKey": "my-secret-key"}
        return dict(self.send("POST", f"/krixik{path}", json=body, headers=headers).json())

    # What was learned.

    def report(self) -> ReportDocument:
        return report(self.sandbox, self.server.app.world.services)

    def found(self, name: str | None = None) -> list[FindingView]:
        return [one for one in self.report().findings if name in (None, one.name)]

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.found()]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    assert set(services()) >= {"krixik", "ukssdc", "vesta"}
    server = Server()
    yield server
    server.runner.close()


@pytest.fixture
def client(server: Server) -> Client:
    return server.client()
