"""A client that follows one job: submits it, hands over what it waits for, polls it, cancels it.

It makes each service's own calls, as the service says that its clients do, and moves the clock
between them instead of waiting. How a call gets to the server is the transport's affair.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import merge
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from mockstatus.cli.exits import WrongUseError
from mockstatus.cli.faults import described
from mockstatus.cli.pace import interval_us, is_still
from mockstatus.domain.timeline import STAY
from mockstatus.scenario.durations import format_duration

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.domain.timeline import Phase
    from mockstatus.runtime.exchange import Exchange
    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.scenario.load import Loaded
    from mockstatus.web.service import ClientCalls, Service, Submission

SUBMISSIONS = 20
"""How often a client submits where faults strike its submissions."""

_STILL_POLLS = 3
_SCENARIO = b"x-mock-scenario"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. is_broken: the connection broke before a whole answer came."""

    status: int
    body: bytes = b""
    is_broken: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One call. at_us: since the client began.

    call: the operation's name. state: the job's, as a poll found it, or as another call left it;
    empty where there is no job. fault: what struck the call, in words; empty if nothing did.
    """

    at_us: int
    call: str
    state: str
    reply: Reply
    fault: str = ""


class Transport(Protocol):
    """How calls get to a server."""

    def ask(self, path: str, request: Submission) -> Reply:
        """Makes a request to `path`, which stands in place of its own."""
        ...

    def advance(self, by_us: int) -> None:
        """Moves the clock of the sandbox that is asked."""
        ...


class Client:
    """Follows one job of a service, in a sandbox where nothing else happens.

    scenario: what the job plays; None for the story told without a script. job: once there is
    one. remark: why the client stopped, once it did. Raises WrongUseError where the service does
    not say how its clients call.
    """

    def __init__(
        self,
        service: Service,
        sandbox: Sandbox,
        transport: Transport,
        scenario: Loaded | None = None,
    ) -> None:
        if service.calls is None:
            raise WrongUseError(f"{service.name} does not say how its clients follow a job")
        self.job: Job | None = None
        self.remark = ""
        self._service = service
        self._sandbox = sandbox
        self._transport = transport
        self._scenario = scenario
        self._calls: ClientCalls = service.calls
        self._begun_us = sandbox.clock.now_us()

    def begin(self, *, retry_us: int = 5_000_000) -> Iterator[Step]:
        """Submits the job, again where a fault strikes, and hands over what it waits for."""
        for number in range(SUBMISSIONS):
            if number:
                self._transport.advance(retry_us)
            step = self._submit()
            yield step
            if self.job is not None or not step.fault:
                break
        if self.job is None:
            self.remark = "No job came of it."
        elif self._calls.start is not None and self._position(self.job).started_us is None:
            yield self._ask(self._calls.start(self.job))

    def follow(
        self, *, every_us: int | None = None, polls: int = 100, cancel_at_us: int | None = None
    ) -> Iterator[Step]:
        """Polls the job until it has ended, nothing more will happen, or `polls` are made.

        every_us: how often; by the length of its story if None. cancel_at_us: when it is
        cancelled, since the client began. Raises WrongUseError where clients cannot cancel.
        """
        if self.job is None:
            return
        if cancel_at_us is not None and self._calls.cancel is None:
            raise WrongUseError(f"clients of {self._service.name} cannot cancel a job")
        if every_us is None:
            every_us = interval_us(self.job, self._sandbox.clock.now_us())
        started_us, unchanged = self._since_us, 0
        due = [(started_us + number * every_us, "status") for number in range(polls)]
        cancel = [] if cancel_at_us is None else [(max(cancel_at_us, started_us), "cancel")]
        for at_us, call in merge(cancel, due):
            self._transport.advance(at_us - self._since_us)
            if call == "cancel":
                cancel.clear()
                yield self._cancel(self.job)
                continue
            position = self._position(self.job)
            step = self._poll(self.job, position)
            yield step
            if step.fault or cancel:
                continue
            if position.has_ended:
                yield from self._expiry(self.job, position)
                return
            unchanged = unchanged + 1 if is_still(position) else 0
            if unchanged == _STILL_POLLS:
                self.remark = _stuck(self.job.next_change_us(position.at_us), position.at_us)
                return
        self.remark = f"It had not ended after {polls} polls."

    def look_at(self, track: str, phase: Phase) -> Step:
        """What a poll is answered if a track has just entered this phase; no fault strikes it.

        Leaves the track there. Raises JobGoneError.
        """
        assert self.job is not None  # noqa: S101  # nobody asks before there is one
        self.job.faults = ()
        self._sandbox.put(self.job, track, (replace(phase, exit=STAY),))
        return self._poll(self.job, self._position(self.job))

    def _submit(self) -> Step:
        request = self._service.submission(self._service.sample, {})
        if self._scenario is not None:
            named = (_SCENARIO, self._scenario.name.encode())
            request = replace(request, headers=(*request.headers, named))
        step = self._ask(request)
        self.job = next(self._sandbox.jobs(self._service.name), None)
        return step if self.job is None else replace(step, state=self._state(self.job))

    def _poll(self, job: Job, position: Position) -> Step:
        step = self._ask(self._calls.status(job))
        return replace(step, state=self._service.state(job, position))

    def _cancel(self, job: Job) -> Step:
        assert self._calls.cancel is not None  # noqa: S101  # follow has looked
        return self._ask(self._calls.cancel(job))

    def _expiry(self, job: Job, position: Position) -> Iterator[Step]:
        """One more poll, once the job has expired, where its scenario speaks of that."""
        due_us = job.next_change_us(position.at_us)
        scenario = self._scenario.scenario if self._scenario is not None else None
        if scenario is None or scenario.expires is None or due_us is None:
            return
        self._transport.advance(due_us - position.at_us)
        yield self._poll(job, self._position(job))

    def _ask(self, request: Submission) -> Step:
        at_us = self._since_us
        query = f"?{request.query}" if request.query else ""
        path = f"/{self._service.name}{request.path}{query}"
        reply = self._transport.ask(path, request)
        written = deque(self._sandbox.journal, maxlen=1).pop()
        state = self._state(self.job) if self.job is not None else ""
        return Step(at_us, written.operation, state, reply, self._fault(written))

    def _fault(self, written: Exchange) -> str:
        """What struck a call, in words."""
        if written.fault is None:
            return ""
        book = self._sandbox.faults
        of_jobs = (job.faults for job in self._sandbox.jobs(self._service.name))
        faults = chain(book.all(), *book.unborn.values(), *of_jobs)
        known = {posted.fault_id: posted.fault for posted in faults}
        text = described(known[written.fault])
        return f"{text}, {written.delay_s:g} s late" if written.delay_s else text

    def _position(self, job: Job) -> Position:
        return self._sandbox.peek(job)

    def _state(self, job: Job) -> str:
        return self._service.state(job, self._position(job))

    @property
    def _since_us(self) -> int:
        return self._sandbox.clock.now_us() - self._begun_us


def _stuck(gone_us: int | None, now_us: int) -> str:
    if gone_us is None:
        return "It stays like this: nothing more happens by itself."
    return f"It stays like this until it expires in {format_duration(gone_us - now_us)}."
