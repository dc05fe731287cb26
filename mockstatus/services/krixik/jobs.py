"""A file's way through its pipeline: process, upload, status, output, download.

Source: Krixik wire notes, 2, 3 and 5.4.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mockstatus.services.krixik import answer, content, ids, links, outputs
from mockstatus.services.krixik.form import FormError, read_form
from mockstatus.services.krixik.gate import (
    new_request_id,
    next_request_id,
    options,
    refused_file,
    script,
    storage_error,
)
from mockstatus.services.krixik.metadata import (
    Metadata,
    RefusedError,
    checked,
    checked_expiry,
    tag_pairs,
)
from mockstatus.services.krixik.modules import JSON, MODULES, TEXT, chain_problem
from mockstatus.services.krixik.plan import ChosenModel, FileSubmission, Pipeline
from mockstatus.services.krixik.script import OutputSpec
from mockstatus.services.krixik.store import File, Store, is_finished, store_of
from mockstatus.services.krixik.wire import FileBody, ModelChoice, ProcessBody, StatusBody
from mockstatus.web.answer import Answer, json_answer
from mockstatus.web.call import Held

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job
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


def process(call: Call, body: ProcessBody) -> Answer:
    """Takes a file on record, and says where to upload it."""
    store = store_of(call.sandbox)
    cap = options(call).cap
    if cap is not None and store.accepted >= cap:
        raise RefusedError(CAP_REACHED)
    submission = _submission(call, body)
    _refuse_clashes(store, submission)
    job = call.commit(submission, aliases=(submission.file_id,))
    store.add(job, submission)
    scenario = script(call)
    document = answer.accepted(
        submission,
        process_id=job.id,
        warnings=scenario.warnings if scenario is not None else (),
        url=links.upload_url(call, submission.file_id),
        fields=links.upload_fields(call.sandbox.seed, submission.file_id, call.now_us),
    )
    return json_answer(document)


def _submission(call: Call, body: ProcessBody) -> FileSubmission:
    sandbox = call.sandbox
    pipeline = _pipeline(body)
    file_name = body.file_name
    if file_name is None:
        extension = _EXTENSIONS[MODULES[pipeline.chain[0]].takes]
        number = sandbox.next_number
        file_name = ids.generated_name(sandbox.seed, sandbox.name, number, extension)
    metadata = Metadata(
        file_name,
        body.symbolic_directory_path,
        tag_pairs(body.file_tags),
        body.file_description,
    )
    return FileSubmission(
        ids.file_id(sandbox.seed, sandbox.name, sandbox.next_number),
        pipeline,
        checked(metadata),
        checked_expiry(body.expire_time),
    )


def _pipeline(body: ProcessBody) -> Pipeline:
    """The pipeline that a body describes; what it leaves out has the module's defaults."""
    chain = tuple(body.pipeline_ordered_modules)
    problem = chain_problem(chain)
    if problem is not None:
        raise RefusedError(f"BAD REQUEST: {problem}")
    models = tuple(
        _model(name, body.modules.get(f"module_{index}"))
        for index, name in enumerate(chain, start=1)
    )
    keys = tuple(body.pipeline_output_process_keys)
    if len(keys) != len(chain):
        keys = tuple(MODULES[name].key for name in chain)
    return _shared(body.pipeline, chain, keys, models)


_shared = lru_cache(maxsize=1024)(Pipeline)


def _model(name: str, choice: ModelChoice | None) -> ChosenModel:
    module = MODULES[name]
    if choice is None:
        return ChosenModel(module.models[0], module.params)
    if choice.model not in module.models:
        raise RefusedError(f"BAD REQUEST: module '{name}' has no model '{choice.model}'")
    return ChosenModel(choice.model, tuple(choice.params.items()))


def _refuse_clashes(store: Store, submission: FileSubmission) -> None:
    """One name, one chain, as long as a file is on record; one path, one file."""
    pipeline = submission.pipeline
    other = store.any_of(pipeline.name)
    if other is None:
        return
    chain = list(other.submission.pipeline.chain)
    if chain != list(pipeline.chain):
        raise RefusedError(
            "BAD REQUEST: you have at least one file on record with the same pipeline name but a"
            f" different set of modules - {chain} - please use another name for your pipeline"
        )
    refuse_taken_path(store, pipeline.name, submission.metadata.path)


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
    first = file.submission.pipeline.chain[0]
    store = store_of(call.sandbox)
    store.keep_upload(file, content.kept(first, uploaded))
    call.sandbox.start(store.job(file))


def submitted(call: Call, job: Job) -> None:
    """A job of the control API gets an upload that nobody has to make."""
    submission = job.submission
    assert isinstance(submission, FileSubmission)  # noqa: S101  # what we committed
    file = store_of(call.sandbox).find(submission.file_id)
    if file is not None:
        _start(call, file, sample_upload(submission.pipeline).encode())


def sample_upload(pipeline: Pipeline) -> str:
    """A file that a pipeline can take; what is neither text nor JSON is only pretended."""
    takes = MODULES[pipeline.chain[0]].takes
    return SAMPLE_TEXTS.get(takes, f"pretended {takes}")


def status(call: Call, body: StatusBody) -> Answer:
    """Says how far a process is."""
    job = call.sandbox.find("krixik", body.process_id)
    if job is None or job.id != body.process_id or call.sandbox.peek(job).gone is not None:
        if options(call).old_not_found:
            document = answer.old_not_found(
                request_id=new_request_id(call), process_id=body.process_id
            )
            return json_answer(document)
        raise RefusedError(answer.process_not_found(body.process_id))
    submission = job.submission
    assert isinstance(submission, FileSubmission)  # noqa: S101  # what we committed
    if submission.pipeline.name != body.pipeline:
        raise RefusedError(f"BAD REQUEST: {answer.WRONG_PIPELINE}")
    document = answer.status(
        call.poll(job),
        submission,
        process_id=job.id,
        request_id=new_request_id(call),
        are_keys_dotted=options(call).dotted_status_keys,
    )
    sandbox = call.sandbox
    call.held = Held(
        lambda now_us: json_answer({**document, "request_id": next_request_id(sandbox, now_us)})
    )
    return json_answer(document)


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
    extension = MODULES[file.submission.pipeline.chain[-1]].extension
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
