"""From where a task stands to the document that a client gets. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from mockstatus.domain.position import Position, TrackPosition
from mockstatus.domain.timeline import Phase
from mockstatus.scenario.planning import Draws
from mockstatus.services.vesta import program, states
from mockstatus.services.vesta.codes import version_mismatch
from mockstatus.services.vesta.options import PLAIN, Annotator, VestaOptions
from mockstatus.services.vesta.plan import (
    Echo,
    Failure,
    Product,
    Report,
    Task,
    attempts,
    reports,
)
from mockstatus.services.vesta.script import TRACK

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOSTS = 4
"""Workers that each annotator seems to have; two attempts in a row never share one."""

# VESTA wire notes, 2.7 (observed): the state whose result a torn read shows beside each.
_NEIGHBOURS = {
    states.PENDING: states.PROGRESS,
    states.PROGRESS: states.STORING,
    states.STORING: states.SUCCESS,
}


@dataclass(frozen=True, slots=True)
class View:
    """What an answer needs to know beside where the task stands.

    draws: the task's own. is_torn: this call reads a state and the result of the next one.
    """

    task: Task
    options: VestaOptions
    draws: Draws
    is_torn: bool = False

    @property
    def annotator(self) -> Annotator:
        """Its configuration as it is now; the plain one if it was taken away."""
        return self.options.all_annotators.get(self.task.annotator, PLAIN)


def state_of(position: Position) -> str:
    """The one word that sums a task up."""
    if position.gone is not None:
        return states.EXPIRED if position.gone.why == "expired" else "DELETED"
    return position.tracks[TRACK].phase.state


def result_of(position: Position, view: View) -> object:
    """The `result` of a status document; any JSON.

    Raises GatewayError where the worker's version is not the configured one.
    """
    if position.gone is not None:
        return None
    track = position.tracks[TRACK]
    phase, following = track.phase, track.following
    if view.is_torn and following is not None and _NEIGHBOURS.get(phase.state) == following.state:
        phase = following
    match phase.payload:
        case Report() as report:
            return _report(phase, report, track, view)
        case Failure(code, message):
            return {"code": code, "message": _message(phase.state, code, message, view.options)}
        case Product(result):
            return result
        case Echo():
            received = json.loads(view.task.message or b"null")
            return {"result": {"type": "Useless", "value": received}}
        case _:
            return None


def tidy(message: str) -> str:
    """A message as it goes out: the gateway takes line ends and double quotes out of it.

    VESTA wire notes, 2.8 (observed).
    """
    return message.replace("\\n", " ").replace('"', "'")


def _message(state: str, code: int, text: str, options: VestaOptions) -> str:
    said = program.exception(code, text) if options.is_code else text
    if options.is_code or options.brackets:
        said += program.bracket(state, text)
    return tidy(said)


def _report(phase: Phase, report: Report, track: TrackPosition, view: View) -> dict[str, Any]:
    annotator = view.annotator
    version = report.worker_id_version
    is_in_progress = phase.state == states.PROGRESS
    # Only while the state is PROGRESS: VESTA wire notes, 2.9 (observed).
    if track.phase.state == states.PROGRESS and version != annotator.version:
        raise version_mismatch(view.task.annotator, annotator.version, version)
    kind = annotator.type or view.task.annotator
    has_begun = track.phase.state in states.REPORTING
    document: dict[str, Any] = {
        "host": report.host or annotator.host or _host(kind, _attempt(track, report), view.draws),
        "start_time": date(started_us(track) if has_begun else track.now_us),
        "type": kind,
        "worker_id_version": version,
    }
    if is_in_progress and phase.progress is not None:
        is_here = phase is track.phase
        document["current"] = track.progress() if is_here else phase.progress.first
        document["total"] = 100
    return document


def _host(kind: str, attempt: int, draws: Draws) -> str:
    number = 1 + (_first_host(draws) + attempt) % _HOSTS
    return f"{kind.replace('_', '-')}-{number}.novalocal"


@lru_cache(maxsize=1024)  # a status call whose job moved takes 60 us, this draw 3
def _first_host(draws: Draws) -> int:
    return draws.between(0, _HOSTS - 1, "host")


def _attempt(track: TrackPosition, report: Report) -> int:
    """How many attempts failed before this one."""
    if report.attempt is not None:
        return report.attempt
    retries = 0
    for stretch in track.stretches_backwards():
        known, counted = stretch.track.found(attempts)
        nearest = known[stretch.last]
        if nearest >= stretch.first:
            earlier = stretch.track.phases[nearest].payload
            assert isinstance(earlier, Report)  # noqa: S101  # that is what is known of it
            return (earlier.attempt or 0) + retries + counted[stretch.last] - counted[nearest]
        before = counted[stretch.first - 1] if stretch.first else 0
        retries += counted[stretch.last] - before
    return retries


def started_us(track: TrackPosition) -> int:
    """When the present attempt began its work.

    Chosen so that seed 004's formula holds: (now - start) * (total - current) / current is the
    remaining time. An attempt whose progress begins above 0 began its work before it was seen.
    """
    first = track.since(reports)
    return first.entered_us - _done_before_us(first.phase)


def _done_before_us(phase: Phase) -> int:
    """How long the work took that was done when this phase began, at the phase's own speed."""
    progress, length_us = phase.progress, phase.timed_us
    if progress is None or length_us is None or progress.last <= progress.first:
        return 0
    return length_us * progress.first // (progress.last - progress.first)


def date(at_us: int) -> str:
    """`2014-09-10T12:23:19`: seconds, no zone; UTC stands for the worker's local time."""
    return _date(at_us // 1_000_000)


@lru_cache(maxsize=1024)  # a task is told its start again and again: 2 us of 60
def _date(at_s: int) -> str:
    return (_EPOCH + timedelta(seconds=at_s)).strftime("%Y-%m-%dT%H:%M:%S")


def envelope(status: int, *, code: int, message: str, description: str) -> dict[str, Any]:
    """Everything that is not a task's state: VESTA wire notes, 2.8."""
    vesta = {"code": code, "message": tidy(message)}
    return {"description": description, "status": status, "vesta": vesta}
