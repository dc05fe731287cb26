"""The engine's laws, each a property over small random timelines and what may happen to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from builders import DEFAULTS, a_timeline
from domain.engine_strategies import (
    ABSENT,
    ALL_KINDS,
    TRACKS,
    cancel_rules,
    counted_exits,
    histories,
    phases,
    scripts,
    timed_exits,
    timelines,
    wait_exits,
)
from hypothesis import assume, given
from hypothesis import strategies as st

from mockstatus.domain.checkpoint import Checkpoint
from mockstatus.domain.engine import (
    apply,
    begin,
    next_change_us,
    position,
    refuse_circular_place,
    settle,
)
from mockstatus.domain.events import (
    Cancelled,
    Deleted,
    Event,
    Placed,
    Polled,
    Rescheduled,
    Signalled,
    Submitted,
)
from mockstatus.domain.position import Position, TrackPosition
from mockstatus.domain.timeline import (
    AfterPolls,
    CancelRule,
    Ending,
    Expiry,
    Phase,
    Timeline,
    Track,
    UntilTrack,
)
from mockstatus.errors import CircularWaitError

EVERYTHING = 10_000
"""More visits than any of these jobs makes."""

NO_PUTS = tuple(kind for kind in ALL_KINDS if kind is not Placed)

gaps = st.integers(0, 12)


def visits(track: TrackPosition) -> list[tuple[Phase, int, int | None]]:
    return [(visit.phase, visit.entered_us, visit.left_us) for visit in track.visits(EVERYTHING)]


def all_of(where: Position) -> Any:
    """All that can be seen of a job."""
    tracks = {
        name: (visits(track), track.progress(), track.shown, track.cancels_at_us)
        for name, track in where.tracks.items()
    }
    return tracks, where.gone, where.polls, where.started_us, where.expires_us


def folded(timeline: Timeline, events: list[Event]) -> Checkpoint:
    checkpoint = begin(timeline, 0)
    for event in events:
        checkpoint = apply(timeline, checkpoint, event)
    return checkpoint


def last_us(events: Sequence[Event]) -> int:
    return events[-1].at_us if events else 0


@given(st.data())
def test_looking_never_ages_a_job(data: st.DataObject) -> None:
    timeline = data.draw(timelines())
    events = data.draw(histories(timeline))
    looks = data.draw(st.lists(st.integers(0, last_us(events) + 30)))
    now_us = last_us(events) + data.draw(st.integers(0, 40))
    looked_at = begin(timeline, 0)
    for moment in sorted({*looks, *(event.at_us for event in events)}):
        if moment <= now_us:
            # Kept: were a look to change anything, what comes after it would differ.
            looked_at = settle(timeline, looked_at, moment)
        for event in (event for event in events if event.at_us == moment):
            looked_at = apply(timeline, looked_at, event)

    unseen = position(timeline, [Submitted(0), *events], now_us)

    assert all_of(Position(settle(timeline, looked_at, now_us), now_us)) == all_of(unseen)


@given(
    st.lists(phases(timed_exits), min_size=1, max_size=8),
    st.lists(gaps, max_size=8),
    st.none() | st.builds(Expiry, gaps),
    gaps,
)
def test_the_position_does_not_depend_on_who_looked_at_timed_phases(
    script: list[Phase], moments: list[int], expiry: Expiry | None, later_us: int
) -> None:
    timeline = a_timeline(*script, expiry=expiry)
    polls = [Polled(moment) for moment in sorted(moments)]
    now_us = last_us(polls) + later_us

    polled, _, *rest = all_of(position(timeline, [Submitted(0), *polls], now_us))
    unseen, _, *others = all_of(position(timeline, [Submitted(0)], now_us))

    assert polled == unseen
    assert rest[1:] == others[1:], "all but the number of polls"


@given(
    counts=st.lists(st.integers(1, 5), min_size=1, max_size=5),
    steps=st.lists(st.tuples(gaps, st.sampled_from(["poll", "look", "other", "signal"]))),
)
def test_a_counted_phase_shows_exactly_its_count_whatever_the_interleaving(
    counts: list[int], steps: list[tuple[int, str]]
) -> None:
    script = [Phase(state=f"{n}", exit=AfterPolls(count)) for n, count in enumerate(counts)]
    timeline = a_timeline(tracks={"one": [*script, Phase(state="end")], "other": script})
    checkpoint, now_us, shown = begin(timeline, 0), 0, []
    for gap, step in [*steps, *[(1, "poll")] * (sum(counts) + 1)]:
        now_us += gap
        match step:
            case "poll":
                checkpoint = settle(timeline, checkpoint, now_us)
                shown.append(Position(checkpoint, now_us).tracks["one"].phase.state)
                checkpoint = apply(timeline, checkpoint, Polled(now_us, frozenset({"one"})))
            case "other":
                checkpoint = apply(timeline, checkpoint, Polled(now_us, frozenset({"other"})))
            case "signal":
                checkpoint = apply(timeline, checkpoint, Signalled(now_us, "unheard"))
            case _:
                checkpoint = settle(timeline, checkpoint, now_us)

    expected = [
        phase.state for phase, count in zip(script, counts, strict=True) for _ in range(count)
    ]
    assert shown[: len(expected)] == expected
    assert set(shown[len(expected) :]) == {"end"}


@given(st.data())
def test_time_never_shows_an_earlier_phase_after_a_later_one(data: st.DataObject) -> None:
    script = [replace(phase, payload=place) for place, phase in enumerate(data.draw(scripts()))]
    timeline = a_timeline(tracks={"a": script}, cancel=data.draw(cancel_rules))
    events = data.draw(histories(timeline, kinds=NO_PUTS))

    where = position(timeline, [Submitted(0), *events], last_us(events) + 30)

    # Phases that a signal or a cancel brings are in no script and come last.
    shown = [phase for phase, _, _ in visits(where.tracks["a"])]
    places = [script.index(phase) if phase in script else len(script) for phase in shown]
    assert places == sorted(set(places))


@given(st.data())
def test_what_was_once_shown_stays_in_the_history(data: st.DataObject) -> None:
    timeline = data.draw(timelines())
    events = data.draw(histories(timeline))
    before: dict[str, list[Any]] = {}

    for number in range(len(events) + 1):
        now_us = last_us(events[:number])
        now = all_of(position(timeline, [Submitted(0), *events[:number]], now_us))[0]
        for name, (was, *_) in before.items():
            became = now[name][0]
            assert became[: len(was) - 1] == was[:-1], "what was left"
            assert became[len(was) - 1][:2] == was[-1][:2], "what it was in"
        before = now


@given(st.data())
def test_final_phases_absorb(data: st.DataObject) -> None:
    timeline = data.draw(timelines())
    events = data.draw(histories(timeline, kinds=NO_PUTS))
    checkpoint = begin(timeline, 0)
    ended: dict[str, object] = {}

    for event in [*events, Polled(last_us(events) + 100)]:
        checkpoint = apply(timeline, checkpoint, event)
        for name, track in Position(checkpoint, event.at_us).tracks.items():
            assert ended.get(name, visits(track)) == visits(track)
            if track.has_ended and is_left_by_nothing(track):
                ended[name] = visits(track)


def is_left_by_nothing(track: TrackPosition) -> bool:
    """Whether its script says no more of it: a final phase may be left, for another as a rule."""
    may_fall_back = isinstance(track.phase.exit, UntilTrack) and track.phase.exit.failed
    return track.following is None and not may_fall_back


@given(st.data())
def test_deletion_and_expiry_are_final(data: st.DataObject) -> None:
    timeline = data.draw(timelines())
    events = data.draw(histories(timeline))
    checkpoint = folded(timeline, events)
    if checkpoint.gone is None:
        checkpoint = apply(timeline, checkpoint, Deleted(last_us(events)))
    gone = all_of(Position(checkpoint, last_us(events)))

    for event in data.draw(histories(timeline)):
        late = replace(event, at_us=last_us(events) + event.at_us)
        checkpoint = apply(timeline, checkpoint, late)
        assert all_of(Position(checkpoint, late.at_us)) == gone
        assert next_change_us(timeline, checkpoint, late.at_us) is None


resolving = st.tuples(
    st.lists(
        phases(st.one_of(timed_exits, counted_exits, wait_exits((*TRACKS, ABSENT)))), max_size=4
    ),
    st.just(Phase(state="end", ending=Ending.COMPLETE)),
).map(lambda parts: [*map(falling_back_on_an_end, parts[0]), parts[1]])


def falling_back_on_an_end(phase: Phase) -> Phase:
    """The same phase; what it falls back on ends, or waits before it does."""
    if not isinstance(phase.exit, UntilTrack) or phase.exit.failed is None:
        return phase
    failed = falling_back_on_an_end(phase.exit.failed)
    if not isinstance(failed.exit, UntilTrack) or failed.exit.failed is None:
        failed = replace(failed, ending=Ending.FAIL)
    return replace(phase, exit=replace(phase.exit, failed=failed))


@given(scripts=st.fixed_dictionaries(dict.fromkeys(TRACKS, resolving)), data=st.data())
def test_waits_between_tracks_resolve_or_are_refused(
    scripts: dict[str, list[Phase]], data: st.DataObject
) -> None:
    try:
        timeline = a_timeline(tracks=scripts)
    except CircularWaitError as error:
        for waiter, awaited in zip(error.tracks, error.tracks[1:], strict=False):
            assert waits_for(scripts[waiter], awaited)
        return
    checkpoint = begin(timeline, 0)
    for name, script in data.draw(
        st.lists(st.tuples(st.sampled_from(TRACKS), resolving), max_size=2)
    ):
        put = Placed(5, name, tuple(script))
        checkpoint = settle(timeline, checkpoint, 5)
        try:
            refuse_circular_place(checkpoint, put)
        except CircularWaitError:
            continue
        checkpoint = apply(timeline, checkpoint, put)

    for moment in range(100):
        checkpoint = apply(timeline, checkpoint, Polled(10 + moment))

    for name, track in Position(checkpoint, 200).tracks.items():
        # What it fell back on may wait for a track that ended well, and has nothing to go on to.
        stuck = isinstance(track.phase.exit, UntilTrack) and track.following is None
        assert track.has_ended or stuck, name


def waits_for(script: list[Phase], awaited: str) -> bool:
    exits = [phase.exit for phase in script if isinstance(phase.exit, UntilTrack)]
    return any(
        exit_.track == awaited or (exit_.failed and waits_for([exit_.failed], awaited))
        for exit_ in exits
    )


@given(st.data())
def test_equal_scripts_and_events_give_equal_histories(data: st.DataObject) -> None:
    timeline = data.draw(timelines())
    events = [Submitted(0), *data.draw(histories(timeline))]
    now_us = events[-1].at_us + data.draw(gaps)
    rebuilt = replace(
        timeline, tracks={name: Track(track.phases) for name, track in timeline.tracks.items()}
    )

    assert all_of(position(timeline, events, now_us)) == all_of(position(rebuilt, events, now_us))


@given(st.data())
def test_the_next_change_is_the_first_instant_at_which_the_position_moves_by_itself(
    data: st.DataObject,
) -> None:
    timeline = data.draw(timelines())
    events = data.draw(histories(timeline))
    now_us = last_us(events) + data.draw(gaps)
    checkpoint = folded(timeline, events)

    def stands(moment: int) -> Any:
        where = Position(settle(timeline, checkpoint, moment), moment)
        return {name: visits(track) for name, track in where.tracks.items()}, where.gone

    change_us = next_change_us(timeline, checkpoint, now_us)

    quiet_until_us = now_us + 200 if change_us is None else change_us
    assert quiet_until_us > now_us
    assert all(stands(moment) == stands(now_us) for moment in range(now_us, quiet_until_us))
    if change_us is not None:
        assert stands(change_us) != stands(now_us)


@given(st.data())
def test_a_job_without_waits_moves_as_its_tracks_would_alone(data: st.DataObject) -> None:
    both = {name: data.draw(scripts()) for name in ("a", "b")}
    rule = data.draw(st.builds(CancelRule, lag_us=gaps))
    together = Timeline(
        tracks={name: Track(script) for name, script in both.items()},
        defaults=DEFAULTS,
        cancel=rule,
    )
    alone = replace(together, tracks={"a": together.tracks["a"]})
    events = data.draw(histories(alone, kinds=(Polled, Cancelled)))
    assume(events)

    beside = position(together, [Submitted(0), *events], last_us(events) + 20)

    lone = position(alone, [Submitted(0), *events], last_us(events) + 20)
    assert visits(beside.tracks["a"]) == visits(lone.tracks["a"])


@given(timelines(), st.integers(0, 1 << 50), st.data())
def test_when_a_job_is_submitted_shifts_all_that_happens_to_it_and_changes_nothing_else(
    timeline: Timeline, later_us: int, data: st.DataObject
) -> None:
    happened = data.draw(histories(timeline))
    now_us = (happened[-1].at_us if happened else 0) + data.draw(st.integers(0, 40))

    def history(by_us: int) -> object:
        events = [replace(event, at_us=event.at_us + by_us) for event in happened]
        moved = [
            replace(event, expires_us=event.expires_us + by_us)
            if isinstance(event, Rescheduled)
            else event
            for event in events
        ]
        seen = position(timeline, [Submitted(by_us), *moved], now_us + by_us)
        return (
            {
                name: [
                    (
                        v.phase,
                        v.entered_us - by_us,
                        None if v.left_us is None else v.left_us - by_us,
                    )
                    for v in track.visits(1000)
                ]
                for name, track in seen.tracks.items()
            },
            seen.submitted_us - by_us,
            None if seen.expires_us is None else seen.expires_us - by_us,
            None if seen.gone is None else (seen.gone.why, seen.gone.at_us - by_us),
        )

    assert history(later_us) == history(0)
