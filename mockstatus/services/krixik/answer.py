"""Documents that Krixik answers with: from where a process stands, and from what is wrong. Pure.

Source: Krixik wire notes, 1.4, 1.5, 3.1 and 5.6; keys in the order of their recorded dialogues.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from mockstatus.domain.position import Position, TrackPosition
from mockstatus.runtime.clock import LATEST_US
from mockstatus.services.krixik import states
from mockstatus.services.krixik.file import File
from mockstatus.services.krixik.metadata import Metadata
from mockstatus.services.krixik.modules import MODULES
from mockstatus.services.krixik.pipeline import Pipeline
from mockstatus.services.krixik.plan import Unnamed

Document = dict[str, object]

STATUS_FOUND = "SUCCESS: process_status found"
# The grammar is the server's.
NOT_FINISHED = "The output for associated with your input file_id has not finished processing"
WRONG_PIPELINE = "pipeline of process_id does not match associated file pipeline"
UPDATED = "Successfully updated file metadata"
NOTHING_SELECTED = "No files were found for the given query arguments"
NO_ITEMS = "No items found for input query arguments"
SEARCH_FAILED = "FAILURE: Error querying user files"
FORBIDDEN = "Forbidden"
SUCCESS = "SUCCESS"
"""choice: the message of process, show-tree, check-in and cap-check is not published."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_LISTS: Mapping[str, object] = MappingProxyType({"warnings": (), "items": ()})
_EMPTY: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "submit": {"pipeline": None, "warnings": ()},
        "status": {
            "pipeline": None,
            "warnings": (),
            "process_status": None,
            "failure_status": None,
        },
        "fetch_output": {"pipeline": None, "file_id": None, "warnings": (), "process_output": None},
        "update": {"pipeline": None, "warnings": ()},
        "delete": {"pipeline": None, "warnings": ()},
        "cap_check": {"warnings": ()},
        "list": _LISTS,
        "show_tree": _LISTS,
        "keyword_search": _LISTS,
        "semantic_search": _LISTS,
    }
)
"""What an error answer has beside its id and message: the operation's other keys, empty."""


def error(
    operation: str,
    message: str,
    *,
    request_id: str | None,
    pipeline: str | None = None,
    file_id: str | None = None,
) -> Document:
    """Something is wrong with a call to this operation. request_id: left out if None."""
    document: Document = {"message": message}
    if request_id is not None:
        document = {"request_id": request_id, **document}
    known = {"pipeline": pipeline, "file_id": file_id}
    for key, value in _EMPTY.get(operation, {}).items():
        document[key] = list(value) if isinstance(value, tuple) else known.get(key, value)
    return document


def forbidden(*, request_id: str | None) -> Document:
    """The API key is not good. request_id: None where a gateway refuses it."""
    document: Document = {"message": FORBIDDEN}
    return document if request_id is None else {**document, "request_id": request_id}


def accepted(
    file: File,
    *,
    process_id: str,
    warnings: Iterable[str],
    url: str,
    fields: dict[str, str],
) -> Document:
    """A file was taken on record, and waits for its upload."""
    return {
        "request_id": process_id,
        "file_id": file.file_id,
        "pipeline": file.pipeline.name,
        "message": SUCCESS,
        "warnings": list(warnings),
        "presigned_post_url_results": {"url": url, "fields": fields},
    }


def status(
    position: Position,
    file: File,
    *,
    process_id: str,
    request_id: str,
    are_keys_dotted: bool = False,
) -> Document:
    """How far a process is."""
    tracks = list(position.tracks.values())
    chain = file.pipeline.chain
    failed = next(
        (index for index, track in enumerate(tracks) if track.phase.state == states.FAILED), None
    )
    return {
        "request_id": request_id,
        "file_id": file.file_id,
        "message": STATUS_FOUND,
        "pipeline": file.pipeline.name,
        "warnings": [],
        "process_status": None if failed is not None else _progress(tracks, chain, are_keys_dotted),
        "failure_status": (
            None if failed is None else _failure(tracks[failed], chain[failed], process_id)
        ),
    }


def _progress(
    tracks: list[TrackPosition],
    chain: tuple[str, ...],
    are_keys_dotted: bool,
) -> Document:
    progress: Document = {}
    for index, (track, name) in enumerate(zip(tracks, chain, strict=True), start=1):
        key = states.track_of(index)
        # choice: no dot; the client cuts keys at the first one.
        progress[f"{key}.{name}" if are_keys_dotted else key] = track.phase.state == states.COMPLETE
    return progress


