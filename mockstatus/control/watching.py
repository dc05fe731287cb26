"""What happens in a sandbox, noticed as it happens: submissions, transitions, faults.

A watch compares what it saw last with what there is now, whenever the sandbox says that something
changed and whenever a job is due to move by itself; it polls nothing and costs a job nothing.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mockstatus.control.texts import instant

if TYPE_CHECKING:
    from mockstatus.domain.checkpoint import Checkpoint
    from mockstatus.domain.position import Position
    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.web.world import World

VISITS_LIMIT = 100
"""Transitions of one track that are told of one look; earlier ones are counted as dropped."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at `at_us` on the sandbox's clock."""

    at_us: int
    kind: str
    data: dict[str, Any]


@dataclass(slots=True)
class _Known:
    """What was seen of a job last.

    checkpoint: None if it has to be looked at anew. visits: how many each track had had. due_us:
    when it is going to be looked at in any case.
    """

    job: Job
    checkpoint: Checkpoint | None = None
    visits: dict[str, int] = field(default_factory=dict)
    is_gone: bool = False
    due_us: int | None = None


class Watch:
    """Follows one sandbox from now on. dropped: transitions that nobody could be told.

    Not for several threads at once.
    """

    def __init__(self, world: World, sandbox: Sandbox, *, is_new: bool = False) -> None:
        self.sandbox = sandbox
        self.dropped = 0
        self._world = world
        self._known: dict[tuple[str, str], _Known] = {}
        self._due: list[tuple[int, int, tuple[str, str]]] = []
        self._number = 0
        if not is_new:
            with sandbox.lock:
                self._number = sandbox.journal.written
                for job in sandbox.jobs():
                    self._meet(job, sandbox.clock.now_us())

    def news(self) -> list[Event]:
        """What happened since the last look, in the order of the sandbox's clock."""
        sandbox = self.sandbox
        with sandbox.lock:
            now_us = sandbox.clock.now_us()
            while self._due and self._due[0][0] <= now_us:
                known = self._known.get(heapq.heappop(self._due)[2])
                if known is not None:
                    known.job.position(now_us)
                    known.checkpoint = known.due_us = None
            found = [*self._of_jobs(now_us), *self._of_journal()]
        return sorted(found, key=lambda one: one.at_us)

    def until_due_s(self) -> float | None:
        """Real time until some job moves by itself; None if never."""
        return self.sandbox.clock.real_seconds_until(self._due[0][0]) if self._due else None

    def _of_jobs(self, now_us: int) -> Iterator[Event]:
        present = set()
        for job in self.sandbox.jobs():
            key = (job.service, job.id)
            present.add(key)
            known = self._known.get(key)
            if known is None or known.job is not job:
                yield self._submitted(job)
                known = self._meet(job, None)
            if known.checkpoint is not job.checkpoint:
                position = job.position(now_us)
                yield from self._moved(known, position)
                self._remember(known, now_us)
        for key in self._known.keys() - present:
            del self._known[key]

    def _meet(self, job: Job, now_us: int | None) -> _Known:
        """Takes a job in: with its past if `now_us` is given, else as it was when submitted."""
        known = self._known[job.service, job.id] = _Known(job)
        if now_us is None:
            known.visits = dict.fromkeys(job.checkpoint.tracks, 1)
            return known
        position = job.position(now_us)
        known.visits = _visits(position)
        known.is_gone = position.gone is not None
        self._remember(known, now_us)
        return known

    def _remember(self, known: _Known, now_us: int) -> None:
        job = known.job
        due_us = job.next_change_us(now_us)
        known.checkpoint = job.checkpoint
        if due_us is not None and due_us != known.due_us:
            heapq.heappush(self._due, (due_us, job.number, (job.service, job.id)))
        known.due_us = due_us

    def _submitted(self, job: Job) -> Event:
        at_us = job.checkpoint.submitted_us
        data = {**_of(job), "scenario": job.scenario, "number": job.number}
        return Event(at_us, "submitted", {"at": instant(at_us), **data})

    def _moved(self, known: _Known, position: Position) -> Iterator[Event]:
        job, now = known.job, _visits(position)
        for name, track in position.tracks.items():
            new = now[name] - known.visits.get(name, 0)
            if new > 0:
                visits = track.visits(min(new, VISITS_LIMIT) + 1)
                self.dropped += max(new - VISITS_LIMIT, 0)
                for before, after in pairwise(visits):
                    yield Event(
                        after.entered_us,
                        "transition",
                        {
                            "at": instant(after.entered_us),
                            **_of(job),
                            "track": name,
                            "from": before.phase.state,
                            "to": after.phase.state,
                        },
                    )
        known.visits = now
        gone = position.gone
        if gone is not None and not known.is_gone:
            known.is_gone = True
            yield Event(
                gone.at_us, "gone", {"at": instant(gone.at_us), **_of(job), "why": gone.why}
            )

    def _of_journal(self) -> Iterator[Event]:
        for one in self.sandbox.journal.since(self._number):
            if one.fault is not None:
                data = {
                    "at": instant(one.now_us),
                    "fault": one.fault,
                    "service": one.service,
                    "operation": one.operation,
                    "job": one.job,
                    "exchange": one.number,
                    "status": one.status,
                    "wire": one.wire,
                }
                yield Event(one.now_us, "fault", data)
        self._number = self.sandbox.journal.written


def _of(job: Job) -> dict[str, Any]:
    return {"service": job.service, "job": job.id}


def _visits(position: Position) -> dict[str, int]:
    """How many visits each track has had, at the instant of the position."""
    return {name: track.visits_ever for name, track in position.tracks.items()}
