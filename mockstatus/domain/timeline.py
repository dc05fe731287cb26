"""What a job will do: tracks of phases, and how each phase ends.

Everything here is fixed once a job is submitted (draws included); where a job stands is
`engine`'s to say. Instants and spans are whole microseconds, so that "exactly at its end" is
a comparison and not a rounding question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import InitVar, dataclass, field
from enum import StrEnum
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import accumulate
from typing import Any, TypeVar, TypeVarTuple, cast

from mockstatus.domain.pauses import pauses
from mockstatus.errors import CircularWaitError

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

Fact = tuple[Callable[..., object], *tuple[Any, ...]]
"""What may be asked of a track's phases: a module's own function, and what else it is given."""

_LONG = 64
"""A track of more phases than this keeps what was found out about it."""


class Ending(StrEnum):
    """How a final state ended its track; all but COMPLETE count as badly."""

    COMPLETE = "complete"
    FAIL = "fail"
    CANCEL = "cancel"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class After:
    """Ends by itself `for_us` microseconds (>= 0) after its entry."""

    for_us: int

    def __post_init__(self) -> None:
        if self.for_us < 0:
            raise ValueError(f"a phase cannot last {self.for_us} us")


@dataclass(frozen=True, slots=True)
class AfterPolls:
    """Shown to exactly `polls` (>= 1) polls; the last of them ends it."""

    polls: int

    def __post_init__(self) -> None:
        if self.polls < 1:
            raise ValueError(f"a phase cannot be shown {self.polls} times")


@dataclass(frozen=True, slots=True)
class UntilSignal:
    """Waits for a signal of this name."""

    signal: str


@dataclass(frozen=True, slots=True)
class UntilTrack:
    """Waits until another track has ended.

    failed: stands in for what was left of this track if the other one ended badly; None goes on
        to the next phase however the other one ended.
    """

    track: str
    failed: Phase | None = None


@dataclass(frozen=True, slots=True)
class UntilStarted:
    """Waits until the job is started by its client (Krixik: the upload came)."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Never ends by itself."""


Exit = After | AfterPolls | UntilSignal | UntilTrack | UntilStarted | Stay
STAY = Stay()


