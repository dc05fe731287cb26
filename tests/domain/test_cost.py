"""What an answer costs: counted in calls, never in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from builders import DEFAULTS, T0, TASK, a_phase, a_timeline, at, done, seconds, waiting
from counting import calls

from mockstatus.domain.checkpoint import HISTORY_LIMIT, Checkpoint
from mockstatus.domain.engine import apply, begin, next_change_us, settle
from mockstatus.domain.events import Cancelled, Placed, Polled
from mockstatus.domain.position import Position, runs
from mockstatus.domain.timeline import CancelRule, Expiry, Phase, Timeline, Track

MANY = 10_000


def is_begun(phase: Phase) -> bool:
    return phase.is_begun


def has_ended(phase: Phase) -> bool:
    return phase.ending is not None


def answer(timeline: Timeline, checkpoint: Checkpoint, now_us: int) -> Position:
    """All that an answer may need."""
    checkpoint = settle(timeline, checkpoint, now_us)
    task = Position(checkpoint, now_us).tracks[TASK]
    task.progress()
    task.visits(10)
    task.since_us(is_begun)
    next_change_us(timeline, checkpoint, now_us)
    return Position(apply(timeline, checkpoint, Polled(now_us)), now_us)


class CountedPhases(tuple[Phase, ...]):
    """Phases that count how often one of them is read."""

    reads = 0

    def __getitem__(self, index: Any) -> Any:
        self.reads += 1
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[Phase]:
        for phase in super().__iter__():
            self.reads += 1
            yield phase


ASKS = ((runs, is_begun),)


def asked_of(phases: tuple[Phase, ...], **changes: Any) -> Timeline:
    """A timeline of a service that asks since when a task is under way."""
    return Timeline(tracks={TASK: Track(phases, ASKS)}, defaults=DEFAULTS, **changes)


WORK = {
    "plain": a_phase(for_s=1),
    "with progress": a_phase(for_s=1, progress=(0, 100)),
    "of no length": a_phase(for_s=0),
    "waiting": waiting(for_s=1),
    "pending": waiting(for_s=1, can_expire=False),
    "ended": done(for_s=1),
}


@pytest.mark.parametrize("expiry", [None, Expiry(seconds(5), is_idle=True), Expiry(seconds(5))])
@pytest.mark.parametrize("phase", WORK.values(), ids=WORK.keys())
def test_a_job_that_slept_through_ten_thousand_phases_answers_as_fast_as_through_none(
    phase: Phase, expiry: Expiry | None
) -> None:
    asleep = asked_of((*[phase] * MANY, done()), expiry=expiry)
    fresh = asked_of((phase, done()), expiry=expiry)
    slept, rested = begin(asleep, T0), begin(fresh, T0)

    long = calls(lambda: answer(asleep, slept, at(MANY)))
    short = calls(lambda: answer(fresh, rested, at(1)))

    # Ten more visits are listed than the short one has.
    assert long <= short + 40


@pytest.mark.parametrize("is_put", [False, True], ids=["scripted", "put"])
@pytest.mark.parametrize("polled_first", [False, True])
@pytest.mark.parametrize("expiry", [None, Expiry(seconds(5), is_idle=True), Expiry(seconds(5))])
@pytest.mark.parametrize("phase", WORK.values(), ids=WORK.keys())
def test_the_poll_that_wakes_a_job_does_not_walk_the_phases_that_it_slept_through(
    phase: Phase, expiry: Expiry | None, polled_first: bool, is_put: bool
) -> None:
    # Idle for longer than the limit at first, so that what follows is not needed until then.
    phases = CountedPhases([a_phase(for_s=8), *[phase] * MANY, done()])
    timeline = asked_of((a_phase(),) if is_put else phases, expiry=expiry)
    checkpoint = begin(timeline, T0)
    if is_put:
        checkpoint = apply(timeline, checkpoint, Placed(T0, TASK, phases))
    if polled_first:
        checkpoint = apply(timeline, checkpoint, Polled(at(4)))
    phases = checkpoint.tracks[TASK].track.phases
    phases.reads = 0

    answer(timeline, checkpoint, at(8 + MANY - 1))

    assert 0 < phases.reads < 100


def test_long_tracks_do_not_share_what_was_found_of_one() -> None:
    phases = (*[a_phase(for_s=1)] * 100, done())
    begun, others = Track(phases, ASKS), Track((*[waiting(for_s=1)] * 100, done()), ASKS)

    assert begun.found(runs, is_begun)[99] == 0
    assert others.found(runs, is_begun)[99] == 100
    assert begun.found(runs, has_ended)[99:] == (100, 100)
    assert begun.found(runs, is_begun) == runs(phases, is_begun)


def test_ten_thousand_phases_amid_which_a_job_is_asked_cost_no_more_either() -> None:
    timeline = a_timeline(*[a_phase(for_s=1)] * MANY, done(), cancel=CancelRule(lag_us=5))
    checkpoint = begin(timeline, T0)
    answer(timeline, checkpoint, T0)

    first = calls(lambda: answer(timeline, checkpoint, at(20)))
    later = calls(lambda: answer(timeline, checkpoint, at(MANY - 20)))
    cancel = calls(lambda: apply(timeline, checkpoint, Cancelled(at(MANY - 20))))

    assert later <= first
    assert cancel < 200


def test_a_run_of_polls_is_one_counter() -> None:
    timeline = a_timeline(a_phase(polls=MANY + 1), done())
    checkpoint = begin(timeline, T0)
    for number in range(MANY):
        checkpoint = apply(timeline, checkpoint, Polled(at(number)))

    state = checkpoint.tracks[TASK]

    assert (checkpoint.polls, state.shown, state.past) == (MANY, MANY, ())


def test_a_timed_run_is_one_stretch_of_history() -> None:
    timeline = a_timeline(*[a_phase(for_s=1)] * MANY, done())

    state = settle(timeline, begin(timeline, T0), at(2 * MANY)).tracks[TASK]

    assert len(state.past) == 1
    assert (
        len(
            list(
                Position(settle(timeline, begin(timeline, T0), at(MANY)), at(MANY))
                .tracks[TASK]
                .visits_backwards()
            )
        )
        == MANY + 1
    )


def test_a_history_is_bounded_and_says_honestly_how_much_it_forgot() -> None:
    number = HISTORY_LIMIT + 44
    timeline = a_timeline(
        a_phase("first", for_s=0),
        a_phase("second", for_s=0),
        *(a_phase(f"{count}", polls=1) for count in range(number)),
        done("end"),
    )
    checkpoint = begin(timeline, T0)
    for count in range(number):
        checkpoint = apply(timeline, checkpoint, Polled(at(count)))

    task = Position(checkpoint, at(number)).tracks[TASK]
    known = task.visits(MANY)

    assert [visit.phase.state for visit in known] == [
        *(f"{count}" for count in range(number - HISTORY_LIMIT, number)),
        "end",
    ]
    assert task.forgotten + len(known) == number + 3
    assert [visit.phase.state for visit in task.visits(2)] == [f"{number - 1}", "end"]


def test_a_history_that_fits_forgot_nothing() -> None:
    timeline = a_timeline(*[a_phase(polls=1)] * HISTORY_LIMIT, done())
    checkpoint = begin(timeline, T0)
    for _ in range(HISTORY_LIMIT):
        checkpoint = apply(timeline, checkpoint, Polled(T0))

    task = Position(checkpoint, T0).tracks[TASK]

    assert (len(task.visits(MANY)), task.forgotten) == (HISTORY_LIMIT + 1, 0)


def test_a_history_of_puts_is_bounded_too() -> None:
    timeline = a_timeline(a_phase())
    checkpoint = begin(timeline, T0)
    for number in range(1000):
        checkpoint = apply(timeline, checkpoint, Placed(at(number), TASK, (a_phase(),)))

    assert len(checkpoint.tracks[TASK].past) == HISTORY_LIMIT
    assert checkpoint.tracks[TASK].forgotten == 1000 - HISTORY_LIMIT
