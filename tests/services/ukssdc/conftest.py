"""A UKSSDC of one's own for each test, in process, on a clock that the test moves."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import time
import warnings
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import httpx
import pytest
from builders import T0

from mockstatus.app import MockStatus, create_app
from mockstatus.domain.position import Position
from mockstatus.runtime.job import Job
from mockstatus.scenario.durations import parse_duration
from mockstatus.scenario.planning import Draws
from mockstatus.server import ThreadServer
from mockstatus.services.ukssdc import SERVICE
from mockstatus.services.ukssdc.options import UkssdcOptions
from mockstatus.services.ukssdc.products import PRODUCTS
from mockstatus.settings import Settings
from mockstatus.web.service import Placing

USER = "me@x.org"
ALL = ",".join(product.wire for product in PRODUCTS)

GOOD: dict[str, Any] = {
    "name": "GRB 200416A",
    "targ": "00966554",
    "RA": 335.6985,
    "Dec": -7.5179,
    "cent": 1,
    "poserr": 1,
    "useSXPS": 0,
}
"""What any submission needs."""

PRODUCT_FIELDS: dict[str, dict[str, Any]] = {
    "LightCurve": {"lc": 1, "binMeth": "counts", "pccounts": 20, "wtcounts": 30, "dynamic": 1},
    "Spectrum": {"spec": 1, "specz": 0, "dchi": 2.706},
    "StandardPos": {"dopsf": 1},
    "EnhancedPos": {"doenh": 1},
    "AstromPos": {"doxastrom": 1},
    "Image": {"image": 1},
    "SourceDet": {"sourceDet": 1, "detobs": "all"},
}
"""What each product needs."""


class Server:
    """One server for all tests; each test has a sandbox of its own."""

    def __init__(self) -> None:
        settings = Settings(seed=7, clock="manual", max_sandboxes=100_000)
        self.app: MockStatus = create_app(settings, services={"ukssdc": SERVICE})
        self.sandboxes = 0
        self.runner = asyncio.Runner()

    def mock(self, name: str | None = None) -> Mock:
        self.sandboxes += 1
        return Mock(self, name or f"s{self.sandboxes}")


class Mock:
    """A client's and a tester's view of the service, in a sandbox of this name."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.app = server.app
        self.base = f"http://mock/~{name}/ukssdc"
        self.sandbox = self.app.world.sandboxes.reset(name)
        self.app.world.sandboxes.keep(self.sandbox)
        self.clock = self.sandbox.clock
        self.clock.set_now(T0)

    # The client's side.

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request to the service, at a path below its base."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.request(method, f"{self.base}{path}", **more)

        return self.server.runner.run(send())

    def post(self, file: str, *, user: str | None = USER, **fields: Any) -> dict[str, Any]:
        """An API call; its document."""
        body = {**({} if user is None else {"UserID": user}), **fields}
        answer = self.call("POST", f"/user_objects/{file}", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def get(self, path: str) -> httpx.Response:
        """A file, at a path below a job's place or below the service's."""
        return self.call("GET", f"/user_objects/tprods/{path}")

    def ask(self, *names: str, scenario: str | None = None, **fields: Any) -> dict[str, Any]:
        """A submission of these products; its document."""
        body: dict[str, Any] = {"UserID": USER, **GOOD}
        for name in names:
            body |= PRODUCT_FIELDS[name]
        body |= fields
        body = {key: value for key, value in body.items() if value is not None}
        headers = {"X-Mock-Scenario": scenario} if scenario else {}
        answer = self.call("POST", "/user_objects/run_userobject.php", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def submit(self, *names: str, scenario: str | None = None, **fields: Any) -> str:
        """Submits a job of these products; its id."""
        document = self.ask(*names, scenario=scenario, **fields)
        assert document["OK"] == 1, document
        return str(document["JobID"])

    def status(self, job_id: str, what: str = "lc", **fields: Any) -> dict[str, Any]:
        """A status call with progress; its document."""
        body = {"JobID": job_id, "what": what, "whatProg": what, **fields}
        return self.post("checkProductStatus.php", **body)

    def codes(self, job_id: str, what: str) -> dict[str, int | None]:
        """A status call; codes by wire name, of the products that are in the answer."""
        document = self.status(job_id, what)
        return {wire: document[wire]["statusCode"] for wire in what.split(",") if wire in document}

    def code(self, job_id: str, wire: str = "lc") -> int | None:
        return self.codes(job_id, wire)[wire]

    def cancel(self, job_id: str, what: str = "lc") -> dict[str, Any]:
        return self.post("canceljob.php", JobID=job_id, what=what)

    # The tester's side.

    def advance(self, duration: str) -> None:
        self.clock.advance(parse_duration(duration))

    def options(self, **options: Any) -> None:
        found = UkssdcOptions.model_validate(options)
        self.app.world.set_options(self.sandbox, SERVICE, found)

    def scenario(self, products: Mapping[str, Any] | None = None, **more: Any) -> str:
        """Uploads a story of these phases by product; its name."""
        name = f"ukssdc/story-{len(self.sandbox.uploads.uploads)}"
        body = {"service": "ukssdc", "summary": "A story.", "products": products or {}, **more}
        self.sandbox.uploads.put(name, json.dumps(body))
        return name

    def job(self, job_id: str) -> Job:
        return self.sandbox.job(job_id)

    def position(self, job_id: str) -> Position:
        return self.sandbox.peek(self.job(job_id))

    def put(self, job_id: str, track: str, *phases: Mapping[str, Any]) -> None:
        """What the control API's PUT of a track does."""
        job = self.job(job_id)
        options = self.app.world.options(self.sandbox, SERVICE)
        placing = Placing(raw=phases, job=job, track=track, options=options, draws=Draws(7, ()))
        self.sandbox.put(job, track, SERVICE.place(placing))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.runner.close()


@pytest.fixture
def mock(server: Server) -> Mock:
    return server.mock()


# The real client, over a socket.

REAL_SITE = "https://www.swift.ac.uk/"


@pytest.fixture(scope="session")
def xrt_prods() -> ModuleType:
    """The real client, unmodified; without it these tests are skipped, in CI they fail."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what its own imports warn of is not ours
            return importlib.import_module("swifttools.ukssdc.xrt_prods.prod_request")
    except ImportError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"the real client swifttools is not installed: {error}")


class Client:
    """The real client beside the mock that it talks to.

    Its hard-coded addresses are led to the mock, and when it sleeps, the sandbox's clock moves.
    """

    def __init__(self, module: ModuleType, mock: Mock, url: str) -> None:
        self.module = module
        self.mock = mock
        self.base = f"{url}/~{mock.sandbox.name}/ukssdc"

    def request(self, *names: str, user: str = USER, **pars: Any) -> Any:
        """A request for these products, not submitted yet. pars: global parameters."""
        request = self.module.XRTProductRequest(user, silent=True, useDeprecate=False)
        request._baseURL = f"{self.base}/user_objects"
        given = {
            "name": "GRB 200416A",
            "targ": "00966554",
            "RA": 335.6985,
            "Dec": -7.5179,
            "centroid": True,
            "posErr": 1,
            "useSXPS": False,
            **pars,
        }
        request.setGlobalPars(**{key: value for key, value in given.items() if value is not None})
        for name in names:
            request.addProduct(name, **CLIENT_PARS.get(name, {}))
        return request

    def submitted(self, *names: str, scenario: str | None = None, **pars: Any) -> Any:
        """A request that was submitted. scenario: chosen by the target's name."""
        if scenario is not None:
            pars["name"] = f"GRB 200416A mock:{scenario.removeprefix('ukssdc/')}"
        request = self.request(*names, **pars)
        assert request.submit(), request.submitError
        return request

    def asked(self) -> list[dict[str, Any]]:
        """The bodies of all requests that were made so far."""
        return [json.loads(one.body) for one in self.mock.sandbox.journal if one.body]


CLIENT_PARS: dict[str, dict[str, Any]] = {
    "LightCurve": {"binMeth": "counts", "pcCounts": 20, "wtCounts": 30, "dynamic": True},
    "Spectrum": {"hasRedshift": False},
    "SourceDet": {"whichData": "all"},
}


@pytest.fixture(scope="session")
def served(server: Server) -> Iterator[str]:
    """The address of the same server on a socket."""
    with ThreadServer(server.app) as thread:
        yield thread.url


@pytest.fixture
def client(
    xrt_prods: ModuleType, mock: Mock, served: str, monkeypatch: pytest.MonkeyPatch
) -> Client:
    import requests

    found = Client(xrt_prods, mock, served)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    send = requests.Session.request

    def redirected(session: Any, method: str, url: str, **more: Any) -> Any:
        if url.startswith(REAL_SITE):
            url = f"{found.base}/{url.removeprefix(REAL_SITE)}"
        return send(session, method, url, **more)

    def sleep(seconds: float) -> None:
        with mock.sandbox.lock:
            mock.clock.advance(round(seconds * 1_000_000))

    monkeypatch.setattr(requests.Session, "request", redirected)
    monkeypatch.setattr(time, "sleep", sleep)
    # What it warned of already is forgotten: tests run in any order.
    monkeypatch.setattr(xrt_prods, "_apiDepWarned", {})
    monkeypatch.setattr(xrt_prods, "_localDepWarned", {})
    return found
