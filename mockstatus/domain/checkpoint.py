"""Where a job stood when last something was settled: all that is kept of its past.

A checkpoint is a value. `engine` makes new ones; nobody changes one.

Tracks tell the job's own time, which begins at the checkpoint's `origin_us`. So all jobs that begin
alike share the tracks with which they begin, whenever that was: a live job weighs a third less.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from mockstatus.domain.sharing import Same
from mockstatus.domain.timeline import After, Phase, Track, UntilStarted
from mockstatus.domain.value import value

HISTORY_LIMIT = 256
"""Stretches of history that a track keeps; a stretch is a run of timed phases or one other."""

FAR_FUTURE_US = 1 << 62
"""Later than any instant: nothing is due."""

SUBMISSION_US = -FAR_FUTURE_US
"""Stands for the job's submission where its own time begins with its start."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A track was in `phase` from `entered_us` to `left_us` (None: still is)."""

    phase: Phase
    entered_us: int
    left_us: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A track went through phases `first` to `last` of what was then its script.

    Told in the job's own time. left_us: when it left the last of them; None if it is still there.
    """

    track: Track
    first: int
    last: int
    entered_us: int
    left_us: int | None

    def visit_entered_us(self, index: int) -> int:
        """When it entered phase `index`, which is one of these."""
        return self.track.entered_us(index, anchor=self.first, anchor_us=self.entered_us)

    def visits_backwards(self, checkpoint: Checkpoint) -> Iterator[Visit]:
        """Its visits, the latest first, in the sandbox's time."""
        left_us = None if self.left_us is None else checkpoint.instant_us(self.left_us)
        offsets_us = self.track.offsets_us
        began_us = checkpoint.instant_us(self.entered_us) - offsets_us[self.first]
        for index in range(self.last, self.first - 1, -1):
            entered_us = began_us + offsets_us[index]
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


@value(kw_only=True)
class TrackState:
    """Where one track stands; all instants are of the job's own time.

    anchor: the phase at which its present run of timed phases begins; entered at `anchor_us`.
    shown: how many polls have been shown the anchor phase, counted only where polls end it.
    forgotten: visits dropped from its history with the stretches beyond HISTORY_LIMIT.
    is_awaited: a track of the job may come to wait for its end. The others run through ends that
        last, however many, without a pause.
    """

    track: Track
    anchor: int = 0
    anchor_us: int
    shown: int = 0
    pending: PendingCancel | None = None
    past: tuple[Stretch, ...] = ()
    forgotten: int = 0
    is_awaited: bool = True

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
        if self.pending is not None:  # an end drops it
            return min(self.track.ends[self.anchor], self.last)
        return (self.track.ends if self.is_awaited else self.track.stops)[self.anchor]

    def index_at(self, now_us: int) -> int:
        """The phase it is in at `now_us`, not before the checkpoint.

        A phase that lasts no time is passed; one is over at exactly its entry plus its length.
        """
        anchor, stop = self.anchor, self.stop
        if stop == anchor:
            return anchor
        offsets_us = self.track.offsets_us
        target_us = offsets_us[anchor] + now_us - self.anchor_us
        return bisect_right(offsets_us, target_us, anchor + 1, stop + 1) - 1

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


Why = Literal["deleted", "expired", "never_started"]


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing remembers the job since `at_us`."""

    why: Why
    at_us: int


@value(kw_only=True)
class Checkpoint:
    """Where a job stood when last something was settled.

    tracks: told in the job's own time. origin_us: when that was 0; everything else that is told
        here is told in the sandbox's time.
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
    origin_us: int = 0

    def own_us(self, at_us: int) -> int:
        """An instant of the sandbox's time in the job's own."""
        return at_us - self.origin_us

    def instant_us(self, own_us: int) -> int:
        """An instant of the job's own time in the sandbox's; what never comes never comes."""
        if own_us == SUBMISSION_US:
            return self.submitted_us
        return own_us + self.origin_us if own_us < FAR_FUTURE_US else FAR_FUTURE_US

    def begun(self, at_us: int) -> Checkpoint:
        """That of a job submitted at `at_us`, where this is that of one submitted at 0."""
        gone, expires_us, quiet_us = self.gone, self.expires_us, self.quiet_until_us
        return Checkpoint(
            tracks=self.tracks,
            submitted_us=at_us,
            used_us=at_us,
            expires_us=None if expires_us is None else expires_us + at_us,
            gone=None if gone is None else Gone(gone.why, gone.at_us + at_us),
            quiet_until_us=FAR_FUTURE_US if quiet_us >= FAR_FUTURE_US else quiet_us + at_us,
            origin_us=at_us,
        )

    def quiet(self, until_us: int) -> Checkpoint:
        """The same, where nothing happens by itself before `until_us`."""
        return self.standing(self.tracks, until_us)

    def standing(self, tracks: dict[str, TrackState], quiet_until_us: int) -> Checkpoint:
        """The same, with these tracks; if they moved just now, that is until when it is quiet."""
        # By hand, as in `polled`: each job comes here each time it moves.
        return Checkpoint(
            tracks=tracks,
            submitted_us=self.submitted_us,
            used_us=self.used_us,
            started_us=self.started_us,
            expires_us=self.expires_us,
            polls=self.polls,
            gone=self.gone,
            quiet_until_us=quiet_until_us,
            origin_us=self.origin_us,
        )

    def started(self, at_us: int) -> Checkpoint:
        """The same, started at `at_us`: what follows from that is not settled.

        The job's own time begins anew where nothing but its start was waited for, so that all jobs
        that go on alike share their tracks, however long each took to be started.
        """
        waiting = None
        has_moved = any(state.past for state in self.tracks.values())
        if self.origin_us == self.submitted_us and not has_moved:
            waiting = _still_waiting(Same(self.tracks))
        return replace(
            self,
            tracks=self.tracks if waiting is None else waiting,
            origin_us=self.origin_us if waiting is None else at_us,
            started_us=at_us,
            quiet_until_us=at_us,
        )

    def went(self, why: Why, at_us: int) -> Checkpoint:
        """The same job, of which nothing remembers anything from `at_us` on."""
        return replace(self, gone=Gone(why, at_us))

    def polled(self, at_us: int, tracks: dict[str, TrackState] | None = None) -> Checkpoint:
        """The same after a status call that moved no track of a job that is there.

        tracks: where some only counted it.
        """
        # By hand: `replace` takes three times as long, and each poll comes here.
        return Checkpoint(
            tracks=self.tracks if tracks is None else tracks,
            submitted_us=self.submitted_us,
            used_us=at_us,
            started_us=self.started_us,
            expires_us=self.expires_us,
            polls=self.polls + 1,
            gone=None,
            quiet_until_us=self.quiet_until_us,
            origin_us=self.origin_us,
        )


@lru_cache(maxsize=1024)
def _still_waiting(tracks: Same[dict[str, TrackState]]) -> dict[str, TrackState] | None:
    """The tracks of a job which all wait since its submission, told in a time that begins later.

    tracks: none of them has left a phase. None where the clock has moved one of them, or will, or
    one is being cancelled, or none waits for the start.
    """
    waiting, exits = {}, []
    for name, state in tracks.value.items():
        exits.append(state.track.phases[state.anchor].exit)
        if state.pending is not None:
            return None
        waiting[name] = replace(state, anchor_us=SUBMISSION_US)
    kinds = {type(one) for one in exits}
    return waiting if UntilStarted in kinds and After not in kinds else None
