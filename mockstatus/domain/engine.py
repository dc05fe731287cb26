"""Decides where a job stands: a pure fold over what happened to it.

`begin` makes the first checkpoint, `apply` takes one event, `settle` lets time pass, and
`position` shows where a job stands at an instant. Nothing here reads a clock, and looking changes
nothing: a timed phase ends at its own end, not when somebody looks.

At one instant a phase's own end goes first, then a cancel that is due, then the expiry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mockstatus.domain.checkpoint import FAR_FUTURE_US, Checkpoint, TrackState
from mockstatus.domain.events import Event, Placed, Submitted
from mockstatus.domain.expiry import expires_us, look_through
from mockstatus.domain.happenings import after
from mockstatus.domain.moves import pause, put, resolve_waits, with_tracks
from mockstatus.domain.position import Position
from mockstatus.domain.timeline import Timeline, refuse_circles, waits_of


def position(timeline: Timeline, events: Iterable[Event], now_us: int) -> Position:
    """Where a job stands at `now_us` after `events`, of which Submitted is the first."""
    first, *others = events
    if not isinstance(first, Submitted):
        raise ValueError("a job begins with Submitted")
    checkpoint = begin(timeline, first.at_us)
    for event in others:
        checkpoint = apply(timeline, checkpoint, event)
    return Position(settle(timeline, checkpoint, now_us), now_us)


def begin(timeline: Timeline, at_us: int) -> Checkpoint:
    """The checkpoint of a job submitted at `at_us`."""
    return timeline.found(_beginning).begun(at_us)


def _beginning(timeline: Timeline) -> Checkpoint:
    """The checkpoint of a job submitted at 0, found once for all jobs that share a timeline.

    They share its tracks, too.

    A fifth of what a submission took went into finding it, most of that into the idle limit.
    """
    at_us = 0
    awaited, expiry = timeline.awaited(), timeline.expiry
    for track in timeline.tracks.values():
        look_through(track, expiry)
    fixed = expiry is not None and not expiry.is_idle
    checkpoint = Checkpoint(
        tracks={
            name: TrackState(track=track, anchor_us=at_us, is_awaited=name in awaited)
            for name, track in timeline.tracks.items()
        },
        submitted_us=at_us,
        used_us=at_us,
        expires_us=at_us + expiry.after_us if expiry is not None and fixed else None,
        quiet_until_us=at_us,
    )
    return settle(timeline, checkpoint, at_us)


def apply(timeline: Timeline, checkpoint: Checkpoint, event: Event) -> Checkpoint:
    """The checkpoint after `event`, which is not before anything that was applied already.

    Nothing acts on a job that is gone.
    """
    checkpoint = settle(timeline, checkpoint, event.at_us)
    if checkpoint.gone is not None:
        return checkpoint
    return settle(timeline, after(timeline, checkpoint, event), event.at_us)


def settle(timeline: Timeline, checkpoint: Checkpoint, now_us: int) -> Checkpoint:
    """The checkpoint after everything that happens by itself until `now_us`, inclusive."""
    while checkpoint.gone is None and now_us >= checkpoint.quiet_until_us:
        checkpoint = resolve_waits(timeline, checkpoint)
        due_us, act = _next_act(timeline, checkpoint)
        if due_us > now_us:
            return checkpoint.quiet(due_us)
        checkpoint = act(due_us)
    return checkpoint


def next_change_us(timeline: Timeline, checkpoint: Checkpoint, now_us: int) -> int | None:
    """The next instant after `now_us` at which the position moves by itself; None if never."""
    checkpoint = settle(timeline, checkpoint, now_us)
    if checkpoint.gone is not None:
        return None
    due_us, _ = _next_act(timeline, checkpoint)
    own_us = checkpoint.own_us(now_us)
    for state in checkpoint.tracks.values():
        leaves_us = state.leaves_us(state.index_at(own_us))
        if leaves_us is not None:
            due_us = min(due_us, checkpoint.instant_us(leaves_us))
    return due_us if due_us < FAR_FUTURE_US else None


def acted(before: Checkpoint, afterwards: Checkpoint) -> bool:
    """Whether an event moved anything. before: settled to the event's instant."""
    return before.tracks is not afterwards.tracks or before.gone is not afterwards.gone


def refuse_circular_place(checkpoint: Checkpoint, event: Placed) -> None:
    """Raise CircularWaitError if the phases to be put would wait in a circle with the rest."""
    own_us = checkpoint.own_us(event.at_us)
    waits = {
        name: waits_of(state.track.phases[state.index_at(own_us) :])
        for name, state in checkpoint.tracks.items()
    }
    refuse_circles({**waits, event.track: waits_of(event.phases)})


# What happens by itself.


def _next_act(
    timeline: Timeline, checkpoint: Checkpoint
) -> tuple[int, Callable[[int], Checkpoint]]:
    """The next thing that happens by itself: when, and what makes it of the checkpoint."""
    stop_us, cancel_us = FAR_FUTURE_US, FAR_FUTURE_US
    for state in checkpoint.tracks.values():
        stop_us = min(stop_us, state.next_stop_us())
        if state.pending is not None:
            cancel_us = min(cancel_us, state.pending.due_us)
    stop_us, cancel_us = checkpoint.instant_us(stop_us), checkpoint.instant_us(cancel_us)
    gone_us = expires_us(checkpoint, timeline.expiry)
    start_us = FAR_FUTURE_US
    if timeline.start_within_us is not None and checkpoint.started_us is None:
        start_us = checkpoint.submitted_us + timeline.start_within_us
    if stop_us <= min(cancel_us, gone_us, start_us):
        return stop_us, lambda at_us: pause(timeline, checkpoint, at_us)
    if cancel_us <= min(gone_us, start_us):
        return cancel_us, lambda at_us: _cancel_due(checkpoint, at_us)
    if start_us < gone_us:
        return start_us, lambda at_us: checkpoint.went("never_started", at_us)
    return gone_us, lambda at_us: checkpoint.went("expired", at_us)


def _cancel_due(checkpoint: Checkpoint, at_us: int) -> Checkpoint:
    """Cancels that are due take effect."""
    own_us = checkpoint.own_us(at_us)
    return with_tracks(
        checkpoint,
        {
            name: put(state, (state.pending.phase,), own_us)
            for name, state in checkpoint.tracks.items()
            if state.pending is not None and state.pending.due_us <= own_us
        },
        at_us,
    )
