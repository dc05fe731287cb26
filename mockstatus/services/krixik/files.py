"""The file system around the pipelines: list, update, delete, show_tree, and both searches.

Source: Krixik wire notes, 5.4 to 5.8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from mockstatus.services.krixik import answer
from mockstatus.services.krixik.file import File
from mockstatus.services.krixik.gate import new_request_id, refused_file
from mockstatus.services.krixik.jobs import refuse_taken_path
from mockstatus.services.krixik.metadata import (
    Metadata,
    RefusedError,
    checked,
    checked_expiry,
    extension_of,
    tag_pairs,
)
from mockstatus.services.krixik.modules import can_search_keywords, can_search_semantically
from mockstatus.services.krixik.options import SECOND_US
from mockstatus.services.krixik.selection import Listed, listed, newest, pattern_fits, select
from mockstatus.services.krixik.store import Store, has_failed, is_finished, store_of
from mockstatus.services.krixik.wire import (
    FileBody,
    ListBody,
    SearchBody,
    SemanticBody,
    TreeBody,
    UpdateBody,
)
from mockstatus.services.krixik.words import STOP_WORDS, query_words
from mockstatus.web.answer import Answer, json_answer

if TYPE_CHECKING:
    from mockstatus.web.call import Call

STOPPED = (
    "WARNING: the following words in the query are in the stop_words list and thus no results will"
    " be returned for them"
)
WITHOUT_RESULTS = "WARNING: the following file_ids returned no results for the given query"

_Document = dict[str, object]


def list_files(call: Call, body: ListBody) -> Answer:
    """Lists finished files."""
    store = store_of(call.sandbox)
    selection = select(store, body)
    found = [_item(store, one, is_in_full=selection.by_time_alone) for one in selection.files]
    message = answer.listed_message(len(found), by_ids_alone=selection.by_ids_alone)
    document = answer.items(message, selection.warnings, found, request_id=new_request_id(call))
    return json_answer(document)


def _item(store: Store, one: Listed, *, is_in_full: bool) -> _Document:
    file, metadata = one.file, one.file.metadata
    position = store.position(file)
    asked_us = position.submitted_us + file.order.expire_s * SECOND_US
    # Where a scenario makes the expiry depend on use, there is only the date that was asked for.
    expires_us = asked_us if position.expires_us is None else position.expires_us
    pipeline = file.pipeline
    return {
        "last_updated": answer.date(one.updated_us),
        "process_id": store.job(file).id,
        "created_at": answer.date(one.created_us),
        "file_metadata": answer.file_metadata(pipeline, file.entries(), is_in_full=is_in_full),
        "file_tags": metadata.tag_objects,
        "file_description": metadata.description,
        "symbolic_directory_path": metadata.directory,
        "pipeline": pipeline.name,
        "file_id": file.file_id,
        "expire_time": answer.date(expires_us),
        "file_name": metadata.file_name,
    }


def show_tree(call: Call, body: TreeBody) -> Answer:
    """Lists the paths of finished files. choice: the newest, if there are too many."""
    store = store_of(call.sandbox)
    fits = pattern_fits(body.symbolic_directory_path)
    found = [
        one
        for file in store.of(body.pipeline)
        if fits(file.order.directory) and (one := listed(store, file)) is not None
    ]
    paths = sorted(one.file.path for one in newest(found, body.max_files))
    document = answer.items(answer.SUCCESS, (), paths, request_id=new_request_id(call))
    return json_answer(document)


def update(call: Call, body: UpdateBody) -> Answer:
    """Changes what a user says about a finished file."""
    store = store_of(call.sandbox)
    file = _file(store, body)
    if not is_finished(store.position(file)):
        return _about_file(call, body, answer.NOT_FINISHED)
    metadata = _updated(file.metadata, body)
    expire_s = None if body.expire_time is None else checked_expiry(body.expire_time)
    refuse_taken_path(store, body.pipeline, metadata.path, but_for=file)
    store.update(file, metadata, call.now_us)
    if expire_s is not None:
        call.sandbox.reschedule(store.job(file), call.now_us + expire_s * SECOND_US)
    return _about_file(call, body, answer.UPDATED)


def _updated(before: Metadata, body: UpdateBody) -> Metadata:
    after = before
    if body.file_name is not None:
        if extension_of(body.file_name) != extension_of(before.file_name):
            raise RefusedError(
                "BAD REQUEST: the extension of a file cannot be changed -"
                f" {extension_of(before.file_name)} to {extension_of(body.file_name)}"
            )
        after = replace(after, file_name=body.file_name)
    if body.symbolic_directory_path is not None:
        after = replace(after, directory=body.symbolic_directory_path)
    if body.file_tags is not None:
        after = replace(after, tags=tag_pairs(body.file_tags))
    if body.file_description is not None:
        after = replace(after, description=body.file_description)
    return checked(after)


def delete(call: Call, body: FileBody) -> Answer:
    """Wipes a file that is not being processed; the client's clean-up relies on the rest."""
    store = store_of(call.sandbox)
    file = _file(store, body)
    position = store.position(file)
    is_under_way = position.started_us is not None and not has_failed(position)
    if is_under_way and not is_finished(position):
        return _about_file(call, body, answer.NOT_FINISHED)
    call.sandbox.delete(store.job(file))
    store.forget(file)
    return _about_file(call, body, f"Successfully deleted file_id: {body.file_id}")


