"""What an event does to a job. Pure; `engine` lets time pass before and after it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import assert_never

from mockstatus.domain.checkpoint import Checkpoint, TrackState
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
from mockstatus.domain.expiry import look_through
from mockstatus.domain.moves import (
    await_ends,
    awaited,
    cancel_later,
    enter,
    onward,
    put,
    with_tracks,
)
from mockstatus.domain.timeline import AfterPolls, Ending, Timeline, awaited_by

BUILT_IN_SIGNALS = ("cancel", "fail", "complete", "expire")
"""Signals that act on every job not yet ended, also where no phase waits for them."""


def after(timeline: Timeline, checkpoint: Checkpoint, event: Event) -> Checkpoint:
    """The checkpoint after `event`, which finds it settled to the event's instant."""
    at_us = event.at_us
    match event:
        case Polled():
            return _polled(checkpoint, event)
        case Started():
            return checkpoint if checkpoint.started_us is not None else checkpoint.started(at_us)
        case Signalled():
            return _signalled(timeline, checkpoint, event)
        case Cancelled():
            return _cancelled(timeline, checkpoint, event)
        case Placed():
            return _placed(timeline, checkpoint, event)
        case Rescheduled():
            return replace(checkpoint, expires_us=event.expires_us, quiet_until_us=at_us)
        case Deleted():
            return checkpoint.went("deleted", at_us)
        case Submitted():
            raise ValueError("a job is submitted once")
        case _:
            assert_never(event)


def _placed(timeline: Timeline, checkpoint: Checkpoint, event: Placed) -> Checkpoint:
    """Puts a track into other phases; those that these wait for pause at their ends from now on."""
    own_us = checkpoint.own_us(event.at_us)
    tracks = checkpoint.tracks
    moved = {
        name: await_ends(tracks[name], own_us)
        for name in awaited_by(event.phases) & tracks.keys()
        if not tracks[name].is_awaited
    }
    moved[event.track] = placed = put(tracks[event.track], event.phases, own_us)
    look_through(placed.track, timeline.expiry)
    return with_tracks(checkpoint, moved, event.at_us)


def _polled(checkpoint: Checkpoint, event: Polled) -> Checkpoint:
    """Counts a poll. The poll that reaches a phase's count has still been shown that phase."""
    at_us, tracks = event.at_us, checkpoint.tracks
    counted_on: dict[str, TrackState] = {}
    moved: dict[str, TrackState] = {}
    for name, state in tracks.items():
        counted = state.track.phases[state.anchor].exit
        if not isinstance(counted, AfterPolls) or (
            event.tracks is not None and name not in event.tracks
        ):
            continue
        if state.shown + 1 < counted.polls or state.anchor == state.last:
            counted_on[name] = replace(state, shown=state.shown + 1)
        else:
            moved[name] = onward(state, checkpoint.own_us(at_us))
    # A use can only put an expiry off: where no track moved, what is quiet stays quiet as long.
    polled = checkpoint.polled(at_us, {**tracks, **counted_on} if counted_on else tracks)
    return with_tracks(polled, moved, at_us)


def _signalled(timeline: Timeline, checkpoint: Checkpoint, event: Signalled) -> Checkpoint:
    """Moves the phases that wait for the signal; else does what the signal is built to do."""
    at_us, own_us = event.at_us, checkpoint.own_us(event.at_us)
    chosen = None if event.track is None else frozenset({event.track})
    moved = awaited(checkpoint, event.name, at_us, chosen)
    others = _chosen(checkpoint, chosen, but=moved)
    if event.name == "cancel":
        moved |= _ended_by_cancel(timeline, others, own_us)
    elif event.name in BUILT_IN_SIGNALS:
        ending = Ending(event.name)
        ended = {
            name: _ended_by_signal(timeline, state, ending, own_us)
            for name, state in others.items()
            if not state.has_ended(own_us)
        }
        if None in ended.values():
            return checkpoint.went("expired", at_us)
        moved |= {name: state for name, state in ended.items() if state is not None}
    return with_tracks(checkpoint, moved, at_us)


def _chosen(
    checkpoint: Checkpoint, tracks: Container[str] | None, *, but: Container[str]
) -> dict[str, TrackState]:
    return {
        name: state
        for name, state in checkpoint.tracks.items()
        if (tracks is None or name in tracks) and name not in but
    }


def _ended_by_signal(
    timeline: Timeline, state: TrackState, ending: Ending, at_us: int
) -> TrackState | None:
    """The track in its script's own next phase of this kind, else in its service's default.

    None where the default is that the whole job expires.
    """
    phases = state.track.phases
    following = range(state.index_at(at_us) + 1, len(phases))
    scripted = next((index for index in following if phases[index].ending is ending), None)
    if scripted is not None:
        return replace(enter(state, scripted, at_us), pending=None)
    if ending is Ending.EXPIRE:
        return None
    defaults = timeline.defaults
    return put(state, (defaults.fail if ending is Ending.FAIL else defaults.complete,), at_us)


def _cancelled(timeline: Timeline, checkpoint: Checkpoint, event: Cancelled) -> Checkpoint:
    """Cancels what has not ended; a phase that waits for a cancel goes on by its script."""
    checkpoint = replace(checkpoint, used_us=event.at_us)
    if timeline.cancel.is_refused:
        return checkpoint
    moved = awaited(checkpoint, "cancel", event.at_us, event.tracks)
    others = _chosen(checkpoint, event.tracks, but=moved)
    moved |= _ended_by_cancel(timeline, others, checkpoint.own_us(event.at_us))
    return with_tracks(checkpoint, moved, event.at_us)


def _ended_by_cancel(
    timeline: Timeline, states: Mapping[str, TrackState], at_us: int
) -> dict[str, TrackState]:
    """Those of the tracks that a cancel acts upon, ended or with a cancel under way."""
    rule, defaults = timeline.cancel, timeline.defaults
    moved: dict[str, TrackState] = {}
    if rule.is_refused:
        return moved
    for name, state in states.items():
        phase = state.phase_at(at_us)
        if phase.ending is not None or state.pending is not None:
            continue
        end = defaults.cancel_begun if phase.is_begun else defaults.cancel_waiting
        if rule.lag_us:
            moved[name] = cancel_later(state, end, at_us, rule.lag_us)
        else:
            moved[name] = put(state, (end,), at_us)
    return moved
