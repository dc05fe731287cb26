"""A job as `/_mock` shows it. Looking changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from mockstatus.control.texts import instant
from mockstatus.control.wire import GoneView, HappeningView, JobView, TrackView, VisitView
from mockstatus.domain.events import (
    Cancelled,
    Deleted,
    Placed,
    Polled,
    Rescheduled,
    Signalled,
    Started,
    Submitted,
)

if TYPE_CHECKING:
    from mockstatus.domain.checkpoint import Gone
    from mockstatus.domain.position import Position, TrackPosition
    from mockstatus.runtime.job import Job, Note
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.web.service import Service

VISITS_LIMIT = 100
"""Visits that are shown of one track: the latest."""


def job_view(service: Service, sandbox: Sandbox, job: Job) -> JobView:
    """The job as it stands now."""
    return JobView.model_construct(**members(service, sandbox, job))


def members(service: Service, sandbox: Sandbox, job: Job) -> dict[str, Any]:
    """What every view of a job has."""
    with sandbox.lock:
        now_us = sandbox.clock.now_us()
        position = job.position(now_us)
        history, forgotten = _history(job, position)
        return {
            "id": job.id,
            "service": job.service,
            "number": job.number,
            "scenario": job.scenario,
            "state": service.state(job, position),
            "submitted": instant(position.submitted_us),
            "gone": gone_view(position.gone),
            "next_change": instant(job.next_change_us(now_us)),
            "seed": job.seed,
            "polls": position.polls,
            "requests": job.requests,
            "tracks": {name: _track(track) for name, track in position.tracks.items()},
            "history": history,
            "forgotten": forgotten,
        }


def gone_view(gone: Gone | None) -> GoneView | None:
    """Since when nothing remembers the job; None if something does."""
    return None if gone is None else GoneView(why=gone.why, at=instant(gone.at_us))


def _track(track: TrackPosition) -> TrackView:
    return TrackView(
        state=track.phase.state,
        entered=instant(track.entered_us),
        has_ended=track.has_ended,
        progress=track.progress(),
        leaves=instant(track.leaves_us),
    )


def _history(job: Job, position: Position) -> tuple[list[VisitView | HappeningView], int]:
    """The latest of what happened, in the order of time, and how much is missing before it."""
    found: list[tuple[int, VisitView | HappeningView]] = []
    # An event goes before the visits that it leads to, which begin at its instant.
    notes = job.notes
    found += [(note.event.at_us, _happening(note)) for note in notes]
    forgotten = job.noted - len(notes)
    for name, track in position.tracks.items():
        visits = track.visits(VISITS_LIMIT)
        forgotten += track.visits_ever - len(visits)
        for visit in visits:
            entered, left = instant(visit.entered_us), instant(visit.left_us)
            view = VisitView(
                at=entered, track=name, state=visit.phase.state, entered=entered, left=left
            )
            found.append((visit.entered_us, view))
    found.sort(key=lambda one: one[0])
    return [view for _, view in found], forgotten


def _happening(note: Note) -> HappeningView:
    event = note.event
    at = instant(event.at_us)
    match event:
        case Started():
            return HappeningView(at=at, event="started", acted=note.has_acted)
        case Signalled():
            return HappeningView(
                at=at,
                event="signalled",
                acted=note.has_acted,
                signal=event.name,
                tracks=None if event.track is None else [event.track],
            )
        case Cancelled():
            tracks = None if event.tracks is None else sorted(event.tracks)
            return HappeningView(at=at, event="cancelled", acted=note.has_acted, tracks=tracks)
        case Placed():
            return HappeningView(
                at=at,
                event="placed",
                acted=note.has_acted,
                tracks=[event.track],
                states=[phase.state for phase in event.phases],
            )
        case Rescheduled():
            expires = instant(event.expires_us)
            return HappeningView(at=at, event="rescheduled", acted=note.has_acted, expires=expires)
        case Deleted():
            return HappeningView(at=at, event="deleted", acted=note.has_acted)
        case Submitted() | Polled():
            raise ValueError(f"{type(event).__name__} is never noted down")
        case _:
            assert_never(event)
