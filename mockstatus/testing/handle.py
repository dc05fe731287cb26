"""The handle: one sandbox of a server, as a test holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mockstatus.testing.clock import MockClock
from mockstatus.testing.control import Control, ControlError
from mockstatus.testing.job import Document, Job
from mockstatus.testing.report import Report

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from mockstatus.testing.redirect import Redirect
    from mockstatus.testing.site import Site


@dataclass(frozen=True, slots=True)
class MockService:
    """One service of the sandbox. url: what its client takes for the service's address."""

    name: str
    url: str

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario that was uploaded. name: `<service>/<name>`, by which anybody can choose it."""

    name: str

    def __str__(self) -> str:
        return self.name


class Mock:
    """A sandbox: its services' addresses, and everything that a test does to it.

    All of it is done over HTTP, so that it is the same whether the server is in this process or
    elsewhere. Everything but `.asgi` raises ControlError where the server refuses.
    """

    def __init__(self, site: Site, name: str) -> None:
        self.site = site
        self.name = name
        self.url = f"{site.url}/~{name}"
        self._control = Control(f"{self.url}/_mock", site.token)
        self._listeners: list[Callable[[datetime], None]] = []
        self._scenarios = 0
        self._closing = ExitStack()
        self._redirect: Redirect | None = None
        move = None if site.move is None else partial(site.move, name)
        self.clock = MockClock(self._control, self._told, move)

    # The services.

    @property
    def krixik(self) -> MockService:
        """`krixik.init(api_key="any", api_url=mock.krixik.url)`"""
        return self.service("krixik")

    @property
    def ukssdc(self) -> MockService:
        """`request._baseURL = mock.ukssdc.url`"""
        return self.service("ukssdc")

    @property
    def vesta(self) -> MockService:
        """The gateway's address, for any HTTP client."""
        return self.service("vesta")

    def service(self, name: str) -> MockService:
        """The service of this name, another package's too. Raises ValueError if there is none."""
        from mockstatus.registry import services

        known = services()
        if name not in known:
            raise ValueError(f"there is no service {name!r}, expected one of {', '.join(known)}")
        return MockService(name, f"{self.url}{known[name].client_path}")

    def asgi(self) -> ASGIApp:
        """The sandbox as an ASGI application, for clients with an in-process transport.

        It stands below any host name: `http://mock/vesta` is its VESTA. Raises RuntimeError where
        the server runs elsewhere.
        """
        from mockstatus.testing.asgi import InProcess

        if self.site.app is None:
            raise RuntimeError("the server is not in this process: there is only .url")
        return InProcess(self.site.app, f"/~{self.name}")

    def redirect(self, prefix: str, to: str) -> None:
        """Sends this process's requests for an address, and all below it, to the sandbox.

        to: a service's name, whose own address it is then, or any address. Raises ValueError.

            mock.redirect("https://www.swift.ac.uk/user_objects", "ukssdc")
        """
        self._redirecting().add(prefix, to if "://" in to else self.service(to).url)

    def redirect_built_in(self) -> None:
        """The same for all addresses that a service says its clients have built in."""
        from mockstatus.registry import services

        for service in services().values():
            for prefix, path in service.hosts.items():
                self.redirect(prefix, f"{self.url}{path}")

    def block_network(self) -> None:
        """Refuses this process's requests to hosts that are neither redirected nor this machine."""
        self._redirecting().block_network = True

    def _redirecting(self) -> Redirect:
        from mockstatus.testing.redirect import Redirect, redirected

        if self._redirect is None:
            self._redirect = Redirect()
            self._closing.enter_context(redirected(self._redirect))
        return self._redirect

    # What jobs play.

    def use(self, scenario: str | Scenario, count: int = 1) -> Scenario:
        """The next `count` jobs that nobody else chooses for play this.

        scenario: `<service>/<name>`, YAML text of one, or what `.scenario` returned.
        """
        if isinstance(scenario, str) and "\n" in scenario:
            scenario = self.scenario(scenario)
        self._control.post("/next", {"scenario": str(scenario), "count": count})
        return Scenario(str(scenario))

    def default(self, service: str, scenario: str | Scenario | None) -> None:
        """What jobs play that nobody chooses for; None takes it back."""
        name = None if scenario is None else str(scenario)
        self._control.put(f"/defaults/{service}", {"scenario": name})

    def scenario(
        self,
        text: str | Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        service: str | None = None,
        summary: str = "A story of this test.",
        **keys: Any,
    ) -> Scenario:
        """Uploads a scenario: YAML text, a document, or its keys as arguments.

        name: what it is called within its service; made up if None.

            mock.scenario(service="vesta", phases=[{"state": "PENDING", "polls": 3}])
        """
        body: str | Document
        if isinstance(text, str):
            body, service = text, service or _service_named_in(text)
        else:
            body = {"service": service, "summary": summary, **keys, **(text or {})}
            service = body["service"]
        if service is None:
            raise ValueError("the scenario names no service, expected service='vesta', for example")
        self._scenarios += 1
        full = f"{service}/{name or f'own-{self._scenarios}'}"
        self._control.put(f"/scenarios/{full}", body)
        return Scenario(full)

    def fault(self, spec: Mapping[str, Any] | None = None, **keys: Any) -> str:
        """Posts a fault, spelled as in a scenario; answers its id.

        mock.fault(service="vesta", operation="status", nth=2, effect={"status": 503})
        """
        return str(self._control.post("/faults", {**(spec or {}), **keys})["id"])

    def options(self, service: str, **changes: Any) -> Document:
        """A service's knobs, after these changes; None restores a default."""
        path = f"/options/{service}"
        found = self._control.put(path, changes) if changes else self._control.get(path)
        return dict(found)

    # What happened.

    @property
    def jobs(self) -> list[Job]:
        """All jobs, oldest first, those included that are gone."""
        return [Job(self._control, one["id"]) for one in self._control.get("/jobs")]

    def job(self, job_id: str) -> Job:
        """The job that a client holds this id of. Raises ControlError if there is none."""
        return Job(self._control, self._control.get(f"/jobs/{job_id}")["id"])

    def submit(self, service: str, scenario: str | Scenario | None = None, **fields: Any) -> Job:
        """Submits a job on a client's behalf. fields: as they are on the wire."""
        name = None if scenario is None else str(scenario)
        order: Document = {"service": service, "scenario": name}
        if fields:
            order["submission"] = fields
        return Job(self._control, self._control.post("/jobs", order)["id"])

    def wait(self, job: Job | str, **wanted: Any) -> Document:
        """Waits for a job: see `Job.wait`."""
        found = job if isinstance(job, Job) else Job(self._control, job)
        return found.wait(**wanted)

    async def wait_async(self, job: Job | str, **wanted: Any) -> Document:
        """The same, for a test that runs in an event loop."""
        found = job if isinstance(job, Job) else Job(self._control, job)
        return await found.wait_async(**wanted)

    @property
    def journal(self) -> list[Document]:
        """Every exchange of the sandbox's clients, oldest first."""
        return list(self._control.get("/journal", limit=10_000)["exchanges"])

    @property
    def report(self) -> Report:
        """What was learned about the client so far."""
        return Report(self._control.get("/report"))

    @property
    def seed(self) -> int:
        """What ids and draws are made from. It is set only while there are no jobs."""
        return int(self._control.get("/seed")["seed"])

    @seed.setter
    def seed(self, seed: int) -> None:
        self._control.put("/seed", {"seed": seed})

    # Its life.

    def begin(self, *, clock: str = "real") -> None:
        """Sets the clock's mode, and makes sure that the server is there.

        `virtual`: it stands still, and whoever sleeps in this process moves it.
        """
        self._bring_stories()
        if clock != "virtual":
            self.clock.mode = clock
            return
        from mockstatus.testing.sleep import virtual_time

        self.clock.mode = "manual"
        self._closing.enter_context(virtual_time(self))

    def reset(self) -> None:
        """The sandbox as new: jobs, queue, options, faults, uploads, clock, seed, journal.

        The clock's mode stays as it was.
        """
        mode = self.clock.mode
        self._control.post("/reset")
        self._bring_stories()
        self.clock.mode = mode

    def _bring_stories(self) -> None:
        for name, text in self.site.stories.items():
            self._control.put(f"/scenarios/{name}", text)

    def close(self) -> None:
        """Forgets the sandbox's jobs; ends what was begun for it."""
        with self._closing, suppress(ControlError):
            self._control.post("/reset")
        self._control.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def on_time(self, listener: Callable[[datetime], None]) -> None:
        """Calls `listener` with each instant that the server tells of its clock."""
        self._listeners.append(listener)

    def _told(self, now: datetime) -> None:
        for listener in self._listeners:
            listener(now)

    def get(self, path: str, **query: Any) -> Any:
        """What the control API tells at a path below `/_mock`, for what has no name here."""
        return self._control.get(path, **query)


def _service_named_in(text: str) -> str | None:
    """The service that a scenario's text names; whether it exists is the server's to say."""
    import yaml

    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"the scenario is no YAML: {error}") from error
    service = found.get("service") if isinstance(found, Mapping) else None
    return service if isinstance(service, str) else None
