"""Moves one track: into its next phase, another phase, or phases put in place of its script.

Pure, and blind to why: that is decided by `happenings` and `engine`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mockstatus.domain.checkpoint import (
    HISTORY_LIMIT,
    Checkpoint,
    PendingCancel,
    Stretch,
    TrackState,
)
from mockstatus.domain.timeline import (
    After,
    Ending,
    Phase,
    Track,
    UntilSignal,
    UntilStarted,
    UntilTrack,
)


def awaited(
    checkpoint: Checkpoint,
    wanted: UntilSignal | UntilStarted,
    at_us: int,
    tracks: frozenset[str] | None = None,
) -> dict[str, TrackState]:
    """The tracks, of those chosen, whose phase waits for just this, moved onward."""
    return {
        name: onward(state, at_us)
        for name, state in checkpoint.tracks.items()
        if (tracks is None or name in tracks)
        and state.phase_at(at_us).exit == wanted
        and state.index_at(at_us) < len(state.track.phases) - 1
    }


def onward(state: TrackState, at_us: int) -> TrackState:
    """The track in the phase after its present one; in its last phase it stays."""
    index = state.index_at(at_us)
    return state if index == len(state.track.phases) - 1 else enter(state, index + 1, at_us)


def enter(state: TrackState, index: int, at_us: int) -> TrackState:
    """The track in phase `index` of its script, entered at `at_us`."""
    last = min(index - 1, state.index_at(at_us))
    past, forgotten = _history(state, last, at_us)
    return replace(state, anchor=index, anchor_us=at_us, shown=0, past=past, forgotten=forgotten)


def put(state: TrackState, phases: tuple[Phase, ...], at_us: int) -> TrackState:
    """The track with `phases` in place of all that was left of it, entered at `at_us`."""
    past, forgotten = _history(state, state.index_at(at_us), at_us)
    return TrackState(track=Track(phases), anchor_us=at_us, past=past, forgotten=forgotten)


def _history(state: TrackState, last: int, left_us: int) -> tuple[tuple[Stretch, ...], int]:
    """The history and what it forgot, once phase `last` of the present run is left."""
    if last < state.anchor:
        return state.past, state.forgotten
    stretch = Stretch(state.track, state.anchor, last, state.anchor_us, left_us)
    forgotten = state.forgotten + (len(state.past) == HISTORY_LIMIT)
    return (*state.past[-(HISTORY_LIMIT - 1) :], stretch), forgotten


def with_tracks(checkpoint: Checkpoint, moved: Mapping[str, TrackState], at_us: int) -> Checkpoint:
    """The checkpoint with these tracks moved at `at_us`; itself where none moved."""
    if not moved:
        return checkpoint
    return replace(checkpoint, tracks={**checkpoint.tracks, **moved}, quiet_until_us=at_us)


def held_back(state: TrackState, end: Phase, at_us: int, lag_us: int) -> TrackState:
    """A waiting task does not begin during a cancel's lag: it waits where it is, then ends."""
    index = state.index_at(at_us)
    entered_us = state.entered_us(index)
    waiting = replace(state.track.phases[index], exit=After(at_us - entered_us + lag_us))
    # The visit goes on, it does not begin anew: only what came before it is history.
    past, forgotten = _history(state, index - 1, entered_us)
    return TrackState(
        track=Track((waiting, end)),
        anchor_us=entered_us,
        pending=PendingCancel(at_us + lag_us, end),
        past=past,
        forgotten=forgotten,
    )


def resolve_waits(checkpoint: Checkpoint) -> Checkpoint:
    """Tracks whose wait for another track is over go on, at the instant of the checkpoint."""
    at_us = checkpoint.quiet_until_us
    while True:
        moved = {
            name: after
            for name, state in checkpoint.tracks.items()
            if (after := _after_wait(state, checkpoint.tracks, at_us)) is not state
        }
        if not moved:
            return checkpoint
        checkpoint = with_tracks(checkpoint, moved, at_us)


def _after_wait(state: TrackState, tracks: Mapping[str, TrackState], at_us: int) -> TrackState:
    wait = state.phase_at(at_us).exit
    if not isinstance(wait, UntilTrack):
        return state
    other = tracks.get(wait.track)
    # A track that the job lacks counts as ended.
    ending = Ending.COMPLETE if other is None else other.phase_at(at_us).ending
    if ending is None:
        return state
    if ending is not Ending.COMPLETE and wait.failed is not None:
        return put(state, (wait.failed,), at_us)
    return onward(state, at_us)
