"""Examples of what `/_mock` answers: recorded, and kept beside this file.

A job of vesta plays `vesta/retry-then-success` on a clock that is moved by hand; what was too long
to read was shortened. By operation, status and media type.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORDED = Path(__file__).with_suffix(".json")
JOB = "f26a6cd1-b6ae-4afd-8e8c-170a534c3827"
_UNTOLD = "Successful Response"  # FastAPI's word where nobody said another


def show(paths: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
    """Adds an example to each good answer in an OpenAPI document's paths, and says what it is."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    for operations in paths.values():
        for operation in operations.values():
            examples = recorded.get(operation["operationId"], {})
            for status, answer in operation["responses"].items():
                for media_type, example in examples.get(status, {}).items():
                    if media_type in answer.get("content", {}):
                        answer["content"][media_type]["example"] = example
                if answer["description"] == _UNTOLD:
                    answer["description"] = _told(answer, schemas) or f"{operation['summary']}."


def _told(answer: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """What the model of an answer says about itself, if it has one."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    told: str = schemas.get(name, {}).get("description", "")
    return told.partition("\n\n")[0]