@dataclass(frozen=True, slots=True)
class Progress:
    """Whole-number progress from `first` to `last`, moved by whatever ends the phase."""

    first: int
    last: int

    def at(self, done: int, total: int) -> int:
        """The value after `done` of `total` equal parts (0 <= done); never beyond `last`."""
        if total <= 0 or done <= 0:
            return self.first
        steps = self.steps * min(done, total) // total
        return self.first + steps if self.last >= self.first else self.first - steps

    @property
    def steps(self) -> int:
        """How many whole steps lead from `first` to `last`."""
        return abs(self.last - self.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One stretch of a track.

    state: the service's own word.
    ending: set if the service calls the state final.
    is_begun: work is under way; decides how a cancel is told, and what a cancel's lag holds back.
    can_expire: False where the service never lets a job expire in this state.
    payload: what the service's answer needs; the engine never looks into it.
    """

    state: str
    exit: Exit = STAY
    ending: Ending | None = None
    is_begun: bool = False
    can_expire: bool = True
    progress: Progress | None = None
    payload: object = None

    @property
    def timed_us(self) -> int | None:
        """Its length where it ends by the clock, else None."""
        return self.exit.for_us if isinstance(self.exit, After) else None

    @property
    def longest_gap_us(self) -> int:
        """The longest time within a timed phase without an entry or a step of progress."""
        length_us = self.timed_us or 0
        if self.progress is None or not self.progress.steps:
            return length_us
        return -(-length_us // self.progress.steps)


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A sequence of at least one phase, with what is needed to jump within it.

    asks: what answers will want to know of it. It is found out here and now, so that the poll which
    wakes a job costs the same whatever the job slept through. stops: for each phase, where a run
    of timed phases that begins there pauses. ends: the same, if it pauses at ends that last, too.
    Compared by identity: phases carry payloads that need not be hashable.
    """

    phases: tuple[Phase, ...]
    asks: InitVar[tuple[Fact, ...]] = ()
    asked: tuple[Fact, ...] = field(init=False, repr=False)
    offsets_us: tuple[int, ...] = field(init=False, repr=False)
    stops: tuple[int, ...] = field(init=False, repr=False)
    ends: tuple[int, ...] = field(init=False, repr=False)
    _found: dict[Fact, object] | None = field(init=False, repr=False)

    def __post_init__(self, asks: tuple[Fact, ...]) -> None:
        if not self.phases:
            raise ValueError("a track has at least one phase")
        lengths = [phase.timed_us or 0 for phase in self.phases[:-1]]
        object.__setattr__(self, "offsets_us", tuple(accumulate(lengths, initial=0)))
        stops, ends = pauses(self.phases, at_ends=False), pauses(self.phases, at_ends=True)
        object.__setattr__(self, "stops", stops)
        object.__setattr__(self, "ends", stops if stops == ends else ends)
        object.__setattr__(self, "asked", asks)
        is_long = len(self.phases) > _LONG
        object.__setattr__(self, "_found", {} if is_long else None)
        if is_long:
            for find, *about in asks:
                self.found(find, *about)

    def found(self, find: Callable[[tuple[Phase, ...], *Ts], T], *about: *Ts) -> T:
        """What `find` makes of the phases; looked for once.

        A long track keeps it as long as there is the track. A short one is soon looked through, and
        may be one of a hundred thousand that each have a job of their own: the latest are known.
        """
        fact = (find, *about)
        if self._found is None:
            return cast("T", _found_of_short(self, fact))
        if fact not in self._found:
            self._found[fact] = find(self.phases, *about)
        return cast("T", self._found[fact])

    def entered_us(self, index: int, *, anchor: int, anchor_us: int) -> int:
        """When phase `index` is entered, in the run of timed phases that begins at `anchor`."""
        return anchor_us + self.offsets_us[index] - self.offsets_us[anchor]


@lru_cache(maxsize=1024)
def _found_of_short(track: Track, fact: Fact) -> object:
    find, *about = fact
    return find(track.phases, *about)


@dataclass(frozen=True, slots=True)
class CancelRule:
    """What a cancel does: at once, `lag_us` microseconds later, or nothing."""

    is_refused: bool = False
    lag_us: int = 0


@dataclass(frozen=True, slots=True)
class Expiry:
    """A job expires `after_us` from its submission, or from its last use if `is_idle`."""

    after_us: int
    is_idle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Where a signal or a cancel takes a track whose script does not say."""

    complete: Phase
    fail: Phase
    cancel_waiting: Phase
    cancel_begun: Phase


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Timeline:
    """All that one job will do. Compared by identity: many jobs may share one.

    start_within_us: the job is dropped if its client has not started it by then; None where a
        submission is all that it takes.
    Raises CircularWaitError where tracks wait for one another in a circle.
    """

    tracks: Mapping[str, Track]
    defaults: Defaults
    cancel: CancelRule = CancelRule()
    expiry: Expiry | None = None
    start_within_us: int | None = None
    _found: object = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        refuse_circles({name: waits_of(track.phases) for name, track in self.tracks.items()})

    def found(self, find: Callable[[Timeline], T]) -> T:
        """What `find` makes of it, always the same function; looked for once for all its jobs."""
        if self._found is None:
            object.__setattr__(self, "_found", find(self))
        return cast("T", self._found)

    def awaited(self) -> frozenset[str]:
        """All tracks that may come to be waited for, whatever happens but a put."""
        ends = self.defaults
        either = (ends.complete, ends.fail, ends.cancel_waiting, ends.cancel_begun)
        scripts = (track.phases for track in self.tracks.values())
        return awaited_by(phase for script in (*scripts, either) for phase in script)


def waits_of(phases: Iterable[Phase]) -> frozenset[str]:
    """The tracks that these phases wait for until they have come to an end that they stay at."""
    reached = []
    for phase in phases:
        reached.append(phase)
        if phase.ending is not None and isinstance(phase.exit, Stay):
            break
    return awaited_by(reached)


def awaited_by(phases: Iterable[Phase]) -> frozenset[str]:
    """All tracks that any of these phases, or what may stand in for what is left, waits for."""
    waits = set()
    for phase in phases:
        if isinstance(phase.exit, UntilTrack):
            waits.add(phase.exit.track)
            if phase.exit.failed is not None:
                waits |= awaited_by((phase.exit.failed,))
    return frozenset(waits)


def refuse_circles(waits: Mapping[str, frozenset[str]]) -> None:
    """Raise CircularWaitError, naming the tracks, if these waits can never resolve."""
    if not any(waits.values()):
        return  # nearly every job: a tenth of what its submission takes
    try:
        TopologicalSorter({name: sorted(others) for name, others in waits.items()}).prepare()
    except CycleError as error:
        # The standard library names each track before the one that waits for it.
        raise CircularWaitError(error.args[1][::-1]) from None
