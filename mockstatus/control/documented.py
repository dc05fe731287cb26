"""What the routers of `/_mock` have in common, for OpenAPI."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="What is wrong, and what was expected.")
    where: str | None = Field(default=None, description="The part of the request that is meant.")
    errors: list[dict[str, Any]] | None = Field(
        default=None, description="Each thing that is wrong: where, what, expected."
    )


_PROBLEM = {
    "application/problem+json": {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "example": {
            "type": "about:blank",
            "title": "Bad request",
            "status": 422,
            "detail": "body.count: count is 0, expected at least 1",
            "where": "body.count",
            "errors": [
                {
                    "where": "body.count",
                    "what": "count is 0, expected at least 1",
                    "expected": "at least 1",
                }
            ],
        },
    }
}

REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused: what, where, and what was expected.", "content": _PROBLEM},
    503: {"description": "The server is full; the limit is named.", "content": _PROBLEM},
}


def router(tag: str) -> APIRouter:
    """A router for one resource of `/_mock`."""
    return APIRouter(
        prefix="/_mock",
        tags=[f"Control: {tag}"],
        responses=REFUSALS,
        generate_unique_id_function=_operation_id,
        strict_content_type=False,  # the guard has seen to it
    )


def _operation_id(route: APIRoute) -> str:
    return f"control_{route.name}"
