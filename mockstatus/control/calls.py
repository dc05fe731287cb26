"""Calls to a service that `/_mock` makes on a client's behalf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockstatus.errors import BadRequestError
from mockstatus.web.call import Call
from mockstatus.web.exchange import HEADER
from mockstatus.web.router import NotFound, Router
from mockstatus.web.service import Submission

if TYPE_CHECKING:
    from starlette.requests import Request

    from mockstatus.control.here import Here
    from mockstatus.web.operation import Operation
    from mockstatus.web.service import Service


def call_of(here: Here, request: Request, service: Service, made: Submission) -> Call:
    """The call that this request of the service's own client would be. Raises BadRequestError."""
    found = Router(service.operations).find(made.method, made.path)
    if isinstance(found, NotFound):
        raise BadRequestError(f"{service.name} serves no {made.method} {made.path}")
    # Addressed as the tester addresses us; what it plays is the tester's to say, too.
    host = request.headers.get("host", "")
    sandbox = here.look()
    mount = service.mount(here.world.options(sandbox, service), request.scope)
    own = [pair for pair in made.headers if pair[0].lower() not in {HEADER.encode(), b"host"}]
    return Call(
        world=here.world,
        service=service,
        operation=found.operation,
        sandbox=sandbox,
        method=made.method,
        path=made.path,
        prefix=f"{here.prefix}/{service.name}{mount}",
        params=found.params,
        query_string=made.query.encode(),
        headers=[*own, (b"host", host.encode("latin-1"))],
        body=made.body,
        scheme=request.url.scheme,
        server=host,
        by_tester=True,
    )


def any_call(here: Here, request: Request, service: Service, operation: Operation) -> Call:
    """Some call of this operation, for what only needs one to speak of."""
    path = operation.path.replace("{", "").replace("}", "")
    return call_of(here, request, service, Submission(operation.method, path))
