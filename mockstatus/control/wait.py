"""Waits until a job has been polled, or called about, so often, or is in a state.

A wait sleeps until its sandbox says that something changed, or until the job next moves by
itself; it never looks again and again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, get_args

from fastapi import Query, Request
from starlette.responses import JSONResponse

from mockstatus.control.documented import router
from mockstatus.control.here import AtHere, Here
from mockstatus.control.view import job_view
from mockstatus.control.wire import JobView, WaitQuery
from mockstatus.domain.checkpoint import Why
from mockstatus.domain.position import Position
from mockstatus.errors import BadRequestError, ConflictError, TrackNotFoundError
from mockstatus.scenario.wording import unknown

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.web.service import Service

routes = router("jobs")

LONGEST_US = 600_000_000


@routes.get(
    "/jobs/{job_id}/wait",
    summary="Wait for a job",
    response_model=JobView,
    responses={408: {"description": "It took too long; the job as it is.", "model": JobView}},
)
async def wait_for_job(
    here: AtHere, request: Request, job_id: str, wanted: Annotated[WaitQuery, Query()]
) -> Any:
    """Answers the job as soon as all that is given holds, or 408 with it after `timeout`.

    Totals count from the job's submission, so that nothing is missed between two calls. The
    timeout is real time, whatever the sandbox's clock. A reset of the sandbox ends it with 409. A
    state that no job of the service is ever in is refused at once.
    The header X-Last-Exchange has the journal's number of the latest call about the job.
    """
    if not wanted.model_fields_set & {"polls", "requests", "state"}:
        message = "nothing to wait for, expected polls, requests or state"
        raise BadRequestError(message, where="query")
    if wanted.timeout > LONGEST_US:
        raise BadRequestError("it is too long, expected at most 10m", where="query.timeout")
    sandbox, job = here.job(job_id)
    if wanted.track is not None and wanted.track not in job.checkpoint.tracks:
        raise TrackNotFoundError(wanted.track, job.checkpoint.tracks)
    words = _words(here.world.service(job.service), job)
    if wanted.state is not None and words and wanted.state not in words:
        raise BadRequestError(unknown("state", wanted.state, words), where="query.state")
    waiter = _Waiter(here, sandbox, job, wanted)
    holds = waiter.holds() or await waiter.wait(request)
    with sandbox.lock:
        view = job_view(waiter.service, sandbox, job)
        latest = sandbox.journal.latest(job.service, job.id, 1)
    headers = {"X-Last-Exchange": str(latest[0].number)} if latest else {}
    return JSONResponse(view.model_dump(mode="json"), 200 if holds else 408, headers)


def _words(service: Service, job: Job) -> Collection[str]:
    """All words that a job may ever be waited for by; none, which is any, where nobody tells."""
    states = service.scenario_model.STATES
    if not states or (job.loaded is not None and job.loaded.scenario.unlikely):
        return ()
    checkpoint, whys = job.checkpoint, get_args(Why)
    gone = (Position(checkpoint.went(why, checkpoint.submitted_us), 0) for why in whys)
    words = [service.state(job, position) for position in gone]
    put = [one.state for state in checkpoint.tracks.values() for one in state.track.phases]
    return dict.fromkeys([*states, *service.states, *words, *whys, *put])


class _Waiter:
    """Somebody who waits for a job. To be made in the event loop that waits."""

    def __init__(self, here: Here, sandbox: Sandbox, job: Job, wanted: WaitQuery) -> None:
        self.service = here.world.service(job.service)
        self._here = here
        self._sandbox = sandbox
        self._job = job
        self._wanted = wanted

    def holds(self) -> bool:
        """Whether all that is waited for is true now. Raises ConflictError after a reset."""
        wanted, job = self._wanted, self._job
        if self._here.look() is not self._sandbox:
            raise ConflictError("the sandbox was reset meanwhile, there is nothing to wait for")
        with self._sandbox.lock:
            return (
                (wanted.requests is None or job.requests >= wanted.requests)
                and (wanted.polls is None or job.checkpoint.polls >= wanted.polls)
                and (wanted.state is None or wanted.state in self._states())
            )

    async def wait(self, request: Request) -> bool:
        """Whether it came true within the time, and before the client went away."""
        loop = asyncio.get_running_loop()
        changed = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(changed.set)

        stop = self._sandbox.listen(wake)
        leaving = asyncio.ensure_future(_client_leaves(request))
        leaving.add_done_callback(lambda _: changed.set())
        try:
            async with asyncio.timeout(self._wanted.timeout / 1e6):
                while not leaving.done():
                    # Cleared before looking, so that a change meanwhile is not lost.
                    changed.clear()
                    if self.holds():
                        return True
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self._until_it_moves_s()):
                            await changed.wait()
        except TimeoutError:
            return self.holds()
        finally:
            stop()
            leaving.cancel()
        return False

    def _states(self) -> set[str]:
        """The words that the job, or the chosen track of it, can be waited for by now."""
        position = self._sandbox.peek(self._job)
        if self._wanted.track is not None:
            return {position.tracks[self._wanted.track].phase.state}
        words = {self.service.state(self._job, position)}
        words |= {track.phase.state for track in position.tracks.values()}
        return words if position.gone is None else words | {position.gone.why}

    def _until_it_moves_s(self) -> float | None:
        """Real time until the job next moves by itself; None if never, or of no interest."""
        if self._wanted.state is None:
            return None
        clock = self._sandbox.clock
        next_us = self._job.next_change_us(clock.now_us())
        return None if next_us is None else clock.real_seconds_until(next_us)


async def _client_leaves(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
