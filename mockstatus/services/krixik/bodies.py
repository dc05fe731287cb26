"""The bodies that Krixik sends, field for field, as OpenAPI shows them.

Source: Krixik wire notes, 1.4, 5.6 and 5.7. What is sent is made in `answer`; a test holds both
against each other.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

RequestId = Annotated[
    str,
    Field(
        description="The id of this one answer.", examples=["8863f851-fa57-4ffa-98fd-31d9df31fcdc"]
    ),
]
ProcessId = Annotated[
    str,
    Field(
        description="The id of the process; the same word means each answer's own id elsewhere.",
        examples=["f948a6ad-0343-e743-2b3f-0df6bc732a3a"],
    ),
]
FileId = Annotated[str, Field(description="The id of the file.")]
Message = Annotated[str, Field(description="For the user.")]
Warnings = Annotated[
    list[dict[str, JsonValue]], Field(description="Objects of one key, which says what is wrong.")
]
Date = Annotated[
    str, Field(description="YYYY-MM-DD HH:MM:SS, UTC.", examples=["2026-11-22 01:47:24"])
]


class Wire(BaseModel):
    """A body of which every key is told here."""

    model_config = ConfigDict(extra="forbid")


class Said(Wire):
    """What check-in answers."""

    request_id: RequestId
    message: Message


class CapChecked(Said):
    """What cap-check answers."""

    warnings: Warnings


class Presigned(Wire):
    """Where the file is to be uploaded: a form with these fields, then the part `file`."""

    url: str
    fields: dict[str, str]


class Accepted(Wire):
    """The file is on record, and waits for its upload."""

    request_id: ProcessId
    file_id: FileId
    pipeline: str
    message: Message
    warnings: list[str] = Field(description="Texts, which the client prints.")
    presigned_post_url_results: Presigned


class Failure(Wire):
    """Which process failed, and at which module; the module may be left out."""

    process_id: str
    failure_module: str | None = Field(default=None, description="Its name.")


class Status(Wire):
    """How far a process is. Of process_status and failure_status one is null."""

    request_id: RequestId
    file_id: FileId | None
    message: Message
    pipeline: str | None
    warnings: Warnings
    process_status: dict[str, bool] | None = Field(
        description="Whether each module is complete, in the order of the pipeline."
    )
    failure_status: Failure | None


class Output(Wire):
    """Where one output is, and what its file is to be called."""

    url: str
    extension: str = Field(description="With the dot.")


class Outputs(Wire):
    """Where the output is; null while there is none."""

    pipeline: str | None
    request_id: RequestId
    file_id: str | None
    message: Message
    warnings: Warnings
    process_output: list[Output] | None


class AboutFile(Wire):
    """What became of an update or a deletion."""

    pipeline: str | None
    request_id: RequestId
    warnings: Warnings
    message: Message


class FileMetadata(Wire):
    """The modules that worked on a file, and how much each made."""

    modules: dict[str, dict[str, dict[str, JsonValue]]]
    modules_data: dict[str, dict[str, dict[str, JsonValue]]]
    pipeline_ordered_modules: list[str] | None = Field(
        default=None, description="Only where files are listed by timestamp alone."
    )
    pipeline_output_process_keys: list[str | None] | None = Field(
        default=None, description="Only where files are listed by timestamp alone."
    )


class Item(Wire):
    """One file in a list."""

    last_updated: Date
    process_id: str
    created_at: Date
    file_metadata: FileMetadata
    file_tags: list[dict[str, str]]
    file_description: str
    symbolic_directory_path: str
    pipeline: str
    file_id: FileId
    expire_time: Date
    file_name: str


class Listed(Wire):
    """Files. The client sorts them."""

    request_id: RequestId
    message: Message
    warnings: Warnings
    items: list[Item]


class Tree(Wire):
    """Paths, sorted."""

    request_id: RequestId
    message: Message
    warnings: Warnings
    items: list[str]


class SearchedFile(Wire):
    """What a search says about a file; it counts lines, or vectors."""

    file_name: str
    symbolic_directory_path: str
    file_tags: list[dict[str, str]]
    num_lines: int | None = None
    num_vectors: int | None = None
    created_at: Date
    last_updated: Date


class Keyword(Wire):
    """A word that was found, as it stands in the text; both numbers count from 1."""

    keyword: str
    line_number: int
    keyword_number: int


class Snippet(Wire):
    """A snippet that was found; the nearest come first."""

    snippet: str
    line_numbers: list[int]
    distance: float


class Found(Wire):
    """What a search found in one file."""

    file_id: FileId
    file_metadata: SearchedFile
    search_results: list[Keyword] | list[Snippet]


class Searched(Wire):
    """What a search found; files without a hit are left out."""

    request_id: RequestId
    message: Message
    warnings: Warnings
    items: list[Found]


class Problem(BaseModel):
    """Something is wrong; the operation's other keys are there, empty."""

    model_config = ConfigDict(extra="allow")

    request_id: RequestId | None = Field(
        default=None, description="Missing where a gateway refuses the key."
    )
    message: Message
