"""One request and its answer, as they are written down: references, worded when they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mockstatus.domain.checkpoint import Checkpoint
from mockstatus.domain.position import Position

if TYPE_CHECKING:
    from mockstatus.domain.position import TrackPosition
    from mockstatus.runtime.job import Job

BODY_LIMIT = 16 << 10
"""Bytes of a body that are kept; of a longer one the beginning, and how long it was."""

UNSERVED = "missing"
"""What the operation of a request is called that no operation serves."""

_OVERHEAD = 512
"""What an exchange is counted with beside its bodies, at least."""

Word = Callable[["Job", Position], str]
"""How a service sums up a job where it stands. Pure: it may be asked later, or never."""


class Exchange:
    """One request and its answer. What nobody may ever ask for is worked out when it is read.

    number: counts the exchanges of a sandbox from 1. service: empty where the request belongs to
    none; operation: `missing` where nothing is served. real_us, now_us: when it was accepted, on
    the machine's clock and on the sandbox's. kind: `submit`, `poll` or `other`. head_size: bytes of
    path, query and headers. job: the id of the job that it is about; asked: the id that the client
    gave. tracks: those that a poll asked about; None is all.
    had_ended: whether the job had, when a call that is no poll came. fault: the id of what struck.
    delay_s: how long the answer was held back. wire: what was done to the connection.
    is_lost: the client never got the service's own answer. tells_loss: it showed nothing of the
    job, but that it is gone.
    """

    __slots__ = (
        "_about",
        "_shown",
        "_stood",
        "answer",
        "answer_headers",
        "answer_size",
        "asked",
        "body",
        "body_size",
        "delay_s",
        "fault",
        "had_ended",
        "head_size",
        "headers",
        "is_lost",
        "job",
        "kind",
        "method",
        "now_us",
        "number",
        "operation",
        "path",
        "query",
        "real_us",
        "scenario",
        "service",
        "status",
        "tells_loss",
        "tracks",
        "wire",
    )

    def __init__(
        self,
        *,
        real_us: int,
        now_us: int,
        service: str,
        operation: str,
        kind: str,
        method: str,
        path: str,
        query: bytes,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
    ) -> None:
        self.number = 0
        self.real_us = real_us
        self.now_us = now_us
        self.service = service
        self.operation = operation
        self.kind = kind
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.head_size = len(path) + len(query) + len(b"".join(map(b"".join, headers)))
        self.body_size = len(body)
        self.body = body if len(body) <= BODY_LIMIT else body[:BODY_LIMIT]
        self.job: str | None = None
        self.scenario: str | None = None
        self.asked: str | None = None
        self._about: tuple[Job, Word] | None = None
        self._stood: Position | Checkpoint | None = None
        self._shown: Position | Checkpoint | None = None
        self.tracks: frozenset[str] | None = None
        self.had_ended = False
        self.is_lost = False
        self.tells_loss = False
        self.fault: str | None = None
        self.delay_s = 0.0
        self.wire: str | None = None
        self.status = 0
        self.answer = b""
        self.answer_size = 0
        self.answer_headers: tuple[tuple[bytes, bytes], ...] = ()

    def is_about(self, job: Job, word: Word, *, stood: Position | Checkpoint) -> None:
        """The call is about this job, which stood so when it came."""
        self.job = job.id
        self.scenario = job.scenario
        self._about = job, word
        self._stood = stood

    def showed(self, shown: Position | Checkpoint) -> None:
        """The answer told where the job stood: here."""
        self._shown = shown

    def is_like(self, first: Exchange, checkpoint: Checkpoint) -> None:
        """The call is the same as one before, but for where the job stands by now."""
        self.job, self.scenario = first.job, first.scenario
        self.asked, self.tracks = first.asked, first.tracks
        self._about, self._stood, self._shown = first._about, first._stood, checkpoint

    @property
    def seen(self) -> Position | None:
        """What the client was shown of the job, if anything."""
        if isinstance(self._shown, Checkpoint):
            self._shown = Position(self._shown, self.now_us)
        return self._shown

    @property
    def state(self) -> str | None:
        """The one word of that; of a job whose loss is all that was told, the word of its loss."""
        return self.phase if self.tells_loss else self._worded(self.seen)

    @property
    def phase(self) -> str | None:
        """The same word for where the job stood when the call came."""
        if isinstance(self._stood, Checkpoint):
            self._stood = Position(self._stood, self.now_us)
        return self._worded(self._stood)

    def _worded(self, position: Position | None) -> str | None:
        if position is None or self._about is None:
            return None
        job, word = self._about
        return word(job, position)

    def answered(self, status: int, headers: tuple[tuple[bytes, bytes], ...], body: bytes) -> None:
        """The answer is known."""
        self.status = status
        self.answer_headers = headers
        self.answer_size = len(body)
        self.answer = body if len(body) <= BODY_LIMIT else body[:BODY_LIMIT]

    @property
    def states(self) -> Mapping[str, str]:
        """What each track that was asked about was shown in."""
        return {name: track.phase.state for name, track in self.shown_tracks.items()}

    @property
    def shown_tracks(self) -> Mapping[str, TrackPosition]:
        """Where each track that was asked about was shown to stand."""
        seen, wanted = self.seen, self.tracks
        if seen is None:
            return {}
        return {
            name: track for name, track in seen.tracks.items() if wanted is None or name in wanted
        }

    @property
    def size(self) -> int:
        """Bytes that it keeps, roughly."""
        return len(self.body) + len(self.answer) + max(self.head_size, _OVERHEAD)


class Again:
    """The same request once more, at another instant: all of its exchange that is not the first's.

    Stored in place of an `Exchange`, which it becomes when it is read: status calls that repeat
    themselves are what fills a journal, and writing one down so takes a fifth of the time.
    checkpoint: by which the job stood.
    """

    __slots__ = (
        "answer",
        "answer_headers",
        "checkpoint",
        "first",
        "now_us",
        "number",
        "real_us",
        "status",
    )

    def __init__(self, first: Exchange, real_us: int, now_us: int, checkpoint: Checkpoint) -> None:
        self.first = first
        self.number = 0
        self.real_us = real_us
        self.now_us = now_us
        self.checkpoint = checkpoint
        self.status = 0
        self.answer = b""
        self.answer_headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def job(self) -> str | None:
        """The id of the job that it is about."""
        return self.first.job

    @property
    def service(self) -> str:
        """The service that was asked."""
        return self.first.service

    @property
    def size(self) -> int:
        """Bytes that it keeps, roughly."""
        return len(self.answer) + _OVERHEAD

    def exchange(self) -> Exchange:
        """All of it."""
        first = self.first
        one = Exchange(
            real_us=self.real_us,
            now_us=self.now_us,
            service=first.service,
            operation=first.operation,
            kind=first.kind,
            method=first.method,
            path=first.path,
            query=first.query,
            headers=first.headers,
            body=first.body,
        )
        one.number = self.number
        one.body_size = first.body_size
        one.is_like(first, self.checkpoint)
        one.answered(self.status, self.answer_headers, self.answer)
        return one
