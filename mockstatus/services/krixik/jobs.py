"""A file's way through its pipeline: process, upload, status, output, download.

Source: Krixik wire notes, 2, 3 and 5.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockstatus.services.krixik import answer, content, ids, links, outputs
from mockstatus.services.krixik.file import File, Order
from mockstatus.services.krixik.form import FormError, read_form
from mockstatus.services.krixik.gate import (
    new_request_id,
    next_request_id,
    options,
    refused_file,
    script,
    storage_error,
)
from mockstatus.services.krixik.metadata import RefusedError
from mockstatus.services.krixik.modules import JSON, MODULES, TEXT
from mockstatus.services.krixik.orders import ordered, pipeline_of, plainly_ordered
from mockstatus.services.krixik.pipeline import Pipeline
from mockstatus.services.krixik.script import OutputSpec
from mockstatus.services.krixik.store import Store, is_finished, is_there, store_of
from mockstatus.services.krixik.wire import FileBody, ProcessBody, StatusBody, parsed
from mockstatus.web.answer import Answer, json_answer
from mockstatus.web.call import Held

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.web.call import Call

CAP_REACHED = "BAD REQUEST: you have reached the cap on your use - no more files can be processed"
"""choice: what exceeding the cap looks like is not known."""

_EXTENSIONS = {TEXT: ".txt", JSON: ".json", "image": ".jpg", "audio": ".mp3", "npy": ".npy"}

SAMPLE_TEXTS = {
    TEXT: "Call me Ishmael. Some years ago--never mind how long precisely.\n"
    "Whenever it is a damp, drizzly November in my soul,\nI account it high time to get to sea.\n",
    JSON: '[{"snippet": "Call me Ishmael.", "line_numbers": [1]}]',
}
"""What jobs work on that no real client submits."""


def process(call: Call) -> Answer:
    """Takes a file on record, and says where to upload it."""
    sandbox, store = call.sandbox, store_of(call.sandbox)
    order, file_name = _ordered(call, store)
    file_id = ids.file_id(sandbox.seed, sandbox.name, sandbox.next_number)
    file = File(file_id, file_name, order)
    _refuse_clashes(store, file)
    job = call.commit(file, alias=file_id)
    store.add(file)
    scenario = script(call)
    document = answer.accepted(
        file,
        process_id=job.id,
        warnings=scenario.warnings if scenario is not None else (),
        url=links.upload_url(call, file_id),
        fields=links.upload_fields(sandbox.seed, file_id, call.now_us),
    )
    return json_answer(document)


def _ordered(call: Call, store: Store) -> tuple[Order, str]:
    """What a call orders, and the name of its file. Raises RefusedError."""
    plain = call.once(plainly_ordered)
    if plain is not None:
        _refuse_beyond_cap(call, store)
        return plain
    body = parsed(ProcessBody, call.body)
    _refuse_beyond_cap(call, store)
    pipeline = pipeline_of(body)
    file_name = body.file_name
    if file_name is None:
        extension = _EXTENSIONS[MODULES[pipeline.chain[0]].takes]
        sandbox = call.sandbox
        file_name = ids.generated_name(sandbox.seed, sandbox.name, sandbox.next_number, extension)
    return ordered(body, pipeline, file_name), file_name


def _refuse_beyond_cap(call: Call, store: Store) -> None:
    cap = options(call).cap
    if cap is not None and store.accepted >= cap:
        raise RefusedError(CAP_REACHED)


def _refuse_clashes(store: Store, file: File) -> None:
    """One name, one chain, as long as a file is on record; one path, one file."""
    pipeline = file.pipeline
    others = store.other_chain(pipeline)
    if others is not None:
        raise RefusedError(
            "BAD REQUEST: you have at least one file on record with the same pipeline name but a"
            f" different set of modules - {list(others)} - please use another name"
            " for your pipeline"
        )
    refuse_taken_path(store, pipeline.name, file.path)


def refuse_taken_path(
    store: Store, pipeline: str, path: str, *, but_for: File | None = None
) -> None:
    """Raise RefusedError if another file has this path; unfinished ones count, too (a choice)."""
    taken = store.at_path(pipeline, path)
    if taken is not None and taken is not but_for:
        raise RefusedError(
            f"BAD REQUEST: a file with symbolic_file_path {path} already exists in this pipeline"
        )


def upload(call: Call) -> Answer:
    """Takes the file itself; its job starts."""
    file_id = call.params["file_id"]
    file = store_of(call.sandbox).find(file_id)
    try:
        form = read_form(call.header("content-type"), call.body)
    except FormError as error:
        return storage_error(400, str(error))
    if file is None or not links.is_upload_signed(call.sandbox.seed, file_id, form.fields):
        return storage_error(403)
    if form.file is None:
        return storage_error(400, "POST requires exactly one file upload per request.")
    _start(call, file, form.file)
    return Answer(204)


def _start(call: Call, file: File, uploaded: bytes) -> None:
    """The upload came. choice: a second one changes nothing."""
    if file.upload is not None:
        return
    first = file.pipeline.chain[0]
    store = store_of(call.sandbox)
    store.keep_upload(file, content.kept(first, uploaded))
    call.sandbox.start(store.job(file))


def submitted(call: Call, job: Job) -> None:
    """A job of the control API gets an upload that nobody has to make."""
    file = job.submission
    assert isinstance(file, File)  # noqa: S101  # what we committed
    if store_of(call.sandbox).find(file.file_id) is file:
        _start(call, file, sample_upload(file.pipeline).encode())


def sample_upload(pipeline: Pipeline) -> str:
    """A file that a pipeline can take; what is neither text nor JSON is only pretended."""
    takes = MODULES[pipeline.chain[0]].takes
    return SAMPLE_TEXTS.get(takes, f"pretended {takes}")


def status(call: Call, body: StatusBody) -> Answer:
    """Says how far a process is."""
    job = call.sandbox.find("krixik", body.process_id)
    if job is None or job.id != body.process_id or not is_there(call.sandbox, job):
        if options(call).old_not_found:
            document = answer.old_not_found(
                request_id=new_request_id(call), process_id=body.process_id
            )
            return json_answer(document)
        raise RefusedError(answer.process_not_found(body.process_id))
    file = job.submission
    assert isinstance(file, File)  # noqa: S101  # what we committed
    if file.pipeline.name != body.pipeline:
        raise RefusedError(f"BAD REQUEST: {answer.WRONG_PIPELINE}")
    document = answer.status(
        call.poll(job),
        file,
        process_id=job.id,
        request_id=new_request_id(call),
        are_keys_dotted=options(call).dotted_status_keys,
    )
    first = json_answer(document)
    call.held = Held(_again(call.sandbox, document, first))
    return first


def _again(sandbox: Sandbox, document: answer.Document, first: Answer) -> Callable[[int], Answer]:
    """The same answer to a later call: another id in the same bytes, not all of it encoded anew."""
    head, _, tail = first.body.partition(str(document["request_id"]).encode())

    def again(now_us: int) -> Answer:
        request_id = next_request_id(sandbox, now_us)
        body = b"%b%b%b" % (head, request_id.encode(), tail)
        return Answer(200, body, first.headers, {**document, "request_id": request_id})

    return again


def fetch_output(call: Call, body: FileBody) -> Answer:
    """Says where the output is to be downloaded from."""
    store = store_of(call.sandbox)
    file = store.find(body.file_id, body.pipeline)
    if file is None:
        raise refused_file(body.file_id)
    spec = _output_spec(call)
    if spec.not_ready or not is_finished(store.position(file)):
        document = answer.output(
            body.pipeline,
            body.file_id,
            answer.NOT_FINISHED,
            request_id=new_request_id(call),
            outputs=None,
        )
        return json_answer(document)
    extension = MODULES[file.pipeline.chain[-1]].extension
    document = answer.output(
        body.pipeline,
        body.file_id,
        f"SUCCESS - output fetched for file_id {body.file_id}.",
        request_id=new_request_id(call),
        outputs=[
            {
                "url": links.download_url(call, body.file_id, copy),
                "extension": extension,
            }
            for copy in range(spec.copies)
        ],
    )
    return json_answer(document)


def download(call: Call) -> Answer:
    """The output itself. choice: the link lives as long as the file."""
    file_id = call.params["file_id"]
    store = store_of(call.sandbox)
    file = store.find(file_id)
    given = call.query.get(links.SIGNED_QUERY, "")
    if file is None or not links.is_download_signed(call.sandbox.seed, file_id, given):
        return storage_error(403)
    if not is_finished(store.position(file)):
        return storage_error(404)
    spec = _output_spec(call)
    if spec.status is not None and spec.status >= 400:
        return storage_error(spec.status)
    body = outputs.rendered(file.stages()) if spec.body is None else spec.body.encode()
    if spec.size is not None:
        body = body.ljust(spec.size)
    return Answer(spec.status or 200, body, _ATTACHED)


# What clients stored is never shown by a browser as a page of ours.
_ATTACHED = (
    (b"content-type", b"application/octet-stream"),
    (b"content-disposition", b"attachment"),
    (b"x-content-type-options", b"nosniff"),
)


def _output_spec(call: Call) -> OutputSpec:
    scenario = script(call)
    spec = scenario.output if scenario is not None else None
    return spec if spec is not None else OutputSpec()
