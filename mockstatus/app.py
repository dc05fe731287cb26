"""Builds a server's parts and joins them. No globals: two apps know nothing of each other."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from mockstatus import __version__
from mockstatus.control import failures, pages
from mockstatus.control.guard import Guard
from mockstatus.control.openapi import document
from mockstatus.control.routes import control_routes
from mockstatus.errors import UnknownServiceError
from mockstatus.registry import services as registered_services
from mockstatus.runtime.clock import SYSTEM_TIME, Clock, ClockMode, TimeSource
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.runtime.sandboxes import Sandboxes
from mockstatus.scenario.library import Library, shipped_folder
from mockstatus.settings import Settings
from mockstatus.web.aliases import Alias, Aliased
from mockstatus.web.front import Front, Sleep
from mockstatus.web.netsafety import NetSafety, is_loopback_host
from mockstatus.web.repeats import Repeats
from mockstatus.web.world import World

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mockstatus.scenario.schema import ScenarioFile
    from mockstatus.web.service import Service


class MockStatus(FastAPI):
    """The FastAPI application, with the lean path of the imitated services before it.

    world: what the server is made of. seed: where the draws of new sandboxes come from.
    """

    def __init__(
        self,
        world: World,
        settings: Settings,
        *,
        seed: int,
        sleep: Sleep,
        ca_pem: bytes | None = None,
    ) -> None:
        control = control_routes(world.services)
        super().__init__(
            # The routes as they are: `include_router` makes them all anew, models and all, for the
            # first requests (15 ms), and each later one then takes up to half as long again.
            routes=[*control, *pages.routes.routes],
            title="mockstatus",
            version=__version__,
            redirect_slashes=False,
            docs_url=None,  # ours needs no other host
            redoc_url=None,
        )
        self.world = self.state.world = world
        self.state.ca_pem = ca_pem
        self.seed = seed
        self._token = _token(settings)
        failures.install(self, control)
        guarded = Guard(super().__call__, token=self._token)
        safe = NetSafety(
            Front(world, guarded, sleep=sleep),
            bound_to_loopback=is_loopback_host(settings.host),
            aliases=names(settings),
        )
        self._entry: ASGIApp = Repeats(world, safe)
        aliases = [Alias.parse(text) for text in settings.aliases]
        if any(alias.path for alias in aliases):
            self._entry = Aliased(self._entry, aliases)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request: the imitated services at once, all else as FastAPI does."""
        await self._entry(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """What FastAPI serves and what the services declare, in one document."""
        if self.openapi_schema is None:
            own = super().openapi()
            self.openapi_schema = document(own, self.world, wants_token=self._token is not None)
        return self.openapi_schema


def create_app(
    settings: Settings | None = None,
    *,
    services: Mapping[str, Service] | None = None,
    library: Library | None = None,
    source: TimeSource = SYSTEM_TIME,
    sleep: Sleep = asyncio.sleep,
    ca_pem: bytes | None = None,
) -> MockStatus:
    """A server, ready to be served by any ASGI server.

    services: those of the registry if None. library: shipped and mounted scenarios if None.
    source: what real time is; sleep: how a fault's delay is waited for. Both are for tests.
    ca_pem: the certificate that clients are to trust, where the server also speaks TLS.
    What is wrong with scenario files does not hinder it: see `app.world.library.problems`.
    Raises UnknownServiceError for an alias that leads to no service.
    """
    settings = settings or Settings()
    services = registered_services() if services is None else services
    seed = secrets.randbits(63) if settings.seed is None else settings.seed
    for alias in map(Alias.parse, settings.aliases):
        if alias.path and alias.service not in services:
            raise UnknownServiceError(alias.service, services)
    mode = ClockMode.parse(settings.clock)
    scenarios = library or _library(services, settings)

    origin = Clock(mode, source=source)

    def make(name: str) -> Sandbox:
        # Looks at a sandbox that is not kept make it anew, each time: they must agree on the time.
        now_us = source.wall_us() if mode.rate == 1 else origin.now_us()
        clock = Clock(mode, now_us=now_us, source=source)
        return Sandbox(name, clock=clock, seed=seed, library=scenarios)

    world = World(
        services=services,
        library=scenarios,
        sandboxes=Sandboxes(make, limit=settings.max_sandboxes, source=source),
        public_url=settings.public_url,
        source=source,
    )
    return MockStatus(world, settings, seed=seed, sleep=sleep, ca_pem=ca_pem)


def _library(services: Mapping[str, Service], settings: Settings) -> Library:
    def check(scenario: ScenarioFile) -> None:
        services[scenario.service].check(scenario)

    models = {name: service.scenario_model for name, service in services.items()}
    return Library(models, folders=(shipped_folder(), *settings.scenarios), check=check)


def _token(settings: Settings) -> str | None:
    """The admin token; an empty one is none, as container set-ups pass unset variables on."""
    token = settings.admin_token
    return token.get_secret_value() or None if token is not None else None


def names(settings: Settings) -> tuple[str, ...]:
    """Host names that the server answers to, beside those of loopback; some with a port."""
    public = urlsplit(settings.public_url).netloc if settings.public_url is not None else ""
    aliases = tuple(Alias.parse(alias).host for alias in settings.aliases)
    return (*aliases, public) if public else aliases
