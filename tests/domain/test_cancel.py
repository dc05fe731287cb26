"""Cancel: at once, refused, or after a lag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from builders import (
    COMPLETE,
    FAILED,
    REVOKED,
    T0,
    TASK,
    TERMINATED,
    a_phase,
    a_timeline,
    at,
    broken,
    done,
    seconds,
    seen,
    state_of,
    waiting,
)

from mockstatus.domain.engine import apply, begin, next_change_us
from mockstatus.domain.events import Cancelled, Event, Polled, Signalled
from mockstatus.domain.timeline import CancelRule, Ending, Phase, Timeline

LAG = CancelRule(lag_us=seconds(5))


def lagging(*script: Phase, **tracks: Sequence[Phase]) -> Timeline:
    return a_timeline(tracks={TASK: script, **tracks}, cancel=LAG)


def states(timeline: Timeline, *events: Event, at_s: Sequence[float]) -> list[str]:
    return [state_of(seen(timeline, *events, now_us=at(moment))) for moment in at_s]


@pytest.mark.parametrize(
    ("phase", "end"),
    [
        pytest.param(waiting(), REVOKED, id="before the work began"),
        pytest.param(a_phase(), TERMINATED, id="while it is under way"),
    ],
)
def test_a_cancel_ends_the_task_as_its_state_at_the_cancel_decides(
    phase: Phase, end: Phase
) -> None:
    where = seen(a_timeline(phase), Cancelled(at(3)), now_us=at(3))

    assert (where.tracks[TASK].phase, where.tracks[TASK].entered_us) == (end, at(3))


@pytest.mark.parametrize("ended", [done("D"), broken("D")])
@pytest.mark.parametrize("rule", [CancelRule(), LAG])
def test_a_cancel_leaves_alone_what_has_ended(ended: Phase, rule: CancelRule) -> None:
    where = seen(a_timeline(ended, cancel=rule), Cancelled(at(3)), now_us=at(99))

    assert (state_of(where), where.tracks[TASK].entered_us) == ("D", T0)


def test_a_cancel_ends_the_tracks_it_asks_for_and_no_others() -> None:
    timeline = a_timeline(tracks={"one": [a_phase("A")], "two": [a_phase("A")]})

    where = seen(timeline, Cancelled(at(1), frozenset({"one"})), now_us=at(1))

    assert (state_of(where, "one"), state_of(where, "two")) == (TERMINATED.state, "A")


def test_a_refused_cancel_changes_nothing() -> None:
    timeline = a_timeline(
        a_phase("A", for_s=5), done("D"), cancel=CancelRule(is_refused=True, lag_us=1)
    )

    assert states(timeline, Cancelled(at(1)), Signalled(at(1), "cancel"), at_s=(1, 5)) == ["A", "D"]


def test_a_phase_that_waits_for_the_cancel_goes_on_by_its_script() -> None:
    timeline = a_timeline(
        a_phase("A", signal="cancel"), a_phase("CLEANING UP", for_s=2), done("D"), cancel=LAG
    )

    assert states(timeline, Cancelled(at(1)), at_s=(1, 3)) == ["CLEANING UP", "D"]


def test_during_a_lag_a_begun_task_goes_on() -> None:
    timeline = lagging(a_phase("A", for_s=3), a_phase("B", progress=(0, 9), for_s=9), done())

    shown = states(timeline, Cancelled(at(1)), at_s=(1, 3, 6 - 1e-6, 6))

    assert shown == ["A", "B", "B", TERMINATED.state]


def test_during_a_lag_a_waiting_task_does_not_begin() -> None:
    timeline = lagging(waiting("W", for_s=2), a_phase("A", for_s=2), done())

    shown = states(timeline, Cancelled(at(1)), at_s=(1, 2, 6 - 1e-6, 6))

    assert shown == ["W", "W", "W", REVOKED.state]


def test_during_a_lag_a_waiting_task_goes_on_as_far_as_it_still_waits() -> None:
    timeline = lagging(
        waiting("W", for_s=2), waiting("RECEIVED", for_s=1), a_phase("A", for_s=1), done()
    )

    shown = states(timeline, Cancelled(at(1)), at_s=(1, 2, 3, 5.9, 6))

    assert shown == ["W", "RECEIVED", "RECEIVED", "RECEIVED", REVOKED.state]
    visits = seen(timeline, Cancelled(at(1)), now_us=at(6)).tracks[TASK].visits(9)
    assert [(visit.entered_us, visit.left_us) for visit in visits] == [
        (T0, at(2)),
        (at(2), at(6)),
        (at(6), None),
    ]


def test_a_waiting_task_that_is_cancelled_amid_a_run_waits_where_it_is() -> None:
    timeline = lagging(waiting("V", for_s=1), waiting("W", for_s=1), a_phase("A", for_s=1), done())

    where = seen(timeline, Cancelled(at(1.5)), now_us=at(6))

    assert (state_of(where), where.tracks[TASK].entered_us) == ("W", at(1))
    assert where.tracks[TASK].leaves_us is None
    assert where.tracks[TASK].cancels_at_us == at(6.5)


@pytest.mark.parametrize(
    ("exit_", "event"),
    [
        pytest.param({"polls": 2}, Polled(at(2)), id="polls"),
        pytest.param({"signal": "go"}, Signalled(at(2), "go"), id="a signal"),
        pytest.param({"track": "other"}, Signalled(at(2), "complete", "other"), id="a track"),
        pytest.param(
            {"track": "other", "failed": a_phase("F")},
            Signalled(at(2), "fail", "other"),
            id="a track that fails",
        ),
    ],
)
def test_during_a_lag_nothing_else_begins_a_waiting_task_either(
    exit_: dict[str, Any], event: Event
) -> None:
    timeline = lagging(waiting("W", **exit_), a_phase("A"), other=[a_phase()])
    cancel = Cancelled(at(1), frozenset({TASK}))

    shown = states(timeline, cancel, event, event, event, at_s=(2, 6))

    assert shown == ["W", REVOKED.state]


def test_progress_of_a_held_task_still_moves_by_what_ends_its_phase() -> None:
    timeline = lagging(waiting("W", polls=3, progress=(0, 2)), a_phase("A"))
    events = Polled(at(0)), Cancelled(at(1)), Polled(at(2))

    task = seen(timeline, *events, now_us=at(3)).tracks[TASK]

    assert (task.progress(), task.shown, task.following) == (2, 2, a_phase("A"))


@pytest.mark.parametrize(
    "script",
    [
        pytest.param((a_phase("A", for_s=3), done("D")), id="begun"),
        pytest.param((waiting("W", for_s=3), broken("D")), id="waiting"),
        pytest.param((a_phase("A", for_s=6), done("D")), id="at the instant of the cancel"),
        pytest.param(
            (a_phase("A", for_s=3), done("D", for_s=1), done("D", for_s=99)), id="in two steps"
        ),
    ],
)
def test_during_a_lag_a_task_that_ends_first_keeps_its_end(script: tuple[Phase, ...]) -> None:
    where = seen(lagging(*script), Cancelled(at(1)), now_us=at(9))

    assert state_of(where) == "D"
    assert where.tracks[TASK].cancels_at_us is None


@pytest.mark.parametrize(
    ("signal", "script", "state"),
    [
        pytest.param("complete", (waiting("W"), a_phase(), done("D")), "D", id="the script's own"),
        pytest.param("complete", (waiting("W"), a_phase()), COMPLETE.state, id="the default"),
        pytest.param("fail", (a_phase("A"),), FAILED.state, id="begun"),
    ],
)
def test_during_a_lag_a_task_that_a_signal_ends_keeps_that_end(
    signal: str, script: tuple[Phase, ...], state: str
) -> None:
    timeline = lagging(*script)

    assert states(timeline, Cancelled(at(1)), Signalled(at(2), signal), at_s=(2, 99)) == [
        state,
        state,
    ]


def test_during_a_lag_an_end_that_waits_to_be_left_is_an_end_all_the_same() -> None:
    ended = done("D", track="other", failed=a_phase("F"))
    timeline = lagging(a_phase(for_s=2), ended, other=[broken()])

    assert states(timeline, Cancelled(at(1), frozenset({TASK})), at_s=(2, 6)) == ["F", "F"]


def test_a_passing_end_of_zero_length_is_no_end_to_keep() -> None:
    timeline = lagging(a_phase(for_s=2), done(for_s=0), a_phase("AGAIN", for_s=99), done())

    assert states(timeline, Cancelled(at(1)), at_s=(2, 6)) == ["AGAIN", TERMINATED.state]


def test_the_state_at_the_cancel_decides_between_revoked_and_terminated() -> None:
    back_to_waiting = lagging(a_phase("A", for_s=2), waiting("RETRY", for_s=9), a_phase("B"))

    shown = states(back_to_waiting, Cancelled(at(1)), at_s=(1, 3, 6))

    assert shown == ["A", "RETRY", TERMINATED.state]


@pytest.mark.parametrize("script", [(waiting("W"),), (a_phase("A"),)])
def test_a_second_cancel_during_a_lag_changes_nothing(script: tuple[Phase, ...]) -> None:
    timeline = lagging(*script)
    one, two = Cancelled(at(1)), Cancelled(at(4))

    once, twice = seen(timeline, one, now_us=at(7)), seen(timeline, one, two, now_us=at(7))

    assert once.tracks[TASK].visits(9) == twice.tracks[TASK].visits(9)
    assert once.tracks[TASK].entered_us == at(6)


def test_a_lagging_cancel_is_known_as_the_next_change() -> None:
    timeline = lagging(waiting("W", for_s=2), a_phase("A"))
    checkpoint = apply(timeline, begin(timeline, T0), Cancelled(at(1)))

    assert next_change_us(timeline, checkpoint, at(1)) == at(6)


@pytest.mark.parametrize(
    ("fallback", "shown"),
    [
        pytest.param(waiting("STILL WAITING"), ["STILL WAITING", REVOKED.state], id="waiting"),
        pytest.param(broken("FELL"), ["FELL", "FELL"], id="ended"),
        pytest.param(a_phase("BEGUN"), ["W", REVOKED.state], id="begun"),
        pytest.param(
            a_phase("DONE", ending=Ending.COMPLETE), ["W", REVOKED.state], id="begun and ended"
        ),
    ],
)
def test_during_a_lag_a_waiting_task_may_fall_back_without_beginning(
    fallback: Phase, shown: list[str]
) -> None:
    timeline = lagging(
        waiting("W", track="other", failed=fallback), a_phase("A"), other=[a_phase()]
    )
    events = Cancelled(at(1), frozenset({TASK})), Signalled(at(2), "fail", "other")

    assert states(timeline, *events, at_s=(2, 6)) == shown


def test_during_a_lag_a_begun_task_falls_back_and_is_cancelled_all_the_same() -> None:
    timeline = lagging(a_phase("A", track="other", failed=a_phase("F")), done(), other=[a_phase()])
    events = Cancelled(at(1), frozenset({TASK})), Signalled(at(2), "fail", "other")

    assert states(timeline, *events, at_s=(2, 6)) == ["F", TERMINATED.state]
