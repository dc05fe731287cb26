"""The whole OpenAPI document: `/_mock` as FastAPI tells it, and the services as they declare it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockstatus.control.answers import show
from mockstatus.control.documented import Problem
from mockstatus.control.examples import fill
from mockstatus.control.story import tell
from mockstatus.web.presentation import present, schema_of

if TYPE_CHECKING:
    from mockstatus.web.world import World

_SCHEME = "adminToken"
_OPEN = "/_mock/health"


def document(own: dict[str, Any], world: World, *, wants_token: bool) -> dict[str, Any]:
    """own: FastAPI's document, which is changed. wants_token: whether `/_mock` is closed."""
    schemas = own.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(schema_of(Problem))
    _tell_streams_as_texts(own["paths"])
    fill(own["paths"], world)
    show(own["paths"], schemas)
    if wants_token:
        _close(own)
    present(own, world.services.values(), scenarios=tuple(world.library.scenarios))
    tell(own, world)
    return own


def _tell_streams_as_texts(paths: dict[str, Any]) -> None:
    """FastAPI tells them in words of OpenAPI 3.2, which the document's own version lacks."""
    for operations in paths.values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    if content.pop("itemSchema", None) is not None:
                        content["schema"] = {"type": "string"}


def _close(own: dict[str, Any]) -> None:
    """Lets Swagger UI ask for the token."""
    own["components"]["securitySchemes"] = {
        _SCHEME: {"type": "http", "scheme": "bearer", "description": "MOCKSTATUS_ADMIN_TOKEN"}
    }
    for path, operations in own["paths"].items():
        if path.startswith("/_mock/") and path != _OPEN:
            for operation in operations.values():
                operation["security"] = [{_SCHEME: []}]