def _failure(track: TrackPosition, module: str, process_id: str) -> Document:
    failure: Document = {"process_id": process_id}
    if not isinstance(track.phase.payload, Unnamed):
        failure["failure_module"] = module
    return failure


def old_not_found(*, request_id: str, process_id: str) -> Document:
    """The variant of an unknown process that is no error."""
    return {
        "request_id": request_id,
        "file_id": None,
        "message": process_not_found(process_id),
        "pipeline": None,
        "warnings": [],
        "process_status": None,
        "failure_status": None,
    }


def process_not_found(process_id: str) -> str:
    """What a status call about an unknown process is told. Choice: no document has the text."""
    return f"request_id {process_id} not found"


def file_not_found(file_id: str) -> str:
    """What a call about an unknown file is told. Choice: no document has the text."""
    return f"file_id {file_id} not found"


def about_file(pipeline: str, message: str, *, request_id: str) -> Document:
    """What update and delete answer."""
    return {"pipeline": pipeline, "request_id": request_id, "warnings": [], "message": message}


def output(
    pipeline: str,
    file_id: str,
    message: str,
    *,
    request_id: str,
    outputs: list[Document] | None,
) -> Document:
    """What fetch_output answers. outputs: None while there are none."""
    return {
        "pipeline": pipeline,
        "request_id": request_id,
        "file_id": file_id,
        "message": message,
        "warnings": [],
        "process_output": outputs,
    }


def items(
    message: str, warnings: Iterable[object], found: Iterable[object], *, request_id: str
) -> Document:
    """What list, show_tree and the searches answer."""
    return {
        "request_id": request_id,
        "message": message,
        "warnings": list(warnings),
        "items": list(found),
    }


def listed_message(count: int, *, by_ids_alone: bool) -> str:
    """How a list tells how many files it has."""
    if count == 0:
        # choice: both texts are known; D shows the first for directories, T the second for ids.
        return NO_ITEMS if by_ids_alone else NOTHING_SELECTED
    noun = "item" if count == 1 else "items"
    return f"Successfully returned {count} {noun}.  Note: all timestamps in UTC."


def searched_message(selected: int, found: int) -> str:
    """How a search tells in how many of the selected files it found something."""
    if selected == 0:
        return NOTHING_SELECTED
    if found == 0:
        return ""
    noun = "user file" if found == 1 else "user files"
    if found == selected:
        return f"Successfully queried {found} {noun}."
    return (
        f"Successfully queried the first {found} {noun} out of {selected}"
        " defined by input query arguments."
    )


def date(at_us: int) -> str:
    """A date as answers write it, in UTC; the last there is for what is later."""
    at_us = min(at_us, LATEST_US)
    return f"{_EPOCH + timedelta(seconds=at_us // 1_000_000):%Y-%m-%d %H:%M:%S}"


def file_metadata(
    pipeline: Pipeline, entries: tuple[int, ...], *, is_in_full: bool = False
) -> Document:
    """What a list says about the modules of a file. entries: what each of them made.

    is_in_full: with the pipeline's own keys, as lists by timestamp alone have them.
    """
    modules: Document = {}
    data: Document = {}
    for index, name in enumerate(pipeline.chain):
        chosen = pipeline.models[index]
        model: Document = {"model": chosen.model}
        if chosen.params:
            model["params"] = dict(chosen.params)
        made = {"data_files_extensions": [MODULES[name].extension], "num_lines": entries[index]}
        key = states.track_of(index + 1)
        modules[key] = {name: model}
        data[key] = {name: made}
    document: Document = {"modules": modules, "modules_data": data}
    if is_in_full:
        document["pipeline_ordered_modules"] = list(pipeline.chain)
        document["pipeline_output_process_keys"] = list(pipeline.keys)
    return document


def searched_metadata(
    metadata: Metadata, *, counted: str, count: int, created_us: int, updated_us: int
) -> Document:
    """What a search says about a file. counted: `num_lines` or `num_vectors`."""
    return {
        "file_name": metadata.file_name,
        "symbolic_directory_path": metadata.directory,
        "file_tags": metadata.tag_objects,
        counted: count,
        "created_at": date(created_us),
        "last_updated": date(updated_us),
    }
