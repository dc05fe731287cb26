"""Shows what services declare in an OpenAPI document: the one declaration, served and shown.

A service's models become components named `<service>.<Model>`, so that no two services, and
nothing of ours, can be mistaken for one another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from mockstatus.web.operation import Documented, Example, Kind
from mockstatus.web.sending import BODILESS

if TYPE_CHECKING:
    from mockstatus.web.operation import Body, Operation, Parameter
    from mockstatus.web.service import Service

_TEMPLATE = "#/components/schemas/{model}"

_FULL = "LimitReached"
_FULL_SCHEMA = {
    "type": "object",
    "description": "A limit of the server is reached (RFC 9457).",
    "required": ["type", "title", "status", "detail", "limit"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is full, and what helps."},
        "limit": {"type": "string", "description": "The limit's name."},
    },
}
_FULL_ANSWER = Documented(
    status=503,
    description="Not the service's own: the mock server is full; the limit is named.",
    media_type="application/problem+json",
    schema={"$ref": _TEMPLATE.format(model=_FULL)},
    examples={
        "mock-full": Example(
            summary="there are as many sandboxes as there may be",
            value={
                "type": "about:blank",
                "title": "A limit is reached",
                "status": 503,
                "detail": "there are 1000 sandboxes already, none of them idle for ten minutes;"
                " raise MOCKSTATUS_MAX_SANDBOXES or reuse names",
                "limit": "sandboxes",
            },
        )
    },
)
"""What any operation answers beside its service's own answers: whatever it does may be stored."""

Schema = Mapping[str, Any]
Known = Mapping[Any, Schema]


def present(
    document: dict[str, Any], services: Iterable[Service], *, scenarios: Iterable[str] = ()
) -> None:
    """Adds the services' operations, models and tags to an OpenAPI document.

    scenarios: names, SERVICE/NAME, to choose from in the header of each submission.
    """
    choices = tuple(scenarios)
    components = document.setdefault("components", {}).setdefault("schemas", {})
    tags = document.setdefault("tags", [])
    paths = document.setdefault("paths", {})
    for service in services:
        shown = [operation for operation in service.operations if operation.is_shown]
        known, schemas = _schemas(service.name, shown)
        components.update(schemas)
        if shown:
            components[_FULL] = _FULL_SCHEMA
        names = dict.fromkeys(_tag(service, operation) for operation in shown)
        tags += [{"name": name, "description": service.summary} for name in names]
        for operation in shown:
            path = paths.setdefault(f"/{service.name}{operation.path}", {})
            entry = path[operation.method.lower()] = _operation(service, operation, known)
            if operation.kind is Kind.SUBMIT:
                entry["parameters"] += _choice(service, choices)


def _choice(service: Service, scenarios: Iterable[str]) -> Iterable[dict[str, Any]]:
    """The header that picks a scenario, as a list of those there are."""
    names = [name for name in scenarios if name.startswith(f"{service.name}/")]
    if names:
        yield {
            "name": "X-Mock-Scenario",
            "in": "header",
            "description": "What the job plays; uploaded scenarios can be named, too.",
            "required": False,
            "schema": {"type": "string", "enum": names},
        }


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """A model's components, by their names."""
    _, schema = models_json_schema([(model, "serialization")], ref_template=_TEMPLATE)
    return dict(schema["$defs"])


def operation_id(service: Service, operation: Operation) -> str:
    """The operation's name in the whole document, for generated clients and for links."""
    return f"{service.name}_{operation.id}"


def _tag(service: Service, operation: Operation) -> str:
    return operation.tag or service.title


def _schemas(service: str, operations: Iterable[Operation]) -> tuple[Known, dict[str, Schema]]:
    """How each model of a service is referred to, and the components themselves."""
    keys: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    for operation in operations:
        if operation.body is not None and operation.body.model is not None:
            keys[operation.body.model, "validation"] = None
        for answer in operation.answers:
            if answer.model is not None:
                keys[answer.model, "serialization"] = None
    template = _TEMPLATE.format(model=f"{service}.{{model}}")
    references, schema = models_json_schema(list(keys), ref_template=template)
    components = {f"{service}.{name}": one for name, one in schema.get("$defs", {}).items()}
    return references, components


def _operation(service: Service, operation: Operation, known: Known) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "operationId": operation_id(service, operation),
        "summary": operation.summary,
        "description": operation.description,
        "tags": [_tag(service, operation)],
        "parameters": [*map(_parameter, operation.parameters), *_undeclared(operation)],
        "responses": _answers((*operation.answers, _FULL_ANSWER), known),
    }
    if operation.body is not None:
        shown["requestBody"] = _body(operation.body, known)
    return shown


def _parameter(parameter: Parameter) -> dict[str, Any]:
    shown = {
        "name": parameter.name,
        "in": parameter.where,
        "description": parameter.description,
        "required": parameter.is_required or parameter.where == "path",
        "schema": dict(parameter.schema),
    }
    return shown if parameter.example is None else {**shown, "example": parameter.example}


def _undeclared(operation: Operation) -> Iterable[dict[str, Any]]:
    """Parameters of the path that nobody described: without them the document is not valid."""
    declared = {one.name for one in operation.parameters if one.where == "path"}
    for name in re.findall(r"\{([^}]+)\}", operation.path):
        if name not in declared:
            yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _body(body: Body, known: Known) -> dict[str, Any]:
    content = _content(_schema(body.model, "validation", body.schema, known), body.examples)
    return {
        "required": body.is_required,
        "content": dict.fromkeys(body.media_types, content),
    }


def _answers(answers: Iterable[Documented], known: Known) -> dict[str, Any]:
    """All answers by their status; several of one status share their place."""
    shown: dict[str, Any] = {}
    for answer in answers:
        place = shown.setdefault(str(answer.status), {"description": answer.description})
        if answer.description not in place["description"]:
            place["description"] += f"\n\n{answer.description}"
        if answer.links:
            place.setdefault("links", {}).update(answer.links)
        if answer.media_type and answer.status not in BODILESS:
            schema = _schema(answer.model, "serialization", answer.schema, known)
            content = place.setdefault("content", {})
            content[answer.media_type] = _joined(
                content.get(answer.media_type), _content(schema, answer.examples)
            )
    return shown


def _schema(
    model: type[BaseModel] | None,
    mode: JsonSchemaMode,
    schema: Schema | None,
    known: Known,
) -> Schema:
    return known[model, mode] if model is not None else schema or {}


def _content(schema: Schema, examples: Mapping[str, Example]) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": dict(schema)}
    if examples:
        content["examples"] = {
            name: {"summary": example.summary, "value": example.value}
            for name, example in examples.items()
        }
    return content


def _joined(before: dict[str, Any] | None, content: dict[str, Any]) -> dict[str, Any]:
    """Two bodies of one status and media type, as one that may be either."""
    if before is None:
        return content
    schemas = before["schema"].get("anyOf", [before["schema"]])
    if content["schema"] not in schemas:
        schemas = [*schemas, content["schema"]]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    examples = {**before.get("examples", {}), **content.get("examples", {})}
    return {"schema": schema, **({"examples": examples} if examples else {})}
