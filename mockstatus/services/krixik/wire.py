"""The bodies that the Krixik client sends. Keys that nobody knows are let pass.

Source: Krixik wire notes, 1.3 and 5.3. A key that the client always sends may be left out where
the documentation names a default; a value of the wrong JSON type is a 400 (a choice).
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from mockstatus.scenario.explain import explain
from mockstatus.services.krixik.metadata import DEFAULT_DIRECTORY, EXPIRE_MIN_S, RefusedError

ENTRIES_LIMIT = 500
TAGS_LIMIT = 20
FILES_DEFAULT = 1000
FILES_MOST = 10_000

PipelineName = Annotated[
    str, Field(min_length=1, max_length=64, description="The pipeline's name.", examples=["demo"])
]
Version = Annotated[str, Field(description="The client's version.", examples=["1.1.19"])]
FileId = Annotated[
    str,
    Field(
        description="What the process answer calls file_id.",
        examples=["596bf30e-c13d-41df-8cc8-b7e26709a468"],
    ),
]
Tag = dict[str, str]
Names = Annotated[list[str], Field(max_length=ENTRIES_LIMIT)]

B = TypeVar("B", bound="Sent")

# A larger one becomes a float: answers that tell it can write no larger ones.
_Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]


class Sent(BaseModel):
    """A body as a client sends it."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    pipeline: PipelineName


class ModelChoice(BaseModel):
    """The model of one module."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, protected_namespaces=())

    model: str = Field(max_length=200, description="One of the module's models.")
    params: dict[str, bool | _Whole | float | str | None] = Field(
        default_factory=dict, max_length=20, description="The model's parameters."
    )


class ProcessBody(Sent):
    """A file is to be processed. What is left out has the client's defaults."""

    pipeline_ordered_modules: list[str] = Field(
        max_length=100, description="The pipeline's modules, in their order."
    )
    pipeline_output_process_keys: list[str | None] = Field(
        default_factory=list, max_length=100, description="Where each module's output has its text."
    )
    modules: dict[str, ModelChoice] = Field(
        default_factory=dict, max_length=100, description="`module_1`, ...: the model of each."
    )
    version: Version = ""
    file_name: str | None = Field(default=None, description="The file's name in the pipeline.")
    symbolic_directory_path: str = Field(
        default=DEFAULT_DIRECTORY, description="The file's directory in the pipeline."
    )
    file_tags: list[Tag] = Field(
        default_factory=list,
        description='Objects of one pair. `{"mock": "failed-second-module"}` chooses a scenario.',
    )
    file_description: str = Field(default="", description="Anything about the file.")
    expire_time: int = Field(
        default=EXPIRE_MIN_S, description="Seconds from now after which the file is deleted."
    )


class StatusBody(Sent):
    """How far is a process?"""

    version: Version = ""
    process_id: str = Field(
        description="What the process answer calls request_id.",
        examples=["f948a6ad-0343-e743-2b3f-0df6bc732a3a"],
    )


class FileBody(Sent):
    """A call about one file."""

    version: Version = ""
    file_id: FileId


class UpdateBody(FileBody):
    """Metadata of a file is to be changed; null leaves it as it is."""

    file_name: str | None = None
    symbolic_directory_path: str | None = None
    file_tags: list[Tag] | None = Field(default=None, description="Replaces all; [] clears them.")
    file_description: str | None = None
    expire_time: int | None = Field(default=None, description="Seconds from now.")


class Selecting(Sent):
    """Which files are meant: any of the metadata arguments fits, and all timestamps do."""

    file_ids: Names | None = None
    file_names: Names | None = Field(default=None, description="Exact, or with * at an end.")
    symbolic_directory_paths: Names | None = Field(
        default=None, description="Exact, or with * at the end: a prefix."
    )
    symbolic_file_paths: Names | None = None
    file_tags: list[Tag] | None = Field(
        default=None, max_length=TAGS_LIMIT, description="The value * fits every value of the key."
    )
    max_files: int = Field(default=FILES_DEFAULT, ge=1, le=FILES_MOST)
    created_at_start: int | None = Field(default=None, description="Seconds since 1970 UTC.")
    created_at_end: int | None = None
    last_updated_start: int | None = None
    last_updated_end: int | None = None


class ListBody(Selecting):
    """Which files are there?"""

    version: Version = ""


class SearchBody(Selecting):
    """A search in files."""

    pipeline_ordered_modules: list[str] = Field(default_factory=list, max_length=100)
    query: str = Field(min_length=2, max_length=256, description="What is looked for.")


class SemanticBody(SearchBody):
    """A search by meaning."""

    k: int = Field(default=5, ge=1, le=10, description="Results of each file.")


class TreeBody(Sent):
    """Which paths are there?"""

    symbolic_directory_path: str = Field(default="/*", description="Exact, or with * at the end.")
    max_files: int = Field(default=FILES_DEFAULT, ge=1, le=FILES_MOST)
    version: Version = ""


class CapBody(BaseModel):
    """What may still be used? The body is not read."""

    model_config = ConfigDict(extra="ignore")

    version: Version = "1.1.19"
    pipeline: Any = None
    pipeline_ordered_modules: list[str] = Field(default_factory=list)


def parsed(model: type[B], body: bytes) -> B:
    """A body as this model. Raises RefusedError."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise RefusedError(f"BAD REQUEST: {_told(error, body)}") from None


def _told(error: ValidationError, body: bytes) -> str:
    """The first thing that is wrong with a body, and where."""
    errors = error.errors(include_url=False)
    if errors[0]["type"] == "json_invalid":
        return errors[0]["msg"]
    first = explain(errors, from_json(body))[0]
    where = ".".join(map(str, first.at))
    return f"{where}: {first.message}" if where else first.message
