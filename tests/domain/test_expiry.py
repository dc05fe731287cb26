"""Expiry and deletion: when, in which order, and that they are final."""

from __future__ import annotations

from typing import Any

import pytest
from builders import (
    REVOKED,
    T0,
    TASK,
    TERMINATED,
    a_phase,
    a_timeline,
    at,
    done,
    gone_of,
    seconds,
    seen,
    state_of,
    waiting,
)

from mockstatus.domain.events import (
    Cancelled,
    Deleted,
    Event,
    Placed,
    Polled,
    Rescheduled,
    Signalled,
    Started,
)
from mockstatus.domain.timeline import CancelRule, Expiry, Phase

IDLE = Expiry(seconds(10), is_idle=True)
FIXED = Expiry(seconds(10))
NEVER = 10**9


def expires_at(*phases: Phase, events: tuple[Event, ...] = (), **changes: Any) -> float | None:
    """When the job expires, in seconds after T0; None if it does not."""
    where = seen(a_timeline(*phases, **changes), *events, now_us=at(NEVER))
    if where.gone is None:
        return None
    assert where.gone.why == "expired"
    return (where.gone.at_us - T0) / seconds(1)


def test_without_expires_a_job_never_expires() -> None:
    assert expires_at(a_phase()) is None


@pytest.mark.parametrize(
    ("phases", "events", "expected"),
    [
        pytest.param([a_phase()], [], 10, id="from the submission"),
        pytest.param([a_phase()], [Polled(at(4))], 14, id="from the last status call"),
        pytest.param([a_phase()], [Polled(at(4), frozenset())], 14, id="whatever it asked about"),
        pytest.param([done()], [Cancelled(at(4))], 14, id="from the last cancel call"),
        pytest.param([a_phase(for_s=7), done()], [], 17, id="from the entry of the phase"),
        pytest.param([a_phase(for_s=7), done()], [Polled(at(8))], 18, id="from the latest of them"),
        pytest.param(
            [a_phase(for_s=30, progress=(0, 6)), done()], [], 40, id="progress keeps it alive"
        ),
        pytest.param([a_phase(for_s=30, progress=(0, 2)), done()], [], 10, id="steps too rare"),
        pytest.param(
            [a_phase(for_s=30, progress=(0, 3)), done()], [], 40, id="a step at the very limit"
        ),
        pytest.param(
            [a_phase(for_s=30, progress=(0, 1)), done()], [Polled(at(9))], 19, id="one late step"
        ),
        pytest.param(
            [a_phase(for_s=8, progress=(0, 8))], [], 18, id="the last step of a stuck phase"
        ),
        pytest.param([a_phase(for_s=30, progress=(4, 4)), done()], [], 10, id="no steps at all"),
        pytest.param(
            [a_phase(for_s=9), a_phase(for_s=9), a_phase(for_s=11), done()],
            [],
            28,
            id="the first phase that is too long",
        ),
        pytest.param([a_phase(for_s=10), done()], [], 20, id="its own end at the limit goes first"),
        pytest.param([a_phase(for_s=10.1), done()], [], 10, id="its own end is too late"),
        pytest.param([a_phase()], [Signalled(at(4), "go")], 10, id="a signal is no use"),
        pytest.param([a_phase()], [Started(at(4))], 10, id="a start is no status or cancel call"),
        pytest.param([a_phase()], [Placed(at(4), TASK, (done(),))], 14, id="a put is an entry"),
        pytest.param([a_phase()], [Polled(at(9)), Polled(at(18))], 28, id="one use after another"),
    ],
)
def test_idle_time_runs_from_the_latest_use(
    phases: list[Phase], events: list[Event], expected: float
) -> None:
    assert expires_at(*phases, events=tuple(events), expiry=IDLE) == expected


def test_a_pending_task_does_not_expire() -> None:
    pending = waiting(can_expire=False)

    assert expires_at(pending, expiry=IDLE) is None
    assert expires_at(pending, expiry=FIXED) is None


@pytest.mark.parametrize(
    ("phases", "idle", "fixed"),
    [
        pytest.param([waiting(can_expire=False, for_s=50), done()], 60, 50, id="once pending"),
        pytest.param(
            [*[waiting(can_expire=False, for_s=50)] * 3, done()], 160, 150, id="pending thrice"
        ),
        pytest.param(
            [a_phase(for_s=4), waiting(can_expire=False, for_s=50), a_phase(for_s=3), done()],
            67,
            54,
            id="pending in between",
        ),
        pytest.param(
            [waiting(can_expire=False, for_s=50), waiting(can_expire=False)],
            None,
            None,
            id="pending for ever",
        ),
        pytest.param(
            [waiting(can_expire=False, for_s=50), waiting(can_expire=False, for_s=9)],
            None,
            None,
            id="stuck in pending",
        ),
    ],
)
def test_a_task_that_was_pending_expires_once_it_is_not(
    phases: list[Phase], idle: float | None, fixed: float | None
) -> None:
    assert expires_at(*phases, expiry=IDLE) == idle
    assert expires_at(*phases, expiry=FIXED) == fixed


def test_the_uses_of_every_track_keep_the_job_from_expiring() -> None:
    timeline = a_timeline(
        tracks={
            "long": [a_phase(for_s=14), a_phase(for_s=14), done()],
            "other": [a_phase(for_s=7), a_phase(for_s=14), a_phase(for_s=14), done()],
        },
        expiry=IDLE,
    )

    assert gone_of(seen(timeline, now_us=at(NEVER))) == ("expired", at(45))


