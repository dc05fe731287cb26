"""Which jobs a user has, and which of them may be active: so that nobody has to look at all jobs.

Kept in the sandbox, beside its jobs; made anew from those where it is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from mockstatus.runtime.sandbox import Sandbox
from mockstatus.services.ukssdc.answer import is_active

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job
    from mockstatus.services.ukssdc.plan import Request

SERVICE = "ukssdc"

_SPARE = 10_000
"""Ids of jobs that the sandbox forgot, beyond as many as it has, before they are swept out."""


@dataclass(slots=True, eq=False)
class Users:
    """The ids of each user's jobs, oldest first. Changed with the sandbox locked."""

    _sandbox: Sandbox
    _jobs: dict[str, list[str]] = field(default_factory=dict)
    _active: dict[str, dict[str, None]] = field(default_factory=dict)
    _kept: int = 0

    def add(self, job: Job) -> None:
        """Takes a new job in."""
        user = _owner(job)
        self._jobs.setdefault(user, []).append(job.id)
        self._active.setdefault(user, {})[job.id] = None
        self._kept += 1
        if self._kept > _SPARE and self._kept > 2 * len(self._sandbox) + _SPARE:
            self._sweep()

    def seen(self, job: Job) -> None:
        """A call was about a job: one that the tester brought back to life counts again."""
        self._active.setdefault(_owner(job), {})[job.id] = None

    def jobs(self, user: str) -> Iterator[Job]:
        """A user's jobs that are not gone, oldest first."""
        for job_id in self._jobs.get(user, ()):
            job = self._sandbox.find(SERVICE, job_id)
            if job is not None and self._sandbox.peek(job).gone is None:
                yield job

    def has_room(self, user: str, limit: int) -> bool:
        """Whether a user has fewer active jobs than `limit`; looks at them only where it must."""
        return len(self._active.get(user, ())) < limit or self.active(user) < limit

    def active(self, user: str) -> int:
        """How many of a user's jobs are queued or running."""
        maybe = self._active.get(user, {})
        for job_id in list(maybe):
            job = self._sandbox.find(SERVICE, job_id)
            position = None if job is None else self._sandbox.peek(job)
            if position is None or position.gone is not None or not is_active(position):
                del maybe[job_id]
        return len(maybe)

    def _sweep(self) -> None:
        """Forgets the jobs that the sandbox forgot."""
        for user, ids in list(self._jobs.items()):
            kept = [one for one in ids if self._sandbox.find(SERVICE, one) is not None]
            if kept:
                self._jobs[user] = kept
                # As long as there is room, nobody looks which of them are active.
                maybe = self._active.get(user, {})
                self._active[user] = {one: None for one in kept if one in maybe}
            else:
                del self._jobs[user]
                self._active.pop(user, None)
        self._kept = sum(map(len, self._jobs.values()))


def users_of(sandbox: Sandbox) -> Users:
    """The users of a sandbox. One that is only looked at takes them along when it goes."""
    found = sandbox.stash.get(SERVICE)
    if not isinstance(found, Users):
        found = sandbox.stash[SERVICE] = Users(sandbox)
        for job in sandbox.jobs(SERVICE):
            found.add(job)
    return found


def _owner(job: Job) -> str:
    return cast("Request", job.submission).user
