"""Where a job stood when last something was settled: all that is kept of its past.

A checkpoint is a value. `engine` makes new ones; nobody changes one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mockstatus.domain.timeline import Phase, Track

HISTORY_LIMIT = 256
"""Stretches of history that a track keeps; a stretch is a run of timed phases or one other."""

FAR_FUTURE_US = 1 << 62
"""Later than any instant: nothing is due."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A track was in `phase` from `entered_us` to `left_us` (None: still is)."""

    phase: Phase
    entered_us: int
    left_us: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A track went through phases `first` to `last` of what was then its script.

    left_us: when it left the last of them; None if it is still there.
    """

    track: Track
    first: int
    last: int
    entered_us: int
    left_us: int | None

    def later(self, by_us: int) -> Stretch:
        """The same, so much later."""
        left_us = None if self.left_us is None else self.left_us + by_us
        return Stretch(self.track, self.first, self.last, self.entered_us + by_us, left_us)

    def visit_entered_us(self, index: int) -> int:
        """When it entered phase `index`, which is one of these."""
        return self.track.entered_us(index, anchor=self.first, anchor_us=self.entered_us)

    def visits_backwards(self) -> Iterator[Visit]:
        """Its visits, the latest first."""
        left_us = self.left_us
        for index in range(self.last, self.first - 1, -1):
            entered_us = self.visit_entered_us(index)
            yield Visit(self.track.phases[index], entered_us, left_us)
            left_us = entered_us


@dataclass(frozen=True, slots=True)
class PendingCancel:
    """A cancel that takes effect at `due_us`, unless the track ends first.

    phase: the end that it brings.
    last: of a task that was waiting: the phase beyond which it would begin, so that it stays
        there; None for one that had begun and goes on.
    """

    due_us: int
    phase: Phase
    last: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackState:
    """Where one track stands.

    anchor: the phase at which its present run of timed phases begins; entered at `anchor_us`.
    shown: how many polls have been shown the anchor phase, counted only where polls end it.
    forgotten: visits dropped from its history with the stretches beyond HISTORY_LIMIT.
    """

    track: Track
    anchor: int = 0
    anchor_us: int
    shown: int = 0
    pending: PendingCancel | None = None
    past: tuple[Stretch, ...] = ()
    forgotten: int = 0

    def later(self, by_us: int) -> TrackState:
        """The same, so much later; for one with no cancel under way."""
        return TrackState(
            track=self.track,
            anchor=self.anchor,
            anchor_us=self.anchor_us + by_us,
            shown=self.shown,
            past=tuple([stretch.later(by_us) for stretch in self.past]),
            forgotten=self.forgotten,
        )

    @property
    def last(self) -> int:
        """The phase beyond which its script does not take it."""
        last = len(self.track.phases) - 1
        if self.pending is None or self.pending.last is None:
            return last
        return min(self.pending.last, last)

    @property
    def stop(self) -> int:
        """The phase at which its present run of timed phases pauses."""
        return min(self.track.stops[self.anchor], self.last)

    def index_at(self, now_us: int) -> int:
        """The phase it is in at `now_us`, not before the checkpoint."""
        index = self.track.index_at(now_us, anchor=self.anchor, anchor_us=self.anchor_us)
        return min(index, self.last)

    def entered_us(self, index: int) -> int:
        """When it enters phase `index` of its present run."""
        return self.track.entered_us(index, anchor=self.anchor, anchor_us=self.anchor_us)

    def phase_at(self, now_us: int) -> Phase:
        """The phase it is in at `now_us`, not before the checkpoint."""
        return self.track.phases[self.index_at(now_us)]

    def has_ended(self, now_us: int) -> bool:
        """Whether it is in a state that the service calls final."""
        return self.phase_at(now_us).ending is not None

    def leaves_us(self, index: int) -> int | None:
        """When it leaves phase `index` of its present run by the clock alone; None if it stays."""
        length_us = self.track.phases[index].timed_us
        if length_us is None or index == self.last:
            return None
        return self.entered_us(index) + length_us

    def next_use_us(self, index: int, at_us: int) -> int | None:
        """The first entry or step of progress after `at_us`, which phase `index` contains."""
        entered_us = self.entered_us(index)
        phase = self.track.phases[index]
        length_us = phase.timed_us
        steps = phase.progress.steps if phase.progress is not None else 0
        if length_us and steps:
            done = steps * max(at_us - entered_us, 0) // length_us
            if done < steps:
                return entered_us + -(-(done + 1) * length_us // steps)
        return self.leaves_us(index)

    def next_stop_us(self) -> int:
        """When its present run of timed phases pauses, in the future or never."""
        stop = self.stop
        return FAR_FUTURE_US if stop == self.anchor else self.entered_us(stop)


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing remembers the job since `at_us`."""

    why: Literal["deleted", "expired", "never_started"]
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Where a job stood when last something was settled.

    used_us: the last status or cancel call, or the submission.
    expires_us: the instant of an expiry that does not depend on use.
    quiet_until_us: before this instant nothing but the clock's run through timed phases happens
        by itself, so that a look or a poll need not search for it.
    """

    tracks: dict[str, TrackState]
    submitted_us: int
    used_us: int
    started_us: int | None = None
    expires_us: int | None = None
    polls: int = 0
    gone: Gone | None = None
    quiet_until_us: int

    def later(self, by_us: int) -> Checkpoint:
        """That of the same job submitted so much later, to which nothing was done yet."""
        gone, expires_us, quiet_us = self.gone, self.expires_us, self.quiet_until_us
        return Checkpoint(
            tracks={name: state.later(by_us) for name, state in self.tracks.items()},
            submitted_us=self.submitted_us + by_us,
            used_us=self.used_us + by_us,
            expires_us=None if expires_us is None else expires_us + by_us,
            gone=None if gone is None else Gone(gone.why, gone.at_us + by_us),
            quiet_until_us=FAR_FUTURE_US if quiet_us >= FAR_FUTURE_US else quiet_us + by_us,
        )

    def polled(self, at_us: int) -> Checkpoint:
        """The same after a status call that moved no track of a job that is there."""
        # A call of the class by hand: `replace` takes five times as long, and each poll comes here.
        return Checkpoint(
            tracks=self.tracks,
            submitted_us=self.submitted_us,
            used_us=at_us,
            started_us=self.started_us,
            expires_us=self.expires_us,
            polls=self.polls + 1,
            gone=None,
            quiet_until_us=self.quiet_until_us,
        )
