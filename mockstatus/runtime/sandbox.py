"""One sandbox: its jobs, clock, seed, queue, defaults, options, faults, uploads and journal.

Every change goes through one lock and one event, so that threads which poll one job see each of
its states in order. Nothing here knows a service.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING

from mockstatus.domain import engine
from mockstatus.domain.events import (
    Cancelled,
    Deleted,
    Event,
    Placed,
    Polled,
    Rescheduled,
    Signalled,
    Started,
)
from mockstatus.domain.position import Position
from mockstatus.domain.timeline import Ending
from mockstatus.errors import (
    ConflictError,
    JobGoneError,
    JobNotFoundError,
    TrackNotFoundError,
)
from mockstatus.runtime.faults import FaultBook
from mockstatus.runtime.job import Job
from mockstatus.runtime.jobs import Jobs
from mockstatus.runtime.journal import Journal
from mockstatus.runtime.memo import Memo
from mockstatus.runtime.queues import Queues
from mockstatus.scenario.library import Library, Overlay

if TYPE_CHECKING:
    from mockstatus.domain.fault import Posted
    from mockstatus.domain.timeline import Phase, Timeline
    from mockstatus.runtime.clock import Clock
    from mockstatus.scenario.load import Loaded

_WENT = {
    "deleted": "was deleted",
    "expired": "has expired",
    "never_started": "was never started, and dropped",
}

ERRANDS_S = 10.0
"""How long who moves a clock waits, in real time, for what became due."""


class Sandbox:
    """A world of its own for one test, one client, one CI job.

    seed: what ids and draws are made from. library: what its uploads go over; nothing if None.
    errands: what services do on its behalf and `advance` waits for. Thread-safe.
    """

    def __init__(
        self, name: str, *, clock: Clock, seed: int, library: Library | None = None
    ) -> None:
        self.name = name
        self.clock = clock
        self.lock = threading.RLock()
        self.numbers = 0
        self.uploads = Overlay(library or Library({}))
        self.faults = FaultBook()
        self.queues = Queues()
        self.journal = Journal()
        self.memo = Memo()
        self.defaults: dict[str, str] = {}
        self.options: dict[str, object] = {}
        self.stash: dict[str, object] = {}
        self.errands: set[Future[None]] = set()
        self._seed = seed
        self._jobs = Jobs()
        self._listeners: set[Callable[[], None]] = set()

    @property
    def seed(self) -> int:
        """What ids and draws are made from."""
        return self._seed

    @seed.setter
    def seed(self, seed: int) -> None:
        with self.lock:
            self.refuse_if_used("the seed")
            self._seed = seed

    def refuse_if_used(self, what: str) -> None:
        """Raise ConflictError if `what` can no longer be changed because there are jobs."""
        if self.numbers:
            raise ConflictError(
                f"{what} can be set only while the sandbox has no jobs; reset it first"
            )

    # Jobs.

    def add(
        self,
        *,
        service: str,
        job_id: str,
        number: int,
        seed: int,
        timeline: Timeline,
        submission: object,
        loaded: Loaded | None,
        faults: tuple[Posted, ...],
        alias: str | None = None,
        size: int = 0,
    ) -> Job:
        """Takes a new job in, submitted now.

        number: `next_number` at that moment. size: bytes that its client sent.
        """
        with self.lock:
            now_us = self.clock.now_us()
            self._jobs.make_room(now_us)
            self.numbers = number
            job = Job(
                id=job_id,
                service=service,
                number=number,
                seed=seed,
                timeline=timeline,
                submission=submission,
                loaded=loaded,
                faults=faults,
                at_us=now_us,
                alias=alias,
            )
            job.size = size
            self.take_back(job)
        self.changed()
        return job

    def take_back(self, job: Job) -> None:
        """Takes a job in as it is: a new one, or one of a snapshot."""
        self._jobs.add(job)

    @property
    def next_number(self) -> int:
        """What the next job will be numbered."""
        return self.numbers + 1

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def size(self) -> int:
        """Bytes that it keeps of what clients sent and were answered, roughly."""
        # Asked from whatever thread, while a service may put something by.
        stored = sum(getattr(stored, "size", 0) for stored in tuple(self.stash.values()))
        return self._jobs.size + self.journal.size + self.memo.size + stored

    def find(self, service: str, job_id: str) -> Job | None:
        """The job that a client of `service` knows by this id; None if there is none."""
        return self._jobs.find(service, job_id)

    def job(self, job_id: str) -> Job:
        """The job that any client knows by this id. Raises JobNotFoundError."""
        job = self._jobs.find_any(job_id)
        if job is None:
            raise JobNotFoundError(job_id)
        return job

    def jobs(self, service: str | None = None) -> Iterator[Job]:
        """All jobs, oldest first."""
        return self._jobs.all(service)

    def forget(self, job: Job) -> None:
        """Nothing remembers the job any more."""
        with self.lock:
            self._jobs.forget(job)

    # Its clock.

    def advance_to(self, to_us: int) -> tuple[Future[None], ...]:
        """Moves the clock on, unless `to_us` is past already; answers what is under way for it.

        Raises ClockError.
        """
        with self.lock:
            self.clock.advance_to(to_us)
        self.changed()
        return tuple(self.errands)

    # What happens to a job.

    def poll(self, job: Job, tracks: Iterable[str] | None = None) -> Position:
        """Counts a status call whose work is done; answers what it is shown."""
        with self.lock:
            now_us = self.clock.now_us()
            seen = job.position(now_us)
            job.append(Polled(now_us, None if tracks is None else frozenset(tracks)))
        self.changed()
        return seen

    def peek(self, job: Job) -> Position:
        """Where the job stands; looking changes nothing."""
        with self.lock:
            return job.position(self.clock.now_us())

    def start(self, job: Job) -> None:
        """The client handed over what the job was waiting for."""
        self._happen(job, Started(self.clock.now_us()))

    def cancel(self, job: Job, tracks: Iterable[str] | None = None) -> Position:
        """The client asks for an end; answers where the job stood just before."""
        with self.lock:
            now_us = self.clock.now_us()
            before = job.position(now_us)
            self._happen(job, Cancelled(now_us, None if tracks is None else frozenset(tracks)))
        return before

    def reschedule(self, job: Job, expires_us: int) -> None:
        """Moves the job's expiry to another instant."""
        self._happen(job, Rescheduled(self.clock.now_us(), expires_us))

    def delete(self, job: Job) -> None:
        """Removes the job, for its client as for the tester."""
        self._happen(job, Deleted(self.clock.now_us()))

    def signal(self, job: Job, name: str, track: str | None = None) -> bool:
        """Sends a signal; answers whether it acted on anything.

        Raises TrackNotFoundError, JobGoneError.
        """
        with self.lock:
            self._refuse_if_gone(job, track)
            return self._happen(job, Signalled(self.clock.now_us(), name, track))

    def put(self, job: Job, track: str, phases: tuple[Phase, ...]) -> None:
        """Puts a track into `phases`, in place of all that was left of it.

        Raises TrackNotFoundError, JobGoneError, CircularWaitError.
        """
        with self.lock:
            self._refuse_if_gone(job, track)
            event = Placed(self.clock.now_us(), track, phases)
            engine.refuse_circular_place(job.checkpoint, event)
            self._happen(job, event)

    def _refuse_if_gone(self, job: Job, track: str | None) -> None:
        position = job.position(self.clock.now_us())
        if position.gone is not None:
            raise JobGoneError(f"job {job.id} is gone: it {_WENT[position.gone.why]}")
        if any(track.phase.ending is Ending.EXPIRE for track in position.tracks.values()):
            raise JobGoneError(f"job {job.id} is gone: its script says that it has expired")
        if track is not None and track not in position.tracks:
            raise TrackNotFoundError(track, position.tracks)

    def _happen(self, job: Job, event: Event) -> bool:
        with self.lock:
            has_acted = job.append(event)
            job.remember(event, has_acted=has_acted)
        self.changed()
        return has_acted

    # Those who wait.

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls `listener` after every change, from whatever thread; answers how to stop that."""
        self._listeners.add(listener)

        def stop() -> None:
            self._listeners.discard(listener)

        return stop

    def changed(self) -> None:
        """Something happened that somebody may wait for."""
        for listener in tuple(self._listeners):
            with suppress(RuntimeError):  # its event loop was closed meanwhile
                listener()
