"""From where a task stands to the document that a client gets. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mockstatus.domain.position import Position, TrackPosition
from mockstatus.domain.timeline import Phase
from mockstatus.scenario.planning import Draws
from mockstatus.services.vesta import states
from mockstatus.services.vesta.codes import version_mismatch
from mockstatus.services.vesta.options import Annotator
from mockstatus.services.vesta.plan import Echo, Failure, Product, Report, Task
from mockstatus.services.vesta.script import TRACK

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOSTS = 4
"""Workers that each annotator seems to have; two attempts in a row never share one."""


def state_of(position: Position) -> str:
    """The one word that sums a task up."""
    if position.gone is not None:
        return states.EXPIRED if position.gone.why == "expired" else "DELETED"
    return position.tracks[TRACK].phase.state


def result_of(position: Position, *, task: Task, annotator: Annotator, draws: Draws) -> object:
    """The `result` of a status document; any JSON.

    draws: the job's own, for the names of hosts. Raises GatewayError where the worker's version
    is not the configured one.
    """
    if position.gone is not None:
        return None
    track = position.tracks[TRACK]
    match track.phase.payload:
        case Report() as report:
            return _report(track, report, task=task, annotator=annotator, draws=draws)
        case Failure(code, message):
            return {"code": code, "message": tidy(message)}
        case Product(result):
            return result
        case Echo():
            return {"result": {"type": "Useless", "value": json.loads(task.message or b"null")}}
        case _:
            return None


def tidy(message: str) -> str:
    """A message as it goes out: the gateway takes line ends and double quotes out of it.

    VESTA wire notes, 2.8 (observed).
    """
    return message.replace("\\n", " ").replace('"', "'")


def _report(
    track: TrackPosition, report: Report, *, task: Task, annotator: Annotator, draws: Draws
) -> Mapping[str, Any]:
    version = report.worker_id_version
    is_in_progress = track.phase.state == states.PROGRESS
    # Only in PROGRESS: VESTA wire notes, 2.9 (observed).
    if is_in_progress and version != annotator.version:
        raise version_mismatch(task.annotator, annotator.version, version)
    kind = annotator.type or task.annotator
    host = report.host or annotator.host or _host(kind, _attempt(track, report), draws)
    document: dict[str, Any] = {
        "host": host,
        "start_time": date(started_us(track)),
        "type": kind,
        "worker_id_version": version,
    }
    if is_in_progress:
        document |= {"current": track.progress(), "total": 100}
    return document


def _host(kind: str, attempt: int, draws: Draws) -> str:
    number = 1 + (draws.between(0, _HOSTS - 1, "host") + attempt) % _HOSTS
    return f"{kind.replace('_', '-')}-{number}.novalocal"


def _attempt(track: TrackPosition, report: Report) -> int:
    """How many attempts failed before this one."""
    if report.attempt is not None:
        return report.attempt
    retries = 0
    for visit in track.visits_backwards():
        earlier = visit.phase.payload
        if isinstance(earlier, Report) and earlier.attempt is not None:
            return earlier.attempt + retries
        retries += visit.phase.state == states.RETRY
    return retries


def started_us(track: TrackPosition) -> int:
    """When the present attempt began its work.

    Chosen so that seed 004's formula holds: (now - start) * (total - current) / current is the
    remaining time. An attempt whose progress begins above 0 began its work before it was seen.
    """
    first = track.phase
    entered_us = track.entered_us
    for visit in track.visits_backwards():
        if visit.phase.state not in states.REPORTING:
            break
        first, entered_us = visit.phase, visit.entered_us
    return entered_us - _done_before_us(first)


def _done_before_us(phase: Phase) -> int:
    """How long the work took that was done when this phase began, at the phase's own speed."""
    progress, length_us = phase.progress, phase.timed_us
    if progress is None or length_us is None or progress.last <= progress.first:
        return 0
    return length_us * progress.first // (progress.last - progress.first)


def date(at_us: int) -> str:
    """`2014-09-10T12:23:19`: seconds, no zone; UTC stands for the worker's local time."""
    return (_EPOCH + timedelta(seconds=at_us // 1_000_000)).strftime("%Y-%m-%dT%H:%M:%S")


def envelope(status: int, *, code: int, message: str, description: str) -> dict[str, Any]:
    """Everything that is not a task's state: VESTA wire notes, 2.8."""
    vesta = {"code": code, "message": tidy(message)}
    return {"description": description, "status": status, "vesta": vesta}
