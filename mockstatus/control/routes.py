"""All routes of `/_mock`, in the order in which they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockstatus.control import (
    certificate,
    choice,
    clock,
    events,
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

    from starlette.routing import BaseRoute

    from mockstatus.web.service import Service


def control_routes(services: Mapping[str, Service]) -> list[BaseRoute]:
    """The routes of `/_mock`, which work on their application's `state.world`."""
    routers = [
        *(
            resource.routes
            for resource in (jobs, wait, clock, scenarios, choice, faults, journal, report, events)
        ),
        options_routes(services),
        *(resource.routes for resource in (seed, snapshot, reset, certificate, health)),
    ]
    return [route for router in routers for route in router.routes]
