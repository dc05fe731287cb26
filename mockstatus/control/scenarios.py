"""The scenarios that a sandbox sees: shipped, mounted, and its own uploads over both."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import Header, Query, Request
from starlette.responses import Response

from mockstatus.control.documented import router
from mockstatus.control.here import AtHere
from mockstatus.control.wire import ScenarioFormat, ScenarioSummary, ScenarioView
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.scenario.library import shipped_folder
from mockstatus.scenario.load import Loaded
from mockstatus.scenario.source import read_source

routes = router("scenarios")

YAML = "application/yaml"


@routes.get("/scenarios", summary="The scenarios there are")
async def list_scenarios(here: AtHere) -> list[ScenarioSummary]:
    """By name; an upload hides a mounted one of its name, a mounted one a shipped one."""
    sandbox = here.look()
    return [_summary(sandbox, loaded) for loaded in sandbox.uploads.scenarios.values()]


@routes.get(
    "/scenarios/{service}/{name}",
    summary="One scenario",
    response_model=ScenarioView,
    responses={200: {"content": {YAML: {"schema": {"type": "string"}}}}},
)
async def get_scenario(
    here: AtHere,
    service: str,
    name: str,
    wanted: Annotated[
        ScenarioFormat | None, Query(alias="format", description="yaml: as it was written.")
    ] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Any:
    """As it was written, where `format=yaml` or the Accept header ask for YAML; else as JSON."""
    sandbox = here.look()
    loaded = sandbox.uploads.get(f"{service}/{name}")
    if wanted == "yaml" or (wanted is None and "yaml" in accept.lower()):
        return Response(loaded.text, media_type=YAML)
    document = read_source(loaded.text, path=loaded.name).value
    return ScenarioView(
        **_summary(sandbox, loaded).model_dump(),
        description=loaded.scenario.description,
        text=loaded.text,
        document=document,
    )


@routes.put(
    "/scenarios/{service}/{name}",
    summary="Upload a scenario",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                YAML: {"schema": {"type": "string"}},
                "application/json": {"schema": {"type": "object"}},
            },
        }
    },
)
async def put_scenario(here: AtHere, request: Request, service: str, name: str) -> ScenarioSummary:
    """YAML or JSON, spelled as in a file. Jobs that are under way keep their own."""
    content = await request.body()
    full = f"{service}/{name}"
    sandbox = here.look()
    with sandbox.lock:
        loaded = sandbox.uploads.put(full, content)
        here.keep(sandbox)
    return _summary(sandbox, loaded)


@routes.delete("/scenarios/{service}/{name}", status_code=204, summary="Remove an upload")
async def delete_scenario(here: AtHere, service: str, name: str) -> None:
    """What it had overridden is back."""
    sandbox = here.look()
    with sandbox.lock:
        sandbox.uploads.delete(f"{service}/{name}")


def _summary(sandbox: Sandbox, loaded: Loaded) -> ScenarioSummary:
    return ScenarioSummary(
        name=loaded.name,
        service=loaded.service,
        summary=loaded.scenario.summary,
        source=_source(sandbox, loaded),
    )


def _source(sandbox: Sandbox, loaded: Loaded) -> Any:
    if loaded.name in sandbox.uploads.uploads:
        return "uploaded"
    return "shipped" if Path(loaded.path).is_relative_to(shipped_folder()) else "mounted"
