"""Ended or stuck; waits for other tracks and for the start; circles."""

from __future__ import annotations

from typing import Any

import pytest
from builders import (
    T0,
    TASK,
    a_phase,
    a_timeline,
    at,
    broken,
    done,
    gone_of,
    seconds,
    seen,
    state_of,
    waiting,
)

from mockstatus.domain.engine import begin, refuse_circular_place, settle
from mockstatus.domain.events import Placed, Polled, Signalled, Started
from mockstatus.domain.timeline import Ending, Phase, Timeline, UntilStarted
from mockstatus.errors import CircularWaitError

WAITER = (waiting("W", track="other"), done("GONE ON"))
FALLING_BACK = (waiting("W", track="other", failed=broken("FELL BACK")), done("GONE ON"))


@pytest.mark.parametrize("ending", list(Ending))
def test_a_track_has_ended_in_a_state_that_its_service_calls_final(ending: Ending) -> None:
    where = seen(a_timeline(a_phase("A", ending=ending)), now_us=T0)

    assert where.has_ended
    assert where.tracks[TASK].has_ended


def test_a_last_phase_in_another_state_is_stuck_and_not_ended() -> None:
    where = seen(a_timeline(a_phase("A", for_s=1), a_phase("B")), now_us=at(999))

    assert not where.has_ended
    assert not where.tracks[TASK].has_ended


def test_a_job_has_ended_when_every_track_has() -> None:
    timeline = a_timeline(tracks={"one": [done()], "two": [a_phase(for_s=5), broken()]})

    assert not seen(timeline, now_us=at(5) - 1).has_ended
    assert seen(timeline, now_us=at(5)).has_ended


@pytest.mark.parametrize(
    ("waiter", "other", "state"),
    [
        pytest.param(WAITER, [done()], "GONE ON", id="ended well"),
        pytest.param(WAITER, [broken()], "GONE ON", id="ended badly, no fallback"),
        pytest.param(WAITER, [a_phase()], "W", id="not ended"),
        pytest.param(FALLING_BACK, [done()], "GONE ON", id="ended well, with a fallback"),
        pytest.param(FALLING_BACK, [broken()], "FELL BACK", id="ended badly"),
        pytest.param(
            FALLING_BACK, [done(ending=Ending.CANCEL)], "FELL BACK", id="cancelled is badly"
        ),
        pytest.param(
            FALLING_BACK, [done(ending=Ending.EXPIRE)], "FELL BACK", id="expired is badly"
        ),
        pytest.param(FALLING_BACK, [a_phase()], "W", id="not ended, with a fallback"),
    ],
)
def test_a_wait_for_a_track_passes_when_it_has_ended_well_or_badly(
    waiter: tuple[Phase, ...], other: list[Phase], state: str
) -> None:
    timeline = a_timeline(tracks={TASK: waiter, "other": [a_phase(for_s=5), *other]})

    where = seen(timeline, now_us=at(5))

    assert state_of(where) == state
    assert where.tracks[TASK].entered_us == (T0 if state == "W" else at(5))


@pytest.mark.parametrize("waiter", [WAITER, FALLING_BACK])
def test_a_track_that_the_job_lacks_counts_as_ended(waiter: tuple[Phase, ...]) -> None:
    assert state_of(seen(a_timeline(*waiter), now_us=T0)) == "GONE ON"


def test_the_fallback_replaces_all_that_was_left_of_the_track() -> None:
    waiter = (waiting("W", track="other", failed=a_phase("F", for_s=1)), done("GONE ON"))
    timeline = a_timeline(tracks={TASK: waiter, "other": [broken()]})

    where = seen(timeline, now_us=at(99))

    assert state_of(where) == "F", "it stays: nothing follows it"
    assert where.tracks[TASK].following is None


def test_a_wait_passes_at_once_for_a_track_that_has_ended_before() -> None:
    timeline = a_timeline(tracks={TASK: [a_phase(for_s=9), *WAITER], "other": [broken()]})

    where = seen(timeline, now_us=at(9))

    assert state_of(where) == "GONE ON"
    assert [visit.phase.state for visit in where.tracks[TASK].visits(9)] == [
        "WORKING",
        "W",
        "GONE ON",
    ]


def one_after_the_other(number: int) -> Timeline:
    scripts: dict[str, list[Phase]] = {"m0": [a_phase(for_s=1), done()]}
    for place in range(1, number):
        scripts[f"m{place}"] = [waiting(track=f"m{place - 1}"), a_phase(for_s=1), done()]
    # Backwards, so that a search which follows the waits has to go all the way.
    return a_timeline(tracks=dict(reversed(scripts.items())))


