"""Tracks tell the job's own time, so that jobs which begin alike share what they begin with."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import pytest
from builders import DEFAULTS, SECOND, T0, TASK, a_phase, a_timeline, at, done, state_of, waiting
from domain.engine_strategies import histories, timelines
from domain.test_laws import all_of, last_us
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.domain.checkpoint import Checkpoint, PendingCancel, Stretch, TrackState
from mockstatus.domain.engine import acted, apply, begin, next_change_us, settle
from mockstatus.domain.events import (
    Cancelled,
    Event,
    Placed,
    Polled,
    Rescheduled,
    Signalled,
    Started,
)
from mockstatus.domain.position import Position
from mockstatus.domain.timeline import CancelRule, Phase, Timeline, Track, UntilStarted, UntilTrack


def in_sandbox_time(checkpoint: Checkpoint) -> Checkpoint:
    """The same checkpoint, whose tracks tell the sandbox's time: as they did in older snapshots."""
    instant_us = checkpoint.instant_us

    def later(stretch: Stretch) -> Stretch:
        left_us = None if stretch.left_us is None else instant_us(stretch.left_us)
        return replace(stretch, entered_us=instant_us(stretch.entered_us), left_us=left_us)

    def cancelled_later(pending: PendingCancel | None) -> PendingCancel | None:
        return None if pending is None else replace(pending, due_us=instant_us(pending.due_us))

    def moved(state: TrackState) -> TrackState:
        return replace(
            state,
            anchor_us=instant_us(state.anchor_us),
            past=tuple(map(later, state.past)),
            pending=cancelled_later(state.pending),
        )

    tracks = {name: moved(state) for name, state in checkpoint.tracks.items()}
    return replace(checkpoint, tracks=tracks, origin_us=0)


def at_instants_from(events: list[Event], by_us: int) -> list[Event]:
    """The same events, so much later."""
    return [
        replace(event, at_us=event.at_us + by_us, expires_us=event.expires_us + by_us)
        if isinstance(event, Rescheduled)
        else replace(event, at_us=event.at_us + by_us)
        for event in events
    ]


@given(timelines(), st.integers(0, 1 << 50), st.data())
def test_a_job_goes_on_the_same_in_whichever_time_its_tracks_are_told(
    timeline: Timeline, submitted_us: int, data: st.DataObject
) -> None:
    events = at_instants_from(data.draw(histories(timeline)), submitted_us)
    place = data.draw(st.integers(0, len(events)))
    now_us = (last_us(events) or submitted_us) + data.draw(st.integers(0, 40))
    own = begin(timeline, submitted_us)
    for event in events[:place]:
        own = apply(timeline, own, event)
    other = in_sandbox_time(own)

    for event in events[place:]:
        own, other = apply(timeline, own, event), apply(timeline, other, event)

    own, other = settle(timeline, own, now_us), settle(timeline, other, now_us)
    assert own.origin_us in (submitted_us, own.started_us)
    assert all_of(Position(own, now_us)) == all_of(Position(other, now_us))
    assert next_change_us(timeline, own, now_us) == next_change_us(timeline, other, now_us)


def test_jobs_that_begin_alike_share_their_tracks_whenever_they_began() -> None:
    timeline = a_timeline(a_phase(for_s=5), done())
    first, second = begin(timeline, T0), begin(timeline, at(3))

    second = apply(timeline, second, Polled(at(4)))

    assert first.tracks is second.tracks
    assert state_of(Position(settle(timeline, first, at(5)), at(5))) == "DONE"
    assert Position(second, at(5)).tracks[TASK].leaves_us == at(8)


def test_jobs_that_were_started_share_what_follows_however_long_that_took() -> None:
    timeline = Timeline(
        tracks={
            "one": Track((waiting("W", exit=UntilStarted()), a_phase(for_s=5), done())),
            "two": Track((waiting("W", exit=UntilTrack("one")), a_phase(for_s=5), done())),
        },
        defaults=DEFAULTS,
    )
    first = apply(timeline, begin(timeline, T0), Started(at(1)))
    second = apply(timeline, begin(timeline, at(1)), Started(at(9)))
    assert first.tracks is second.tracks

    second = apply(timeline, second, Polled(at(10)))
    first, second = settle(timeline, first, at(7)), settle(timeline, second, at(15))

    assert first.tracks is second.tracks
    where = Position(second, at(16)).tracks
    assert [(one.entered_us, one.left_us) for one in where["one"].visits(9)] == [
        (at(1), at(9)),
        (at(9), at(14)),
        (at(14), None),
    ]
    assert [(one.entered_us, one.left_us) for one in where["two"].visits(9)] == [
        (at(1), at(14)),
        (at(14), None),
    ]


