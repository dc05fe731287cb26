"""Moves one track: into its next phase, another phase, or phases put in place of its script.

Pure, and blind to why: that is decided by `happenings` and `engine`. Where one track is moved, at
an instant of the job's own time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from mockstatus.domain.checkpoint import (
    HISTORY_LIMIT,
    Checkpoint,
    PendingCancel,
    Stretch,
    TrackState,
)
from mockstatus.domain.sharing import Same
from mockstatus.domain.timeline import (
    Ending,
    Phase,
    Timeline,
    Track,
    UntilSignal,
    UntilStarted,
    UntilTrack,
)

Tracks = dict[str, TrackState]

_MOVES = 1024
"""So many moves are remembered that jobs make by themselves."""


def awaited(
    checkpoint: Checkpoint, signal: str, at_us: int, tracks: frozenset[str] | None = None
) -> dict[str, TrackState]:
    """The tracks, of those chosen, whose phase waits for this signal, moved onward."""
    own_us = checkpoint.own_us(at_us)
    return {
        name: onward(state, own_us)
        for name, state in checkpoint.tracks.items()
        if (tracks is None or name in tracks)
        and state.phase_at(own_us).exit == UntilSignal(signal)
        and state.index_at(own_us) < state.last
    }


def onward(state: TrackState, at_us: int) -> TrackState:
    """The track in the phase after its present one; in its last phase it stays."""
    index = state.index_at(at_us)
    return state if index == state.last else enter(state, index + 1, at_us)


def enter(state: TrackState, index: int, at_us: int) -> TrackState:
    """The track in phase `index` of its script, entered at `at_us`.

    A cancel under way is dropped where this ends the track: it keeps its end.
    """
    last = min(index - 1, state.index_at(at_us))
    past, forgotten = _history(state, last, at_us)
    entered = TrackState(
        track=state.track,
        anchor=index,
        anchor_us=at_us,
        pending=state.pending,
        past=past,
        forgotten=forgotten,
        is_awaited=state.is_awaited,
    )
    if state.pending is not None and entered.has_ended(at_us):
        return replace(entered, pending=None)
    return entered


def put(state: TrackState, phases: tuple[Phase, ...], at_us: int) -> TrackState:
    """The track with `phases` in place of all that was left of it, entered at `at_us`."""
    past, forgotten = _history(state, state.index_at(at_us), at_us)
    track = Track(phases, state.track.asked)
    return TrackState(
        track=track,
        anchor_us=at_us,
        past=past,
        forgotten=forgotten,
        is_awaited=state.is_awaited,
    )


def await_ends(state: TrackState, at_us: int) -> TrackState:
    """The track, which another may wait for from now on, so that it pauses at its ends."""
    return replace(taken_up(state, at_us), is_awaited=True)


def taken_up(state: TrackState, at_us: int) -> TrackState:
    """The track with a run that begins at its present phase: where it pauses may change."""
    index = state.index_at(at_us)
    return state if index == state.anchor else enter(state, index, state.entered_us(index))


def cancel_later(state: TrackState, end: Phase, at_us: int, lag_us: int) -> TrackState:
    """The track with a cancel under way: a begun task goes on, a waiting one does not begin."""
    index, phases = state.index_at(at_us), state.track.phases
    last = None
    if not phases[index].is_begun:
        following = range(index + 1, len(phases))
        begins = next((later for later in following if phases[later].is_begun), len(phases))
        last = begins - 1
    return replace(taken_up(state, at_us), pending=PendingCancel(at_us + lag_us, end, last))


def _history(state: TrackState, last: int, left_us: int) -> tuple[tuple[Stretch, ...], int]:
    """The history and what it forgot, once phase `last` of the present run is left."""
    stretch = Stretch(state.track, state.anchor, last, state.anchor_us, left_us)
    dropped = state.past[: max(len(state.past) + 1 - HISTORY_LIMIT, 0)]
    forgotten = state.forgotten + sum(old.last - old.first + 1 for old in dropped)
    return (*state.past[len(dropped) :], stretch), forgotten


def with_tracks(checkpoint: Checkpoint, moved: Mapping[str, TrackState], at_us: int) -> Checkpoint:
    """The checkpoint with these tracks moved at `at_us`; itself where none moved."""
    if not moved:
        return checkpoint
    return checkpoint.standing({**checkpoint.tracks, **moved}, at_us)


# What happens by itself happens at the same instants of their own time to all jobs that began
# alike. It is found once for them, and they share what comes of it: a job of two tracks that has
# moved twice weighs 0.8 KiB less. What was put into one job is its own, and goes when that goes.


def _is_scripted(timeline: Timeline, tracks: Tracks) -> bool:
    """Whether every track is still in its own script."""
    return all(tracks[name].track is track for name, track in timeline.tracks.items())


def pause(timeline: Timeline, checkpoint: Checkpoint, at_us: int) -> Checkpoint:
    """Runs of timed phases that pause at `at_us` are settled up to their pause."""
    tracks, own_us = checkpoint.tracks, checkpoint.own_us(at_us)
    if _is_scripted(timeline, tracks):
        return checkpoint.standing(_paused_once(Same(tracks), own_us), at_us)
    return checkpoint.standing(_paused(tracks, own_us), at_us)


@lru_cache(maxsize=_MOVES)
def _paused_once(tracks: Same[Tracks], at_us: int) -> Tracks:
    return _paused(tracks.value, at_us)


def _paused(tracks: Tracks, at_us: int) -> Tracks:
    moved = {
        name: enter(state, state.stop, at_us)
        for name, state in tracks.items()
        if state.next_stop_us() <= at_us
    }
    return {**tracks, **moved} if moved else tracks


def resolve_waits(timeline: Timeline, checkpoint: Checkpoint) -> Checkpoint:
    """Tracks whose wait for another track, or for the start, is over go on.

    At the instant of the checkpoint; waits that end at one instant end together, and after what
    ends by itself.
    """
    at_us, tracks = checkpoint.quiet_until_us, checkpoint.tracks
    own_us, is_started = checkpoint.own_us(at_us), checkpoint.started_us is not None
    if _waited(tracks, own_us, is_started) is tracks:
        return checkpoint
    if _is_scripted(timeline, tracks):
        return checkpoint.standing(_resolved_once(Same(tracks), own_us, is_started), at_us)
    return checkpoint.standing(_resolved(tracks, own_us, is_started), at_us)


@lru_cache(maxsize=_MOVES)
def _resolved_once(tracks: Same[Tracks], at_us: int, is_started: bool) -> Tracks:
    return _resolved(tracks.value, at_us, is_started)


def _resolved(tracks: Tracks, at_us: int, is_started: bool) -> Tracks:
    before = None
    while tracks is not before:
        before, tracks = tracks, _waited(_paused(tracks, at_us), at_us, is_started)
    return tracks


def _waited(tracks: Tracks, at_us: int, is_started: bool) -> Tracks:
    """The tracks after all waits that are over; the very same where none is."""
    moved = {
        name: after
        for name, state in tracks.items()
        if (after := _after_wait(state, tracks, at_us, is_started)) is not state
    }
    return {**tracks, **moved} if moved else tracks


def _after_wait(state: TrackState, tracks: Tracks, at_us: int, is_started: bool) -> TrackState:
    # A run pauses where it comes to wait: one that has not yet paused there does not wait yet.
    wait = state.track.phases[state.anchor].exit
    if isinstance(wait, UntilStarted):
        return onward(state, at_us) if is_started else state
    if not isinstance(wait, UntilTrack):
        return state
    other = tracks.get(wait.track)
    # A track that the job lacks counts as ended.
    ending = Ending.COMPLETE if other is None else other.phase_at(at_us).ending
    if ending is None:
        return state
    if ending is not Ending.COMPLETE and wait.failed is not None:
        return _fallen_back(state, wait.failed, at_us)
    return onward(state, at_us)


def _fallen_back(state: TrackState, phase: Phase, at_us: int) -> TrackState:
    """The track with `phase` in place of what was left; a cancel under way stays under way."""
    pending = state.pending
    if pending is not None and pending.last is not None and phase.is_begun:
        return state  # one that was cancelled while it waited does not begin
    if pending is None or phase.ending is not None:
        return put(state, (phase,), at_us)
    return replace(put(state, (phase,), at_us), pending=pending)