def test_tracks_that_start_one_after_the_other_pass_one_instant_on() -> None:
    timeline = one_after_the_other(20)

    assert [seen(timeline, now_us=at(5)).tracks[f"m{place}"].entered_us for place in (4, 5)] == [
        at(5),
        at(5),
    ]
    assert not seen(timeline, now_us=at(20) - 1).has_ended
    assert seen(timeline, now_us=at(20)).has_ended


def test_any_number_of_tracks_may_start_one_after_the_other() -> None:
    assert len(one_after_the_other(3_000).tracks) == 3_000


def test_of_two_waits_for_a_track_that_is_left_at_once_only_one_passes() -> None:
    timeline = a_timeline(
        tracks={
            "waiter": [waiting("W", track="other"), waiting("W2", track="other"), done()],
            "other": [
                a_phase(for_s=0),
                waiting("ENDED", track="absent", ending=Ending.COMPLETE),
                a_phase("ON", for_s=0),
            ],
        }
    )

    assert state_of(seen(timeline, now_us=at(9)), "waiter") == "W2"


def test_a_wait_follows_a_signal_to_the_other_track_at_its_instant() -> None:
    timeline = a_timeline(tracks={TASK: FALLING_BACK, "other": [a_phase()]})

    where = seen(timeline, Signalled(at(3), "fail", "other"), now_us=at(3))

    assert (state_of(where), where.tracks[TASK].entered_us) == ("FELL BACK", at(3))


def test_a_final_state_of_zero_length_is_passed_unseen() -> None:
    brief = [a_phase(for_s=5), done(for_s=0), a_phase("AT WORK AGAIN")]
    timeline = a_timeline(tracks={TASK: WAITER, "other": brief})

    assert state_of(seen(timeline, now_us=at(99))) == "W"


def test_a_final_state_that_the_script_leaves_ends_waits_while_it_lasts() -> None:
    brief = [a_phase(for_s=5), done(for_s=1), a_phase("AT WORK AGAIN")]
    timeline = a_timeline(tracks={TASK: WAITER, "other": brief})

    where = seen(timeline, now_us=at(99))

    assert (state_of(where), where.tracks[TASK].entered_us) == ("GONE ON", at(5))


# Circles.


@pytest.mark.parametrize(
    ("tracks", "circle"),
    [
        pytest.param({"a": ["a"]}, {"a"}, id="itself"),
        pytest.param({"a": ["b"], "b": ["a"]}, {"a", "b"}, id="one another"),
        pytest.param(
            {"x": ["a"], "a": ["b"], "b": ["c"], "c": ["a"], "y": []},
            {"a", "b", "c"},
            id="three, and two that are not in it",
        ),
        pytest.param({"a": ["absent", "b"], "b": ["a"]}, {"a", "b"}, id="a second wait"),
    ],
)
def test_a_circle_of_waits_is_refused_naming_the_tracks(
    tracks: dict[str, list[str]], circle: set[str]
) -> None:
    scripts = {
        name: [*(waiting(track=other) for other in others), done()]
        for name, others in tracks.items()
    }

    with pytest.raises(CircularWaitError) as refused:
        a_timeline(tracks=scripts)

    assert set(refused.value.tracks) == circle
    assert refused.value.tracks[0] == refused.value.tracks[-1]
    for waiter, awaited in zip(refused.value.tracks, refused.value.tracks[1:], strict=False):
        assert awaited in tracks[waiter], "each waits for the one named after it"


def test_a_circle_by_way_of_a_fallback_is_refused() -> None:
    fallback = waiting(track="c", failed=broken())
    with pytest.raises(CircularWaitError):
        a_timeline(
            tracks={
                "a": [waiting(track="b", failed=fallback), done()],
                "b": [broken()],
                "c": [waiting(track="a"), done()],
            }
        )


def test_a_circle_by_way_of_a_final_state_that_is_left_is_refused() -> None:
    with pytest.raises(CircularWaitError):
        a_timeline(
            tracks={
                "a": [done(for_s=5), waiting(track="b"), done()],
                "b": [a_phase(for_s=10), waiting(track="a"), done()],
            }
        )


def test_waits_behind_an_end_that_is_never_left_make_no_circle() -> None:
    timeline = a_timeline(
        tracks={"a": [done(), waiting(track="b")], "b": [waiting(track="a"), done()]}
    )

    assert seen(timeline, now_us=T0).has_ended


