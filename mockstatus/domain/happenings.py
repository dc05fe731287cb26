"""What an event does to a job. Pure; `engine` lets time pass before and after it."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from mockstatus.domain.checkpoint import Checkpoint, Gone, PendingCancel, TrackState
from mockstatus.domain.events import (
    Cancelled,
    Deleted,
    Event,
    Placed,
    Polled,
    Rescheduled,
    Signalled,
    Started,
    Submitted,
)
from mockstatus.domain.moves import awaited, enter, held_back, onward, put, with_tracks
from mockstatus.domain.timeline import AfterPolls, Ending, Timeline, UntilSignal, UntilStarted

BUILT_IN_SIGNALS = ("cancel", "fail", "complete", "expire")
"""Signals that act on every job not yet ended, also where no phase waits for them."""

_ENDINGS = {"fail": Ending.FAIL, "complete": Ending.COMPLETE, "expire": Ending.EXPIRE}


def after(timeline: Timeline, checkpoint: Checkpoint, event: Event) -> Checkpoint:
    """The checkpoint after `event`, which finds it settled to the event's instant."""
    at_us = event.at_us
    match event:
        case Polled():
            return _polled(checkpoint, event)
        case Started():
            if checkpoint.started_us is not None:
                return checkpoint
            checkpoint = replace(checkpoint, started_us=at_us, quiet_until_us=at_us)
            return with_tracks(checkpoint, awaited(checkpoint, UntilStarted(), at_us), at_us)
        case Signalled():
            return _signalled(timeline, checkpoint, event)
        case Cancelled():
            checkpoint = replace(checkpoint, used_us=at_us)
            return _cancelled(timeline, checkpoint, event.tracks, at_us)
        case Placed():
            state = checkpoint.tracks[event.track]
            placed = put(state, event.phases, at_us)
            return with_tracks(checkpoint, {event.track: placed}, at_us)
        case Rescheduled():
            return replace(checkpoint, expires_us=event.expires_us, quiet_until_us=at_us)
        case Deleted():
            return replace(checkpoint, gone=Gone("deleted", at_us))
        case Submitted():
            raise ValueError("a job is submitted once")
        case _:
            assert_never(event)


def _polled(checkpoint: Checkpoint, event: Polled) -> Checkpoint:
    """Counts a poll. The poll that reaches a phase's count has still been shown that phase."""
    at_us = event.at_us
    moved = {}
    for name, state in checkpoint.tracks.items():
        counted = state.track.phases[state.anchor].exit
        if not isinstance(counted, AfterPolls) or (
            event.tracks is not None and name not in event.tracks
        ):
            continue
        if state.shown + 1 < counted.polls or state.anchor == len(state.track.phases) - 1:
            moved[name] = replace(state, shown=state.shown + 1)
        else:
            moved[name] = onward(state, at_us)
    # A use can only put an expiry off: where no track moved, what is quiet stays quiet as long.
    checkpoint = replace(checkpoint, polls=checkpoint.polls + 1, used_us=at_us)
    return with_tracks(checkpoint, moved, at_us)


def _signalled(timeline: Timeline, checkpoint: Checkpoint, event: Signalled) -> Checkpoint:
    """Moves the phases that wait for the signal; else does what the signal is built to do."""
    at_us = event.at_us
    chosen = None if event.track is None else frozenset({event.track})
    moved = awaited(checkpoint, UntilSignal(event.name), at_us, chosen)
    waiting = frozenset(moved)
    checkpoint = with_tracks(checkpoint, moved, at_us)
    others = frozenset(checkpoint.tracks if chosen is None else chosen) - waiting
    others = frozenset(n for n in others if not checkpoint.tracks[n].has_ended(at_us))
    if event.name not in BUILT_IN_SIGNALS or not others:
        return checkpoint
    if event.name == "cancel":
        return _cancelled(timeline, checkpoint, others, at_us)
    return _ended_by_signal(timeline, checkpoint, event.name, others, at_us)


def _ended_by_signal(
    timeline: Timeline, checkpoint: Checkpoint, name: str, tracks: frozenset[str], at_us: int
) -> Checkpoint:
    """Takes tracks to the script's own next phase of the signal's kind, else to the default."""
    ending = _ENDINGS[name]
    moved = {}
    for track in sorted(tracks):
        state = checkpoint.tracks[track]
        scripted = _next_of_kind(state, ending, at_us)
        if scripted is not None:
            moved[track] = enter(state, scripted, at_us)
        elif ending is Ending.EXPIRE:
            return replace(checkpoint, gone=Gone("expired", at_us))
        else:
            default = timeline.defaults.fail if name == "fail" else timeline.defaults.complete
            moved[track] = put(state, (default,), at_us)
    return with_tracks(checkpoint, moved, at_us)


def _next_of_kind(state: TrackState, ending: Ending, at_us: int) -> int | None:
    phases = state.track.phases
    following = range(state.index_at(at_us) + 1, len(phases))
    return next((index for index in following if phases[index].ending is ending), None)


def _cancelled(
    timeline: Timeline, checkpoint: Checkpoint, tracks: frozenset[str] | None, at_us: int
) -> Checkpoint:
    """Cancels what has not ended; a phase that waits for a cancel goes on by its script."""
    rule = timeline.cancel
    if rule.is_refused:
        return checkpoint
    moved = awaited(checkpoint, UntilSignal("cancel"), at_us, tracks)
    for name, state in checkpoint.tracks.items():
        if name in moved or (tracks is not None and name not in tracks):
            continue
        phase = state.phase_at(at_us)
        if phase.ending is not None or state.pending is not None:
            continue
        defaults = timeline.defaults
        end = defaults.cancel_begun if phase.is_begun else defaults.cancel_waiting
        if not rule.lag_us:
            moved[name] = put(state, (end,), at_us)
        elif phase.is_begun:
            moved[name] = replace(state, pending=PendingCancel(at_us + rule.lag_us, end))
        else:
            moved[name] = held_back(state, end, at_us, rule.lag_us)
    return with_tracks(checkpoint, moved, at_us)
