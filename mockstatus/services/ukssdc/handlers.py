"""What each call about a job or about a user's jobs does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockstatus.services.ukssdc import answer, products
from mockstatus.services.ukssdc.answer import Document, Work
from mockstatus.services.ukssdc.calls import (
    INVALID,
    NEEDED,
    NO_PRODUCTS,
    WRONG_PARAMETERS,
    RefusedError,
    Sent,
    needed,
    options_of,
    owned_job,
    pars_of,
    request_of,
    script_of,
    sent_for,
    spectra_of,
    url_of,
    user_of,
    version_of,
)
from mockstatus.services.ukssdc.echo import job_pars
from mockstatus.services.ukssdc.parameters import faulty, is_on, requested
from mockstatus.services.ukssdc.plan import Request
from mockstatus.services.ukssdc.products import BY_WIRE
from mockstatus.services.ukssdc.retrieval import has_files
from mockstatus.services.ukssdc.users import users_of

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.runtime.job import Job
    from mockstatus.services.ukssdc.script import UkssdcFile
    from mockstatus.web.call import Call


def submit(call: Call, sent: Sent) -> Document:
    """Takes a job in."""
    options = options_of(call)
    user = user_of(call, sent)
    wanted = requested(sent)
    if not wanted:
        raise RefusedError(NO_PRODUCTS)
    wrong = faulty(sent, options)
    if wrong.needed or wrong.invalid:
        raise RefusedError(WRONG_PARAMETERS, (NEEDED, wrong.needed), (INVALID, wrong.invalid))
    _refuse_unresolved(call, sent)
    users, most = users_of(call.sandbox), options.max_active_jobs
    if not users.has_room(user, most):
        text = f"You already have {users.active(user)} jobs in the queue; the maximum is {most}"
        raise RefusedError(text)
    names = products.in_order(wanted)
    job = call.commit(Request(user, names, is_on(sent.get("allxastrom")), call.body))
    users.add(job)
    return answer.submitted(job.id, url_of(call, job.id), job_pars(sent), version=version_of(call))


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


def _names_in(sent: Sent, name: str) -> list[str]:
    """Wire names with commas between them; each once, in their order."""
    value = sent.get(name)
    parts = value.split(",") if isinstance(value, str) else []
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def status(call: Call, sent: Sent) -> Document:
    """Where the job's products stand; counts as a poll of those asked about."""
    job, _ = owned_job(call, sent)
    what = _names_in(sent, "what")
    if not what:
        raise needed("what")
    tracks = [BY_WIRE[wire].name for wire in what if wire in BY_WIRE]
    position = call.poll(job, tracks)
    return answer.status(
        position,
        int(job.id),
        what=what,
        with_progress=_names_in(sent, "whatProg"),
        work=_work_of(job),
        version=version_of(call),
    )


def status_holds_until_us(job: Job, position: Position) -> int:
    """Until when what a status call told holds, if nothing happens to the job."""
    return answer.holds_until_us(position, _work_of(job))


def _work_of(job: Job) -> Work:
    """What a job has to go through. A choice: an observation a target."""
    sent = sent_for(job)
    return Work(spectra_of(job, sent), str(sent.get("targ", "")).count(",") + 1)


def cancel(call: Call, sent: Sent) -> Document:
    """Cancels some of the job's products."""
    job, _ = owned_job(call, sent)
    what = _names_in(sent, "what")
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
