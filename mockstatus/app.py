"""Builds a server's parts and joins them. No globals: two apps know nothing of each other."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from mockstatus import __version__
from mockstatus.registry import services as registered_services
from mockstatus.runtime.clock import SYSTEM_TIME, Clock, ClockMode, TimeSource
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.runtime.sandboxes import Sandboxes
from mockstatus.scenario.library import Library
from mockstatus.settings import Settings
from mockstatus.web.front import Front, Sleep
from mockstatus.web.world import World

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from mockstatus.web.service import Service


class MockStatus(FastAPI):
    """The FastAPI application, with the lean path of the imitated services before it.

    world: what the server is made of. seed: where the draws of new sandboxes come from.
    """

    def __init__(self, world: World, *, seed: int, sleep: Sleep, **settings: Any) -> None:
        super().__init__(**settings)
        self.world = world
        self.seed = seed
        self._front = Front(world, super().__call__, sleep=sleep)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request: the imitated services at once, all else as FastAPI does."""
        await self._front(scope, receive, send)


def create_app(
    settings: Settings | None = None,
    *,
    services: Mapping[str, Service] | None = None,
    library: Library | None = None,
    source: TimeSource = SYSTEM_TIME,
    sleep: Sleep = asyncio.sleep,
) -> MockStatus:
    """A server, ready to be served by any ASGI server.

    services: those of the registry if None. library: shipped and mounted scenarios if None.
    source: what real time is; sleep: how a fault's delay is waited for. Both are for tests.
    Raises ScenarioError where a mounted scenario cannot be used.
    """
    settings = settings or Settings()
    services = registered_services() if services is None else services
    seed = secrets.randbits(63) if settings.seed is None else settings.seed
    mode = ClockMode.parse(settings.clock)

    def make(name: str) -> Sandbox:
        return Sandbox(name, clock=Clock(mode, source=source), seed=seed)

    if library is None:
        models = {name: service.scenario_model for name, service in services.items()}
        library = Library.open(models, folders=settings.scenarios)
    world = World(
        services=services,
        library=library,
        sandboxes=Sandboxes(make, limit=settings.max_sandboxes, source=source),
        public_url=settings.public_url,
        source=source,
    )
    return MockStatus(world, seed=seed, sleep=sleep, title="mockstatus", version=__version__)
