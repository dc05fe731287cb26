"""One JSON Schema for the scenario files of all services, for editors."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from mockstatus.scenario.load import Models


def json_schema(models: Models) -> dict[str, Any]:
    """A JSON Schema (2020-12) that accepts whatever the loader accepts.

    What only comparing can tell it leaves to the loader: orders of states, ranges that end before
    they begin, delays beyond the longest, what faults are on, fields both omitted and set.
    """
    references, schema = models_json_schema(
        [(models[name], "validation") for name in sorted(models)], ref_template="#/$defs/{model}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A mockstatus scenario",
        "type": "object",
        "required": ["service"],
        "properties": {
            "service": {"enum": sorted(models), "description": "The service whose job this is."}
        },
        # The service decides which of them counts, so that an editor speaks of one alone.
        "allOf": [
            {
                "if": {"properties": {"service": {"const": name}}, "required": ["service"]},
                "then": references[models[name], "validation"],
            }
            for name in sorted(models)
        ],
        "$defs": schema["$defs"],
    }
