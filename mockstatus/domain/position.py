"""Where a job stands at an instant: a view of a checkpoint, with all that answers derive from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from mockstatus.domain.checkpoint import Checkpoint, Gone, Stretch, TrackState, Visit
from mockstatus.domain.timeline import AfterPolls, Phase


class TrackPosition:
    """Where one track stands at `now_us`.

    index: of the present phase in the script, or in what was put in its place.
    shown: how many polls have been shown the present phase, where polls end it.
    """

    __slots__ = ("_checkpoint", "_state", "entered_us", "index", "now_us", "phase", "shown")

    def __init__(self, state: TrackState, now_us: int, checkpoint: Checkpoint) -> None:
        self._state = state
        self._checkpoint = checkpoint
        self.index = index = state.index_at(now_us - checkpoint.origin_us)
        self.now_us = now_us
        self.phase: Phase = state.track.phases[index]
        self.entered_us = checkpoint.instant_us(state.entered_us(index))
        self.shown = state.shown if index == state.anchor else 0

    @property
    def has_ended(self) -> bool:
        """Whether it is in a state that the service calls final."""
        return self.phase.ending is not None

    @property
    def cancels_at_us(self) -> int | None:
        """When a cancel that was accepted takes effect; None if there is none under way."""
        pending = self._state.pending
        return None if pending is None else self._checkpoint.instant_us(pending.due_us)

    @property
    def leaves_us(self) -> int | None:
        """When it leaves the phase by the clock alone; None if the clock does not decide."""
        leaves_us = self._state.leaves_us(self.index)
        return None if leaves_us is None else self._checkpoint.instant_us(leaves_us)

    @property
    def forgotten(self) -> int:
        """Visits that were made before the earliest one still known."""
        return self._state.forgotten

    @property
    def visits_ever(self) -> int:
        """How many visits it has had: those it keeps, and a least count of those it dropped."""
        state = self._state
        present = self.index - state.anchor + 1
        return present + sum(one.last - one.first + 1 for one in state.past) + state.forgotten

    @property
    def changes_us(self) -> int | None:
        """When the clock alone next changes what can be seen: another phase, a step of progress."""
        checkpoint = self._checkpoint
        changes_us = self._state.next_use_us(self.index, checkpoint.own_us(self.now_us))
        return None if changes_us is None else checkpoint.instant_us(changes_us)

    @property
    def following(self) -> Phase | None:
        """The next phase of the script, however it is reached; None in the last one."""
        phases = self._state.track.phases
        return phases[self.index + 1] if self.index + 1 < len(phases) else None

    def parts(self) -> tuple[int, int]:
        """How far the phase is: so many of so many equal parts, moved by what ends the phase.

        Time moves a timed phase; polls move a counted one, whose first poll shows its beginning
        and whose last its end; another phase stays at its beginning.
        """
        exit_ = self.phase.exit
        if isinstance(exit_, AfterPolls):
            return min(self.shown, exit_.polls - 1), exit_.polls - 1
        length_us = self.phase.timed_us
        if length_us is None:
            return 0, 1
        return min(self.now_us - self.entered_us, length_us), length_us

    def progress(self) -> int | None:
        """The phase's whole-number progress now; None if it has none."""
        if self.phase.progress is None:
            return None
        return self.phase.progress.at(*self.parts())

    def visits_backwards(self) -> Iterator[Visit]:
        """All that the track went through, the present visit first, back to the history's end."""
        for stretch in self.stretches_backwards():
            yield from stretch.visits_backwards(self._checkpoint)

    def stretches_backwards(self) -> Iterator[Stretch]:
        """The same in stretches, of which there are not many, however many the visits.

        They tell the job's own time.
        """
        state = self._state
        yield Stretch(state.track, state.anchor, self.index, state.anchor_us, None)
        yield from reversed(state.past)

    def visits(self, limit: int) -> list[Visit]:
        """The latest `limit` visits, in the order in which they happened."""
        return list(islice(self.visits_backwards(), limit))[::-1]

    def since(self, belongs: Callable[[Phase], bool]) -> Visit:
        """The first of the unbroken run of phases that `belongs` says yes to, up to now.

        The present phase if it does not belong. belongs: a module's own function, since what it
        says of a track is remembered under its name.
        """
        phase, entered_us = self.phase, self.entered_us
        for stretch in self.stretches_backwards():
            first = max(stretch.track.found(runs, belongs)[stretch.last], stretch.first)
            if first > stretch.last:
                break
            phase = stretch.track.phases[first]
            entered_us = self._checkpoint.instant_us(stretch.visit_entered_us(first))
            if first > stretch.first:
                break
        return Visit(phase, entered_us, None)

    def since_us(self, belongs: Callable[[Phase], bool]) -> int:
        """When that run was entered."""
        return self.since(belongs).entered_us


class Position:
    """Where a job stands at `at_us`; a job that is gone, where it stood when it went."""

    __slots__ = ("_checkpoint", "at_us", "tracks")

    def __init__(self, checkpoint: Checkpoint, now_us: int) -> None:
        gone = checkpoint.gone
        self._checkpoint = checkpoint
        self.at_us = now_us
        seen_us = now_us if gone is None else gone.at_us
        self.tracks = {
            name: TrackPosition(state, seen_us, checkpoint)
            for name, state in checkpoint.tracks.items()
        }

    @property
    def gone(self) -> Gone | None:
        """Set once the job was deleted or has expired."""
        return self._checkpoint.gone

    @property
    def holds_until_us(self) -> int:
        """Before this instant the clock alone changes nothing to be seen of a job that is there."""
        changes = [track.changes_us for track in self.tracks.values()]
        known = [at_us for at_us in changes if at_us is not None]
        return min([self._checkpoint.quiet_until_us, *known])

    def is_still(self, checkpoint: Checkpoint) -> bool:
        """Whether its tracks stand by this later checkpoint as they stood, but for the clock."""
        mine = self._checkpoint
        return mine.tracks is checkpoint.tracks and mine.gone is checkpoint.gone

    @property
    def submitted_us(self) -> int:
        """When the service accepted the job."""
        return self._checkpoint.submitted_us

    @property
    def started_us(self) -> int | None:
        """When the client handed over what the job waited for; None if it did not yet."""
        return self._checkpoint.started_us

    @property
    def expires_us(self) -> int | None:
        """The instant of an expiry that does not depend on use; None if there is none."""
        return self._checkpoint.expires_us

    @property
    def polls(self) -> int:
        """Status calls so far whose work was done."""
        return self._checkpoint.polls

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen: every track has ended, or the job is gone."""
        return self.gone is not None or all(t.has_ended for t in self.tracks.values())


def runs(phases: Sequence[Phase], belongs: Callable[[Phase], bool]) -> tuple[int, ...]:
    """For each phase, where the unbroken run of belonging phases up to it begins; else the next."""
    firsts: list[int] = []
    first = 0
    for index, phase in enumerate(phases):
        if not belongs(phase):
            first = index + 1
        firsts.append(first)
    return tuple(firsts)
