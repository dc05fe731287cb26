"""The order in which a person meets things in Swagger UI: front text, tags, links, first steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mockstatus.web.operation import Kind
from mockstatus.web.presentation import operation_id

if TYPE_CHECKING:
    from mockstatus.web.world import World

SUBMIT_JOB = "control_submit_job"
_ANSWER = "$response.body#/answer/body/"

FRONT = """\
A mock server for clients of asynchronous job services. By hand, a story goes like this:

1. **Pick a scenario.** [Submit a job](#/Control%3A%20jobs/control_submit_job) has a list of
   examples, one for each story; each service's own submission has one in its header
   `X-Mock-Scenario`.
2. **Submit**, with the example that is filled in. What can be done next then opens, with the new
   job's id filled in.
3. **See its status**, by the service's own status call.
4. **Advance the clock**, by two hours, and look again.
5. **Inject a fault**: the next status call fails.
6. **Read the report**: [what was learned about the client](_mock/report?format=html).

[All addresses on one page](./) · [Jobs](_mock/jobs) · [Health](_mock/health)
"""

_FIRST = ("Control: choice of scenarios", "Control: jobs")
_AFTER = ("Control: clock", "Control: faults", "Control: report")
_TOLD = {
    "Control: choice of scenarios": "Pick what the next jobs play.",
    "Control: jobs": "Submit jobs of any service, see where they stand, and steer them.",
    "Control: clock": "Move the time: two hours pass at once.",
    "Control: faults": "Let calls fail, be slow, or lose their answers.",
    "Control: report": "What was learned about the client.",
    "Control: journal": "What was asked and answered.",
    "Control: events": "What happens, as it happens.",
    "Control: options": "Each service's knobs.",
    "Control: scenarios": "What there is to play; upload your own.",
    "Control: snapshot": "Keep all of a sandbox, and put it back.",
    "Control: sandbox": "The seed, and a fresh start.",
    "Control: server": "How the server is.",
}


def tell(document: dict[str, Any], world: World) -> None:
    """Puts an OpenAPI document, whose services are shown already, into the story's order."""
    document["info"]["description"] = FRONT
    document["tags"] = list(_tags(document))
    submit = _operations(document).get(SUBMIT_JOB)
    if submit is not None:
        submit["responses"]["201"]["links"] = dict(_links(document, world))
    document["x-mockstatus-story"] = {
        "first": [SUBMIT_JOB, *_ids(world, Kind.SUBMIT)],
        "submitted": _ids(world, Kind.POLL),
        "then": ["control_advance_clock", "control_post_fault", "control_get_report"],
    }


def _tags(document: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    services = {tag["name"]: tag for tag in document["tags"]}
    used = dict.fromkeys(one["tags"][0] for one in _operations(document).values())
    first = [*_FIRST, *services, *_AFTER]
    for name in dict.fromkeys([*first, *used]):
        if name in services:
            yield services[name]
        elif name in used:
            yield {"name": name, "description": _TOLD.get(name, "")}


def _links(document: Mapping[str, Any], world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where a job leads that was submitted here: where it would lead its own client, and more."""
    for name in ("get_job", "explain_job", "wait_for_job", "signal_job", "delete_job"):
        target = f"control_{name}"
        yield name, {"operationId": target, "parameters": {"job_id": "$response.body#/id"}}
    shown = _operations(document)
    for service in world.services.values():
        for operation in service.operations:
            if operation.kind is not Kind.SUBMIT or not operation.is_shown:
                continue
            for answer in shown[operation_id(service, operation)]["responses"].values():
                for name, link in answer.get("links", {}).items():
                    yield f"{service.name}_{name}", _moved(link)


def _moved(written: Any) -> Any:
    """A link of a service's own answer, for where that answer is a part of ours."""
    if isinstance(written, dict):
        return {key: _moved(value) for key, value in written.items()}
    return written.replace("$response.body#/", _ANSWER) if isinstance(written, str) else written


def _ids(world: World, kind: Kind) -> list[str]:
    """The first operation of this kind of each service."""
    found: dict[str, str] = {}
    for service in world.services.values():
        for operation in service.operations:
            if operation.kind is kind and operation.is_shown:
                found.setdefault(service.name, operation_id(service, operation))
    return list(found.values())


def _operations(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        operation["operationId"]: operation
        for methods in document["paths"].values()
        for operation in methods.values()
    }
