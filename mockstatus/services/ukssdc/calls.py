"""What every call shares: who asks, about which job, and what goes around the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from mockstatus.services.ukssdc import answer, results
from mockstatus.services.ukssdc.answer import Document
from mockstatus.services.ukssdc.echo import job_pars
from mockstatus.services.ukssdc.encoding import (
    php_answer,
    read_object,
    retold,
    session_id,
    session_key,
)
from mockstatus.services.ukssdc.outcomes import Envelope
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

# Documented (UKSSDC wire notes, 5.1), but for those marked as a choice there or in 5.2.
WRONG_PARAMETERS = "There were problems with the parameters you supplied."
NEEDED = "The following parameters are needed, but were not supplied:"
INVALID = "The following parameters have invalid values:"
UNPARSABLE = "Unable to parse the JSON you supplied"
NO_PRODUCTS = "You have not requested any products"

Sent = dict[str, Any]


class RefusedError(Exception):
    """The service says OK 0. lists: label and parameters of each list that goes with the text."""

    def __init__(self, text: str, *lists: tuple[str, Iterable[str]]) -> None:
        super().__init__(text)
        self.text = text
        self.lists: list[Document] = [
            {"label": label, "list": [*names]} for label, names in lists if names
        ]


def not_registered(user: str) -> RefusedError:
    """Nobody has registered this address. A choice: the same text for every call."""
    return RefusedError(f"The user `{user}` is not recognised / validated")


def not_owned(job_id: object, user: str) -> RefusedError:
    """The job is somebody else's. A choice: the same text where there is no such job."""
    return RefusedError(f"Job {job_id} is not owned by user {user}")


def needed(*names: str) -> RefusedError:
    """Parameters are missing."""
    return RefusedError(WRONG_PARAMETERS, (NEEDED, names))


# What goes around an answer.


def version_of(call: Call) -> object:
    """The APIVersion that this call's answer tells."""
    scripted = _envelope(call).api_version
    return options_of(call).api_version if scripted is None else scripted


def respond(call: Call, document: Document, *, with_warning: bool = True) -> Answer:
    """An API call's answer. with_warning: whether it may carry the script's deprecation."""
    warning = _envelope(call).deprecation
    if warning is not None and with_warning:
        deprecation = {"type": warning.type_, "message": warning.message}
        document = {**document, "deprecationWarning": deprecation}
    return php_answer(document, session=session_id(_session_key(call), call.now_us))


def _session_key(call: Call) -> bytes:
    return session_key(call.sandbox.seed, call.sandbox.name, call.path, call.body)


def refused(call: Call, text: str, lists: list[Document]) -> Answer:
    """OK 0, in the form of the call."""
    version = version_of(call)
    if call.operation.name == "submit":
        return respond(call, answer.submission_error(text, lists, version=version))
    document = answer.error(text, version=version)
    if lists:
        document["listErr"] = lists
    return respond(call, document)


def answering(work: Callable[[Call, Sent], Document], **shape: bool) -> Callable[[Call], Answer]:
    """A handler that reads the request's JSON, does the work, and tells what came of it."""

    def handle(call: Call) -> Answer:
        sent = call.once(_sent)
        if sent is None:
            return refused(call, UNPARSABLE, [])
        try:
            return respond(call, work(call, sent), **shape)
        except RefusedError as error:
            return refused(call, error.text, error.lists)

    return handle


def repeatable(
    handle: Callable[[Call], Answer], until_us: Callable[[Job, Position], int]
) -> Callable[[Call], Answer]:
    """A status call's handler, whose answers may be given again until then, but for the session."""

    def handle_and_hold(call: Call) -> Answer:
        answer = handle(call)
        if call.job is not None and call.seen is not None:
            key = _session_key(call)
            call.held = Held(
                lambda now_us: retold(answer, session=session_id(key, now_us)),
                until_us(call.job, call.seen),
            )
        return answer

    return handle_and_hold


# What a call is about.


def sent_by(call: Call) -> Sent:
    """The request's JSON object; empty where it has none."""
    return call.once(_sent) or {}


def _sent(call: Call) -> Sent | None:
    return read_object(call.body)


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
    user = sent.get("UserID")
    if not isinstance(user, str) or not user:
        raise needed("UserID")
    if not options_of(call).is_registered(user):
        raise not_registered(user)
    return user


def owned_job(call: Call, sent: Sent, name: str = "JobID") -> tuple[Job, Position]:
    """The job that a call is about, and where it stands. Raises RefusedError."""
    user = user_of(call, sent)
    if sent.get(name) in (None, ""):
        raise needed(name)
    job = call.job
    position = None if job is None else call.sandbox.peek(job)
    if job is None or position is None or position.gone is not None:
        raise not_owned(sent[name], user)
    if request_of(job).user != user:
        raise not_owned(sent[name], user)
    if answer.is_active(position):
        users_of(call.sandbox).seen(job)
    return job, position


def request_of(job: Job) -> Request:
    """What the job's client asked for."""
    return cast("Request", job.submission)


def sent_for(job: Job) -> Sent:
    """What the job's client sent."""
    return read_object(request_of(job).body) or {}


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


def _envelope(call: Call) -> Envelope:
    script: UkssdcFile | None = call.script
    return Envelope() if script is None else script.envelope
