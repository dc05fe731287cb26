"""The jobs of a sandbox: found by what their clients call them, bounded in number.

A table a service, since a key of two parts would weigh more than all the rest of an entry.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from heapq import merge
from typing import TYPE_CHECKING

from mockstatus.errors import LimitReachedError

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job

JOBS_LIMIT = 100_000
"""Jobs beyond this number make the oldest ended ones forgotten."""

JOBS_HARD_LIMIT = 1_100_000
"""Jobs that are kept at most, where too few of them have ended."""

_LOOKS = 64
"""Jobs that are looked at to find one to forget."""


class Jobs:
    """Jobs by service, then by id or alias. Changed with the sandbox locked.

    size: bytes that their clients sent.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, dict[str, Job]] = {}
        self._by_alias: dict[str, dict[str, Job]] = {}
        self._candidates: deque[Job] = deque()
        self._count = 0
        self.size = 0

    def __len__(self) -> int:
        return self._count

    def add(self, job: Job) -> None:
        """Takes a job in."""
        self._by_id.setdefault(job.service, {})[job.id] = job
        self._candidates.append(job)
        self._count += 1
        self.size += job.size
        if job.alias is not None:
            self._by_alias.setdefault(job.service, {})[job.alias] = job

    def find(self, service: str, job_id: str) -> Job | None:
        """The job that a client of `service` knows by this id; None if there is none."""
        known = self._by_id.get(service)
        found = None if known is None else known.get(job_id)
        if found is None and (known := self._by_alias.get(service)) is not None:
            found = known.get(job_id)
        return found

    def find_any(self, job_id: str) -> Job | None:
        """The job that any client knows by this id; None if there is none."""
        found = (self.find(service, job_id) for service in self._by_id)
        return next((job for job in found if job is not None), None)

    def all(self, service: str | None = None) -> Iterator[Job]:
        """All jobs, of one service or of any, as they are now; oldest first."""
        chosen = [*self._by_id] if service is None else [service]
        tables = [list(self._by_id.get(name, {}).values()) for name in chosen]
        return merge(*tables, key=lambda job: job.number)

    def forget(self, job: Job) -> None:
        """Nothing remembers the job any more."""
        if self._by_id.get(job.service, {}).pop(job.id, None) is not None:
            self._count -= 1
            self.size -= job.size
        if job.alias is not None:
            self._by_alias.get(job.service, {}).pop(job.alias, None)

    def make_room(self, now_us: int) -> None:
        """Forgets the oldest ended job where there are too many; looks at a few at a time.

        Raises LimitReachedError.
        """
        if self._count < JOBS_LIMIT:
            return
        for _ in range(min(_LOOKS, len(self._candidates))):
            job = self._candidates.popleft()
            if self.find(job.service, job.id) is not job:
                continue
            if job.position(now_us).has_ended:
                self.forget(job)
                return
            self._candidates.append(job)
        if self._count >= JOBS_HARD_LIMIT:
            raise LimitReachedError(
                f"a sandbox keeps at most {JOBS_HARD_LIMIT} jobs that have not ended", limit="jobs"
            )
