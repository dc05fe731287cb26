"""What goes wrong under `/_mock`, and beside the services, as problem documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route

from mockstatus.control.unserved import write_down
from mockstatus.errors import MockStatusError
from mockstatus.scenario.explain import explain
from mockstatus.scenario.strict import Located
from mockstatus.web.answer import Answer, reason
from mockstatus.web.problems import complaints, problem, problem_of

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.routing import BaseRoute


# What FastAPI, and pydantic outside of JSON, call otherwise than it is called in a scenario file.
_ONE_WORD = {"int_parsing": "int_type", "model_attributes_type": "model_type"}


class ComplaintError(MockStatusError):
    """A request in which something is wrong. found: each thing, with its place in the body."""

    def __init__(self, found: Iterable[Located]) -> None:
        self.found = tuple(found)
        super().__init__("; ".join(one.message for one in self.found))


def install(app: FastAPI, control: Iterable[BaseRoute]) -> None:
    """Problem documents in place of FastAPI's own answers to what goes wrong.

    control: the routes that tell what can be done to a path.
    """
    routes = [route for route in control if isinstance(route, Route)]

    async def not_served(request: Request, error: Exception) -> Response:
        answer = _not_served(request, error, routes)
        if answer.status == 404 and not request.scope["path"].startswith(_own_paths(request)):
            await write_down(request, answer)
        return response(answer)

    app.add_exception_handler(MockStatusError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, not_served)
    app.add_exception_handler(Exception, _failed)


def response(answer: Answer) -> Response:
    """An answer, as FastAPI's handlers give one."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
    return Response(answer.body, answer.status, headers)


async def _refused(_: Request, error: Exception) -> Response:
    if isinstance(error, ComplaintError):
        return response(complaints(error.found, base="body"))
    assert isinstance(error, MockStatusError)  # noqa: S101  # as it was registered
    return response(problem_of(error))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # as it was registered
    found: dict[str, list[Any]] = {}
    for one in error.errors():
        part, *at = one["loc"]
        kind = _ONE_WORD.get(one["type"], one["type"])
        found.setdefault(part, []).append({**one, "type": kind, "loc": tuple(at)})
    part, errors = next(iter(found.items()))
    if part != "body":
        return response(complaints(explain(errors, dict(request.query_params)), base=part))
    if errors[0]["type"] == "missing" and not errors[0]["loc"]:
        return response(complaints([Located("there is none, expected a JSON object")], base=part))
    return response(complaints(explain(errors, error.body), base=part))


def _own_paths(request: Request) -> str:
    """Where the control API is: who asks there is no client."""
    prefix: str = request.scope.get("root_path", "")
    return f"{prefix}/_mock"


def _not_served(request: Request, error: Exception, routes: Iterable[Route]) -> Answer:
    assert isinstance(error, HTTPException)  # noqa: S101  # as it was registered
    path = request.url.path
    if error.status_code == 404 and error.detail == reason(404):
        return problem(404, "Not found", f"nothing is served at {path}", where="path")
    if error.status_code == 405:
        own = (error.headers or {}).get("Allow", "").split(", ")
        allowed = ", ".join(sorted({*filter(None, own), *_methods(request, routes)}))
        detail = f"{request.method} cannot be done to {path}, expected {allowed}"
        answer = problem(405, "Method not allowed", detail, where="method")
        return answer.with_headers([("allow", allowed)])
    status = error.status_code
    return problem(status, reason(status), str(error.detail))


async def _failed(_: Request, __: Exception) -> Response:
    # The server's log tells the rest: `Guard` writes it there.
    return response(problem(500, "Internal error", "mockstatus failed; its log says why"))


def _methods(request: Request, routes: Iterable[Route]) -> set[str]:
    """What can be done to a path; the route that refused it knows only of its own methods."""
    methods: set[str] = set()
    for route in routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            methods |= route.methods or set()
    return methods