@pytest.mark.parametrize("phase", [a_phase(for_s=3), a_phase(polls=2), a_phase(signal="go")])
def test_a_job_that_did_not_only_wait_until_its_start_keeps_its_own_time(phase: Phase) -> None:
    other = Track((phase, a_phase(for_s=20), done()))
    start = Track((waiting("W", exit=UntilStarted()), done()))
    timeline = Timeline(tracks={"one": start, "two": other}, defaults=DEFAULTS)
    checkpoint = begin(timeline, T0)
    for event in (Polled(at(1)), Polled(at(1)), Signalled(at(3), "go"), Started(at(4))):
        checkpoint = apply(timeline, checkpoint, event)

    assert checkpoint.origin_us == T0
    where = Position(checkpoint, at(4)).tracks
    assert where["one"].visits(9)[0].entered_us == T0
    assert where["two"].visits(9)[0].entered_us == T0


def test_a_job_that_was_being_cancelled_at_its_start_keeps_its_own_time() -> None:
    lag = CancelRule(lag_us=5 * SECOND)
    timeline = a_timeline(waiting("W", exit=UntilStarted()), waiting("Q"), cancel=lag)
    checkpoint = begin(timeline, T0)
    for event in (Cancelled(at(1)), Started(at(2))):
        checkpoint = apply(timeline, checkpoint, event)

    assert checkpoint.origin_us == T0
    assert Position(checkpoint, at(3)).tracks[TASK].cancels_at_us == at(6)
    assert state_of(Position(settle(timeline, checkpoint, at(6)), at(6))) == "REVOKED"


def test_a_start_that_nothing_waited_for_moves_nothing() -> None:
    timeline = a_timeline(a_phase(signal="go"), done())
    before = begin(timeline, T0)

    assert not acted(before, apply(timeline, before, Started(at(1))))


def test_nothing_that_happens_to_a_job_happens_to_those_that_share_its_tracks() -> None:
    timeline = a_timeline(
        a_phase(polls=2), a_phase(signal="go"), done(), cancel=CancelRule(lag_us=SECOND)
    )
    others = begin(timeline, T0)
    before = all_of(Position(others, at(9)))

    for event in (
        Polled(at(1)),
        Polled(at(2)),
        Signalled(at(3), "go"),
        Placed(at(4), TASK, (a_phase(for_s=1), done())),
        Cancelled(at(4.5)),
    ):
        for events in ([event], [Polled(at(1)), event]):
            checkpoint = begin(timeline, T0)
            for one in events:
                checkpoint = apply(timeline, checkpoint, one)
            settle(timeline, checkpoint, at(9))

    assert all_of(Position(settle(timeline, others, at(9)), at(9))) == before
    assert begin(timeline, T0).tracks is others.tracks


class Payload:
    """What a phase may show."""


@pytest.mark.parametrize("is_started", [False, True])
def test_what_was_put_into_a_job_goes_with_it(is_started: bool) -> None:
    timeline = Timeline(
        tracks={
            "one": Track((waiting("W", exit=UntilStarted()), done())),
            "two": Track((waiting("W", exit=UntilTrack("one")), done())),
        },
        defaults=DEFAULTS,
    )
    payload = Payload()
    known = weakref.ref(payload)
    script = (
        waiting("W", exit=UntilStarted()),
        a_phase(for_s=1, payload=payload),
        waiting("W", exit=UntilTrack("two")),
        done(),
    )
    checkpoint = begin(timeline, T0)
    if not is_started:
        checkpoint = apply(timeline, checkpoint, Placed(at(1), "one", script[1:]))
        checkpoint = apply(timeline, checkpoint, Placed(at(1), "two", (done(),)))
    else:
        checkpoint = apply(timeline, checkpoint, Placed(at(1), "one", script))
        checkpoint = apply(timeline, checkpoint, Placed(at(1), "two", (a_phase(for_s=3), done())))
        checkpoint = apply(timeline, checkpoint, Started(at(2)))
    checkpoint = settle(timeline, checkpoint, at(9))
    assert Position(checkpoint, at(9)).tracks["one"].has_ended

    del checkpoint, payload, script
    gc.collect()

    assert known() is None
