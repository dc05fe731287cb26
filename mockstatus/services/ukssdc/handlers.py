"""What each call about a job or about a user's jobs does."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mockstatus.services.ukssdc import answer
from mockstatus.services.ukssdc.answer import Document, Work
from mockstatus.services.ukssdc.calls import (
    Told,
    note_activity,
    options_of,
    own_job,
    owned_job,
    pars_of,
    reading_of,
    request_of,
    script_of,
    sent_for,
    spectra_of,
    url_of,
    user_of,
    version_of,
)
from mockstatus.services.ukssdc.encoding import encode
from mockstatus.services.ukssdc.parameters import Sent, is_on
from mockstatus.services.ukssdc.products import BY_WIRE
from mockstatus.services.ukssdc.refusals import RefusedError, needed
from mockstatus.services.ukssdc.retrieval import has_files
from mockstatus.services.ukssdc.users import users_of

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job
    from mockstatus.services.ukssdc.script import UkssdcFile
    from mockstatus.web.call import Call


def submit(call: Call, sent: Sent) -> Told:
    """Takes a job in."""
    options = options_of(call)
    accepted = reading_of(call).accepted(options)
    _refuse_unresolved(call, sent)
    user = accepted.request.user
    users, most = users_of(call.sandbox), options.max_active_jobs
    if not users.has_room(user, most):
        text = f"You already have {users.active(user)} jobs in the queue; the maximum is {most}"
        raise RefusedError(text)
    job = call.commit(accepted.request)
    users.add(job)
    url, version = url_of(call, ""), version_of(call)
    job_id = job.id.encode("ascii")
    body = _taken_in(url, version, repr(version)) % (job_id, job_id, accepted.pars_json)

    def document() -> Document:
        told = answer.submitted(job.id, url + job.id, version=version)
        return {**told, "jobPars": accepted.pars()}

    return Told(document, body)


@lru_cache(maxsize=16)  # most jobs differ in their ids alone: 0.5 us instead of 1.8
def _taken_in(url: str, version: object, _exactly: str) -> bytes:
    """The JSON that takes a job in, with `%b` for its id, the id again, and the parameters.

    url: of the job's files, before the id. _exactly: tells apart versions that are equal: 1, 1.0.
    """
    told = encode(answer.submitted("", url, version=version)).replace(b"%", b"%%")
    # Within a text a quote is escaped, so nothing but the members looks like this.
    told = told.replace(b'","JobID":"",', b'%b","JobID":"%b",')
    return b'%b,"jobPars":%%b}' % told[:-1]


def _refuse_unresolved(call: Call, sent: Sent) -> None:
    """What the scenario says the service cannot work out. The texts are a choice."""
    script: UkssdcFile | None = call.script
    unresolved = script.unresolved if script is not None else ()
    if "coords" in unresolved and is_on(sent.get("getCoords")):
        raise RefusedError(f"Could not resolve the name {sent.get('name')}")
    if "targets" in unresolved and is_on(sent.get("getTargs")):
        raise RefusedError("Could not determine the target IDs")
    if "T0" in unresolved and is_on(sent.get("getT0")):
        raise RefusedError("Could not determine T0")


def status(call: Call, sent: Sent) -> Told:
    """Where the job's products stand; counts as a poll of those asked about."""
    reading = reading_of(call)
    what = reading.names("what")
    if not what:
        owned_job(call, sent)
        raise needed("what")
    job = own_job(call, sent)
    position = call.poll(job, [BY_WIRE[wire].name for wire in what if wire in BY_WIRE])
    note_activity(call, job, position)
    runs = answer.runs(position, _work_of(job))
    document = answer.status(
        position,
        int(job.id),
        what=what,
        with_progress=reading.names("whatProg"),
        runs=runs,
        version=version_of(call),
    )
    return Told(document, until_us=answer.holds_until_us(position, runs))


def _work_of(job: Job) -> Work:
    """What a job has to go through. A choice: an observation a target."""
    sent = sent_for(job)
    return Work(spectra_of(job, sent), str(sent.get("targ", "")).count(",") + 1)


def cancel(call: Call, sent: Sent) -> Document:
    """Cancels some of the job's products."""
    job, _ = owned_job(call, sent)
    what = reading_of(call).names("what")
    if not what:
        raise needed("what")
    tracks = [BY_WIRE[wire].name for wire in what if wire in BY_WIRE]
    before = call.sandbox.cancel(job, tracks)
    by_wire = answer.cancel_codes(before, what, script_of(job))
    return answer.cancelled(int(job.id), by_wire, version=version_of(call))


def count(call: Call, sent: Sent) -> Document:
    """How many jobs the user has that are queued or running."""
    number = users_of(call.sandbox).active(user_of(call, sent))
    return answer.counted(number, version=version_of(call))


def list_jobs(call: Call, sent: Sent) -> Document:
    """All jobs that the user ever made."""
    user = user_of(call, sent)
    entries = [_entry(call, job) for job in users_of(call.sandbox).jobs(user)]
    return answer.listed(entries[::-1], version=version_of(call))


def _entry(call: Call, job: Job) -> Document:
    request = request_of(job)
    position = call.sandbox.peek(job)
    return answer.list_entry(
        int(job.id),
        str(sent_for(job).get("name", "")),
        position.submitted_us,
        request.products,
        has_files=any(has_files(call, job, position, name) for name in request.products),
    )


def old_job(call: Call, sent: Sent) -> Document:
    """The parameters of an old job."""
    job, _ = owned_job(call, sent, "oldJob")
    url = url_of(call, job.id)
    return answer.old_job(int(job.id), pars_of(job), url, version=version_of(call))
