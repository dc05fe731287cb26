"""The bodies that the client sends, filled in, as OpenAPI shows them.

Source: Krixik wire notes, 1.3 and 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from mockstatus.services.krixik.choosing import SAMPLE
from mockstatus.web.operation import Body, Example

FILE_ID = "596bf30e-c13d-41df-8cc8-b7e26709a468"
PROCESS_ID = "f948a6ad-0343-e743-2b3f-0df6bc732a3a"

_WITH_NAME = {**SAMPLE, "file_name": "whale.txt"}
_SELECTING: dict[str, Any] = {
    "file_ids": None,
    "file_names": None,
    "symbolic_directory_paths": ["/novels*"],
    "symbolic_file_paths": None,
    "file_tags": None,
    "max_files": 1000,
    "created_at_start": None,
    "created_at_end": None,
    "last_updated_start": None,
    "last_updated_end": None,
}
_ABOUT_FILE = {"pipeline": "demo", "version": "1.1.19", "file_id": FILE_ID}


def body(model: type[BaseModel], summary: str, value: Mapping[str, Any]) -> Body:
    """A body with one filled-in example. The client labels all its JSON text/plain."""
    return Body(
        media_types=("text/plain", "application/json"),
        model=model,
        examples={"filled_in": Example(summary=summary, value=dict(value))},
    )


PROCESS_EXAMPLE = _WITH_NAME
MAGIC_EXAMPLE = {**_WITH_NAME, "file_tags": [{"mock": "failed-second-module"}]}
STATUS_EXAMPLE = {"pipeline": "demo", "version": "1.1.19", "process_id": PROCESS_ID}
FILE_EXAMPLE = _ABOUT_FILE
UPDATE_EXAMPLE = {
    **_ABOUT_FILE,
    "file_name": "copy.txt",
    "symbolic_directory_path": None,
    "file_tags": None,
    "file_description": None,
    "expire_time": 86400,
}
LIST_EXAMPLE = {"pipeline": "demo", "version": "1.1.19", **_SELECTING}
TREE_EXAMPLE = {
    "pipeline": "demo",
    "symbolic_directory_path": "/novels*",
    "max_files": 1000,
    "version": "1.1.19",
}
KEYWORD_EXAMPLE = {
    "pipeline": "words",
    "pipeline_ordered_modules": ["keyword-db"],
    "query": "the years ago",
    **_SELECTING,
}
SEMANTIC_EXAMPLE = {
    "pipeline": "vectors",
    "pipeline_ordered_modules": ["parser", "text-embedder", "vector-db"],
    "query": "a long time ago",
    "k": 5,
    **_SELECTING,
}
