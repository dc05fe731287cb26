"""Every exception that mockstatus raises on purpose.

MockStatusError
├── ScenarioError            a scenario file that cannot be used; carries all its problems
├── UnknownScenarioError     no scenario has this name
├── UnknownServiceError      no service has this name
├── CircularWaitError        tracks wait for one another
├── JobNotFoundError         no job has this id
├── TrackNotFoundError       the job has no such track
├── JobGoneError             the job was deleted or has expired
├── ClockError               time would go back, or an instant or a span cannot be read
├── BadRequestError          the control API cannot take this
├── ConflictError            the sandbox already has what would have to be new
├── LimitReachedError        a stated bound is reached
├── BindError                the address to listen on cannot be had
├── TlsError                 TLS cannot be served
└── SubmissionRefusedError   a submission that its service refuses, in words for its client
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class MockStatusError(Exception):
    """Anything that mockstatus refuses, in one sentence for a person."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a file. Lines and columns count from 1."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class ScenarioError(MockStatusError):
    """A scenario that cannot be used. problems: all of them, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class UnknownScenarioError(MockStatusError):
    """No scenario has this name. near: the names that look like it.

    wanted_by: the service that it was named for, where it is another service's scenario. kind:
    what was looked for, in words.
    """

    def __init__(
        self,
        name: str,
        near: Sequence[str] = (),
        *,
        wanted_by: str | None = None,
        kind: str = "scenario",
    ) -> None:
        self.name = name
        self.near = tuple(near)
        self.wanted_by = wanted_by
        if wanted_by is not None:
            owner = name.partition("/")[0]
            super().__init__(f"{name!r} is a scenario of {owner}, not of {wanted_by}")
            return
        hint = f"; did you mean {' or '.join(self.near)}?" if self.near else ""
        super().__init__(f"there is no {kind} {name!r}{hint}")


class UnknownServiceError(MockStatusError):
    """No service has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        super().__init__(f"there is no service {name!r}; there are {', '.join(sorted(known))}")


class CircularWaitError(MockStatusError):
    """Tracks wait for one another. tracks: the circle, its first name again at the end."""

    def __init__(self, tracks: Sequence[str]) -> None:
        self.tracks = tuple(tracks)
        super().__init__(f"tracks wait for one another in a circle: {' -> '.join(self.tracks)}")


class JobNotFoundError(MockStatusError):
    """No job has this id."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        super().__init__(f"there is no job {job_id!r} in this sandbox")


class TrackNotFoundError(MockStatusError):
    """The job has no such track."""

    def __init__(self, track: str, known: Iterable[str]) -> None:
        self.track = track
        super().__init__(f"the job has no track {track!r}; it has {', '.join(known)}")


class JobGoneError(MockStatusError):
    """The job was deleted or has expired; nothing can be done to it any more."""


class ClockError(MockStatusError):
    """Time would go back, or an instant or a span cannot be read."""


class BadRequestError(MockStatusError):
    """The control API cannot take this. where: the part of the request that is meant."""

    def __init__(self, message: str, *, where: str = "body") -> None:
        self.where = where
        super().__init__(message)


class ConflictError(MockStatusError):
    """What is asked for does not fit what the sandbox already has."""


class LimitReachedError(MockStatusError):
    """A stated bound is reached. limit: its name."""

    def __init__(self, message: str, *, limit: str) -> None:
        self.limit = limit
        super().__init__(message)


class BindError(MockStatusError):
    """The address to listen on cannot be had."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host = host
        self.port = port
        super().__init__(
            f"cannot listen on port {port} of {host or 'an empty host name'}: {reason}"
        )


class TlsError(MockStatusError):
    """TLS cannot be served."""


class SubmissionRefusedError(MockStatusError):
    """A submission that its service refuses, in words for its client."""
