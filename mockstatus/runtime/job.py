"""One job of one sandbox: what was submitted, its timeline, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockstatus.domain import engine
from mockstatus.domain.events import Event
from mockstatus.domain.position import Position

if TYPE_CHECKING:
    from mockstatus.domain.checkpoint import Checkpoint
    from mockstatus.domain.fault import Posted
    from mockstatus.domain.timeline import Timeline
    from mockstatus.scenario.load import Loaded

NOTES_LIMIT = 100
"""What a job remembers of what was done to it, polls apart."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something was done to a job. has_acted: whether that moved anything."""

    event: Event
    has_acted: bool


@dataclass(frozen=True, slots=True)
class _Vain:
    """Something was done to a job that moved nothing."""

    event: Event


class Job:
    """What a sandbox keeps of a job. Changed only by its sandbox, one event at a time.

    id: what the client holds. alias: another name of the job, if it has one.
    number: counts the jobs of the sandbox from 1.
    submission: what the service made of the client's request; opaque to everybody else.
    size: bytes that its client sent. requests: calls about this job so far, polls among them.
    noted: what was done to it so far, polls apart; the latest of it is in `notes`.
    """

    __slots__ = (
        "_notes",
        "alias",
        "checkpoint",
        "faults",
        "id",
        "loaded",
        "noted",
        "number",
        "requests",
        "seed",
        "service",
        "size",
        "submission",
        "timeline",
    )

    def __init__(
        self,
        *,
        id: str,  # noqa: A002  # the field's own word
        service: str,
        number: int,
        seed: int,
        timeline: Timeline,
        submission: object,
        loaded: Loaded | None,
        faults: tuple[Posted, ...],
        at_us: int,
        alias: str | None = None,
    ) -> None:
        self.id = id
        self.service = service
        self.number = number
        self.seed = seed
        self.timeline = timeline
        self.submission = submission
        self.loaded = loaded
        self.faults = faults
        self.alias = alias
        self.requests = 0
        self.size = 0
        self.noted = 0
        # A deque would weigh 700 bytes with one note in it, a tuple 50; most jobs have one or none,
        # and most of what is done acts: what does not is marked.
        self._notes: tuple[Event | _Vain, ...] = ()
        self.checkpoint: Checkpoint = engine.begin(timeline, at_us)

    @property
    def scenario(self) -> str | None:
        """The name of the scenario it plays; None for the story told without a script."""
        return self.loaded.name if self.loaded is not None else None

    def settled(self, now_us: int) -> Checkpoint:
        """Its checkpoint after all that happens by itself until `now_us`."""
        if now_us >= self.checkpoint.quiet_until_us:
            self.checkpoint = engine.settle(self.timeline, self.checkpoint, now_us)
        return self.checkpoint

    def position(self, now_us: int) -> Position:
        """Where it stands at `now_us`; looking changes nothing."""
        return Position(self.settled(now_us), now_us)

    def append(self, event: Event) -> bool:
        """Takes one event; answers whether it moved anything."""
        before = engine.settle(self.timeline, self.checkpoint, event.at_us)
        self.checkpoint = engine.apply(self.timeline, before, event)
        return engine.acted(before, self.checkpoint)

    def remember(self, event: Event, *, has_acted: bool) -> None:
        """Keeps an event for the job's history, the latest NOTES_LIMIT of them."""
        self._notes = (*self._notes, event if has_acted else _Vain(event))[-NOTES_LIMIT:]
        self.noted += 1

    def recall(self, notes: Iterable[Note], *, noted: int) -> None:
        """Puts down what a snapshot says was done to it: so much in all, and the latest of it."""
        kept = tuple(one.event if one.has_acted else _Vain(one.event) for one in notes)
        self._notes, self.noted = kept[-NOTES_LIMIT:], noted

    @property
    def notes(self) -> tuple[Note, ...]:
        """The latest of what was done to it, the earliest first."""
        return tuple(
            Note(one.event, has_acted=False)
            if isinstance(one, _Vain)
            else Note(one, has_acted=True)
            for one in self._notes
        )

    def next_change_us(self, now_us: int) -> int | None:
        """When it next moves by itself; None if never."""
        return engine.next_change_us(self.timeline, self.checkpoint, now_us)
