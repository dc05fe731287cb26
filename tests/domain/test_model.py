"""The checkpointed fold equals a naive model that walks tick by tick and forgets nothing."""

from __future__ import annotations

from typing import Any

from builders import gone_of
from domain.engine_strategies import histories, timelines
from domain.naive import NaiveJob
from hypothesis import given, note, settings
from hypothesis import strategies as st

from mockstatus.domain.checkpoint import Checkpoint
from mockstatus.domain.engine import (
    apply,
    begin,
    refuse_circular_place,
    settle,
)
from mockstatus.domain.events import Event, Placed
from mockstatus.domain.position import Position
from mockstatus.domain.timeline import Timeline
from mockstatus.errors import CircularWaitError

AFTERWARDS_US = 50
"""How long a job is watched after the last event."""


def what_the_engine_says(timeline: Timeline, checkpoint: Checkpoint, now_us: int) -> Any:
    where = Position(settle(timeline, checkpoint, now_us), now_us)
    tracks = {
        name: (
            [(v.phase, v.entered_us, v.left_us) for v in track.visits(10_000)],
            track.progress(),
            track.shown,
            track.cancels_at_us,
        )
        for name, track in where.tracks.items()
    }
    return tracks, gone_of(where), where.polls, where.started_us


def what_the_model_says(job: NaiveJob, now_us: int) -> Any:
    seen_us = job.gone[1] if job.gone else now_us
    tracks = {
        name: (
            [tuple(visit) for visit in track.history],
            track.progress(seen_us),
            track.shown,
            track.cancel_at,
        )
        for name, track in job.tracks.items()
    }
    return tracks, job.gone, job.polls, job.started


def without_circles(timeline: Timeline, happened: list[Event]) -> list[Event]:
    """These events without the puts that would be refused."""
    checkpoint, accepted = begin(timeline, 0), []
    for event in happened:
        if isinstance(event, Placed):
            try:
                refuse_circular_place(settle(timeline, checkpoint, event.at_us), event)
            except CircularWaitError:
                continue
        checkpoint = apply(timeline, checkpoint, event)
        accepted.append(event)
    return accepted


@settings(max_examples=3 * settings().max_examples)
@given(st.data())
def test_the_fold_equals_a_model_that_walks_tick_by_tick(data: st.DataObject) -> None:
    timeline = data.draw(timelines())
    happened = data.draw(histories(timeline))
    note(f"{happened}")
    model, checkpoint = NaiveJob(timeline, 0), begin(timeline, 0)
    end_us = (happened[-1].at_us if happened else 0) + AFTERWARDS_US

    for now_us in range(end_us):
        if now_us:
            model.tick(now_us)
        assert what_the_engine_says(timeline, checkpoint, now_us) == what_the_model_says(
            model, now_us
        ), f"before the events at {now_us}"
        for event in (event for event in happened if event.at_us == now_us):
            checkpoint = apply(timeline, checkpoint, event)
            model.happen(event)
            assert what_the_engine_says(timeline, checkpoint, now_us) == what_the_model_says(
                model, now_us
            ), f"after {event}"