def test_a_wait_for_a_track_that_the_job_lacks_makes_no_circle() -> None:
    assert seen(a_timeline(tracks={"a": [waiting(track="absent"), done()]}), now_us=T0).has_ended


@pytest.mark.parametrize(
    ("now_us", "is_refused"),
    [
        pytest.param(T0, True, id="while the other still has its wait ahead"),
        pytest.param(at(5), False, id="once the other has ended"),
    ],
)
def test_a_put_that_would_wait_in_a_circle_is_refused_naming_the_tracks(
    now_us: int, is_refused: bool
) -> None:
    timeline = a_timeline(
        tracks={"a": [a_phase(for_s=5), done()], "b": [a_phase(), waiting(track="a"), done()]}
    )
    put = Placed(now_us, "a", (waiting(track="b"), done()))
    if not is_refused:
        timeline = a_timeline(tracks={"a": [a_phase()], "b": [a_phase(for_s=5), done()]})
    checkpoint = settle(timeline, begin(timeline, T0), now_us)

    if not is_refused:
        refuse_circular_place(checkpoint, put)
        return
    with pytest.raises(CircularWaitError) as refused:
        refuse_circular_place(checkpoint, put)

    assert set(refused.value.tracks) == {"a", "b"}


def test_waits_that_a_track_has_left_behind_make_no_circle_with_a_put() -> None:
    timeline = a_timeline(
        tracks={"a": [a_phase()], "b": [waiting(track="c"), a_phase(), done()], "c": [done()]}
    )
    checkpoint = begin(timeline, T0)

    refuse_circular_place(checkpoint, Placed(T0, "c", (waiting(track="b"), done())))


@pytest.mark.parametrize(
    ("put_s", "goes_on_s"),
    [
        pytest.param(0.5, 1, id="before its first end"),
        pytest.param(1.5, 1.5, id="amid an end that does not last"),
        pytest.param(2.5, 3, id="after that, before the next"),
        pytest.param(4.5, 5, id="after both, before the last"),
    ],
)
@pytest.mark.parametrize("has_been_polled", [False, True])
def test_a_wait_that_is_put_sees_the_next_end_of_a_track_that_nobody_waited_for(
    put_s: float, goes_on_s: float, has_been_polled: bool
) -> None:
    flapping = [a_phase(for_s=1), done(for_s=1)] * 2
    timeline = a_timeline(
        tracks={"other": [*flapping, a_phase(for_s=1), done()], TASK: [waiting()]}
    )
    polls = [Polled(at(put_s))] if has_been_polled else []

    where = seen(timeline, *polls, Placed(at(put_s), TASK, WAITER), now_us=at(9))

    task, other = where.tracks[TASK], where.tracks["other"]
    assert (task.phase.state, task.entered_us) == ("GONE ON", at(goes_on_s))
    assert [visit.entered_us for visit in other.visits(99)] == [at(second) for second in range(6)]


# The start.


def started_job(**changes: Any) -> Any:
    return a_timeline(
        waiting("W", exit=UntilStarted()), a_phase("A", for_s=2), done("D"), **changes
    )


def test_a_phase_that_waits_for_the_start_goes_on_when_the_job_is_started() -> None:
    where = seen(started_job(), Started(at(7)), now_us=at(8))

    assert state_of(seen(started_job(), now_us=at(99))) == "W"
    assert (state_of(where), where.tracks[TASK].entered_us) == ("A", at(7))
    assert where.started_us == at(7)


def test_a_job_is_started_once() -> None:
    where = seen(started_job(), Started(at(1)), Started(at(2)), now_us=at(3))

    assert (state_of(where), where.started_us) == ("D", at(1))


def test_a_wait_for_the_start_passes_at_once_in_a_job_that_was_started_before() -> None:
    again = Placed(at(5), TASK, (waiting("W", exit=UntilStarted()), done("D")))

    where = seen(started_job(), Started(at(1)), again, now_us=at(5))

    assert state_of(where) == "D"


def test_a_job_that_is_not_started_in_time_is_dropped() -> None:
    timeline = started_job(start_within_us=seconds(60))

    assert seen(timeline, now_us=at(60) - 1).gone is None
    where = seen(timeline, now_us=at(60))
    assert gone_of(where) == ("never_started", at(60))
    assert seen(timeline, Started(at(60)), now_us=at(60)).started_us is None, "too late"
    assert seen(timeline, Started(at(60) - 1), Polled(at(61)), now_us=at(99)).gone is None
