"""All routers of `/_mock`, in the order in which they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockstatus.control import (
    certificate,
    choice,
    clock,
    events,
    failures,
    faults,
    health,
    jobs,
    journal,
    report,
    reset,
    scenarios,
    seed,
    snapshot,
    wait,
)
from mockstatus.control.options import options_routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

    from mockstatus.web.service import Service


def install(app: FastAPI, services: Mapping[str, Service]) -> None:
    """Adds `/_mock` to an application, whose `state.world` it works on."""
    routers = [
        *(
            resource.routes
            for resource in (jobs, wait, clock, scenarios, choice, faults, journal, report, events)
        ),
        options_routes(services),
        *(resource.routes for resource in (seed, snapshot, reset, certificate, health)),
    ]
    for router in routers:
        app.include_router(router)
    failures.install(app, routers)
