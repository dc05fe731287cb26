"""What jobs play that nobody chooses a scenario for: the queue, then the default."""

from __future__ import annotations

from mockstatus.control.documented import router
from mockstatus.control.here import AtHere
from mockstatus.control.wire import DefaultOrder, DefaultView, NextOrder
from mockstatus.errors import BadRequestError

routes = router("choice of scenarios")

Queues = dict[str, list[str]]


@routes.get("/next", summary="What is queued")
async def get_next(here: AtHere) -> Queues:
    """The names queued for each service, the next one first."""
    return _queues(here)


@routes.post("/next", summary="Queue a scenario")
async def post_next(here: AtHere, order: NextOrder) -> Queues:
    """The next jobs of the scenario's service play it, one job a name. Answers all queues."""
    service, slash, _ = order.scenario.partition("/")
    if not slash:
        found = f"{order.scenario!r} names no service, expected one such as vesta/failure"
        raise BadRequestError(found, where="body.scenario")
    here.service_named(service, where="body.scenario")
    loaded = here.scenario_named(service, order.scenario, where="body.scenario")
    here.keep().queues.add(service, loaded.name, order.count)
    return _queues(here)


@routes.get("/defaults/{service}", summary="The default scenario of a service")
async def get_default(here: AtHere, service: str) -> DefaultView:
    """null where there is none: jobs then play the service's own story."""
    here.world.service(service)
    return DefaultView(service=service, scenario=here.look().defaults.get(service))


@routes.put("/defaults/{service}", summary="Set the default scenario of a service")
async def put_default(here: AtHere, service: str, order: DefaultOrder) -> DefaultView:
    """Its faults and settings also apply to calls that belong to no job. null takes it back."""
    here.world.service(service)
    if order.scenario is None:
        here.keep().defaults.pop(service, None)
        return DefaultView(service=service, scenario=None)
    loaded = here.scenario_named(service, order.scenario, where="body.scenario")
    here.keep().defaults[service] = loaded.name
    return DefaultView(service=service, scenario=loaded.name)


def _queues(here: AtHere) -> Queues:
    sandbox = here.look()
    return {service: list(sandbox.queues.of(service)) for service in here.world.services}
