"""Polls: what they count, and what the poll that reaches a count is shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from builders import T0, TASK, a_phase, a_timeline, at, done, seen, state_of

from mockstatus.domain.engine import apply, begin
from mockstatus.domain.events import Cancelled, Event, Polled, Signalled
from mockstatus.domain.position import Position, TrackPosition
from mockstatus.domain.timeline import AfterPolls, Timeline


def state(track: TrackPosition) -> str:
    return track.phase.state


def shown_by_polls(
    timeline: Timeline, number: int, field: Callable[[TrackPosition], object] = state
) -> list[object]:
    """What each of so many polls is shown: the position just before the poll is counted."""
    checkpoint, shown = begin(timeline, T0), []
    for poll in range(1, number + 1):
        shown.append(field(Position(checkpoint, at(poll)).tracks[TASK]))
        checkpoint = apply(timeline, checkpoint, Polled(at(poll)))
    return shown


def test_a_counted_phase_is_shown_to_exactly_its_count_of_polls() -> None:
    timeline = a_timeline(a_phase("A", polls=3), a_phase("B", polls=1), a_phase("C"))

    assert shown_by_polls(timeline, 6) == ["A", "A", "A", "B", "C", "C"]


def test_the_poll_that_reaches_the_count_shows_the_old_phase_and_a_look_right_after_the_next() -> (
    None
):
    timeline = a_timeline(a_phase("A", polls=2), a_phase("B"))

    before = seen(timeline, Polled(at(1)), now_us=at(2))
    right_after = seen(timeline, Polled(at(1)), Polled(at(2)), now_us=at(2))

    assert state_of(before) == "A"
    assert state_of(right_after) == "B"
    assert right_after.tracks[TASK].entered_us == at(2), "entered at that poll's instant"


def test_a_timed_phase_after_a_counted_one_runs_from_the_poll_that_reached_the_count() -> None:
    timeline = a_timeline(a_phase("A", polls=1), a_phase("B", for_s=10), done("C"))
    poll = Polled(at(5))

    assert state_of(seen(timeline, poll, now_us=at(15) - 1)) == "B"
    assert state_of(seen(timeline, poll, now_us=at(15))) == "C"


def test_polls_in_phases_that_polls_do_not_end_count_for_the_job_but_move_nothing() -> None:
    timeline = a_timeline(a_phase("A", for_s=10), a_phase("B", polls=2), done("C"))
    early = [Polled(at(1))] * 5

    where = seen(timeline, *early, Polled(at(10)), now_us=at(20))

    assert state_of(where) == "B"
    assert where.tracks[TASK].shown == 1
    assert where.polls == 6


def test_a_poll_counts_once_for_each_track_it_asked_about() -> None:
    counted = (a_phase("A", polls=2), done("B"))
    timeline = a_timeline(tracks={"one": counted, "two": counted, "three": counted})
    polls = Polled(at(1), frozenset({"one", "two"})), Polled(at(2), frozenset({"two", "three"}))

    where = seen(timeline, *polls, now_us=at(3))

    assert {name: track.phase.state for name, track in where.tracks.items()} == {
        "one": "A",
        "two": "B",
        "three": "A",
    }
    assert where.polls == 2, "two status calls"


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(Cancelled(at(1), frozenset()), id="a cancel of no track"),
        pytest.param(Signalled(at(1), "unheard of"), id="a signal that nothing waits for"),
    ],
)
def test_only_polls_count(event: Event) -> None:
    timeline = a_timeline(a_phase("A", polls=1), done("B"))

    where = seen(timeline, event, event, now_us=at(2))

    assert (state_of(where), where.polls, where.tracks[TASK].shown) == ("A", 0, 0)


def test_a_counted_last_phase_is_shown_for_ever() -> None:
    timeline = a_timeline(a_phase("A", polls=2, progress=(0, 10)))

    assert shown_by_polls(timeline, 4) == ["A"] * 4
    assert shown_by_polls(timeline, 4, lambda track: track.progress()) == [0, 10, 10, 10]


def test_two_polls_at_one_instant_are_two_polls() -> None:
    timeline = a_timeline(a_phase("A", polls=1), a_phase("B", polls=1), done("C"))

    assert state_of(seen(timeline, Polled(at(1)), Polled(at(1)), now_us=at(1))) == "C"


@pytest.mark.parametrize(
    ("polls", "progress", "expected"),
    [
        pytest.param(5, (0, 100), [0, 25, 50, 75, 100], id="first shows from, last to"),
        pytest.param(2, (0, 100), [0, 100], id="two polls"),
        pytest.param(1, (7, 100), [7], id="with polls: 1, from"),
        pytest.param(3, (10, 0), [10, 5, 0], id="downward"),
        pytest.param(4, (0, 10), [0, 3, 6, 10], id="whole numbers, never ahead"),
    ],
)
def test_in_a_counted_phase_progress_moves_with_polls(
    polls: int, progress: tuple[int, int], expected: list[int]
) -> None:
    timeline = a_timeline(a_phase("A", polls=polls, progress=progress), done())

    assert shown_by_polls(timeline, polls, lambda track: track.progress()) == expected


def test_in_a_counted_phase_progress_does_not_move_with_time() -> None:
    timeline = a_timeline(a_phase("A", polls=2, progress=(0, 100)), done())

    assert seen(timeline, now_us=at(1_000_000)).tracks[TASK].progress() == 0


def test_a_phase_cannot_be_shown_less_than_once() -> None:
    with pytest.raises(ValueError, match="cannot be shown 0 times"):
        AfterPolls(0)
