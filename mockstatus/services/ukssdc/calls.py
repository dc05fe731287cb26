"""What every call shares: who asks, about which job, and what goes around the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from mockstatus.services.ukssdc import answer, results
from mockstatus.services.ukssdc.accepting import user_in
from mockstatus.services.ukssdc.answer import Document
from mockstatus.services.ukssdc.echo import job_pars
from mockstatus.services.ukssdc.encoding import php_answer, retold
from mockstatus.services.ukssdc.outcomes import Envelope
from mockstatus.services.ukssdc.parameters import Sent
from mockstatus.services.ukssdc.reading import Reading, read
from mockstatus.services.ukssdc.refusals import UNPARSABLE, RefusedError, needed, not_owned
from mockstatus.services.ukssdc.users import users_of
from mockstatus.web.call import Held

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.runtime.job import Job
    from mockstatus.services.ukssdc.options import UkssdcOptions
    from mockstatus.services.ukssdc.plan import Request
    from mockstatus.services.ukssdc.script import UkssdcFile
    from mockstatus.web.answer import Answer
    from mockstatus.web.call import Call


class Told(NamedTuple):
    """What came of a call, with what is known beside it.

    document: or what makes it, where its body is known. body: its JSON. until_us: until when a
    status call is told the same, but for its session, unless something happens to its job.
    """

    document: Document | Callable[[], Document]
    body: bytes | None = None
    until_us: int | None = None


Handling = Callable[["Call", Sent], Document | Told]


# What goes around an answer.


def version_of(call: Call) -> object:
    """The APIVersion that this call's answer tells."""
    scripted = _envelope(call).api_version
    return options_of(call).api_version if scripted is None else scripted


def respond(call: Call, told: Document | Told, *, with_warning: bool = True) -> Answer:
    """An API call's answer. with_warning: whether it may carry the script's deprecation."""
    document, body, until_us = told if isinstance(told, Told) else Told(told)
    warning = _envelope(call).deprecation
    if warning is not None and with_warning:
        deprecation = {"type": warning.type_, "message": warning.message}
        said = document() if callable(document) else document
        document, body = {**said, "deprecationWarning": deprecation}, None
    sandbox = call.sandbox
    session = reading_of(call).session(sandbox.seed, sandbox.name, call.path)
    answer = php_answer(document, session=session.at(call.now_us), body=body)
    if until_us is not None:
        call.held = Held(lambda now_us: retold(answer, session=session.at(now_us)), until_us)
    return answer


def refused(call: Call, text: str, lists: list[Document]) -> Answer:
    """OK 0, in the form of the call."""
    version = version_of(call)
    if call.operation.name == "submit":
        return respond(call, answer.submission_error(text, lists, version=version))
    document = answer.error(text, version=version)
    if lists:
        document["listErr"] = lists
    return respond(call, document)


def answering(work: Handling, **shape: bool) -> Callable[[Call], Answer]:
    """A handler that reads the request's JSON, does the work, and tells what came of it."""

    def handle(call: Call) -> Answer:
        sent = reading_of(call).sent
        if sent is None:
            return refused(call, UNPARSABLE, [])
        try:
            told = work(call, sent)
        except RefusedError as error:
            return refused(call, error.text, error.lists)
        return respond(call, told, **shape)

    return handle


# What a call is about.


def reading_of(call: Call) -> Reading:
    """What the request's body says."""
    return call.once(_reading)


def _reading(call: Call) -> Reading:
    return read(call.body)


def sent_by(call: Call) -> Sent:
    """The request's JSON object; empty where it has none."""
    return reading_of(call).sent or {}


def id_text(value: object) -> str | None:
    """A job's id as the sandbox knows it: requests give it as a text or as a number."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip()
    return text if text.isascii() and text.isdigit() else None


def job_id_in(name: str) -> Callable[[Call], str | None]:
    """What identifies the job of a call by this parameter."""
    return lambda call: id_text(sent_by(call).get(name))


def user_of(call: Call, sent: Sent) -> str:
    """Who asks. Raises RefusedError where nobody, or somebody unknown, does."""
    return user_in(sent, options_of(call))


def owned_job(call: Call, sent: Sent, name: str = "JobID") -> tuple[Job, Position]:
    """The job that a call is about, and where it stands. Raises RefusedError."""
    job = own_job(call, sent, name)
    position = call.sandbox.peek(job)
    note_activity(call, job, position)
    return job, position


def own_job(call: Call, sent: Sent, name: str = "JobID") -> Job:
    """The job that a call is about, not looked at yet. Raises RefusedError."""
    user = user_of(call, sent)
    if sent.get(name) in (None, ""):
        raise needed(name)
    job = call.job
    if job is None or _is_gone(call, job) or request_of(job).user != user:
        raise not_owned(sent[name], user)
    return job


def _is_gone(call: Call, job: Job) -> bool:
    checkpoint = job.checkpoint
    if checkpoint.gone is None and call.now_us < checkpoint.quiet_until_us:
        return False  # nothing has happened by itself since: a position need not be made
    return call.sandbox.peek(job).gone is not None


def note_activity(call: Call, job: Job, position: Position) -> None:
    """A job that is seen to be active counts for its user, whoever brought it back to life."""
    if answer.is_active(position):
        users_of(call.sandbox).seen(job)


def request_of(job: Job) -> Request:
    """What the job's client asked for."""
    return cast("Request", job.submission)


def sent_for(job: Job) -> Sent:
    """What the job's client sent."""
    return read(request_of(job).body).sent or {}


def pars_of(job: Job) -> Document:
    """The job's parameters, completed."""
    return job_pars(sent_for(job))


def script_of(job: Job) -> UkssdcFile | None:
    """The scenario that a job plays."""
    return cast("UkssdcFile", job.loaded.scenario) if job.loaded is not None else None


def url_of(call: Call, job_id: str) -> str:
    """Where a job's files are, without a slash at its end: the client adds one."""
    return f"{call.base_url}/user_objects/tprods/USERPROD_{job_id}"


def spectra_of(job: Job, sent: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of a job's spectra. sent: what its client sent."""
    script = script_of(job)
    scripted = None if script is None else script.results.spectrum
    return results.spectrum_names(sent, None if scripted is None else scripted.slices)


def options_of(call: Call) -> UkssdcOptions:
    """The service's options in the sandbox of a call."""
    return cast("UkssdcOptions", call.options)


_PLAIN = Envelope()


def _envelope(call: Call) -> Envelope:
    script: UkssdcFile | None = call.script
    return _PLAIN if script is None else script.envelope
