"""Timed phases: when they are over, how progress moves in them, and phases of no length."""

from __future__ import annotations

import pytest
from builders import T0, TASK, a_phase, a_timeline, at, done, seconds, seen, state_of

from mockstatus.domain.engine import begin, position, settle
from mockstatus.domain.events import Polled, Signalled, Submitted
from mockstatus.domain.position import Position
from mockstatus.domain.timeline import After, Phase, Stay, Track

STORY = (a_phase("A", for_s=2), a_phase("B", for_s=1), a_phase("C", for_s=0), done("D"))


@pytest.mark.parametrize(
    ("now_us", "state", "entered_us"),
    [
        pytest.param(T0, "A", T0, id="at its submission"),
        pytest.param(at(2) - 1, "A", T0, id="just before its end"),
        pytest.param(at(2), "B", at(2), id="exactly at its end it is over"),
        pytest.param(at(3), "D", at(3), id="a phase of zero length is passed"),
        pytest.param(at(99), "D", at(3), id="long after"),
    ],
)
def test_a_timed_phase_is_over_at_exactly_its_entry_plus_its_length(
    now_us: int, state: str, entered_us: int
) -> None:
    where = seen(a_timeline(*STORY), now_us=now_us)

    assert (state_of(where), where.tracks[TASK].entered_us) == (state, entered_us)


def test_a_timed_phase_ends_at_its_own_end_and_not_when_somebody_looks() -> None:
    timeline = a_timeline(*STORY)
    polls = [Polled(at(moment)) for moment in (0, 0.5, 2.5, 2.9, 7, 8)]

    assert seen(timeline, *polls, now_us=at(9)).tracks[TASK].visits(9) == seen(
        timeline, now_us=at(9)
    ).tracks[TASK].visits(9)


def test_phases_of_zero_length_are_passed_but_stay_in_the_history() -> None:
    visits = seen(a_timeline(*STORY), now_us=at(9)).tracks[TASK].visits(9)

    assert [(visit.phase.state, visit.entered_us, visit.left_us) for visit in visits] == [
        ("A", T0, at(2)),
        ("B", at(2), at(3)),
        ("C", at(3), at(3)),
        ("D", at(3), None),
    ]


def test_a_script_of_phases_of_zero_length_is_passed_at_once() -> None:
    timeline = a_timeline(a_phase("A", for_s=0), done("B", for_s=0), a_phase("C", for_s=0))

    where = seen(timeline, now_us=T0)

    assert state_of(where) == "C"
    assert [visit.phase.state for visit in where.tracks[TASK].visits(9)] == ["A", "B", "C"]


def test_every_field_derives_from_the_script_also_where_the_first_look_comes_after_the_end() -> (
    None
):
    timeline = a_timeline(
        a_phase("A", for_s=2), a_phase("B", for_s=1), a_phase("C", for_s=4), done("D")
    )

    visits = seen(timeline, now_us=at(1000)).tracks[TASK].visits(9)

    assert [visit.entered_us for visit in visits] == [T0, at(2), at(3), at(7)]


@pytest.mark.parametrize(
    ("elapsed_s", "progress", "expected"),
    [
        pytest.param(0, (0, 100), 0, id="at its entry"),
        pytest.param(5, (0, 100), 25, id="a quarter"),
        pytest.param(19.99, (0, 100), 99, id="not ahead of time"),
        pytest.param(5, (100, 0), 75, id="downward"),
        pytest.param(10, (-4, 4), 0, id="from below zero"),
        pytest.param(10, (40, 40), 40, id="nowhere to go"),
    ],
)
def test_in_a_timed_phase_progress_moves_with_time(
    elapsed_s: float, progress: tuple[int, int], expected: int
) -> None:
    timeline = a_timeline(a_phase("A", for_s=20, progress=progress), done("B"))

    assert seen(timeline, now_us=at(elapsed_s)).tracks[TASK].progress() == expected


def test_in_a_timed_phase_progress_does_not_move_with_polls() -> None:
    timeline = a_timeline(a_phase("A", for_s=20, progress=(0, 100)), done("B"))

    assert seen(timeline, *[Polled(at(1))] * 9, now_us=at(5)).tracks[TASK].progress() == 25


@pytest.mark.parametrize(
    "phase",
    [
        pytest.param(a_phase(progress=(3, 9)), id="stays"),
        pytest.param(a_phase(progress=(3, 9), signal="go"), id="waits for a signal"),
        pytest.param(a_phase(progress=(3, 9), track="other"), id="waits for a track"),
    ],
)
def test_in_any_other_phase_progress_stays_at_its_beginning(phase: Phase) -> None:
    timeline = a_timeline(tracks={TASK: [phase, done()], "other": [a_phase()]})

    where = seen(timeline, *[Polled(at(1))] * 9, now_us=at(1_000))

    assert where.tracks[TASK].progress() == 3


def test_a_phase_without_progress_has_none() -> None:
    assert seen(a_timeline(a_phase()), now_us=T0).tracks[TASK].progress() is None


def test_a_timed_last_phase_is_stuck_with_its_progress_at_the_end() -> None:
    where = seen(a_timeline(a_phase("A", for_s=10, progress=(0, 99))), now_us=at(60))

    assert (state_of(where), where.tracks[TASK].progress()) == ("A", 99)
    assert where.tracks[TASK].leaves_us is None
    assert not where.has_ended


def test_a_script_may_begin_in_any_state() -> None:
    assert state_of(seen(a_timeline(done("Z")), now_us=T0)) == "Z"


def test_a_phase_tells_when_the_clock_alone_ends_it_and_what_follows() -> None:
    timeline = a_timeline(a_phase("A", for_s=2), done("B"))

    task = seen(timeline, now_us=at(1)).tracks[TASK]
    last = seen(timeline, now_us=at(2)).tracks[TASK]

    assert (task.leaves_us, task.following) == (at(2), done("B"))
    assert (last.leaves_us, last.following) == (None, None)


def test_looking_between_changes_nothing() -> None:
    timeline = a_timeline(*STORY)
    checkpoint = begin(timeline, T0)

    for moment in (0, 1, 2, 2.5, 3, 10):
        kept = settle(timeline, checkpoint, at(moment))
        afresh = settle(timeline, begin(timeline, T0), at(moment))
        assert Position(kept, at(moment)).tracks[TASK].visits(9) == (
            Position(afresh, at(moment)).tracks[TASK].visits(9)
        )
        checkpoint = kept


def test_spans_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot last -1"):
        After(-1)


def test_a_track_has_at_least_one_phase() -> None:
    with pytest.raises(ValueError, match="at least one phase"):
        Track(())


def test_a_job_begins_with_its_submission_and_is_submitted_once() -> None:
    with pytest.raises(ValueError, match="begins with Submitted"):
        position(a_timeline(), [Signalled(T0, "go")], T0)
    with pytest.raises(ValueError, match="submitted once"):
        seen(a_timeline(), Submitted(at(1)), now_us=at(1))


def test_a_phase_that_stays_never_ends_by_itself() -> None:
    timeline = a_timeline(a_phase("A", exit=Stay()), done("B"))

    where = seen(timeline, *[Polled(at(1))] * 99, now_us=at(10**9))

    assert state_of(where) == "A"
    assert where.tracks[TASK].entered_us == T0
    assert where.submitted_us == T0
    assert where.at_us == T0 + seconds(10**9)