def _file(store: Store, body: FileBody) -> File:
    file = store.find(body.file_id, body.pipeline)
    if file is None:
        raise refused_file(body.file_id)
    return file


def _about_file(call: Call, body: FileBody, message: str) -> Answer:
    return json_answer(answer.about_file(body.pipeline, message, request_id=new_request_id(call)))


def keyword_search(call: Call, body: SearchBody) -> Answer:
    """Finds words in files."""
    words = query_words(body.query)
    stopped = [word for word in words if word in STOP_WORDS]

    def results(file: File) -> list[_Document]:
        if not can_search_keywords(file.pipeline.chain):
            raise RefusedError("BAD REQUEST: this pipeline has no keyword_search")
        return [
            {"keyword": word.text, "line_number": word.line, "keyword_number": word.number}
            for word in file.keyword_index().find(words)
        ]

    warnings = [{STOPPED: stopped}] if stopped else []
    return _searched(call, body, results, counted="num_lines", warnings=warnings)


def semantic_search(call: Call, body: SemanticBody) -> Answer:
    """Finds snippets that are like the query."""

    def results(file: File) -> list[_Document]:
        if not can_search_semantically(file.pipeline.chain):
            raise RefusedError("BAD REQUEST: this pipeline has no semantic_search")
        return [
            {
                "snippet": near.piece.text,
                "line_numbers": list(near.piece.lines),
                "distance": near.distance,
            }
            for near in file.semantic_index().nearest(body.query, body.k)
        ]

    return _searched(call, body, results, counted="num_vectors")


def _searched(
    call: Call,
    body: SearchBody,
    results_of: Callable[[File], list[_Document]],
    *,
    counted: str,
    warnings: list[dict[str, list[str]]] | None = None,
) -> Answer:
    selection = select(store_of(call.sandbox), body)
    found: list[_Document] = []
    without: list[str] = []
    for one in selection.files:
        results = results_of(one.file)
        if not results:
            without.append(one.file.file_id)
            continue
        metadata = answer.searched_metadata(
            one.file.metadata,
            counted=counted,
            count=one.file.entries()[-1],
            created_us=one.created_us,
            updated_us=one.updated_us,
        )
        item: _Document = {
            "file_id": one.file.file_id,
            "file_metadata": metadata,
            "search_results": results,
        }
        found.append(item)
    message = answer.searched_message(len(selection.files), len(found))
    told = [*selection.warnings, *(warnings or ()), *_without_results(without)]
    return json_answer(answer.items(message, told, found, request_id=new_request_id(call)))


def _without_results(file_ids: list[str]) -> Iterator[_Document]:
    if file_ids:
        yield {WITHOUT_RESULTS: file_ids}
