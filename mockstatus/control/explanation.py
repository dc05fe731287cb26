"""Why a job answers what it answers, and what comes next: in fields, and in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from mockstatus.control.texts import instant, span
from mockstatus.control.view import gone_view
from mockstatus.control.wire import ClockView, Explanation, LastExchange, TrackExplanation
from mockstatus.domain.events import Cancelled, Event, Placed, Signalled, Started
from mockstatus.domain.expiry import expires_us
from mockstatus.domain.timeline import (
    After,
    AfterPolls,
    Stay,
    UntilSignal,
    UntilStarted,
    UntilTrack,
)

if TYPE_CHECKING:
    from mockstatus.domain.checkpoint import TrackState
    from mockstatus.domain.position import Position, TrackPosition
    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.web.service import Service


_EXCHANGES = 5


def explanation(service: Service, sandbox: Sandbox, job: Job) -> Explanation:
    """What the job answers now, why, and what comes next when. Explaining changes nothing."""
    with sandbox.lock:
        now_us = sandbox.clock.now_us()
        position = job.position(now_us)
        tracks = {
            name: _Told(name, track, job.checkpoint.tracks[name], job, position).track()
            for name, track in position.tracks.items()
        }
        told = Explanation(
            summary="",
            id=job.id,
            service=job.service,
            state=service.state(job, position),
            plays=_plays(job),
            gone=gone_view(position.gone),
            next_change=instant(job.next_change_us(now_us)),
            expires=instant(_expires_us(job, position)),
            tracks=tracks,
            exchanges=_exchanges(sandbox, job),
            clock=ClockView(mode=str(sandbox.clock.mode), now=instant(now_us)),
            sandbox=sandbox.name,
        )
    told.summary = _summary(told)
    return told


@dataclass(frozen=True, slots=True)
class _Told:
    """One track of a job, about to be told."""

    name: str
    here: TrackPosition
    state: TrackState
    job: Job
    position: Position

    def track(self) -> TrackExplanation:
        here = self.here
        exit_ = here.phase.exit
        leaves_us, next_state = self._next()
        polls_left = exit_.polls - here.shown if isinstance(exit_, AfterPolls) else None
        return TrackExplanation(
            state=here.phase.state,
            phase=here.index + 1,
            phases=len(self.state.track.phases),
            entered=instant(here.entered_us),
            progress=here.progress(),
            how=self._how(),
            ends=self._ends(),
            next_state=next_state,
            next_at=instant(leaves_us),
            polls_left=None if next_state is None else polls_left,
        )

    def _next(self) -> tuple[int | None, str | None]:
        """When the track leaves its phase, where the clock decides, and what follows."""
        here, pending, due_us = self.here, self.state.pending, self.here.cancels_at_us
        if self.position.gone is not None:
            return None, None
        leaves_us = here.leaves_us
        if pending is not None and not (leaves_us is not None and leaves_us <= (due_us or 0)):
            return due_us, pending.phase.state
        has_way_out = here.following is not None and not isinstance(here.phase.exit, Stay)
        return leaves_us, here.following.state if has_way_out and here.following else None

    def _how(self) -> str:
        here, defaults = self.here, self.job.timeline.defaults
        visits = here.visits(2)
        if len(visits) == 1:
            return "it began so"
        notes = [
            note.event
            for note in self.job.notes
            if note.has_acted and note.event.at_us == here.entered_us
        ]
        causes = [cause for event in notes if (cause := _cause(event, self.name)) is not None]
        if causes:
            return causes[-1]
        if here.phase is defaults.cancel_waiting or here.phase is defaults.cancel_begun:
            return "a cancel took effect"
        before = visits[0].phase
        match before.exit:
            case After(for_us):
                return f"{before.state} was over after {span(for_us)}"
            case AfterPolls(polls):
                return f"{_polls(polls)} had seen {before.state}"
            case UntilTrack(track):
                return f"track {track} had ended"
            case _:
                return f"it left {before.state}"

    def _ends(self) -> str:
        here = self.here
        if self.position.gone is not None:
            return f"nothing: the job is gone ({self.position.gone.why.replace('_', ' ')})"
        if here.cancels_at_us is not None:
            return f"a cancel that takes effect at {instant(here.cancels_at_us)}"
        if here.has_ended and here.leaves_us is None:
            return f"nothing: {here.phase.state} is final"
        if here.following is None:
            return "nothing: it is the last phase, and stays until a signal, a cancel or a put"
        return self._way_out()

    def _way_out(self) -> str:
        here, exit_ = self.here, self.here.phase.exit
        match exit_:
            case After():
                left_us = (here.leaves_us or 0) - here.now_us
                return f"the clock, at {instant(here.leaves_us)} (in {span(left_us)})"
            case AfterPolls(polls):
                return f"{_polls(polls - here.shown)} more"
            case UntilSignal(signal):
                return f"the signal {signal!r}"
            case UntilTrack(track):
                other = self.position.tracks.get(track)
                where = f", which is in {other.phase.state}" if other is not None else ""
                return f"the end of track {track}{where}"
            case UntilStarted():
                return "its client, by handing over what the job waits for"
            case Stay():
                return "nothing: it stays until a signal, a cancel or a put"
            case _:
                assert_never(exit_)


def _cause(event: Event, track: str) -> str | None:
    """How an event that acted moved a track; None if it was about another one."""
    match event:
        case Placed():
            return "it was put there" if event.track == track else None
        case Signalled():
            return f"the signal {event.name!r} came" if event.track in (None, track) else None
        case Cancelled():
            is_meant = event.tracks is None or track in event.tracks
            return "its client cancelled it" if is_meant else None
        case Started():
            return "its client handed over what it waited for"
        case _:
            return None


def _plays(job: Job) -> str:
    if job.scenario is not None:
        return f"scenario {job.scenario}"
    return "the service's own story, as no scenario was chosen"


def _polls(count: int) -> str:
    return "1 poll" if count == 1 else f"{count} polls"


def _expires_us(job: Job, position: Position) -> int | None:
    """When the job expires if nobody does anything; None if it does not, or has."""
    checkpoint, timeline = job.checkpoint, job.timeline
    if position.gone is not None:
        return None
    due_us = expires_us(checkpoint, timeline.expiry)
    if timeline.start_within_us is not None and checkpoint.started_us is None:
        due_us = min(due_us, checkpoint.submitted_us + timeline.start_within_us)
    return due_us


def _exchanges(sandbox: Sandbox, job: Job) -> list[LastExchange]:
    return [
        LastExchange(
            number=one.number,
            at=instant(one.now_us),
            operation=one.operation,
            status=one.status,
            shown=one.state,
            fault=one.fault,
        )
        for one in sandbox.journal.latest(job.service, job.id, _EXCHANGES)
    ]


def _last_sentence(last: LastExchange) -> str:
    shown = f" and was shown {last.shown}" if last.shown is not None else ""
    struck = f", struck by {last.fault}" if last.fault is not None else ""
    return (
        f"Its client last called at {last.at} ({last.operation}, exchange {last.number}),"
        f" got {last.status}{shown}{struck}."
    )


def _summary(told: Explanation) -> str:
    sentences = [f"Job {told.id} of {told.service} plays {told.plays}; it answers {told.state}."]
    if told.gone is not None:
        why = told.gone.why.replace("_", " ")
        sentences.append(f"It is gone since {told.gone.at}: {why}.")
    for name, track in told.tracks.items():
        progress = f" at {track.progress}" if track.progress is not None else ""
        then = f", then {track.next_state}" if track.next_state is not None else ""
        sentences.append(
            f"Track {name} is in {track.state}{progress}, phase {track.phase} of {track.phases},"
            f" since {track.entered} because {track.how}; what ends it: {track.ends}{then}."
        )
    if told.expires is not None:
        sentences.append(f"It expires at {told.expires} if nobody does anything.")
    if told.exchanges:
        sentences.append(_last_sentence(told.exchanges[-1]))
    sentences.append(_clock_sentence(told))
    return " ".join(sentences)


def _clock_sentence(told: Explanation) -> str:
    here = f"It is {told.clock.now} in sandbox {told.sandbox}"
    if told.clock.mode == "manual":
        return f"{here}; its clock is manual: nothing moves by time until it is advanced."
    if told.clock.mode == "real":
        return f"{here}; its clock runs in real time."
    return f"{here}; its clock runs {told.clock.mode[1:]} times as fast as real time."
