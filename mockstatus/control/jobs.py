"""Jobs: submitted, looked at, signalled, put into phases, deleted. No look counts as a poll."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any, cast

from fastapi import Query, Request, Response
from pydantic import JsonValue, ValidationError

from mockstatus.control.documented import router
from mockstatus.control.explanation import explanation
from mockstatus.control.failures import ComplaintError, response
from mockstatus.control.here import AtHere
from mockstatus.control.submitting import submitted
from mockstatus.control.view import job_view, members
from mockstatus.control.wire import (
    Explanation,
    JobOrder,
    JobQuery,
    JobView,
    SignalledJob,
    SignalOrder,
    SubmittedJob,
)
from mockstatus.domain.timeline import Phase
from mockstatus.errors import TrackNotFoundError
from mockstatus.runtime.job import Job
from mockstatus.scenario.explain import explain
from mockstatus.scenario.planning import Draws
from mockstatus.scenario.strict import Located, ScriptError
from mockstatus.web.answer import Answer
from mockstatus.web.service import Placing, Service

routes = router("jobs")

Phases = dict[str, JsonValue] | list[dict[str, JsonValue]]


@routes.get("/jobs", summary="The jobs there are")
async def list_jobs(
    here: AtHere, wanted: Annotated[JobQuery, Query()], answer: Response
) -> list[JobView]:
    """Oldest first, gone ones included; X-Total-Count says how many there are without a limit."""
    sandbox = here.look()
    if wanted.service is not None:
        here.service_named(wanted.service, where="query.service")
    found = list(sandbox.jobs(wanted.service))
    answer.headers["X-Total-Count"] = str(len(found))
    shown = found[wanted.offset : wanted.offset + wanted.limit]
    return [job_view(here.world.service(job.service), sandbox, job) for job in shown]


@routes.post("/jobs", status_code=201, summary="Submit a job", response_model=SubmittedJob)
async def submit_job(here: AtHere, request: Request, order: JobOrder, answer: Response) -> Any:
    """By the service's own operation, on its client's behalf; no fault strikes it.

    A refusal of the service's is a 422 that carries the service's answer.
    """
    made = submitted(here, request, order)
    if isinstance(made, Answer):
        return response(made)
    answer.headers["Location"] = f"{here.prefix}/_mock/jobs/{made.id}"
    return made


@routes.get("/jobs/{job_id}", summary="One job")
async def get_job(here: AtHere, job_id: str) -> JobView:
    """By the id that its client holds. No look counts as a poll."""
    sandbox, job = here.job(job_id)
    return job_view(here.world.service(job.service), sandbox, job)


@routes.delete("/jobs/{job_id}", status_code=204, summary="Delete a job")
async def delete_job(here: AtHere, job_id: str) -> None:
    """For its client it is gone; here its history can still be read."""
    sandbox, job = here.job(job_id)
    sandbox.delete(job)


@routes.post("/jobs/{job_id}/signals", summary="Send a signal")
async def signal_job(here: AtHere, job_id: str, order: SignalOrder) -> SignalledJob:
    """Acts on phases that wait for it; cancel, fail, complete and expire on any job not ended."""
    sandbox, job = here.job(job_id)
    acted = sandbox.signal(job, order.signal, order.track)
    view = members(here.world.service(job.service), sandbox, job)
    return SignalledJob.model_construct(**view, acted=acted)


@routes.put("/jobs/{job_id}/tracks/{track}", summary="Put a track into a phase")
async def put_track(here: AtHere, job_id: str, track: str, phases: Phases) -> JobView:
    """A phase or a list of them, spelled as in a scenario, in place of all that was left."""
    sandbox, job = here.job(job_id)
    service = here.world.service(job.service)
    with sandbox.lock:
        if track not in job.checkpoint.tracks:
            raise TrackNotFoundError(track, job.checkpoint.tracks)
        options = here.world.options(sandbox, service)
        place = f"put {job.noted}"
        draws = Draws(job.seed, (sandbox.name, service.name, job.number, track, place))
        sandbox.put(job, track, _placed(service, job, track, phases, (options, draws)))
    return job_view(service, sandbox, job)


@routes.get("/jobs/{job_id}/explain", summary="Why a job answers what it answers")
async def explain_job(here: AtHere, job_id: str) -> Explanation:
    """What it answers now, why, and what comes next when."""
    sandbox, job = here.job(job_id)
    return explanation(here.world.service(job.service), sandbox, job)


def _placed(
    service: Service, job: Job, track: str, phases: Phases, made_of: tuple[Any, Draws]
) -> tuple[Phase, ...]:
    """The phases, compiled. Raises ComplaintError with all that is wrong with them."""
    options, draws = made_of
    is_one = isinstance(phases, dict)
    raw = [cast("dict[str, JsonValue]", phases)] if is_one else cast("list[Any]", phases)
    if not raw:
        raise ComplaintError([Located("there is no phase, expected at least one")])

    def place(*some: dict[str, JsonValue]) -> tuple[Phase, ...]:
        return service.place(Placing(some, job, track, options, draws))

    try:
        return place(*raw)
    except ScriptError as error:
        raise ComplaintError(error.problems) from None
    except ValidationError:
        found = [
            replace(one, at=one.at if is_one else (index, *one.at))
            for index, phase in enumerate(raw)
            for one in _wrong(place, phase)
        ]
        raise ComplaintError(found) from None
    except ValueError as error:
        raise ComplaintError([Located(str(error))]) from None


def _wrong(place: Callable[..., object], phase: dict[str, JsonValue]) -> Sequence[Located]:
    """What is wrong with a phase by itself."""
    try:
        place(phase)
    except ValidationError as error:
        return explain(error.errors(include_url=False), phase)
    except ValueError:
        return ()  # nothing that it says, but where it stands
    return ()