def test_one_track_that_cannot_expire_keeps_the_whole_job() -> None:
    kept = {"pending": [waiting(can_expire=False, for_s=99), done()], "ended": [done()]}

    assert gone_of(seen(a_timeline(tracks=kept, expiry=IDLE), now_us=at(108))) is None
    assert gone_of(seen(a_timeline(tracks=kept, expiry=FIXED), now_us=at(NEVER))) == (
        "expired",
        at(99),
    )


def test_a_job_without_tracks_expires_as_any_other() -> None:
    assert expires_at(tracks={}, expiry=IDLE) == 10
    assert expires_at(tracks={}, expiry=FIXED) == 10


def test_without_idle_the_limit_counts_from_the_submission() -> None:
    uses = Polled(at(3)), Cancelled(at(9))

    assert expires_at(a_phase(for_s=7), done(), events=uses, expiry=FIXED) == 10


@pytest.mark.parametrize("expiry", [IDLE, FIXED])
@pytest.mark.parametrize("call", [Polled, Cancelled])
def test_the_call_at_or_after_the_limit_sees_the_expiry_and_does_not_revive_the_job(
    call: type, expiry: Expiry
) -> None:
    timeline = a_timeline(a_phase("A"), expiry=expiry)

    for late in (at(10), at(11)):
        where = seen(timeline, call(late), now_us=late)
        assert gone_of(where) == ("expired", at(10))
        assert (state_of(where), where.polls) == ("A", 0)
    assert gone_of(seen(timeline, now_us=at(10) - 1)) is None


@pytest.mark.parametrize(
    ("expiry", "end", "expected"),
    [
        pytest.param(FIXED, (done("D"),), ("D", ("expired", at(10))), id="own end, then expiry"),
        pytest.param(IDLE, (done("D"),), ("D", None), id="an own end is a use"),
    ],
)
def test_at_one_instant_a_phases_own_end_goes_before_the_expiry(
    expiry: Expiry, end: tuple[Phase, ...], expected: object
) -> None:
    where = seen(a_timeline(a_phase("A", for_s=10), *end, expiry=expiry), now_us=at(10))

    assert (state_of(where), gone_of(where)) == expected


@pytest.mark.parametrize(
    ("script", "expiry", "expected"),
    [
        pytest.param(
            (a_phase("A"),),
            FIXED,
            (TERMINATED.state, ("expired", at(10))),
            id="cancel before expiry",
        ),
        pytest.param((a_phase("A"),), IDLE, (TERMINATED.state, None), id="a cancel is an entry"),
        pytest.param(
            (a_phase("A", for_s=10), done("D")), FIXED, ("D", ("expired", at(10))), id="all three"
        ),
        pytest.param(
            (waiting("W"),), FIXED, (REVOKED.state, ("expired", at(10))), id="a waiting task"
        ),
    ],
)
def test_at_one_instant_own_end_goes_first_then_cancel_then_expiry(
    script: tuple[Phase, ...], expiry: Expiry, expected: object
) -> None:
    timeline = a_timeline(*script, expiry=expiry, cancel=CancelRule(lag_us=seconds(10)))

    where = seen(timeline, Cancelled(at(0)), now_us=at(10))

    assert (state_of(where), gone_of(where)) == expected


def test_an_ended_job_that_lies_idle_expires() -> None:
    assert expires_at(a_phase(for_s=3), done(), expiry=IDLE) == 13


def test_a_rescheduled_job_expires_at_the_new_instant() -> None:
    later, earlier = Rescheduled(at(1), at(30)), Rescheduled(at(2), at(5))

    assert expires_at(a_phase(), events=(later,), expiry=FIXED) == 30
    assert expires_at(a_phase(), events=(later, earlier), expiry=FIXED) == 5
    assert expires_at(a_phase(), events=(later,)) == 30, "also where it had none"
    assert expires_at(a_phase(), events=(later,), expiry=IDLE) == 30, "moved, not another one"
    assert seen(a_timeline(expiry=FIXED), later, now_us=at(2)).expires_us == at(30)


def test_a_job_rescheduled_into_the_past_expires_at_once() -> None:
    assert expires_at(a_phase(), events=(Rescheduled(at(3), T0),), expiry=FIXED) == 3


def test_an_expired_job_cannot_be_rescheduled() -> None:
    assert expires_at(a_phase(), events=(Rescheduled(at(10), at(30)),), expiry=FIXED) == 10


LATE_EVENTS = [
    Polled(at(20)),
    Started(at(20)),
    Signalled(at(20), "complete"),
    Cancelled(at(20)),
    Placed(at(20), TASK, (done(),)),
    Rescheduled(at(20), at(99)),
    Deleted(at(20)),
]


@pytest.mark.parametrize("late", LATE_EVENTS, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("how", ["deleted", "expired"])
def test_deletion_and_expiry_are_final(how: str, late: Event) -> None:
    first = [Deleted(at(10))] if how == "deleted" else []
    timeline = a_timeline(
        a_phase("A", for_s=15), done("D"), expiry=FIXED if how == "expired" else None
    )

    where = seen(timeline, *first, late, now_us=at(99))

    assert gone_of(where) == (how, at(10))
    assert state_of(where) == "A", "it stands where it stood when it went"
    assert (where.has_ended, where.polls, where.started_us) == (True, 0, None)


def test_a_job_that_expires_as_it_was_never_started_has_expired() -> None:
    timeline = a_timeline(a_phase(), expiry=FIXED, start_within_us=seconds(10))

    assert gone_of(seen(timeline, now_us=at(99))) == ("expired", at(10))
