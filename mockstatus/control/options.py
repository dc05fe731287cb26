"""Each service's knobs, by its own typed model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import BaseModel, JsonValue, ValidationError

from mockstatus.control.documented import router
from mockstatus.control.failures import ComplaintError
from mockstatus.control.here import AtHere
from mockstatus.scenario.explain import explain
from mockstatus.web.answer import encode_json

if TYPE_CHECKING:
    from mockstatus.web.service import Service

Change = dict[str, JsonValue]


def options_routes(services: Mapping[str, Service]) -> APIRouter:
    """Two routes for each service, so that each shows its own model; and what others are told."""
    routes = router("options")
    for service in services.values():
        _add(routes, service)

    async def no_such_service(here: AtHere, service: str) -> None:
        here.world.service(service)

    routes.add_api_route(
        "/options/{service}", no_such_service, methods=["GET", "PUT"], include_in_schema=False
    )
    return routes


def _add(routes: APIRouter, service: Service) -> None:
    async def get_options(here: AtHere) -> Any:
        return here.world.options(here.look(), service)

    async def put_options(here: AtHere, change: Change) -> Any:
        sandbox = here.look()
        options = _changed(here.world.options(sandbox, service), change)
        here.keep(sandbox)
        here.world.set_options(sandbox, service, options)
        return options

    path, model = f"/options/{service.name}", service.options_model
    routes.add_api_route(
        path,
        get_options,
        response_model=model,
        name=f"get_{service.name}_options",
        summary=f"The options of {service.title}",
        description=f"The knobs of {service.name} in this sandbox.",
    )
    routes.add_api_route(
        path,
        put_options,
        methods=["PUT"],
        response_model=model,
        name=f"put_{service.name}_options",
        summary=f"Change options of {service.title}",
        description="Changes the keys that are given; null restores a default.",
        openapi_extra={"requestBody": _documented(model)},
    )


def _changed(options: BaseModel, change: Change) -> BaseModel:
    """The options with these keys changed. Raises ComplaintError."""
    model = type(options)
    merged = {**options.model_dump(mode="json", by_alias=True, exclude_unset=True), **change}
    known = {info.alias or name for name, info in model.model_fields.items()}
    merged = {key: value for key, value in merged.items() if value is not None or key not in known}
    try:
        return model.model_validate_json(encode_json(merged))
    except ValidationError as error:
        raise ComplaintError(explain(error.errors(include_url=False), merged)) from None


def _document(options: BaseModel) -> dict[str, Any]:
    return options.model_dump(mode="json", by_alias=True)


def _documented(model: type[BaseModel]) -> dict[str, Any]:
    """The change that may be sent, for OpenAPI: any of the keys, or null in its place."""
    schema = {
        "type": "object",
        "properties": {
            info.alias or name: {"description": f"{info.description or ''} null: the default."}
            for name, info in model.model_fields.items()
        },
        "additionalProperties": False,
    }
    return {
        "required": True,
        "content": {"application/json": {"schema": schema, "example": _document(model())}},
    }
