"""What OpenAPI shows of Krixik's calls about files: an example for each answer.

Examples come from the functions that make the real answers, so that they cannot differ.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from mockstatus.services.krixik import answer
from mockstatus.services.krixik.bodies import (
    AboutFile,
    Listed,
    Searched,
    Tree,
)
from mockstatus.services.krixik.documented import EXAMPLE, REQUEST_ID
from mockstatus.services.krixik.examples import FILE_ID, PROCESS_ID
from mockstatus.web.operation import Documented, Example

_AT_US = 1_795_311_644_000_000


def _one(description: str, model: type[BaseModel], summary: str, value: Any) -> Documented:
    return Documented(
        description=description,
        model=model,
        examples={"answer": Example(summary=summary, value=value)},
    )


def about_file(description: str, message: str) -> Documented:
    """What update and delete answer, done or not."""

    def value(text: str) -> dict[str, object]:
        return answer.about_file("demo", text, request_id=REQUEST_ID)

    return Documented(
        description=description,
        model=AboutFile,
        examples={
            "done": Example(summary="Done", value=value(message)),
            "unfinished": Example(
                summary="Nothing is done to an unfinished file", value=value(answer.NOT_FINISHED)
            ),
        },
    )


def _item() -> dict[str, object]:
    metadata = EXAMPLE.metadata
    return {
        "last_updated": answer.date(_AT_US),
        "process_id": PROCESS_ID,
        "created_at": answer.date(_AT_US),
        "file_metadata": answer.file_metadata(EXAMPLE.pipeline, (2, 2)),
        "file_tags": metadata.tag_objects,
        "file_description": "",
        "symbolic_directory_path": metadata.directory,
        "pipeline": "demo",
        "file_id": FILE_ID,
        "expire_time": answer.date(_AT_US + 1_800_000_000),
        "file_name": metadata.file_name,
    }


def _searched(counted: str, result: dict[str, object]) -> dict[str, object]:
    metadata = answer.searched_metadata(
        EXAMPLE.metadata, counted=counted, count=3, created_us=_AT_US, updated_us=_AT_US
    )
    item = {"file_id": FILE_ID, "file_metadata": metadata, "search_results": [result]}
    message = answer.searched_message(1, 1)
    return answer.items(message, (), [item], request_id=REQUEST_ID)


LISTED = Documented(
    description="Finished files; what was not found is a warning, never an error.",
    model=Listed,
    examples={
        "one": Example(
            summary="One file",
            value=answer.items(
                answer.listed_message(1, by_ids_alone=False), (), [_item()], request_id=REQUEST_ID
            ),
        ),
        "none": Example(
            summary="Nothing found",
            value=answer.items(
                answer.listed_message(0, by_ids_alone=True),
                [{"WARNING: the following file_ids were not found": [FILE_ID]}],
                (),
                request_id=REQUEST_ID,
            ),
        ),
    },
)
TREE = _one(
    "The paths of finished files.",
    Tree,
    "Two files",
    answer.items(
        answer.SUCCESS, (), ["/novels/copy.txt", "/novels/whale.txt"], request_id=REQUEST_ID
    ),
)
KEYWORDS = _one(
    "Words that were found, by line, then by word.",
    Searched,
    "One word",
    _searched("num_lines", {"keyword": "years", "line_number": 1, "keyword_number": 5}),
)
SNIPPETS = _one(
    "Snippets that were found, the nearest first.",
    Searched,
    "One snippet",
    _searched(
        "num_vectors", {"snippet": "Call me Ishmael.", "line_numbers": [1], "distance": 0.312}
    ),
)
